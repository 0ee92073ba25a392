"""``orderloom show``: one order whole, with its story, holds, money, lines and decisions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.books.postings import show_postings
from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.orders.deciding import OrderArgument
from ops.cli.orders.listing import headline
from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from ops.cli.client import Json

_QUANTITIES = ("reserved", "released", "short", "shipped", "delivered", "cancelled", "invoiced")


def show(
    order: OrderArgument,
    data: DataOption = DEFAULT_FOLDER,
    *,
    journal: Annotated[
        bool, typer.Option("--money", help="The journal of its money instead, in double entry.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Show an order: where it stands, its holds, money, lines and parcels, its story, and what was decided."""
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    with Api(find_connection(data)) as api:
        order_id = order_named(api, order)
        if journal:
            show_postings(api.postings(order_id), as_json=as_json)
            return
        found, story, decided = api.order(order_id), api.timeline(order_id), api.decisions(order_id)
    if as_json:
        print_json({"order": found, "timeline": story, "decisions": decided})
        return
    _head(found)
    for title, table in (
        ("Holds", _holds(found)),
        ("Lines", _lines(found)),
        ("Promise", _terms(found)),
        ("Parcels", _parcels(found)),
        ("Story", _story(story)),
        ("Decisions", _decisions(decided)),
    ):
        if table.row_count:
            console().print(f"\n[bold]{title}[/bold]")
            console().print(table)


def _head(order: Json) -> None:
    from rich.markup import escape

    total, paid = order["total"], order["payment"]
    currency = total["currency"]
    say = console().print
    say(f"[bold]{escape(order['id'])}[/bold]  {headline(order['status'])}  {money(total['amount'], currency)}")
    if order.get("waiting_on"):
        say(f"waits for {escape(order['waiting_on'])}")
    if order.get("promise"):
        say(escape(_promise(order["promise"])))
    amounts = ", ".join(
        f"{name} {money(paid[name], currency)}" for name in ("authorised", "captured", "refunded", "invoiced")
    )
    say(f"money: {paid['terms']}, {paid['state']}; {amounts}")
    for name, value in order.get("references", {}).items():
        say(escape(f"{name.replace('_', ' ')}: {value}"))


def _promise(promise: Json) -> str:
    ship, deliver = promise["ship"], promise["deliver"]
    leaves = f"leaves by {_minute(ship['latest'])}" if ship else "nobody knows when it leaves"
    there = f"is there by {_minute(deliver['latest'])}" if deliver else "nobody knows when it is there"
    told = f"; the customer goes by {_minute(promise['deliver_by'])}" if promise["deliver_by"] else ""
    risk = f": {promise['risk']}" if promise["risk"] else ""
    return f"promise: {promise['state'].replace('_', ' ')}{risk}; {leaves}, {there}{told}"


def _minute(moment: str) -> str:
    return f"{moment[:16].replace('T', ' ')} UTC"


def _holds(order: Json) -> Table:
    table = _plain("hold", "state", "owner", "reason", "ends by")
    for hold in order["holds"]:
        by = f" by {hold['decided_by']}" if hold.get("decided_by") else ""
        _add(table, hold["id"], hold["state"] + by, hold["owner"], hold["reason"], hold["release_rule"])
    return table


def _lines(order: Json) -> Table:
    table = _plain("line", "article", "ordered", "so far", "total")
    for line in order["lines"]:
        counts = ", ".join(f"{line[name]} {name}" for name in _QUANTITIES if line.get(name))
        total = money(line["total"]["amount"], line["total"]["currency"])
        _add(table, line["id"], f"{line['sku']} {line.get('name') or ''}".strip(), line["quantity"], counts, total)
    return table


def _terms(order: Json) -> Table:
    table = _plain("line", "leaves by", "there by", "because")
    for line in (order.get("promise") or {"lines": []})["lines"]:
        dates = (_minute(line[name]["latest"]) if line[name] else "nobody knows" for name in ("ship", "deliver"))
        _add(table, line["line_id"], *dates, "; ".join(line["terms"]))
    return table


def _parcels(order: Json) -> Table:
    table = _plain("parcel", "from", "carrier", "tracking", "state")
    for parcel in order["shipments"]:
        _add(
            table,
            parcel["shipment_id"],
            parcel["node"],
            parcel["carrier"],
            parcel["tracking_number"],
            parcel["state"],
        )
    return table


def _story(entries: list[Json]) -> Table:
    table = _plain("when", "who", "what")
    for entry in entries:
        _add(table, entry["at"][:19].replace("T", " "), entry["actor"], entry["text"])
    return table


def _decisions(decided: list[Json]) -> Table:
    table = _plain("decision", "outcome", "reasons", "policy")
    for decision in decided:
        _add(
            table,
            decision["kind"],
            decision["outcome"],
            "; ".join(decision["reasons"]),
            decision["policy_version"],
        )
    return table


def _plain(*titles: str) -> Table:
    from rich.table import Table

    return Table(*titles, box=None, pad_edge=False, header_style="dim")


def _add(table: Table, *cells: object) -> None:
    from rich.markup import escape

    table.add_row(*(escape(str(cell)) for cell in cells))
