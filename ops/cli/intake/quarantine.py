"""``orderloom quarantine``: payloads that could not become an order, corrected and replayed."""

from __future__ import annotations

import codecs
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.exits import UsageError
from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from ops.cli.client import Json

app = typer.Typer(help="Payloads that could not become an order.", no_args_is_help=True)
EntryArgument = Annotated[str, typer.Argument(metavar="ENTRY", help="The entry's id.")]


@app.command("list")
def list_entries(
    state: Annotated[str | None, typer.Option(help="open, noted or replayed.")] = None,
    channel: Annotated[str | None, typer.Option(help="From this channel.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List entries, newest first."""
    from ops.cli.client import Api

    filters = {name: value for name, value in (("state", state), ("channel", channel)) if value}
    with Api(find_connection(data)) as api:
        found = api.quarantine(filters, limit)
    if as_json:
        print_json({"entries": found})
    elif found:
        _print_table(found)
    else:
        console().print("Nothing is in quarantine.")


@app.command("show")
def show_entry(entry: EntryArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Show a payload as it came, and what is wrong with it."""
    from rich.markup import escape

    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.quarantined(entry)
    if as_json:
        print_json(found)
        return
    _print_table([found])
    for error in found["errors"]:
        console().print(escape(f"{error['pointer'] or '/'}: {error['message']} ({error['code']})"))
    console().print(found["payload"], markup=False)


@app.command("replay")
def replay(
    entry: EntryArgument,
    corrected: Annotated[
        Path | None,
        typer.Option("--corrected", help="A JSON file to read in its place.", exists=True, dir_okay=False),
    ] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Read a payload again, as it came or corrected; it becomes an order, or stays with its new errors."""
    from rich.markup import escape

    from ops.cli.client import Api

    payload = None if corrected is None else _payload(corrected)
    with Api(find_connection(data)) as api:
        answer = api.replay(entry, payload)
    if as_json:
        print_json(answer)
    else:
        console().print(escape(f"{entry} has become {answer.get('id') or answer.get('event_id')}"))


def _payload(path: Path) -> bytes:
    """The file as it is, once it is known to be what the API reads: of a key that stands twice, none is lost."""
    from models.errors import InvalidInput
    from models.strict_json import parse

    # Some editors begin every file with a byte order mark.
    payload = path.read_bytes().removeprefix(codecs.BOM_UTF8)
    try:
        parse(payload)
    except InvalidInput as error:
        raise UsageError(f"{path}: {error}") from error
    return payload


def _print_table(found: list[Json]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("entry", "channel", "state", "received", "tries", "what is wrong", box=None, pad_edge=False)
    for entry in found:
        first = entry["errors"][0] if entry["errors"] else None
        wrong = f"{first['pointer'] or '/'} {first['message']}" if first else ""
        became = f"{entry['state']}: {entry['order_id']}" if entry.get("order_id") else entry["state"]
        received = entry["received_at"][:19].replace("T", " ")
        cells = (entry["id"], entry["channel"], became, received, str(entry["attempts"]), wrong)
        table.add_row(*map(escape, cells))
    console().print(table)
