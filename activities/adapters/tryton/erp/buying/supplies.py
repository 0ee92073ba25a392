"""What suppliers promise of what our requisitions led to, read as it changes: Tryton calls nobody.

Purchasing turns requisitions into purchases. Once one is confirmed with a date of delivery, the supply our ledger
waits for is announced under the requisition's number; another date later says it anew.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from activities.adapters.tryton.rest import Span
from activities.adapters.tryton.wire import Read
from models.errors import Uncertain
from models.partners.feeds import FeedPage
from models.stock.events import StockLine, SupplyAnnounced

if TYPE_CHECKING:
    from collections.abc import Iterator

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Domain
    from models.partners.feeds import FeedQuery

_LINE = "purchase.line"
_REQUISITION_LINE = "purchase.requisition.line"
_LATEST = (("purchase.write_date", "ASC"), ("id", "ASC"))


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


class _Purchase(Read):
    number: str | None
    party: _Named
    warehouse: _Coded | None
    write_date: datetime


class _Line(Read):
    product: _Coded | None
    quantity: float | None
    delivery_date: date | None
    purchase: _Purchase
    requests: list[_Request]


class Supplies:
    """Answers the feed's port for the ERP."""

    def __init__(self, rest: Rest, page: int) -> None:
        """Read them from this database, so many at a time."""
        self._rest = rest
        self._page = page

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on from a cursor, or from the beginning.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        where: Domain = [
            _after(query, self._rest.partner),
            ["purchase.state", "in", ["processing", "done"]],
            ["requests", "!=", None],
        ]
        lines = await self._rest.find(_LINE, _Line, where, Span(limit=self._page, order=_LATEST))
        numbers = await self._numbers(lines)
        cursor = _cursor(lines[-1]) if lines else query.cursor
        return FeedPage(events=tuple(_announced(lines, numbers)), cursor=cursor, more=len(lines) == self._page)

    async def _numbers(self, lines: list[_Line]) -> dict[int, str]:
        """Say, for each line, by the number of which requisition it was asked for."""
        asked = {line.id: number for line in lines for one in line.requests if (number := _origin(one)) is not None}
        if not asked:
            return {}
        found = await self._rest.find(_REQUISITION_LINE, _Asked, [["id", "in", sorted(set(asked.values()))]])
        numbers = {one.id: one.requisition.number for one in found if one.requisition.number}
        return {line: numbers[number] for line, number in asked.items() if number in numbers}


def _announced(lines: list[_Line], numbers: dict[int, str]) -> Iterator[SupplyAnnounced]:
    for line in lines:
        node, sku = line.purchase.warehouse, line.product
        if line.id not in numbers or line.delivery_date is None or not line.quantity:
            continue
        if node is None or node.code is None or sku is None or sku.code is None:
            continue
        yield SupplyAnnounced(
            # The same promise has the same id, however often Tryton writes to the purchase.
            event_id=f"tryton:{numbers[line.id]}:{line.id}:{line.delivery_date}:{line.quantity:g}",
            occurred_at=line.purchase.write_date,
            document=line.purchase.number,
            supply_id=numbers[line.id],
            node=node.code,
            lines=(StockLine(sku=sku.code, quantity=int(line.quantity)),),
            expected_at=datetime.combine(line.delivery_date, time(12), UTC),
            supplier=line.purchase.party.name,
        )


def _origin(request: _Request) -> int | None:
    model, _, number = (request.origin or "").partition(",")
    return int(number) if model == _REQUISITION_LINE else None


def _after(query: FeedQuery, partner: str) -> Domain:
    if query.cursor is None:
        return ["id", ">", 0]
    try:
        told, number = json.loads(query.cursor)
        at = datetime.fromisoformat(told)
    except (ValueError, TypeError) as error:
        raise Uncertain(partner, f"has nothing at {query.cursor[:50]!r}") from error
    same = [["purchase.write_date", "=", at], ["id", ">", number]]
    return ["OR", [["purchase.write_date", ">", at]], same]


def _cursor(line: _Line) -> str:
    return json.dumps([line.purchase.write_date.isoformat(), line.id])
