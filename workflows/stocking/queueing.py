"""The queue for stock, as one order stands in it: the places it takes, and what our ledger says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.stock import StockActivities
from models.order.pieces import needs_of
from models.partners.events import BackorderExpected, BackorderExpired, BackorderFilled
from models.stock.backorders import BackorderRequest
from models.stock.reservation import ReservationState
from workflows.ordering import telling
from workflows.patches import SECOND_LOOK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable
    from datetime import datetime

    from models.order.pieces import Piece
    from models.stock.demand import Demand, Need
    from models.stock.reservation import Allocation
    from workflows.ordering.run import Run
    from workflows.stocking.stock import Stocking

STOCK = "stock"
"""What an order in the queue for stock waits on."""


@dataclass(frozen=True)
class Place:
    """What is waited for together, and until when."""

    part: str
    """Names it within the order."""
    needs: tuple[Need, ...]
    demand: Demand
    deadline: datetime | None
    given_up: Callable[[tuple[Need, ...]], Awaitable[None]]
    """What follows where these have not come by the deadline."""


class Queue:
    """The places of one order."""

    def __init__(self, run: Run, stocking: Stocking, over: Callable[[], bool]) -> None:
        """Wait for nothing yet; `over` says whether the order ends, and all of it is let be."""
        self._run = run
        self._stocking = stocking
        self._over = over
        self.waiting: dict[str, dict[Piece, int]] = {}
        """By reservation: what waits."""

    async def wait(self, place: Place) -> None:
        """Take a place, and wait until all of it is there, or it is given up."""
        if self._over() and workflow.patched(SECOND_LOOK):
            # The order was cancelled while the customer was asked, or the goods were on their way to another node.
            return
        run = self._run
        part = f"wait-{place.part}"
        key = self._stocking.note(part)
        request = BackorderRequest(
            key=key,
            order_id=run.order.id,
            needs=place.needs,
            demand=place.demand,
            policy_version=run.assessment.policy_version,
            deadline=place.deadline,
        )
        answer = await run.own(StockActivities.backorder, request, "take a place in the queue for stock")
        run.promises.sourced(answer.senders)
        if answer.state is not ReservationState.PENDING:
            await self._arrived(part, key, answer.allocations)
            return
        run.standing.expectations[key] = answer.expected_at
        self.waiting[key] = pieces(place.needs)
        run.promises.waits(key, place.needs, answer.expected_at)
        run.standing.awaiting = run.standing.awaiting or STOCK
        telling.backordered(run, part, _still_to_come(answer.expected_at))
        await run.desk.show()
        await self._heed_ledger(place, part, key)

    async def _heed_ledger(self, place: Place, part: str, key: str) -> None:
        """Wait for our ledger's word on a place in the queue."""
        run = self._run
        news = run.news_of(key)
        while True:
            await workflow.wait_condition(lambda: bool(news) or self._over() or not self.waiting[key])
            if self._over() or not self.waiting[key]:
                # The order ends, or a change has left out all of it.
                run.promises.arrived(key)
                return
            match news.popleft():
                case BackorderFilled(allocations=allocations, senders=senders):
                    run.promises.sourced(senders)
                    # What a change has left out meanwhile was filled all the same, and is given back.
                    await self._arrived(part, key, _within(allocations, self.waiting.pop(key)))
                    return
                case BackorderExpired():
                    run.promises.arrived(key)
                    await place.given_up(needs_of(self.waiting.pop(key)))
                    return
                case BackorderExpected(expected_at=expected_at):
                    await self._expected(part, key, expected_at)

    async def _expected(self, part: str, key: str, expected_at: datetime | None) -> None:
        run = self._run
        before = run.standing.expectations.get(key)
        run.standing.expectations[key] = expected_at
        said = f"expected on {expected_at:%Y-%m-%d}" if expected_at else "nobody knows any more when it comes"
        run.standing.tell(f"what is short: {said}", actor=STOCK)
        run.promises.expected(key, expected_at)
        later = expected_at is not None and (before is None or expected_at.date() > before.date())
        if expected_at is not None and later and not run.promises.made:
            # What is promised tells of its new date itself: that is the same news.
            telling.delayed(run, f"{part}-{expected_at:%Y%m%d}", expected_at)
        await run.desk.show()

    async def _arrived(self, part: str, key: str, allocations: tuple[Allocation, ...]) -> None:
        if self._run.standing.awaiting == STOCK:
            self._run.standing.awaiting = None
        self._run.promises.arrived(key)
        self._stocking.add(part, allocations, firm=True)
        self._run.promises.reckon("what it waited for has come")
        await self._run.desk.show()


def in_queue(demand: Demand, dates: Iterable[datetime | None]) -> Demand:
    """A demand as it waits for what is expected by these dates.

    A date was found without the nodes that have turned the order down, so they do not serve it meanwhile either. Where
    nobody knows what will come, whoever has it first may.
    """
    return demand if all(dates) else demand.model_copy(update={"avoid_nodes": ()})


def pieces(needs: tuple[Need, ...]) -> dict[Piece, int]:
    """How many of what these are."""
    return {(need.line_id, need.sku): need.quantity for need in needs}


def _still_to_come(expected_at: datetime | None) -> datetime | None:
    """A date that can be told: what should have come already comes at a time that nobody knows."""
    return expected_at if expected_at is not None and expected_at > workflow.now() else None


def _within(allocations: tuple[Allocation, ...], wanted: dict[Piece, int]) -> tuple[Allocation, ...]:
    kept = []
    for one in allocations:
        quantity = min(one.quantity, wanted.get((one.line_id, one.sku), 0))
        if quantity:
            wanted[one.line_id, one.sku] -= quantity
            kept.append(one.model_copy(update={"quantity": quantity}))
    return tuple(kept)
