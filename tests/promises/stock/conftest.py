"""A shop with a stock ledger, and short ways of saying what is done in it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from activities.adapters.store.stock import nodes
from activities.adapters.store.stock.books.audit import StockAudit, audit
from activities.adapters.store.stock.ledger import SqlStockLedger
from models.policy.book import PolicyBook
from models.policy.stock.rules import SourcingRules, StockRules
from models.settings import Settings
from models.stock.demand import Demand, Need
from models.stock.events import AdjustedLine, GoodsAdjusted, GoodsReceived, StockLine
from models.stock.nodes import Node
from models.stock.quantities import PROMISED, Balance
from models.stock.reservation import (
    Consumption,
    Freed,
    ReservationAnswer,
    ReservationCommit,
    ReservationExtension,
    ReservationRelease,
    ReservationRequest,
    ReservationStanding,
    Shipped,
)

if TYPE_CHECKING:
    from activities.adapters.store.database import Database
    from models.stock.events import StockEventAnswer

ORDER = "order:b2b:1"
DEMAND = Demand(channel="b2b")
ALL_OR_NOTHING = StockRules(sourcing=SourcingRules(partial=False, most_parcels=20))
_POLICIES = PolicyBook.load(Settings().policies).current


def book(stock: StockRules = ALL_OR_NOTHING) -> PolicyBook:
    """The sample policies, with these rules of stock."""
    return PolicyBook([_POLICIES.model_copy(update={"stock": stock})])


@dataclass
class Clock:
    """A clock that is put forward by hand."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 2, 9, tzinfo=UTC))

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **how_long: int) -> None:
        self.at += timedelta(**how_long)


class Shop:
    def __init__(self, database: Database, rules: StockRules = ALL_OR_NOTHING) -> None:
        self.database = database
        self.clock = Clock()
        self.rule(rules)

    def rule(self, rules: StockRules) -> None:
        """Go on by other rules."""
        self.ledger = SqlStockLedger(self.database, book(rules), self.clock)

    async def receive(  # noqa: PLR0913 - a delivery note says this much
        self,
        sku: str,
        quantity: int,
        *,
        node: str = "north",
        key: str | None = None,
        lot: str = "",
        expires_on: date | None = None,
    ) -> StockEventAnswer:
        line = StockLine(sku=sku, quantity=quantity, lot=lot, expires_on=expires_on)
        event = GoodsReceived(
            event_id=key or f"receipt/{node}/{sku.encode().hex()}/{lot}",
            occurred_at=self.clock(),
            node=node,
            lines=(line,),
            reason="delivery",
        )
        return await self.ledger.apply(event, source="wms")

    async def adjust(self, sku: str, quantity: int, *, key: str, node: str = "north") -> StockEventAnswer:
        lines = (AdjustedLine(sku=sku, quantity=quantity),)
        event = GoodsAdjusted(event_id=key, occurred_at=self.clock(), node=node, lines=lines, reason="count")
        return await self.ledger.apply(event, source="wms")

    async def put_node(self, node: Node) -> None:
        async with self.database.writing() as connection:
            await nodes.put_node(connection, node)
        nodes.forget_nodes()

    async def reserve(
        self,
        key: str,
        *needs: tuple[str, str, int],
        order: str = ORDER,
        demand: Demand = DEMAND,
        expires_at: datetime | None = None,
    ) -> ReservationAnswer:
        """Each need is a line, an article and a quantity."""
        wanted = tuple(Need(line_id=line, sku=sku, quantity=quantity) for line, sku, quantity in needs)
        return await self.ledger.reserve(
            ReservationRequest(key=key, order_id=order, needs=wanted, demand=demand, expires_at=expires_at)
        )

    async def extend(self, key: str, until: datetime, *, order: str = ORDER) -> ReservationStanding:
        return await self.ledger.extend(ReservationExtension(reservation_key=key, order_id=order, until=until))

    async def commit(self, key: str, *, order: str = ORDER) -> ReservationStanding:
        return await self.ledger.commit(ReservationCommit(reservation_key=key, order_id=order))

    async def release(self, key: str, *, order: str = ORDER) -> None:
        await self.ledger.release(ReservationRelease(reservation_key=key, order_id=order, reason="cancelled"))

    async def release_part(self, key: str, reservation: str, *items: tuple[str, str, int], order: str = ORDER) -> None:
        """Each item is a line, an article and a quantity."""
        freed = tuple(Freed(line_id=line, sku=sku, quantity=quantity) for line, sku, quantity in items)
        await self.ledger.release(
            ReservationRelease(reservation_key=reservation, order_id=order, reason="fewer", key=key, items=freed)
        )

    async def consume(
        self,
        key: str,
        reservation: str,
        *items: tuple[str, str, int],
        node: str = "north",
        lot: str | None = None,
        order: str = ORDER,
    ) -> None:
        """Each item is a line, an article and a quantity."""
        shipped = tuple(
            Shipped(line_id=line, sku=sku, quantity=quantity, node=node, lot=lot) for line, sku, quantity in items
        )
        await self.ledger.consume(Consumption(key=key, reservation_key=reservation, order_id=order, items=shipped))

    async def shelf(self, sku: str, node: str = "north", lot: str = "") -> tuple[int, int]:
        """On hand and promised."""
        balance = await self.balance(sku, node, lot)
        return balance.on_hand, sum(balance.level(state) for state in PROMISED)

    async def balance(self, sku: str, node: str = "north", lot: str = "") -> Balance:
        (found,) = [one for one in await self.balances(sku) if (one.node, one.lot) == (node, lot)]
        return found

    async def balances(self, *skus: str) -> tuple[Balance, ...]:
        return await self.ledger.balances(skus)

    async def audit(self) -> StockAudit:
        return await audit(self.database)


@pytest.fixture
def shop(database: Database) -> Shop:
    return Shop(database)
