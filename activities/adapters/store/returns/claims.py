"""Claims of a running return: to more goods, or to none; and to money, set aside before it is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import insert, select, update

from activities.adapters.store.returns import accounts
from activities.adapters.store.stock.transaction import insert_once
from activities.adapters.store.tables.returns import return_lines, return_money, returns
from models.errors import Conflict, NotFound
from models.money import Money
from models.returns.money import Ways
from models.returns.refunding import grant

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.returns.case import ReturnCase
    from models.returns.money import ClaimChange, RefundClaim, RefundGrant, RefundOutcome

_m, _l, _r = return_money.c, return_lines.c, returns.c
CLAIMED, GIVEN, REFUSED = "claimed", "given", "refused"
_ANY_UNITS, _ANY_AMOUNT = 2**31 - 1, 10**18
"""Taking something back is never too much."""


class NoMore(Exception):
    """The order has no more of a line that could come back; the transaction must not be committed."""


async def change_claim(connection: AsyncConnection, change: ClaimChange) -> None:
    """Set how many units a return has a claim to; asked again, nothing changes.

    Raises:
        NoMore: the order has no more that no other return has a claim to.
        NotFound: there is no such order.
    """
    await accounts.locked(connection, change.order_id)
    order = await accounts.order_of(connection, change.order_id)
    if order is None or order.snapshot is None:
        raise NotFound(f"there is no order {change.order_id}")
    shipped = {line.line_id: line.shipped for line in order.snapshot.lines}
    for line in sorted(change.lines, key=lambda one: one.line_id):
        row = {"return_id": change.return_id, "line_id": line.line_id, "claimed": 0}
        await insert_once(connection, return_lines, row)
        mine = (_l.return_id == change.return_id, _l.line_id == line.line_id)
        before = await connection.scalar(select(_l.claimed).where(*mine))
        more = line.quantity - (before or 0)
        most = shipped.get(line.line_id, 0) if more > 0 else _ANY_UNITS
        if more and not await accounts.claim(connection, change.order_id, line.line_id, more, most):
            raise NoMore
        await connection.execute(update(return_lines).where(*mine).values(claimed=line.quantity))


async def claim_money(connection: AsyncConnection, claim: RefundClaim, now: datetime) -> RefundGrant:
    """Set aside what goods are worth; asked again, the first answer.

    Raises:
        Conflict: more would be given than was paid.
        NotFound: there is no such return, or order.
    """
    account = await accounts.locked(connection, claim.order_id)
    known: RefundGrant | None = await connection.scalar(select(_m.granted).where(_m.key == claim.key))
    if known is not None:
        return known
    case: ReturnCase | None = await connection.scalar(select(_r.document).where(_r.id == claim.return_id))
    order = await accounts.order_of(connection, claim.order_id)
    if case is None or order is None or order.snapshot is None:
        raise NotFound(f"there is no return {claim.return_id} of {claim.order_id}")
    so_far = await accounts.given(connection, account, case.sold, order.snapshot)
    granted = grant(claim, case.sold, so_far)
    most = (so_far.paid - so_far.refunded_before).amount
    if granted.total and not await accounts.give(connection, claim.order_id, granted.ways, granted.shipping, most=most):
        raise Conflict("beyond_paid", f"{granted.total} more would be beyond what was paid for {claim.order_id}")
    for line in granted.lines:
        await accounts.give_line(connection, claim.order_id, line.line_id, line.quantity, line.amount.amount)
    row = {
        "key": claim.key,
        "return_id": claim.return_id,
        "order_id": claim.order_id,
        "state": CLAIMED,
        "granted": granted,
        "refunded": 0,
        "credited": 0,
        "at": now,
    }
    await connection.execute(insert(return_money), row)
    return granted


async def settle(connection: AsyncConnection, outcome: RefundOutcome, now: datetime) -> None:
    """Note what was given of a grant, and let the rest go; asked again, nothing changes.

    Raises:
        NotFound: there is no such grant.
    """
    order_id = await connection.scalar(select(_m.order_id).where(_m.key == outcome.key))
    if order_id is None:
        raise NotFound(f"nothing was set aside under {outcome.key}")
    await accounts.locked(connection, order_id)
    row = (await connection.execute(select(_m.state, _m.granted).where(_m.key == outcome.key))).one()
    if row.state != CLAIMED:
        return
    granted: RefundGrant = row.granted
    refused = bool(granted.total) and not outcome.given.total
    let_go = Ways(**{name: part - getattr(granted.ways, name) for name, part in dict(outcome.given).items()})
    zero = Money.zero(granted.shipping.currency)
    shipping = zero - granted.shipping if refused else zero
    if let_go.total or shipping:
        await accounts.give(connection, order_id, let_go, shipping, most=_ANY_AMOUNT)
    if refused:
        for line in granted.lines:
            await accounts.give_line(connection, order_id, line.line_id, -line.quantity, -line.amount.amount)
    given = outcome.given
    told = {
        "state": REFUSED if refused else GIVEN,
        "refunded": (given.card + given.channel + given.by_hand).amount,
        "credited": given.credit.amount,
        "at": now,
    }
    await connection.execute(update(return_money).where(_m.key == outcome.key).values(told))
