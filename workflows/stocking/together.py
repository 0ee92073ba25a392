"""An order that goes together: what is short is decided line by line, and all that is wanted then is had at once.

Nothing of it is reserved before all of it can be. So what could be had now waits with what is short, in one place in
the queue, or is reserved with what goes instead.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.pieces import needs_of
from workflows.asides import together
from workflows.asking import NotDone
from workflows.desk import CancelOrder
from workflows.stocking.deciding import Decided
from workflows.stocking.queueing import Place, in_queue

if TYPE_CHECKING:
    from models.stock.demand import Demand, Need
    from models.stock.reservation import Remedy
    from workflows.ordering.run import Run
    from workflows.stocking.remedies import Remedies


class Together:
    """What was asked for at once, and which lines of it are short."""

    def __init__(
        self, run: Run, remedies: Remedies, needs: tuple[Need, ...], short: tuple[Remedy, ...], demand: Demand
    ) -> None:
        """Begin with nothing decided."""
        self._run = run
        self._remedies = remedies
        self._short = {remedy.line_id: remedy for remedy in short}
        self._along = tuple(need for need in needs if need.line_id not in self._short)
        self._demand = demand
        self._decided: dict[str, Decided] = {}

    async def see_to(self, part: str) -> None:
        """Have the lines decided, and then all that is wanted reserved, or waited for."""
        prefix = f"{part}-" if part else ""
        await together(*(self._decide(remedy, f"{prefix}{line}") for line, remedy in self._short.items()))
        try:
            await self._have(f"{prefix}all")
        except CancelOrder:
            # The order's own story has seen the same wish, and ends.
            return

    async def _decide(self, remedy: Remedy, part: str) -> None:
        try:
            decided = await self._remedies.decisions.about(remedy, part)
        except (CancelOrder, NotDone):
            # The order's own story sees the wish and ends; what nobody could do is given up by an operator's word.
            decided = Decided(reason="given up")
        self._decided[remedy.line_id] = decided
        if not decided.wanted and self._run.desk.wish is None:
            await self._remedies.close(remedy, decided.reason, decided.actor)

    async def _have(self, part: str) -> None:
        decided = self._decided.values()
        wanted = self._still((*self._along, *(need for one in decided for need in one.wanted)))
        if self._remedies.over or not wanted:
            return
        goods = self._run.standing.goods
        if not any(one.waits for one in decided):
            goods.not_waiting(wanted)
            await self._run.stock.again(wanted)
            return
        instead = (need for one in decided if one.instead for need in one.wanted)
        goods.backordered(self._still((*self._along, *instead)))
        until = min((one.until for one in decided if one.until is not None), default=None)
        dates = [self._short[line].expected_at for line, one in self._decided.items() if one.waits]
        place = Place(part, wanted, in_queue(self._demand, dates), until, self._not_come)
        await self._remedies.queue.wait(place)

    async def _not_come(self, still: tuple[Need, ...]) -> None:
        """Close what was short and did not come; what waited along with it goes without it."""
        rest = []
        for need in still:
            decided = self._decided.get(need.line_id)
            if decided is None or not decided.waits:
                rest.append(need)
                continue
            late = self._short[need.line_id].model_copy(update={"needs": (need,)})
            await self._remedies.close(late, "it did not come in time")
        if rest and not self._remedies.over:
            self._run.standing.goods.not_waiting(rest)
            await self._run.stock.again(tuple(rest))

    def _still(self, needs: tuple[Need, ...]) -> tuple[Need, ...]:
        """Leave out what a change has left out meanwhile."""
        missing = self._run.standing.goods.not_released()
        wanted = {(need.line_id, need.sku): need.quantity for need in needs}
        return needs_of({piece: min(units, missing[piece]) for piece, units in wanted.items() if piece in missing})
