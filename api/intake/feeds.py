"""What is polled, as health and metrics show it: a feed that cannot be read is seen where people look."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from api.services import Unwell

if TYPE_CHECKING:
    from activities.records.feeds import FeedBook
    from api.http.metrics import Metrics

PATIENCE = timedelta(minutes=2)
"""A feed that nobody has read for so long is not being read."""


async def problems(book: FeedBook, metrics: Metrics) -> dict[str, str | None]:
    """What is wrong with each feed, by its name; counted for the metrics too."""
    now = datetime.now(UTC)
    found = {feed.name: feed.problem(now, PATIENCE) for feed in await book.standing()}
    metrics.feeds.clear()
    for name, problem in found.items():
        metrics.feeds.labels(name).set(problem is not None)
    return found


async def check(book: FeedBook, metrics: Metrics) -> str:
    """Say that every feed is read.

    Raises:
        Unwell: one is not; says which, since when, and why.
    """
    found = await problems(book, metrics)
    wrong = [problem for problem in found.values() if problem is not None]
    if wrong:
        raise Unwell("; ".join(wrong))
    return f"{len(found)} are read" if found else "nothing is polled"
