"""``orderloom change``: what is wished of an order after it was accepted, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.orders.deciding import OrderArgument, Reason
from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from pathlib import Path

    from rich.table import Table

    from ops.cli.client import Json

app = typer.Typer(help="Changes of an accepted order.", no_args_is_help=True)
ChangeArgument = Annotated[str, typer.Argument(metavar="CHANGE", help="Its id in the order, such as change-1.")]
LineArgument = Annotated[str, typer.Argument(metavar="LINE", help="The line's id in the order, such as 1.")]


@app.command("quantity")
def quantity(  # noqa: PLR0913 - what a wish says
    order: OrderArgument,
    line: LineArgument,
    units: Annotated[int, typer.Argument(metavar="QUANTITY", help="How many are wanted in all.")],
    reason: Reason,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Have more or fewer of a line."""
    _propose(order, {"kind": "quantity", "line_id": line, "quantity": units, "reason": reason}, data, as_json=as_json)


@app.command("cancel")
def cancel(  # noqa: PLR0913 - what a wish says
    order: OrderArgument,
    reason: Reason,
    line: Annotated[str | None, typer.Option(help="Only this line; none: the whole order.")] = None,
    units: Annotated[int | None, typer.Option(help="Only so many of the line.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Cancel so many of a line, a line, or the order: as much of it as has not left."""
    if line is None and units is not None:
        message = "name the --line of which --units are to be cancelled"
        raise typer.BadParameter(message)
    body: dict[str, Any] = {"kind": "cancel_order", "reason": reason}
    if line is not None:
        body |= {"kind": "cancel_line", "line_id": line}
    if units is not None:
        body |= {"kind": "cancel_quantity", "quantity": units}
    _propose(order, body, data, as_json=as_json)


@app.command("address")
def address(  # noqa: PLR0913, PLR0917 - what an address says
    order: OrderArgument,
    reason: Reason,
    street: Annotated[list[str], typer.Option(help="Street and house; may stand several times.")],
    city: Annotated[str, typer.Option()],
    country: Annotated[str, typer.Option(help="Two letters, such as DE.")],
    postal_code: Annotated[str | None, typer.Option()] = None,
    region: Annotated[str | None, typer.Option()] = None,
    name: Annotated[str | None, typer.Option(help="Who gets it.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Send what has not left yet to another address."""
    about = {"name": name, "city": city, "region": region, "postal_code": postal_code, "country": country}
    to = {"lines": street} | {field: said for field, said in about.items() if said is not None}
    _propose(order, {"kind": "shipping_address", "address": to, "reason": reason}, data, as_json=as_json)


@app.command("service")
def service(
    order: OrderArgument,
    level: Annotated[str, typer.Argument(metavar="LEVEL", help="standard or expedited.")],
    reason: Reason,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Send what has not left yet faster, or slower."""
    _propose(order, {"kind": "shipping_service", "service_level": level, "reason": reason}, data, as_json=as_json)


@app.command("withdraw")
def withdraw(
    order: OrderArgument,
    change: ChangeArgument,
    reason: Reason,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Take a change back while it is under way; what was done for it is undone."""
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    with Api(find_connection(data)) as api:
        _tell(api.withdraw_change(order_named(api, order), change, reason), as_json=as_json)


@app.command("list")
def list_changes(order: OrderArgument, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List the changes of an order, and what each party said."""
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    with Api(find_connection(data)) as api:
        found = api.changes(order_named(api, order))
    if as_json:
        print_json({"changes": found})
    elif found:
        console().print(_list(found))
    else:
        console().print("Nothing was wished of it since it was accepted.")


def _propose(order: str, body: Json, data: Path, *, as_json: bool) -> None:
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    with Api(find_connection(data)) as api:
        _tell(api.change(order_named(api, order), body), as_json=as_json)


def _tell(answer: Json, *, as_json: bool) -> None:
    if as_json:
        print_json(answer)
    else:
        console().print(f"{answer['id']} is {answer['status']}: {answer['message']}", markup=False)


def _list(found: list[Json]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    table = Table("change", "what", "status", "parties", "costs", box=None, pad_edge=False, header_style="dim")
    for change in found:
        parties = ", ".join(f"{one['party']} {one['status']}" for one in change["parties"])
        ended = f"{change['status']}: {change['reason']}" if change["reason"] else change["status"]
        now = change["total_after"]
        costs = money(now["amount"], now["currency"]) if now else ""
        cells = (change["id"], _wished(change), ended, parties, costs)
        table.add_row(*(escape(cell) for cell in cells))
    return table


def _wished(change: Json) -> str:
    about = [change["kind"].replace("_", " ")]
    about += [f"line {change['line_id']}"] if change["line_id"] else []
    about += [str(change["quantity"])] if change["quantity"] else []
    about += [change["service_level"]] if change["service_level"] else []
    return " ".join(about)
