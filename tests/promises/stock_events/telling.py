"""A ledger that is told what happens, and short ways of telling it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import insert, select

from activities.adapters.store.stock.books.audit import audit
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.movements import Document, Movement, move
from activities.adapters.store.stock.tables import (
    reservation_lines,
    reservations,
    ring_fences,
    stock_differences,
    stock_movements,
    supplies,
)
from activities.adapters.store.tables.catalogue import items
from activities.adapters.store.tables.intake import inbox
from models.catalogue import Item
from models.partners.events import StockLost
from models.policy.book import PolicyBook
from models.policy.stock.rules import SourcingRules, StockRules
from models.settings import Settings
from models.stock.demand import Demand, Need
from models.stock.differences import DifferenceKind, DifferenceState
from models.stock.events import (
    AdjustedLine,
    CountedLine,
    GoodsAdjusted,
    GoodsCleared,
    GoodsCounted,
    GoodsPicked,
    GoodsReceived,
    GoodsReturned,
    GoodsScrapped,
    GoodsSetAside,
    GoodsSold,
    LotJudged,
    StockEventAnswer,
    StockLine,
    SupplyAnnounced,
    SupplyCancelled,
    SupplyDelayed,
    TransferDispatched,
    TransferReceived,
)
from models.stock.lots import LotStatus
from models.stock.quantities import Balance, MovementKind, StockState
from models.stock.reservation import (
    Consumption,
    ReservationAnswer,
    ReservationCommit,
    ReservationRequest,
    ReservationState,
    Shipped,
)

if TYPE_CHECKING:
    from datetime import date

    from activities.adapters.store.database import Database
    from models.stock.events import StockEvent

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
NODE = "north"
_RULES = StockRules(sourcing=SourcingRules(partial=False, most_parcels=20))
_POLICIES = PolicyBook([PolicyBook.load(Settings().policies).current.model_copy(update={"stock": _RULES})])
E_ = TypeVar("E_")


def hours(number: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=number)


@dataclass
class Floor:
    """The shop floor: each thing that happens is an event, at noon unless it is said otherwise."""

    database: Database
    at: datetime = NOON
    _numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.ledger = SqlStockLedger(self.database, _POLICIES, lambda: self.at)

    async def tell(self, event: StockEvent, source: str = "wms") -> StockEventAnswer:
        """Once it has happened: nobody can tell of it before."""
        self.at = max(self.at, event.occurred_at)
        return await self.tell_now(event, source)

    async def tell_now(self, event: StockEvent, source: str = "wms") -> StockEventAnswer:
        """Whatever time the sender says it is."""
        return await self.ledger.apply(event, source=source)

    def event(self, kind: type[E_], at: float = 0, **said: Any) -> E_:
        said.setdefault("event_id", f"e{next(self._numbers)}")
        return kind(occurred_at=hours(at), **said)

    def receipt(  # noqa: PLR0913 - what a delivery note says
        self,
        quantity: int,
        *,
        sku: str = "cup",
        node: str = NODE,
        lot: str = "",
        expires_on: date | None = None,
        unit: str | None = None,
        **said: Any,
    ) -> GoodsReceived:
        line = StockLine(sku=sku, quantity=quantity, lot=lot, expires_on=expires_on, unit=unit)
        return self.event(GoodsReceived, node=node, lines=(line,), **said)

    async def receive(self, quantity: int, **said: Any) -> StockEventAnswer:
        return await self.tell(self.receipt(quantity, **said))

    def sale(self, quantity: int, *, sku: str = "cup", node: str = NODE, lot: str = "", **said: Any) -> GoodsSold:
        return self.event(GoodsSold, node=node, lines=(StockLine(sku=sku, quantity=quantity, lot=lot),), **said)

    async def sell(self, quantity: int, **said: Any) -> StockEventAnswer:
        return await self.tell(self.sale(quantity, **said))

    def damage(
        self, quantity: int, *, sku: str = "cup", lot: str = "", state: StockState = StockState.DAMAGED, **said: Any
    ) -> GoodsSetAside:
        line = StockLine(sku=sku, quantity=quantity, lot=lot)
        return self.event(GoodsSetAside, node=NODE, lines=(line,), state=state, **said)

    async def set_aside(self, quantity: int, **said: Any) -> StockEventAnswer:
        return await self.tell(self.damage(quantity, **said))

    async def clear(self, quantity: int, state: StockState = StockState.DAMAGED, **said: Any) -> StockEventAnswer:
        lot = said.pop("lot", "")
        line = StockLine(sku="cup", quantity=quantity, lot=lot)
        return await self.tell(self.event(GoodsCleared, node=NODE, lines=(line,), state=state, **said))

    async def scrap(self, quantity: int, state: StockState | None = None, **said: Any) -> StockEventAnswer:
        line = StockLine(sku="cup", quantity=quantity)
        return await self.tell(self.event(GoodsScrapped, node=NODE, lines=(line,), state=state, **said))

    async def take_back(self, quantity: int, **said: Any) -> StockEventAnswer:
        line = StockLine(sku="cup", quantity=quantity, lot=said.pop("lot", ""))
        return await self.tell(self.event(GoodsReturned, node=NODE, lines=(line,), **said))

    def count(self, quantity: int, *, lot: str = "", unit: str | None = None, **said: Any) -> GoodsCounted:
        line = CountedLine(sku="cup", quantity=quantity, lot=lot, unit=unit)
        return self.event(GoodsCounted, node=NODE, lines=(line,), **said)

    async def adjust(self, quantity: int, **said: Any) -> StockEventAnswer:
        line = AdjustedLine(sku="cup", quantity=quantity, lot=said.pop("lot", ""), unit=said.pop("unit", None))
        return await self.tell(self.event(GoodsAdjusted, node=NODE, lines=(line,), reason="it was found so", **said))

    def judgement(self, status: LotStatus, lot: str = "L1", **said: Any) -> LotJudged:
        return self.event(LotJudged, sku="cup", lot=lot, status=status, **said)

    async def judge(self, status: LotStatus, lot: str = "L1", **said: Any) -> StockEventAnswer:
        return await self.tell(self.judgement(status, lot, **said))

    async def pick(self, name: str, quantity: int, *, lot: str = "", **said: Any) -> StockEventAnswer:
        line = StockLine(sku="cup", quantity=quantity, lot=lot)
        return await self.tell(self.event(GoodsPicked, node=NODE, order_id=order(name), lines=(line,), **said))

    def announcement(self, quantity: int, *, lot: str = "", days: int = 3, **said: Any) -> SupplyAnnounced:
        said.setdefault("supply_id", "PO-1")
        line = StockLine(sku="cup", quantity=quantity, lot=lot)
        return self.event(SupplyAnnounced, node=NODE, lines=(line,), expected_at=hours(24 * days), **said)

    def delay(self, days: int, supply_id: str = "PO-1", **said: Any) -> SupplyDelayed:
        return self.event(SupplyDelayed, supply_id=supply_id, expected_at=hours(24 * days), **said)

    def calling_off(self, supply_id: str = "PO-1", **said: Any) -> SupplyCancelled:
        return self.event(SupplyCancelled, supply_id=supply_id, **said)

    def departure(self, quantity: int, *, lot: str = "", **said: Any) -> TransferDispatched:
        line = StockLine(sku="cup", quantity=quantity, lot=lot)
        return self.event(TransferDispatched, transfer_id="T-1", from_node=NODE, to_node="south", lines=(line,), **said)

    def arrival(self, quantity: int, *, lot: str = "", **said: Any) -> TransferReceived:
        line = StockLine(sku="cup", quantity=quantity, lot=lot)
        return self.event(TransferReceived, transfer_id="T-1", from_node=NODE, to_node="south", lines=(line,), **said)

    async def reserve(
        self, name: str, quantity: int, *, sku: str = "cup", priority: int = 0, firm: bool = False
    ) -> ReservationAnswer:
        """For the order of that name; it is the reservation's key, too."""
        answer = await self.ledger.reserve(
            ReservationRequest(
                key=name,
                order_id=order(name),
                needs=(Need(line_id="1", sku=sku, quantity=quantity),),
                demand=Demand(channel="b2b", priority=priority),
            )
        )
        if firm and answer.granted:
            await self.ledger.commit(ReservationCommit(reservation_key=name, order_id=order(name)))
        return answer

    async def ship(self, name: str, quantity: int) -> None:
        gone = Shipped(line_id="1", sku="cup", quantity=quantity, node=NODE)
        await self.ledger.consume(
            Consumption(key=f"ship-{name}", reservation_key=name, order_id=order(name), items=(gone,))
        )

    async def fence(self, quantity: int, holder: str = "channel:b2b") -> None:
        async with self.database.writing() as connection:
            row = {"sku": "cup", "node": NODE, "lot": "", "holder": holder, "quantity": 0}
            await connection.execute(insert(ring_fences), row)
            document = Document("fence", MovementKind.RESERVATION)
            await move(
                connection, document, [Movement("cup", NODE, StockState.CHANNEL_RESERVED, quantity, holder=holder)]
            )

    async def learn(self, item: Item) -> None:
        async with self.database.writing() as connection:
            await connection.execute(insert(items), {"sku": item.sku, "item": item, "learned_at": NOON})

    async def balances(self, sku: str = "cup") -> dict[tuple[str, str], Balance]:
        """By node and lot."""
        return {(one.node, one.lot): one for one in await self.ledger.balances((sku,))}

    async def shelf(self, node: str = NODE, lot: str = "", sku: str = "cup") -> Balance:
        return (await self.balances(sku))[node, lot]

    async def told(self) -> dict[str, int]:
        """The orders that were told to have lost goods, and how many."""
        lost: dict[str, int] = {}
        async with self.database.reading() as connection:
            for event in (await connection.execute(select(inbox.c.event))).scalars():
                if isinstance(event, StockLost):
                    name = event.reservation_key
                    lost[name] = lost.get(name, 0) + sum(line.quantity for line in event.lines)
        return lost

    async def events_of(self, name: str) -> list[StockLost]:
        """What an order was told of lost goods."""
        async with self.database.reading() as connection:
            told = (await connection.execute(select(inbox.c.event))).scalars()
            return [one for one in told if isinstance(one, StockLost) and one.reservation_key == name]

    async def state_of(self, name: str) -> ReservationState:
        wanted = select(reservations.c.state).where(reservations.c.key == name)
        async with self.database.reading() as connection:
            return ReservationState((await connection.execute(wanted)).scalar_one())

    async def unexplained(self) -> dict[str, int]:
        """What stands in the difference list, by the quantity that differs: theirs less ours."""
        d = stock_differences.c
        wanted = select(stock_differences).where(
            d.kind == DifferenceKind.UNEXPLAINED.value, d.state == DifferenceState.OPEN.value
        )
        async with self.database.reading() as connection:
            return {row.what: row.theirs - row.ours for row in await connection.execute(wanted)}

    async def supply(self) -> list[Any]:
        async with self.database.reading() as connection:
            return list((await connection.execute(select(supplies).order_by(*supplies.primary_key))).all())

    async def movements(self, kind: MovementKind) -> list[Any]:
        wanted = select(stock_movements).where(stock_movements.c.kind == kind.value).order_by(stock_movements.c.id)
        async with self.database.reading() as connection:
            return list((await connection.execute(wanted)).all())

    async def open_of(self, name: str) -> int:
        """What a reservation still has."""
        line = reservation_lines.c
        wanted = select(line.quantity - line.consumed - line.released).where(line.reservation_key == name)
        async with self.database.reading() as connection:
            return sum((await connection.execute(wanted)).scalars())

    async def is_right(self) -> bool:
        return (await audit(self.database)).is_right


def order(name: str) -> str:
    return f"order:b2b:{name}"
