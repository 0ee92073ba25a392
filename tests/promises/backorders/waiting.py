"""A ledger under a clock of its own, and short ways of saying who waits for what."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from activities.adapters.store.stock import nodes
from activities.adapters.store.stock.keeping.keeping import SqlStockKeeping
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.movements import Document, Movement, move, open_balances
from activities.adapters.store.stock.tables import ring_fences, stock_movements
from activities.adapters.store.tables.intake import inbox
from models.partners.events import BackorderExpected, BackorderExpired, BackorderFilled, PartnerEvent
from models.policy.book import PolicyBook
from models.policy.stock.rules import SourcingRules, StockRules
from models.stock.backorders import BackorderAnswer, BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.events import (
    GoodsReceived,
    StockEvent,
    StockLine,
    SupplyAnnounced,
    SupplyCancelled,
    SupplyDelayed,
)
from models.stock.nodes import Lane, Node
from models.stock.quantities import MovementKind, StockState
from models.stock.reservation import ReservationRelease, ReservationRequest

if TYPE_CHECKING:
    from activities.adapters.store.database import Database
    from models.stock.quantities import Balance

_SHIPPED = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies").current
PLAIN = StockRules(sourcing=SourcingRules(most_parcels=20))
MONDAY = datetime(2026, 11, 2, 9, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = MONDAY

    def __call__(self) -> datetime:
        return self.at

    def pass_by(self, **how_long: int) -> None:
        self.at += timedelta(**how_long)


@dataclass
class Waiting:
    """One ledger, its keeper, and the orders that wait: an order's name is its key too."""

    database: Database
    clock: Clock = field(default_factory=Clock)
    events: int = 0

    def __post_init__(self) -> None:
        self.rule(PLAIN)

    def rule(self, stock: StockRules) -> None:
        """Go on by other rules."""
        policies = PolicyBook([_SHIPPED.model_copy(update={"stock": stock})])
        self.policies = policies
        self.ledger = SqlStockLedger(self.database, policies, self.clock)
        self.keeping = SqlStockKeeping(self.database, policies, self.clock)

    async def node(self, name: str, lanes: tuple[Lane, ...] = (Lane(),), **facts: Any) -> None:
        async with self.database.writing() as connection:
            await nodes.put_node(connection, Node(name=name, lanes=lanes, **facts))
        nodes.forget_nodes()

    async def tell(self, event: StockEvent) -> None:
        await self.ledger.apply(event, source="north")

    async def receive(self, sku: str, quantity: int, *, node: str = "north", supply: str | None = None) -> None:
        event = GoodsReceived(
            event_id=self._event(),
            occurred_at=self.clock(),
            node=node,
            lines=(StockLine(sku=sku, quantity=quantity),),
            supply_id=supply,
        )
        await self.tell(event)

    async def announce(self, supply: str, sku: str, quantity: int, *, days: int) -> datetime:
        """A supplier says what will come, in so many days; answers when."""
        expected = MONDAY + timedelta(days=days)
        line = StockLine(sku=sku, quantity=quantity)
        await self.tell(
            SupplyAnnounced(
                event_id=self._event(),
                occurred_at=self.clock(),
                supply_id=supply,
                node="north",
                lines=(line,),
                expected_at=expected,
            )
        )
        return expected

    async def delay(self, supply: str, *, days: int) -> datetime:
        expected = MONDAY + timedelta(days=days)
        event = SupplyDelayed(event_id=self._event(), occurred_at=self.clock(), supply_id=supply, expected_at=expected)
        await self.tell(event)
        return expected

    async def call_off(self, supply: str) -> None:
        await self.tell(SupplyCancelled(event_id=self._event(), occurred_at=self.clock(), supply_id=supply))

    async def wait_for(
        self,
        name: str,
        *needs: tuple[str, int],
        priority: int = 0,
        placed_at: datetime | None = None,
        deadline: datetime | None = None,
        country: str | None = None,
    ) -> BackorderAnswer:
        """Take a place in the queue; each need is an article and a quantity, and a line of its own."""
        demand = Demand(channel="b2b", priority=priority, placed_at=placed_at or self.clock(), country=country)
        return await self.ledger.backorder(
            BackorderRequest(
                key=name,
                order_id=order(name),
                needs=tuple(Need(line_id=f"l{i}", sku=sku, quantity=n) for i, (sku, n) in enumerate(needs)),
                demand=demand,
                deadline=deadline,
            )
        )

    async def reserve(self, name: str, *needs: tuple[str, int], channel: str = "b2b", hours: int = 48) -> bool:
        answer = await self.ledger.reserve(
            ReservationRequest(
                key=name,
                order_id=order(name),
                needs=tuple(Need(line_id=f"l{i}", sku=sku, quantity=n) for i, (sku, n) in enumerate(needs)),
                demand=Demand(channel=channel),
                expires_at=self.clock() + timedelta(hours=hours),
            )
        )
        return answer.granted

    async def release(self, name: str) -> None:
        await self.ledger.release(ReservationRelease(reservation_key=name, order_id=order(name), reason="cancelled"))

    async def stock_silently(self, sku: str, quantity: int, *, node: str = "north") -> None:
        """Goods that nobody has looked at the queue for, as after a crash between the two."""
        async with self.database.writing() as connection:
            await nodes.ensure_nodes(connection, [node])
            await open_balances(connection, [(sku, node, "")])
            document = Document(f"silent/{sku}/{node}", MovementKind.RECEIPT)
            await move(connection, document, [Movement(sku, node, StockState.ON_HAND, quantity)])

    async def told(self) -> list[PartnerEvent]:
        """What orders have been told, in order."""
        statement = select(inbox.c.event).order_by(inbox.c.received_at, inbox.c.event_id)
        async with self.database.reading() as connection:
            return list((await connection.execute(statement)).scalars())

    async def filled(self) -> list[str]:
        return [event.reservation_key for event in await self.told() if isinstance(event, BackorderFilled)]

    async def given_up(self) -> list[str]:
        return [event.reservation_key for event in await self.told() if isinstance(event, BackorderExpired)]

    async def dates(self, name: str) -> list[datetime | None]:
        """The dates an order was told, in order."""
        return [
            event.expected_at
            for event in await self.told()
            if isinstance(event, BackorderExpected) and event.reservation_key == name
        ]

    async def balance(self, sku: str, node: str = "north") -> Balance:
        (found,) = [one for one in await self.ledger.balances((sku,)) if one.node == node]
        return found

    async def fences(self, sku: str) -> dict[tuple[str, str], int]:
        """What is set aside: by holder and lot."""
        statement = select(ring_fences).where(ring_fences.c.sku == sku, ring_fences.c.quantity > 0)
        async with self.database.reading() as connection:
            return {(row.holder, row.lot): row.quantity for row in await connection.execute(statement)}

    async def kinds(self, sku: str) -> set[str]:
        """The kinds of an article's movements."""
        statement = select(stock_movements.c.kind).where(stock_movements.c.sku == sku)
        async with self.database.reading() as connection:
            return set((await connection.execute(statement)).scalars())

    def _event(self) -> str:
        self.events += 1
        return f"event/{self.events}"


def order(name: str) -> str:
    return f"order:b2b:{name}"
