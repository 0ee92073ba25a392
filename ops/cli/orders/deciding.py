"""``approve``, ``reject`` and ``cancel``: what an operator says to an order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.cli.client import Json

OrderArgument = Annotated[str, typer.Argument(metavar="ORDER", help="Its id, such as order:shopify:1001, or 1001.")]
HoldArgument = Annotated[
    str | None, typer.Argument(metavar="[HOLD]", help="Such as fraud-1; not needed where only one hold is open.")
]
Reason = Annotated[str, typer.Option("--reason", help="Why; it stays on the order.")]


def _deciding(verdict: str, means: str) -> Callable[..., None]:
    """Make the command that gives an operator's verdict on a hold."""

    def decide(
        order: OrderArgument,
        reason: Reason,
        hold: HoldArgument = None,
        data: DataOption = DEFAULT_FOLDER,
        *,
        as_json: JsonOption = False,
    ) -> None:
        from ops.cli.client import Api
        from ops.cli.orders.naming import hold_named, order_named

        with Api(find_connection(data)) as api:
            order_id = order_named(api, order)
            hold_id = hold or hold_named(api.order(order_id), hold)
            _tell(api.decide(order_id, hold_id, verdict, reason), as_json=as_json)

    decide.__doc__ = means
    return decide


approve = _deciding("approve", "Approve a hold, so that the order goes on.")
reject = _deciding("reject", "Reject a hold: the order is cancelled, and what was done is undone.")


def cancel(
    order: OrderArgument, reason: Reason, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """Cancel an order: what was done is undone, what has been shipped stays shipped."""
    from ops.cli.client import Api
    from ops.cli.orders.naming import order_named

    with Api(find_connection(data)) as api:
        _tell(api.cancel(order_named(api, order), reason), as_json=as_json)


def _tell(answer: Json, *, as_json: bool) -> None:
    from rich.markup import escape

    if as_json:
        print_json(answer)
        return
    standing = f" It is {answer['status']} now." if answer.get("status") else ""
    console().print(escape(f"{answer['id']}: {answer['message']}.{standing}".replace("..", ".")))
