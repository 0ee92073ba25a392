"""``orderloom batch``: files of orders, handed in and watched."""

from __future__ import annotations

import gzip
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.exits import ExitCode, UsageError
from ops.cli.output import console, error_console, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.cli.client import Api, Json

app = typer.Typer(help="Files of orders.", no_args_is_help=True)
BatchArgument = Annotated[str, typer.Argument(metavar="BATCH", help="The batch's id.")]
_FORMATS = ("csv", "json_lines", "x12", "retail_sales")
_BY_ENDING = {".csv": "csv", ".jsonl": "json_lines", ".ndjson": "json_lines", ".edi": "x12", ".x12": "x12"}
_GOING_ON = ("waiting", "reading")
_LOOK_EVERY_S = 0.5
_PIECE = 256 * 1024


@app.command("import")
def import_file(  # noqa: PLR0913 - each is an option
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="The file; .gz is unpacked.", exists=True, dir_okay=False)
    ],
    format_: Annotated[
        str | None, typer.Option("--format", help="csv, json_lines, x12 or retail_sales; by the name if not given.")
    ] = None,
    *,
    encoding: Annotated[str, typer.Option(help="utf-8 or windows-1252.")] = "utf-8",
    currency: Annotated[str, typer.Option(help="Of prices in a file that does not say.")] = "GBP",
    channel: Annotated[str | None, typer.Option(help="Of orders that do not name one.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    learn: Annotated[bool, typer.Option("--learn", help="Take unknown articles from the file's descriptions.")] = False,
    watch: Annotated[bool, typer.Option("--watch", help="Show how far it is until it is read.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Hand a file of orders in: good orders go through, bad rows can be had back with reasons."""
    from ops.cli.client import Api

    said = {"format": _format(file, format_), "name": file.name, "encoding": encoding, "currency": currency}
    said |= {"learn": str(learn).lower(), **({"channel": channel} if channel else {})}
    with Api(find_connection(data)) as api, _opened(file) as opened:
        batch = api.hand_in_batch(said, _pieces(opened, file))
        if watch:
            batch = _watched(api, batch, quiet=as_json)
    _say(batch, as_json=as_json)
    if batch["state"] == "unreadable":
        raise typer.Exit(ExitCode.NO)


@app.command("list")
def list_batches(
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List files, newest first."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.batches(limit)
    if as_json:
        print_json({"batches": found})
    elif found:
        _print_batches(found)
    else:
        console().print("No file has been handed in.")


@app.command("show")
def show_batch(batch: BatchArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Show how far a file is, and what became of its rows."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.batch(batch)
    _say(found, as_json=as_json)


@app.command("rows")
def show_rows(
    batch: BatchArgument,
    state: Annotated[str | None, typer.Option(help="accepted, known, recorded or refused.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1_000_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show what became of rows: the order each is part of, or why it is refused."""
    from rich.markup import escape
    from rich.table import Table

    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.batch_rows(batch, {"state": state} if state else {}, limit)
    if as_json:
        print_json({"rows": found})
        return
    table = Table("row", "outcome", "order", "column", "what is said of it", box=None, pad_edge=False)
    for row in found:
        cells = (str(row["row"]), row["outcome"], row["order_id"] or "", row["field"] or "", row["reason"] or "")
        table.add_row(*map(escape, cells))
    console().print(table)


def _format(file: Path, said: str | None) -> str:
    if said is not None:
        if said not in _FORMATS:
            raise UsageError(f"there is no format {said!r}; there are {', '.join(_FORMATS)}")
        return said
    name = file.name.removesuffix(".gz").lower()
    if found := _BY_ENDING.get(Path(name).suffix):
        return found
    raise UsageError(f"{file} gives no hint of its format; say which with --format ({', '.join(_FORMATS)})")


def _opened(file: Path) -> BinaryIO | gzip.GzipFile:
    return gzip.open(file) if file.name.endswith(".gz") else file.open("rb")


def _pieces(opened: BinaryIO | gzip.GzipFile, file: Path) -> Iterator[bytes]:
    """The file, a piece in memory at a time; one that is still being written is cut off before its end is sent."""
    before = file.stat()
    try:
        while piece := opened.read(_PIECE):
            yield piece
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        raise UsageError(f"the file cannot be unpacked: {error}") from error
    after = file.stat()
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        raise UsageError(f"{file} changed while it was sent: wait until it is whole")


def _watched(api: Api, batch: Json, *, quiet: bool) -> Json:
    """Watch a file being read; answers how it ended."""
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=error_console(), disable=quiet) as progress:
        task = progress.add_task(_line(batch), total=batch["bytes"]["size"], completed=batch["bytes"]["done"])
        while batch["state"] in _GOING_ON:
            time.sleep(_LOOK_EVERY_S)
            batch = api.batch(batch["id"])
            progress.update(task, completed=batch["bytes"]["done"], description=_line(batch))
    return batch


def _line(batch: Json) -> str:
    rows, orders = batch["rows"], batch["orders"]
    return f"{rows['read']:,} rows, {orders['accepted']:,} orders, {rows['refused']:,} rows refused"


def _say(batch: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(batch)
        return
    _print_batches([batch])
    if batch["reason"]:
        console().print(batch["reason"], markup=False)
    if batch["rows"]["refused"]:
        console().print(f"orderloom batch rows {batch['id']} --state refused", markup=False)


def _print_batches(found: list[Json]) -> None:
    from rich.markup import escape
    from rich.table import Table

    counted = ("accepted", "known", "recorded", "refused")
    table = Table("batch", "file", "format", "state", "rows", *counted, "orders", box=None, pad_edge=False)
    for batch in found:
        rows = batch["rows"]
        numbers = [f"{rows[name]:,}" for name in ("read", *counted)] + [f"{batch['orders']['accepted']:,}"]
        table.add_row(*map(escape, (batch["id"], batch["name"], batch["format"], batch["state"], *numbers)))
    console().print(table)
