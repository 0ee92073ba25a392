"""``orderloom reconcile``: what differs between our books and our partners', and who has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.at_once import compare_at_once
from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from ops.cli.client import Json

app = typer.Typer(help="What differs between our books and our partners'.", no_args_is_help=True)
DifferenceArgument = Annotated[str, typer.Argument(metavar="DIFFERENCE", help="The difference's id.")]


@app.command("status")
def status(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say how far partners' documents have been read, what the last run came to, and what stands with whom."""
    from rich.table import Table

    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.reconciliation()
    if as_json:
        print_json(found)
        return
    read = Table("partner", "read until", "trouble", box=None, pad_edge=False)
    for one in found["readings"]:
        read.add_row(one["party"], _moment(one["read_to"]), one["trouble"] or "")
    standing = Table("owner", "kind", "differences", "at stake", box=None, pad_edge=False)
    for one in found["standing"]:
        standing.add_row(one["owner"], one["kind"], str(one["count"]), _money(one["at_stake"]))
    console().print(read)
    for line in _last_run(found["last_run"]):
        console().print(line, markup=False)
    console().print(standing if found["standing"] else "Nothing differs.")


@app.command("now")
def now(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Compare at once; by itself that is done every quarter of an hour. `status` says what it comes to."""
    compare_at_once(
        data,
        "reconciliation/runs",
        begun="A run has begun",
        going_on="A run is going on already",
        then="`orderloom reconcile status` says what it comes to",
        as_json=as_json,
    )


@app.command("differences")
def differences(  # noqa: PLR0913, PLR0917 - one option a filter
    state: Annotated[str | None, typer.Option(help="open, assigned, healed or closed.")] = None,
    kind: Annotated[str | None, typer.Option(help="missing_here, duplicate, amount_differs...")] = None,
    comparison: Annotated[str | None, typer.Option(help="money, goods or refunds.")] = None,
    owner: Annotated[str | None, typer.Option(help="Of this team: finance, warehouse...")] = None,
    order_id: Annotated[str | None, typer.Option("--order", help="Of this order.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List differences, newest first."""
    from ops.cli.client import Api

    filters = {"state": state, "kind": kind, "comparison": comparison, "owner": owner, "order_id": order_id}
    with Api(find_connection(data)) as api:
        found = api.differences({name: value for name, value in filters.items() if value}, limit)
    if as_json:
        print_json({"differences": found})
    elif found:
        _print_table(found)
    else:
        console().print("No difference fits.")


@app.command("show")
def show(difference: DifferenceArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Show what differs, what is at stake, and what became of it."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        _answer(api.difference(difference), as_json=as_json)


@app.command("assign")
def assign(
    difference: DifferenceArgument,
    assignee: Annotated[str, typer.Argument(metavar="PERSON", help="Who is to look after it.")],
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Give a difference to somebody."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        _answer(api.settle_difference(difference, "assignment", {"assignee": assignee}), as_json=as_json)


@app.command("close")
def close(
    difference: DifferenceArgument,
    reason: Annotated[str, typer.Option("--reason", "-r", help="How it was put right, or why it may stand.")],
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Close a difference; should it change, it is open again."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        _answer(api.settle_difference(difference, "closure", {"reason": reason}), as_json=as_json)


def _answer(found: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(found)
        return
    _print_table([found])
    if found["outcome"]:
        console().print(f"{found['actor'] or found['owner']}: {found['outcome']}", markup=False)


def _print_table(found: list[Json]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("difference", "kind", "state", "owner", "at stake", "what", box=None, pad_edge=False)
    for one in found:
        whose = one["assignee"] or one["owner"]
        cells = (one["id"], one["kind"], one["state"], whose, _money(one["at_stake"]), one["reason"])
        table.add_row(*map(escape, cells))
    console().print(table)


def _last_run(run: Json | None) -> list[str]:
    if run is None:
        return ["There was no run yet."]
    done = f"{run['found']} new, {run['gone']} gone, {run['healed']} healed, {run['assigned']} left to people"
    return [f"last run {_moment(run['began_at'])}: {done}", *run["skipped"]]


def _money(amount: Json | None) -> str:
    return money(amount["amount"], amount["currency"]) if amount else ""


def _moment(text: str | None) -> str:
    return text[:19].replace("T", " ") if text else "never"
