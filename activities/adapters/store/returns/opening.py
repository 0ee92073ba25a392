"""Opening a return: its goods are claimed in the same transaction, so that no two returns claim the same unit."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, insert, select, update

from activities.adapters.store.returns import accounts
from activities.adapters.store.tables.catalogue import items
from activities.adapters.store.tables.returns import return_accounts, return_lines, returns
from activities.records.returns import OpenedReturn
from models.errors import Conflict, FieldError, InvalidInput, NotFound
from models.ids import order_id, return_id
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.policy.stock.wanting import class_of
from models.returns.case import ReturnCase, ReturnLine
from models.returns.request import Resolution
from models.returns.sold import Sold, sold
from models.states.returning import RETURN

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.catalogue import Item
    from models.order.order import Order
    from models.policy.policy_set import PolicySet
    from models.returns.request import LooseReturnRequest, RequestedLine, ReturnRequest

_a, _r = return_accounts.c, returns.c
_BY_REQUEST = select(_r.document).where(_r.request_key == bindparam("of_request"))
_ITEMS = select(items.c.sku, items.c.item).where(items.c.sku.in_(bindparam("skus", expanding=True)))


async def open_known(  # noqa: PLR0913 - who asks for what, when, and by which rules
    connection: AsyncConnection,
    wanted_of: str,
    request: ReturnRequest,
    *,
    policy: PolicySet,
    opened_by: str,
    request_key: str | None,
    now: datetime,
) -> OpenedReturn:
    """Open a return of an order we know.

    Raises:
        Conflict: nothing of it has been shipped.
        InvalidInput: a line is not the order's, or more than may still come back.
        NotFound: there is no such order.
    """
    # What stands here for an order that is not there goes with the transaction.
    account = await accounts.locked(connection, wanted_of)
    order = await accounts.order_of(connection, wanted_of)
    if order is None:
        raise NotFound(f"there is no order {wanted_of}")
    known = await _known(connection, request_key)
    if known is not None:
        return known
    bought = await _sold(connection, order, policy)
    if not any(line.shipped for line in bought.lines):
        raise Conflict("nothing_shipped", "nothing of the order has been shipped: it can be cancelled instead")
    await _claim(connection, bought, request)
    case = ReturnCase(
        id=return_id(bought.channel, bought.external_id, account.opened + 1),
        number=account.opened + 1,
        sold=bought,
        lines=tuple(_line(bought, line) for line in request.lines),
        resolution=request.resolution,
        requested_by=request.requested_by,
        opened_by=opened_by[:100],
        opened_at=now,
        node=request.node,
        note=request.note,
    )
    return await _keep(connection, case, request_key)


async def open_loose(
    connection: AsyncConnection,
    request: LooseReturnRequest,
    *,
    opened_by: str,
    request_key: str | None,
    now: datetime,
) -> OpenedReturn:
    """Open a return of goods whose order nobody knows.

    Raises:
        Conflict: the order is known after all.
    """
    named = order_id(request.channel, request.reference)
    account = await accounts.locked(connection, named)
    if await accounts.order_of(connection, named) is not None:
        raise Conflict("order_known", f"{named} is known: open the return there")
    known = await _known(connection, request_key)
    if known is not None:
        return known
    case = ReturnCase(
        id=return_id(request.channel, request.reference, account.opened + 1),
        number=account.opened + 1,
        known=False,
        sold=Sold(
            order_id=named,
            channel=request.channel,
            external_id=request.reference,
            currency=request.currency,
            terms=PaymentTerms.PREPAID,
            lines=(),
            shipping=Money.zero(request.currency),
        ),
        lines=tuple(
            ReturnLine(line_id=str(number), **line.model_dump()) for number, line in enumerate(request.lines, start=1)
        ),
        resolution=Resolution.STORE_CREDIT,
        requested_by=request.requested_by,
        opened_by=opened_by[:100],
        opened_at=now,
        node=request.node,
        note=request.note,
    )
    return await _keep(connection, case, request_key)


async def _known(connection: AsyncConnection, request_key: str | None) -> OpenedReturn | None:
    if request_key is None:
        return None
    case = await connection.scalar(_BY_REQUEST, {"of_request": _digest(request_key)})
    return OpenedReturn(case, is_new=False) if case is not None else None


async def _sold(connection: AsyncConnection, row: Row[*tuple[Any, ...]], policy: PolicySet) -> Sold:
    order: Order = row.document
    if row.snapshot is None:
        raise Conflict("nothing_shipped", "nothing of the order has been shipped: it can be cancelled instead")
    known = await _items(connection, {line.sku for line in order.lines})
    known |= await _items(connection, {part.sku for item in known.values() for part in item.components})
    belongs = class_of(policy.stock, order)
    return sold(order, row.snapshot, known, belongs.name if belongs else None)


async def _items(connection: AsyncConnection, skus: Iterable[str]) -> dict[str, Item]:
    """What master data knows of these articles."""
    return {row.sku: row.item for row in await connection.execute(_ITEMS, {"skus": sorted(set(skus))})}


async def _claim(connection: AsyncConnection, bought: Sold, request: ReturnRequest) -> None:
    errors: list[FieldError] = []
    seen: set[str] = set()
    for index, line in sorted(enumerate(request.lines), key=lambda numbered: numbered[1].line_id):
        at = f"/lines/{index}"
        sold_line = bought.line(line.line_id)
        if sold_line is None:
            errors.append(FieldError(pointer=f"{at}/line_id", code="unknown_line", message="is no line of the order"))
        elif line.line_id in seen:
            errors.append(FieldError(pointer=f"{at}/line_id", code="twice", message=f"{line.line_id} stands twice"))
        elif line.exchange_for is not None and request.resolution is not Resolution.EXCHANGE:
            said = "is for an exchange only"
            errors.append(FieldError(pointer=f"{at}/exchange_for", code="no_exchange", message=said))
        elif not await accounts.claim(connection, bought.order_id, line.line_id, line.quantity, sold_line.shipped):
            others = (await accounts.claimed(connection, bought.order_id)).get(line.line_id, 0)
            left = max(sold_line.shipped - others, 0)
            said = f"only {left} of the {sold_line.shipped} shipped may still come back"
            errors.append(FieldError(pointer=f"{at}/quantity", code="beyond_shipped", message=said))
        seen.add(line.line_id)
    if errors:
        raise InvalidInput(sorted(errors, key=lambda error: error.pointer))


def _line(bought: Sold, line: RequestedLine) -> ReturnLine:
    skus = {one.line_id: one.sku for one in bought.lines}
    return ReturnLine(sku=skus[line.line_id], **line.model_dump())


async def _keep(connection: AsyncConnection, case: ReturnCase, request_key: str | None) -> OpenedReturn:
    row = {
        "id": case.id,
        "order_id": case.sold.order_id,
        "number": case.number,
        "channel": case.sold.channel,
        "request_key": _digest(request_key) if request_key else None,
        "state": RETURN.initial.value,
        "resolution": case.resolution.value,
        "document": case,
        "version": 0,
        "received_at": case.opened_at,
        "updated_at": case.opened_at,
    }
    await connection.execute(insert(returns), row)
    if case.known:
        lines = [{"return_id": case.id, "line_id": line.line_id, "claimed": line.quantity} for line in case.lines]
        await connection.execute(insert(return_lines), lines)
    opened = update(return_accounts).where(_a.order_id == case.sold.order_id).values(opened=case.number)
    await connection.execute(opened)
    return OpenedReturn(case, is_new=True)


def _digest(request_key: str) -> str:
    return hashlib.sha256(request_key.encode()).hexdigest()
