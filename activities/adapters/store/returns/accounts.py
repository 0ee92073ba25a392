"""What all returns of an order have claimed of it: read and changed by one at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from activities.adapters.store.stock.transaction import insert_once
from activities.adapters.store.tables.orders import orders
from activities.adapters.store.tables.returns import return_accounts, return_balances
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.returns.money import Ways
from models.returns.refunding import Given, LineGiven

if TYPE_CHECKING:
    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.order.snapshot import MoneyProgress, OrderSnapshot
    from models.returns.sold import Sold

_a, _b, _o = return_accounts.c, return_balances.c, orders.c
_NOTHING = {"opened": 0, "card": 0, "channel": 0, "credit": 0, "by_hand": 0, "shipping": 0}
_LOCK = select(return_accounts).where(_a.order_id == bindparam("of_order")).with_for_update()
_ORDER = select(_o.document, _o.snapshot).where(_o.id == bindparam("of_order")).with_for_update(read=True)
_BALANCES = select(return_balances).where(_b.order_id == bindparam("of_order"))
_claimed = _b.claimed + bindparam("change", type_=_b.claimed.type)
_CLAIM = (
    update(return_balances)
    .where(_b.order_id == bindparam("of_order"), _b.line_id == bindparam("of_line"))
    # The guard stands in the statement itself: nobody can slip between a look and a leap.
    .where(_claimed >= 0, _claimed <= bindparam("most", type_=_b.claimed.type))
    .values(claimed=_claimed)
)
_GIVE_LINE = (
    update(return_balances)
    .where(_b.order_id == bindparam("of_order"), _b.line_id == bindparam("of_line"))
    .values(
        given_units=_b.given_units + bindparam("units", type_=_b.given_units.type),
        given_amount=_b.given_amount + bindparam("amount", type_=_b.given_amount.type),
    )
)
_changed = {
    name: _a[name] + bindparam(f"{name}_change", type_=_a[name].type)
    for name in ("card", "channel", "credit", "by_hand", "shipping")
}
_GIVE = (
    update(return_accounts)
    .where(_a.order_id == bindparam("of_order"))
    .where(
        _changed["card"] + _changed["channel"] + _changed["credit"] + _changed["by_hand"]
        <= bindparam("most", type_=_a.card.type)
    )
    .values(_changed)
)


async def locked(connection: AsyncConnection, order_id: str) -> Row[*tuple[Any, ...]]:
    """Have the order's account to ourselves until the transaction ends; opened empty where there was none."""
    await insert_once(connection, return_accounts, {"order_id": order_id, **_NOTHING})
    return (await connection.execute(_LOCK, {"of_order": order_id})).one()


async def order_of(connection: AsyncConnection, order_id: str) -> Row[*tuple[Any, ...]] | None:
    """The order as accepted, and its latest snapshot; none where there is no such order."""
    return (await connection.execute(_ORDER, {"of_order": order_id})).one_or_none()


async def claim(connection: AsyncConnection, order_id: str, line_id: str, change: int, most: int) -> bool:
    """Claim so many more of a line, or fewer; False where that would be more than `most` over all returns."""
    row = {"order_id": order_id, "line_id": line_id, "claimed": 0, "given_units": 0, "given_amount": 0}
    await insert_once(connection, return_balances, row)
    wanted = {"of_order": order_id, "of_line": line_id, "change": change, "most": most}
    return (await connection.execute(_CLAIM, wanted)).rowcount == 1


async def claimed(connection: AsyncConnection, order_id: str) -> dict[str, int]:
    """How many of each line all returns have a claim to."""
    rows = await connection.execute(_BALANCES, {"of_order": order_id})
    return {row.line_id: row.claimed for row in rows}


async def given(
    connection: AsyncConnection, account: Row[*tuple[Any, ...]], sold: Sold, snapshot: OrderSnapshot
) -> Given:
    """What was paid for an order, and what its returns were given so far."""
    money = snapshot.money
    paid_in = {PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT}
    rows = (await connection.execute(_BALANCES, {"of_order": sold.order_id})).all()
    return Given(
        paid=money.captured if sold.terms in paid_in else money.invoiced,
        held_by_channel=_held(money),
        refunded_before=money.refunded,
        refunded_by_provider=money.refunded_by_provider,
        lines={
            row.line_id: LineGiven(units=row.given_units, amount=_in(sold.currency, row.given_amount)) for row in rows
        },
        shipping=_in(sold.currency, account.shipping),
        ways=Ways(
            card=_in(sold.currency, account.card),
            channel=_in(sold.currency, account.channel),
            credit=_in(sold.currency, account.credit),
            by_hand=_in(sold.currency, account.by_hand),
        ),
    )


async def give(connection: AsyncConnection, order_id: str, change: Ways, shipping: Money, *, most: int) -> bool:
    """Change what was given, up or down; False where all of it would be more than `most`."""
    parts = {**dict(change), "shipping": shipping}
    changes = {f"{name}_change": part.amount for name, part in parts.items()}
    return (await connection.execute(_GIVE, {"of_order": order_id, "most": most, **changes})).rowcount == 1


async def give_line(connection: AsyncConnection, order_id: str, line_id: str, units: int, amount: int) -> None:
    """Note so many units, and so much, more or less given for a line."""
    wanted = {"of_order": order_id, "of_line": line_id, "units": units, "amount": amount}
    await connection.execute(_GIVE_LINE, wanted)


def _held(money: MoneyProgress) -> Money:
    if money.held_by_channel is not None:
        return money.held_by_channel
    return money.captured if money.by_channel else Money.zero(money.captured.currency)


def _in(currency: str, amount: int) -> Money:
    return Money(amount=amount, currency=currency)
