"""Asking our own books for an order or a return: what they cannot do is in somebody's queue, and tried again.

They may be away for an hour, or stumble for ever over what nobody foresaw: a mistake of ours, a row our code cannot
read. Nobody can tell these apart from here. So it is tried by itself as long as it takes, and shown from the second
minute on: the one goes away by itself, and the other waits for whoever mends it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.exceptions import ActivityError, ApplicationError

from activities.failures import trouble_of
from models.errors import Trouble
from models.order.casebook import PLATFORM
from models.states.hold import HoldKind, HoldState
from workflows.attempting import sparing
from workflows.desk import OUR_BOOK
from workflows.own import IN_A_MINUTE, ONCE, own

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.order.casebook import Casebook
    from models.states.hold import Hold
    from workflows.desk import HoldDesk

Question = TypeVar("Question")
Reply = TypeVar("Reply")
_FIRST_PAUSE, _LONGEST_PAUSE = timedelta(minutes=1), timedelta(minutes=10)


class OurBooks:
    """How one order or return asks our own books."""

    def __init__(
        self,
        case: Casebook,
        desk: HoldDesk,
        answered: Callable[[Hold], Awaitable[object]],
        interrupted: Callable[[], bool] = lambda: False,
    ) -> None:
        """Open holds in this case; `answered` heeds what became of one, or what has `interrupted` the wait for it."""
        self._case = case
        self._desk = desk
        self._answered = answered
        self._interrupted = interrupted

    async def ask(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, summary: str) -> Reply:
        """Ask until they answer; a hold of integration's shows for how long they have not, and why.

        Raises:
            ApplicationError: they refused, knowing what they did.
            CancelOrder: the hold was rejected, or somebody wants the order cancelled.
        """
        hold: Hold | None = None
        pause = _FIRST_PAUSE
        while True:
            try:
                reply = await own(verb, question, summary=summary, attempts=IN_A_MINUTE if hold is None else ONCE)
            except (ActivityError, ApplicationError) as error:
                failure = trouble_of(error)
                if failure.kind is not Trouble.RETRY:
                    self._release(hold, "our own books answer again")
                    raise
            else:
                self._release(hold, "our own books answer again")
                return reply
            hold = hold or await self._open(summary, failure.message)
            if await self._wait(hold, pause):
                hold, pause = None, _FIRST_PAUSE
            else:
                pause = min(pause * 2, _LONGEST_PAUSE)

    async def _open(self, summary: str, said: str) -> Hold:
        hold = self._case.open_hold(
            HoldKind.DATA_QUALITY,
            f"our own books could not {summary}: {said}",
            waiting_on=OUR_BOOK,
            release_rule="an answer: approve to try again now; or our books doing it, which is tried by itself",
        )
        await self._desk.show()
        return hold

    async def _wait(self, hold: Hold, pause: timedelta) -> bool:
        """Wait a while, or for an answer; whether there was one."""
        try:
            await workflow.wait_condition(
                lambda: self._closed(hold) or self._interrupted(),
                # Orders that waited together must not all ask at once.
                timeout=sparing(pause) * workflow.random().uniform(0.75, 1.25),
                timeout_summary="then our own books are asked again",
            )
        except TimeoutError:
            return False
        try:
            await self._answered(hold)
        finally:
            self._release(hold, "our own books are not asked for it any more")
        return True

    def _release(self, hold: Hold | None, reason: str) -> None:
        if hold is not None and not self._closed(hold):
            self._case.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason=reason)

    def _closed(self, hold: Hold) -> bool:
        return self._case.holds[hold.id].state is not HoldState.OPEN
