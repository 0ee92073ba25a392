"""Which order and which hold a person means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.exits import CommandError

if TYPE_CHECKING:
    from ops.cli.client import Api, Json

_PREFIX = "order:"


def order_named(api: Api, given: str) -> str:
    """Find the id of the order a person means: the id itself, ``shopify:1001``, or just ``1001``.

    Raises:
        CommandError: none is called so, or several are.
    """
    if given.startswith(_PREFIX):
        return given
    if ":" in given:
        return _PREFIX + given
    found = [order["id"] for order in api.orders({"external_id": given}, limit=10)]
    match found:
        case [only]:
            return str(only)
        case []:
            raise CommandError(f"there is no order {given}; `orderloom orders` lists them")
        case _:
            raise CommandError(f"several orders are called {given}: {', '.join(found)}")


def hold_named(order: Json, given: str | None) -> str:
    """Find the hold a person means; the only open one where none is named.

    Raises:
        CommandError: no hold is open, or several are.
    """
    if given is not None:
        return given
    held = open_holds(order)
    match held:
        case [only]:
            return str(only["id"])
        case []:
            raise CommandError(f"{order['id']} has no open hold; it is {order['status']}")
        case _:
            names = ", ".join(f"{hold['id']} ({hold['owner']}: {hold['reason']})" for hold in held)
            raise CommandError(f"{order['id']} has several open holds, name one of them: {names}")


def open_holds(order: Json) -> list[Json]:
    """The holds that still hold."""
    return [hold for hold in order["holds"] if hold["state"] == "open"]
