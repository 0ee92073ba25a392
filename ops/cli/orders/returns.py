"""``orderloom return``: goods that come back, from the wish to the money, so that a person can play it through."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.exits import CommandError
from ops.cli.orders.deciding import OrderArgument, Reason
from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from ops.cli.client import Api, Json

app = typer.Typer(help="Goods that come back.", no_args_is_help=True)
_PREFIX = "return:"
_COUNTS = ("authorised", "received", "missing", "accepted", "rejected", "settled")

ReturnArgument = Annotated[
    str, typer.Argument(metavar="RETURN", help="Its id, such as return:shopify:1001:1, or shopify:1001:1.")
]
Units = Annotated[
    list[str], typer.Option("--line", help="LINE=QUANTITY of the order, such as 1=2; may stand several times.")
]


@app.command("open")
def open_return(  # noqa: PLR0913, PLR0917 - what a wish to return says
    order: OrderArgument,
    line: Units,
    reason: Annotated[str, typer.Option(help="changed_mind, damaged, defective, wrong_item...")] = "changed_mind",
    condition: Annotated[str, typer.Option(help="unopened, opened, used, damaged, defective.")] = "opened",
    resolution: Annotated[str, typer.Option(help="refund, exchange, store_credit, replacement.")] = "refund",
    exchange_for: Annotated[str | None, typer.Option(help="The article wanted instead, for an exchange.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask to return goods of an order."""
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    about = {"reason": reason, "condition": condition} | ({"exchange_for": exchange_for} if exchange_for else {})
    lines = [{"line_id": name, "quantity": units, **about} for name, units in map(_units, line)]
    body = {"lines": lines, "resolution": resolution, "requested_by": "service"}
    with Api(find_connection(data)) as api:
        answer = api.open_return(order_named(api, order), body)
    if as_json:
        print_json(answer)
    else:
        console().print(f"{answer['id']} is {answer['status']}", markup=False)


@app.command("list")
def list_returns(  # noqa: PLR0913, PLR0917 - one option a filter
    order: Annotated[str | None, typer.Option(help="Of this order.")] = None,
    status: Annotated[str | None, typer.Option(help="authorised, received, refunded, closed...")] = None,
    hold: Annotated[str | None, typer.Option(help="With an open hold of this kind: return, refund...")] = None,
    waiting_on: Annotated[str | None, typer.Option(help="Waiting for: customer, warehouse, finance...")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List returns, newest first."""
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    with Api(find_connection(data)) as api:
        order_id = order_named(api, order) if order else None
        filters = {"order_id": order_id, "status": status, "hold": hold, "waiting_on": waiting_on}
        found = api.returns({name: value for name, value in filters.items() if value}, limit)
    if as_json:
        print_json({"returns": found})
    elif found:
        console().print(_list(found))
    else:
        console().print("No return fits.")


@app.command("show")
def show(named: ReturnArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Show a return: where it stands, its lines, holds and money, and its story."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        return_id = _named(named)
        found, story = api.returned(return_id), api.returned(return_id, "timeline")["entries"]
    if as_json:
        print_json({"return": found, "timeline": story})
        return
    say = console().print
    given = money(found["given"]["amount"], found["given"]["currency"])
    say(f"{found['id']}  {found['status']}  {found['resolution']}, given {given}", markup=False)
    if found.get("waiting_on"):
        say(f"waits for {found['waiting_on']}", markup=False)
    for title, table in (("Lines", _lines(found)), ("Holds", _holds(found)), ("Story", _story(story))):
        if table.row_count:
            say(f"\n[bold]{title}[/bold]")
            say(table)


@app.command("receive")
def receive(  # noqa: PLR0913 - what a receipt says
    named: ReturnArgument,
    goods: Annotated[list[str], typer.Option("--goods", help="SKU=QUANTITY; may stand several times.")],
    node: Annotated[str, typer.Option(help="Where it came in.")],
    receipt: Annotated[str | None, typer.Option(help="The node's own number; none: a new one.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say what has come."""
    lines = [{"sku": sku, "quantity": units} for sku, units in map(_units, goods)]
    body = {"receipt_id": receipt or _number("GR"), "node": node, "lines": lines}
    _tell(named, "receipt", body, data, as_json=as_json)


@app.command("inspect")
def inspect(  # noqa: PLR0913, PLR0917 - what an inspection says
    named: ReturnArgument,
    line: Units,
    grade: Annotated[str, typer.Option(help="unopened, opened, used, damaged, defective.")] = "unopened",
    disposition: Annotated[str | None, typer.Option(help="restock, scrap, quarantine...: else than policy.")] = None,
    reason: Annotated[str | None, typer.Option(help="Why else than policy, or why rejected.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    rejected: Annotated[bool, typer.Option("--rejected", help="Nothing is given for them.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Say what the inspector found."""
    about = {"grade": grade, "accepted": not rejected, "disposition": disposition, "reason": reason}
    said = {name: value for name, value in about.items() if value is not None}
    lines = [{"line_id": name, "quantity": units, **said} for name, units in map(_units, line)]
    _tell(named, "inspection", {"inspection_id": _number("QC"), "lines": lines}, data, as_json=as_json)


@app.command("decide")
def decide(  # noqa: PLR0913, PLR0917 - what a decision says
    named: ReturnArgument,
    verdict: Annotated[str, typer.Argument(help="approve or reject.")],
    reason: Reason,
    hold: Annotated[str | None, typer.Option(help="Such as refund-1; not needed where only one is open.")] = None,
    amount: Annotated[str | None, typer.Option(help="How much is given, such as 12.50; none: what it names.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Approve or reject a hold of a return."""
    from ops.cli.client import Api

    body: Json = {"decision": verdict, "reason": reason} | ({"hold": hold} if hold else {})
    if amount is not None:
        with Api(find_connection(data)) as api:
            body["amount"] = _amount(api, _named(named), amount)
    _tell(named, "decision", body, data, as_json=as_json)


@app.command("withdraw")
def withdraw(
    named: ReturnArgument, reason: Reason, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """Wait no longer for what has not come."""
    _tell(named, "withdrawal", {"reason": reason}, data, as_json=as_json)


def _tell(named: str, what: str, body: Json, data: Path, *, as_json: bool) -> None:
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        answer = api.tell_return(_named(named), what, body)
    if as_json:
        print_json(answer)
    else:
        held = f"; open holds: {', '.join(answer['open_holds'])}" if answer["open_holds"] else ""
        console().print(f"{answer['id']}: {answer['message']}; {answer['expected']} still to come{held}", markup=False)


def _amount(api: Api, return_id: str, amount: str) -> Json:
    from models.money import Money

    currency = api.returned(return_id)["given"]["currency"]
    try:
        return Money.of_major(amount, currency).model_dump()
    except (ValueError, ArithmeticError) as error:
        raise CommandError(f"{amount} is no amount of {currency}") from error


def _named(given: str) -> str:
    return given if given.startswith(_PREFIX) else _PREFIX + given


def _units(given: str) -> tuple[str, int]:
    name, _, units = given.rpartition("=")
    if not name or not units.isdigit():
        message = f"{given} is not NAME=QUANTITY"
        raise CommandError(message)
    return name, int(units)


def _number(kind: str) -> str:
    return f"{kind}-{uuid.uuid4().hex[:10]}"


def _list(found: list[Json]) -> Table:
    table = _plain("return", "status", "wanted", "given", "waits for", "open holds")
    for one in found:
        held = ", ".join(hold["id"] for hold in one["holds"] if hold["state"] == "open")
        given = money(one["given"]["amount"], one["given"]["currency"])
        _add(table, one["id"], one["status"], one["resolution"], given, one.get("waiting_on") or "", held)
    return table


def _lines(found: Json) -> Table:
    table = _plain("line", "article", "reason", "asked", "so far", "gone to")
    for line in found["lines"]:
        counts = ", ".join(f"{line[name]} {name}" for name in _COUNTS if line[name])
        gone = ", ".join(f"{count} {where}" for where, count in line["dispositions"].items())
        _add(table, line["line_id"], line["sku"], line["reason"], line["requested"], counts, gone)
    return table


def _holds(found: Json) -> Table:
    table = _plain("hold", "state", "owner", "reason")
    for hold in found["holds"]:
        by = f" by {hold['decided_by']}" if hold.get("decided_by") else ""
        _add(table, hold["id"], hold["state"] + by, hold["owner"], hold["reason"])
    return table


def _story(entries: list[Json]) -> Table:
    table = _plain("when", "who", "what")
    for entry in entries:
        _add(table, entry["at"][:19].replace("T", " "), entry["actor"], entry["text"])
    return table


def _plain(*titles: str) -> Table:
    from rich.table import Table

    return Table(*titles, box=None, pad_edge=False, header_style="dim")


def _add(table: Table, *cells: object) -> None:
    from rich.markup import escape

    table.add_row(*(escape(str(cell)) for cell in cells))
