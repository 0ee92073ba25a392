"""``orderloom orders``: the newest orders, and those that are stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from ops.cli.client import Json

STYLES = {
    "completed": "green",
    "delivered": "green",
    "on_hold": "yellow",
    "cancelled": "dim",
    "rejected": "red",
}
"""How a headline looks; any other is plain."""


def orders(  # noqa: PLR0913, PLR0917 - one option a filter
    status: Annotated[str | None, typer.Option(help="Headline: on_hold, completed...")] = None,
    hold: Annotated[str | None, typer.Option(help="With an open hold of this kind: fraud, credit...")] = None,
    waiting_on: Annotated[str | None, typer.Option(help="Waiting for this partner or team: erp, risk...")] = None,
    promise: Annotated[str | None, typer.Option(help="Whose promise is at_risk, missed, kept...")] = None,
    channel: Annotated[str | None, typer.Option(help="From this channel.")] = None,
    customer_id: Annotated[str | None, typer.Option("--customer", help="Of this customer.")] = None,
    external_id: Annotated[str | None, typer.Option(help="What the channel calls it.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List orders, newest first."""
    from ops.cli.client import Api

    filters = {
        "status": status,
        "hold": hold,
        "waiting_on": waiting_on,
        "promise": promise,
        "channel": channel,
        "customer_id": customer_id,
        "external_id": external_id,
    }
    with Api(find_connection(data)) as api:
        found = api.orders({name: value for name, value in filters.items() if value}, limit)
    if as_json:
        print_json({"orders": found})
    elif found:
        console().print(_table(found))
    else:
        console().print("No order fits.")


def _table(found: list[Json]) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from ops.cli.orders.naming import open_holds

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("order", "headline", "waits for", "open holds"):
        table.add_column(title, overflow="fold")
    table.add_column("total", justify="right", no_wrap=True)
    for order in found:
        table.add_row(
            escape(order["id"]),
            headline(order["status"]),
            escape(order.get("waiting_on") or ""),
            escape(", ".join(hold["id"] for hold in open_holds(order))),
            money(order["total"]["amount"], order["total"]["currency"]),
        )
    return table


def headline(status: str) -> str:
    """Write a headline in its colour."""
    style = STYLES.get(status)
    return f"[{style}]{status}[/{style}]" if style else status
