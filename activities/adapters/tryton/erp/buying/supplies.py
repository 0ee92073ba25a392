"""What suppliers promise of what our requisitions led to, read as it changes: Tryton calls nobody.

Purchasing turns requisitions into purchases. Once one is confirmed with a date of delivery, the supply our ledger
waits for is announced under the requisition's number; another date later says it anew.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from activities.adapters.tryton.paging import Pages
from activities.adapters.tryton.reading_on import HandedOn, Mark, Standing, Written
from activities.adapters.tryton.wire import Read
from models.errors import Uncertain
from models.partners.feeds import FeedPage
from models.stock.events import StockLine, SupplyAnnounced

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.rest import Rest
    from models.partners.feeds import FeedQuery

_PURCHASE = "purchase.purchase"
_REQUISITION_LINE = "purchase.requisition.line"
_BOUGHT = [["state", "in", ["processing", "done"]], ["lines.requests", "!=", None]]


class _Coded(Read):
    code: str | None


class _Named(Read):
    name: str


class _Requisition(Read):
    number: str | None


class _Asked(Read):
    requisition: _Requisition


class _Request(Read):
    origin: str | None


class _Line(Read):
    product: _Coded | None
    quantity: float | None
    delivery_date: date | None
    requests: list[_Request]


class _Purchase(Written):
    number: str | None
    party: _Named
    warehouse: _Coded | None
    lines: list[_Line]


class Supplies:
    """Answers the feed's port for the ERP."""

    def __init__(self, rest: Rest, options: ErpOptions) -> None:
        """Read them from this database."""
        self._rest = rest
        self._pages = Pages(rest, options.page, options.overlap_s, None)
        self._handed_on = HandedOn()

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on from a cursor, or from the beginning.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        before = self._standing(query.cursor)
        known = self._handed_on.before(query.cursor)
        purchases, standing = await self._pages.next(before, 0, _PURCHASE, _Purchase, _BOUGHT)
        after = standing.since(before)
        told = tuple(_announced(purchases, await self._numbers(purchases)))
        self._handed_on.remember(after, known, {one.event_id: one.occurred_at for one in told}, self._pages.back)
        fresh = tuple(one for one in told if one.event_id not in known)
        return FeedPage(events=fresh, cursor=str(after), more=standing.more)

    async def _numbers(self, purchases: Sequence[_Purchase]) -> dict[int, str]:
        """Say, for each line, by the number of which requisition it was asked for."""
        lines = [line for purchase in purchases for line in purchase.lines]
        asked = {line.id: number for line in lines for one in line.requests if (number := _origin(one)) is not None}
        if not asked:
            return {}
        found = await self._rest.find(_REQUISITION_LINE, _Asked, [["id", "in", sorted(set(asked.values()))]])
        numbers = {one.id: one.requisition.number for one in found if one.requisition.number}
        return {line: numbers[number] for line, number in asked.items() if number in numbers}

    def _standing(self, cursor: str | None) -> Standing:
        if cursor is None:
            return Standing.begin(1, None)
        try:
            return Standing.read(cursor, 1)
        except ValueError as error:
            earlier = _earlier(cursor)
            if earlier is None:
                raise Uncertain(self._rest.partner, f"has nothing at {cursor[:50]!r}") from error
            return Standing((self._pages.back(earlier),), (earlier,))


def _announced(purchases: Sequence[_Purchase], numbers: dict[int, str]) -> Iterator[SupplyAnnounced]:
    for purchase in purchases:
        for line in purchase.lines:
            node, sku = purchase.warehouse, line.product
            if line.id not in numbers or line.delivery_date is None or not line.quantity:
                continue
            if node is None or node.code is None or sku is None or sku.code is None:
                continue
            yield SupplyAnnounced(
                # The same promise has the same id, however often Tryton writes to the purchase.
                event_id=f"tryton:{numbers[line.id]}:{line.id}:{line.delivery_date}:{line.quantity:g}",
                occurred_at=purchase.write_date,
                document=purchase.number,
                supply_id=numbers[line.id],
                node=node.code,
                lines=(StockLine(sku=sku.code, quantity=int(line.quantity)),),
                expected_at=datetime.combine(line.delivery_date, time(12), UTC),
                supplier=purchase.party.name,
            )


def _origin(request: _Request) -> int | None:
    model, _, number = (request.origin or "").partition(",")
    return int(number) if model == _REQUISITION_LINE else None


def _earlier(cursor: str) -> Mark | None:
    """The moment in a cursor as they were before this feed looked back; none: it is none of these either."""
    try:
        told, _number = json.loads(cursor)
        return Mark(datetime.fromisoformat(told).astimezone(UTC))
    except (ValueError, TypeError, OverflowError, RecursionError):
        return None
