"""Tryton as a warehouse: the port's questions and effects."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from activities.adapters.tryton.rest import Rest
from activities.adapters.tryton.warehouse.counting import Counting
from activities.adapters.tryton.warehouse.drafting import INTERNAL, OUT, Drafting
from activities.adapters.tryton.warehouse.feed import WarehouseFeed
from activities.adapters.tryton.warehouse.masters import Masters
from activities.adapters.tryton.warehouse.options import warehouse_options
from activities.adapters.tryton.warehouse.papers import DRAFT, WAITING, Papers, living
from activities.adapters.tryton.warehouse.tickets import written
from models.errors import Refused, Transient
from models.partners.asking import Done
from models.partners.warehouse import RecallAnswer, ReleaseStanding, ReleaseState

if TYPE_CHECKING:
    from activities.adapters.tryton.warehouse.papers import Paper
    from models.partners.asking import Undo
    from models.partners.feeds import FeedPage, FeedQuery
    from models.partners.transfers import TransferOrder
    from models.partners.warehouse import NodeCount, Release, ReleaseEnquiry
    from models.settings import PartnerSettings

_STATES = {
    "assigned": ReleaseState.ACKNOWLEDGED,
    "picked": ReleaseState.PICKED,
    "packed": ReleaseState.PICKED,
    "shipped": ReleaseState.SHIPPED,
    "done": ReleaseState.SHIPPED,
}
_ROUNDS = 5


class TrytonWarehouse:
    """Answers the warehouse's port, and its feed."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the Tryton at `settings.url`.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        options = warehouse_options(settings)
        self._rest = Rest("wms", settings, {"company": options.company})
        self._masters = Masters(self._rest, options)
        self._drafting = Drafting(self._rest, self._masters, options.company)
        self._releases = Papers(self._rest, OUT)
        self._transfers = Papers(self._rest, INTERNAL)
        self._counting = Counting(self._rest, self._masters)
        self._feed = WarehouseFeed(self._rest, self._masters, options)

    async def release(self, release: Release) -> Done:
        """Have goods sent."""

        async def draft() -> int:
            return await self._drafting.release(release)

        made = await self._releases.once(release.key, written(release), draft)
        return Done(reference=made.number or str(made.id))

    async def recall(self, undo: Undo) -> RecallAnswer:
        """Stop the release made under the key, if it can still be stopped.

        Tryton itself refuses to cancel what has left, so that nothing is undone that a picker does at this moment.
        """
        for _ in range(_ROUNDS):
            found = await self._releases.under(undo.key)
            open_still = living(found)
            if any(paper.left for paper in open_still):
                return RecallAnswer(recalled=False)
            if not open_still:
                return await self._recalled(undo, found)
            for paper in open_still:
                await self._releases.stop(paper, undo.reason)
        raise Transient(self._rest.partner, f"others are at work on {undo.key}: it could not be stopped yet")

    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        """Say where a release stands."""
        found = await self._releases.under(enquiry.release_key)
        known = [paper for paper in found if paper.shipment.number is not None]
        return ReleaseStanding(state=_state(next(iter([*living(known), *known]), None)))

    async def transfer(self, order: TransferOrder) -> Done:
        """Have goods sent from one node to another.

        Raises:
            Refused: a node or an article is not known, or the goods are not there.
        """

        async def draft() -> int:
            await self._has(order)
            return await self._drafting.transfer(order)

        made = await self._transfers.once(order.key, order.model_dump(mode="json"), draft)
        return Done(reference=made.number or str(made.id))

    async def counts(self) -> tuple[NodeCount, ...]:
        """What it has on its shelves, packed goods included until they leave."""
        return await self._counting.counts()

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read what has happened there."""
        return await self._feed.since(query)

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()

    async def _recalled(self, undo: Undo, found: list[Paper]) -> RecallAnswer:
        """Answer for a release that is not alive: it was cancelled, or never handed over."""
        if any(paper.shipment.number is not None for paper in found):
            return RecallAnswer(recalled=True)
        if not any(paper.notes.stopped for paper in found):

            async def draft() -> int:
                return await self._drafting.nothing(undo.key)

            await self._releases.bar(undo.reason, draft)
        return RecallAnswer(recalled=False, happened=False)

    async def _has(self, order: TransferOrder) -> None:
        wanted: Counter[str] = Counter()
        for line in order.lines:
            wanted[line.sku] += line.quantity
        there = await self._counting.at(order.from_node, list(wanted))
        for sku, quantity in wanted.items():
            if there[sku] < quantity:
                raise Refused(self._rest.partner, f"{order.from_node} has not {quantity} of {sku}", code="not_there")


def _state(paper: Paper | None) -> ReleaseState:
    if paper is None or paper.shipment.state == DRAFT:
        return ReleaseState.UNKNOWN
    if not paper.alive:
        return ReleaseState.RECALLED if paper.notes.stopped else ReleaseState.REJECTED
    if paper.shipment.state == WAITING and not paper.shipment.partially_assigned:
        return ReleaseState.RELEASED
    return _STATES.get(paper.shipment.state, ReleaseState.ACKNOWLEDGED)
