"""What is done about lines that are short: it goes on beside the order's story until each has goods or is given up."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.stock.reservation import RemedyKind
from workflows.asking import NotDone
from workflows.desk import CancelOrder
from workflows.stocking.deciding import Decisions
from workflows.stocking.queueing import Place, Queue, in_queue, pieces
from workflows.stocking.together import Together

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from models.order.pieces import Piece
    from models.stock.demand import Demand, Need
    from models.stock.reservation import Remedy, ReservationAnswer
    from workflows.ordering.run import Run
    from workflows.stocking.stock import Stocking


class Remedies:
    """What one order does about what it is short of."""

    def __init__(self, run: Run, stocking: Stocking) -> None:
        """Begin with nothing to see to."""
        self._run = run
        self._stocking = stocking
        self._open = 0
        self.over = False
        """Whether the order ends, and all of it is let be."""
        self.gave_up: CancelOrder | None = None
        """Why the last line was given up, and by whom."""
        self.decisions = Decisions(run, lambda: self.over)
        self.queue = Queue(run, stocking, lambda: self.over)

    @property
    def done(self) -> bool:
        """Whether nothing is being seen to."""
        return not self._open

    @property
    def waiting(self) -> dict[str, dict[Piece, int]]:
        """By reservation: what waits in the queue for stock."""
        return self.queue.waiting

    def stop(self) -> None:
        """Let all of it be: the order ends."""
        self.over = True

    def go_on(self) -> None:
        """See to what comes now: the order goes on after all, and something is reserved anew."""
        self.over = False

    def begin(self, needs: tuple[Need, ...], answer: ReservationAnswer, part: str, demand: Demand) -> None:
        """See to what an answer says is short, beside the order's story.

        Args:
            needs: all that was asked for.
            answer: what was granted of it, and what is to be done about the rest.
            part: names the reservation within the order.
            demand: for whom it was, and how.
        """
        for remedy in answer.remedies:
            self._run.standing.tell(f"line {remedy.line_id} is short: {_spoken(remedy)}", kind=TimelineKind.DECISION)
            self._run.standing.goods.backordered(remedy.needs)
            if not answer.together:
                self._aside(self._see_to(remedy, part, demand))
        if answer.together:
            self._aside(Together(self._run, self, needs, answer.remedies, demand).see_to(part))

    async def close(self, remedy: Remedy, reason: str, actor: str = PLATFORM) -> None:
        """Give up a line, unless the order ends anyway."""
        if self.over:
            return
        run = self._run
        self.gave_up = CancelOrder(reason, actor)
        run.standing.goods.cancelled(pieces(remedy.needs))
        run.standing.tell(f"line {remedy.line_id} is closed: {reason}", kind=TimelineKind.UNDO)
        run.promises.reckon(f"line {remedy.line_id} is closed")
        await run.desk.show()

    def _aside(self, work: Awaitable[None]) -> None:
        self._open += 1
        self._run.aside(self._counted(work))

    async def _counted(self, work: Awaitable[None]) -> None:
        try:
            await work
        finally:
            self._open -= 1

    async def _see_to(self, remedy: Remedy, part: str, demand: Demand) -> None:
        try:
            await self._follow(remedy, f"{part}-{remedy.line_id}" if part else remedy.line_id, demand)
        except (CancelOrder, NotDone):
            # The order's own story sees the wish and ends; what nobody could do is given up by an operator's word.
            if not self.over and self._run.desk.wish is None:
                await self.close(remedy, "given up")

    async def _follow(self, remedy: Remedy, part: str, demand: Demand) -> None:
        decided = await self.decisions.about(remedy, part)
        if not decided.wanted:
            await self.close(remedy, decided.reason, decided.actor)
        elif decided.waits:
            given_up = partial(self._not_come, remedy)
            waiting = in_queue(demand, [remedy.expected_at])
            await self.queue.wait(Place(part, decided.wanted, waiting, decided.until, given_up))
        elif decided.instead:
            await self._stocking.reserve(decided.wanted, f"instead-{part}")
        else:
            self._run.standing.goods.not_waiting(remedy.needs)
            await self._stocking.again(remedy.needs)

    async def _not_come(self, remedy: Remedy, still: tuple[Need, ...]) -> None:
        await self.close(remedy.model_copy(update={"needs": still}), "it did not come in time")


def _spoken(remedy: Remedy) -> str:
    what = {
        RemedyKind.BACKORDER: "it waits for stock",
        RemedyKind.SUBSTITUTE: "something else may go instead",
        RemedyKind.TRANSFER: f"it is moved from {remedy.from_node} to {remedy.to_node}",
        RemedyKind.ASK_CUSTOMER: "the customer is asked",
        RemedyKind.CANCEL_LINE: "it is closed",
        RemedyKind.HOLD: "a person decides",
    }[remedy.kind]
    return f"{what} ({remedy.reason})"
