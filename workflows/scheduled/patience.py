"""Asking a partner for something that no order waits for: patiently, and at last not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, is_cancelled_exception

from activities.failures import trouble_of
from models.errors import Trouble
from workflows.attempting import LEAST, attempt

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.failures import Failure
    from workflows.queues import Partner

Question = TypeVar("Question")
Reply = TypeVar("Reply")
_QUICK = RetryPolicy(initial_interval=timedelta(seconds=1), maximum_interval=timedelta(seconds=10), maximum_attempts=3)
_FIRST_PAUSE = timedelta(seconds=5)
_LONGEST_PAUSE = timedelta(minutes=5)


class NotAnswered(Exception):
    """The partner refused, nobody can be sure what it did, or patience ran out."""

    def __init__(self, failure: Failure) -> None:
        """Keep what stood in the way."""
        super().__init__(failure.message)
        self.failure = failure


async def ask_patiently(
    verb: Callable[[Any, Question], Awaitable[Reply]],
    question: Question,
    partner: Partner,
    summary: str,
    *,
    patience: timedelta,
) -> Reply:
    """Ask until there is an answer, in growing pauses, for as long as `patience` says.

    Raises:
        NotAnswered: it refused, or nobody can be sure, or it was not to be had in all that time.
    """
    deadline = workflow.now() + patience
    pause = _FIRST_PAUSE
    while True:
        try:
            return await attempt(
                verb,
                question,
                partner.value,
                summary=summary,
                retries=_QUICK,
                # Nobody may be there to take it: that is the partner's worker being away, and ends like all else.
                taken_up_within=max(patience, LEAST),
            )
        except ActivityError as error:
            if is_cancelled_exception(error):
                raise
            failure = trouble_of(error)
        wait = max(pause, failure.retry_after or pause) * workflow.random().uniform(0.75, 1.25)
        if failure.kind not in {Trouble.RETRY, Trouble.WAIT} or workflow.now() + wait > deadline:
            raise NotAnswered(failure)
        await workflow.sleep(wait, summary=f"then {partner.called} is asked again")
        pause = min(pause * 2, _LONGEST_PAUSE)
