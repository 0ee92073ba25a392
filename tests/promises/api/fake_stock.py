"""Small in-memory answers to the ports of stock."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from activities.records.orders import Page
from activities.records.stock import RunningOut, StockMovement, TouchedOrder
from models.errors import Conflict, InvalidInput, NotFound
from models.stock.availability import Availability, AvailabilityQuestion, NodeAvailability, Term
from models.stock.events import StockEvent, StockEventAnswer
from models.stock.nodes import Node
from models.stock.publication import PublicationLag, Published
from tests.promises.api.fakes import NOW

if TYPE_CHECKING:
    from models.stock.backorders import Backorder, BackorderAnswer, BackorderRequest
    from models.stock.differences import Difference, DifferenceState
    from models.stock.picture import Picture
    from models.stock.quantities import Balance
    from models.stock.reservation import (
        Consumption,
        ReservationAnswer,
        ReservationCommit,
        ReservationExtension,
        ReservationRelease,
        ReservationRequest,
        ReservationStanding,
    )
    from models.stock.supply import Supply


@dataclass
class FakeStock:
    """A ledger that keeps events, and can be made to fail."""

    told: dict[tuple[str, str], StockEvent] = field(default_factory=dict)
    refuses: Exception | None = None

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        if self.refuses is not None:
            raise self.refuses
        before = self.told.setdefault((source, event.event_id), event)
        if before != event:
            raise Conflict("key_reused", "the id was used for something else")
        return StockEventAnswer(event_id=event.event_id, repeated=before is not event)

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        raise NotImplementedError(request)

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        raise NotImplementedError(request)

    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        raise NotImplementedError(extension)

    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        raise NotImplementedError(commit)

    async def release(self, release: ReservationRelease) -> None:
        raise NotImplementedError(release)

    async def consume(self, consumption: Consumption) -> None:
        raise NotImplementedError(consumption)

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        raise NotImplementedError(skus)


@dataclass
class FakeInventory:
    """So many on hand of each article, all at one node."""

    stock: dict[str, int] = field(default_factory=dict)
    published: dict[tuple[str, str], Published] = field(default_factory=dict)
    kept: dict[str, Node] = field(default_factory=dict)
    asked: list[tuple[str, ...]] = field(default_factory=list)
    """What was looked up for the quick read path."""

    async def availability(self, question: AvailabilityQuestion) -> Availability:
        if question.node not in {None, "north"}:
            raise InvalidInput.at("/node", "unknown_node", f"there is no node {question.node}")
        if question.sku not in self.stock:
            raise NotFound(f"nobody knows an article {question.sku}")
        there = self.stock[question.sku]
        node = NodeAvailability(node="north", atp=there, terms=(Term(name="on_hand", quantity=there, because="there"),))
        return Availability(
            sku=question.sku,
            asked=question,
            atp=there,
            ats=there,
            nodes=(node,),
            terms=(),
            policy_version="2026-11-01",
            as_of=NOW,
        )

    async def picture(self, skus: tuple[str, ...]) -> Picture:
        raise NotImplementedError(skus)

    async def movements(self, sku: str, *, node: str | None, cursor: str | None, limit: int) -> Page[StockMovement]:
        _refuse(cursor, sku, node, limit)
        return Page([], None)

    async def backorders(self, *, sku: str | None, cursor: str | None, limit: int) -> Page[Backorder]:
        _refuse(cursor, sku, limit)
        return Page([], None)

    async def supplies(self, *, sku: str | None, late: bool, cursor: str | None, limit: int) -> Page[Supply]:
        _refuse(cursor, sku, late, limit)
        return Page([], None)

    async def supply(self, supply_id: str) -> tuple[Supply, ...]:
        raise NotFound(f"there is no supply {supply_id}")

    async def touched_by(self, supply_id: str) -> tuple[TouchedOrder, ...]:
        raise NotFound(f"there is no supply {supply_id}")

    async def differences(self, *, state: DifferenceState | None, cursor: str | None, limit: int) -> Page[Difference]:
        _refuse(cursor, state, limit)
        return Page([], None)

    async def nodes(self) -> tuple[Node, ...]:
        return tuple(self.kept.values())

    async def put_node(self, node: Node) -> None:
        self.kept[node.name] = node

    async def offered(self, channel: str, skus: tuple[str, ...]) -> tuple[Published, ...]:
        self.asked.append(skus)
        return tuple(self.published[channel, sku] for sku in skus if (channel, sku) in self.published)

    async def running_out(self, *, channel: str | None, within_days: int, limit: int) -> tuple[RunningOut, ...]:
        shown = (RunningOut(*key, one.quantity, 1.0, float(one.quantity), None) for key, one in self.published.items())
        due = [one for one in shown if one.days_left <= within_days and channel in {None, one.channel}]
        return tuple(due[:limit])

    async def lags(self) -> tuple[PublicationLag, ...]:
        return ()


def _refuse(cursor: str | None, *_asked: object) -> None:
    if cursor is not None:
        raise InvalidInput.at("/cursor", "cursor", "is not one of ours")
