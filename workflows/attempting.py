"""One attempt at a partner, as every workflow has it made; and how often there may be another one.

Whoever asks decides what becomes of an order meanwhile: `workflows/asking.py` for orders and returns,
`workflows/changing/talks.py` for changes, `workflows/scheduled/patience.py` for what no order waits for.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from temporalio.common import RetryPolicy

Question = TypeVar("Question")
Reply = TypeVar("Reply")
ANSWER_WITHIN = timedelta(seconds=90)
"""How long one attempt may take: an effect is several exchanges, and an ERP under load is slow in each. Three attempts
are over before an order has stood still for five minutes without saying why."""
HEARD_OF_WITHIN = timedelta(seconds=15)
"""An attempt that is not heard of for so long has lost its worker, and another one begins. The SDK passes a beat
on after four fifths of it at the latest: the rest is for a busy worker and the way to the server."""
TAKEN_UP_WITHIN = timedelta(minutes=5)
"""Where nobody takes an attempt up for so long nobody is there, and that is to be seen."""
LEAST = timedelta(seconds=30)
"""How long somebody has for taking it up whose time is nearly over."""
_EVENTS, _BYTES = 4096, 4 * 1024 * 1024
"""At so much history the server begins to suggest an end of the run; at twelve times as much it ends it itself."""


async def attempt(  # noqa: PLR0913 - whom, what, and for how long
    verb: Callable[[Any, Question], Awaitable[Reply]],
    question: Question,
    queue: str,
    *,
    summary: str,
    retries: RetryPolicy,
    taken_up_within: timedelta | None = None,
) -> Reply:
    """Have a partner's worker ask it, as often as `retries` says.

    Raises:
        ActivityError: it did not answer, refused, or nobody took the question up; `activities.failures.trouble_of`
            says what follows.
    """
    return await workflow.execute_activity_method(
        verb,
        question,
        task_queue=queue,
        start_to_close_timeout=ANSWER_WITHIN,
        heartbeat_timeout=HEARD_OF_WITHIN,
        schedule_to_start_timeout=taken_up_within or TAKEN_UP_WITHIN,
        retry_policy=retries,
        summary=summary,
    )


def sparing(pause: timedelta) -> timedelta:
    """Lengthen a pause as the run's history grows, so that whoever waits for a partner can do so for years.

    Every attempt is about eleven events, and what was asked. The server terminates a run at 51,200 events or 50 MB: at
    one attempt a minute that is three days, and with large orders an afternoon. A person need not wait for the pause.
    """
    info = workflow.info()
    doublings = max(info.get_current_history_length() // _EVENTS, info.get_current_history_size() // _BYTES)
    return pause * (1 << doublings)
