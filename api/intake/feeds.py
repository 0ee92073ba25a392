"""What is polled, as people see it: a feed that cannot be read is seen in health, in metrics and in a list."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from fastapi import APIRouter

from api.http.authentication import Caller
from api.http.documentation import answers
from api.orders import examples
from api.orders.views import View
from api.services import Provided, Unwell

if TYPE_CHECKING:
    from activities.records.feeds import FeedBook
    from api.http.metrics import Metrics

router = APIRouter(prefix="/v1/feeds", tags=["operation"])
PATIENCE = timedelta(minutes=2)
"""A feed that nobody has read for so long is not being read."""


class FeedView(View):
    """One feed: a partner's, or a channel's orders."""

    name: str
    read_at: datetime | None
    """When it was last read, to the half minute."""
    problem: str | None
    """Why it is not read, and since when; none: it is."""


class Feeds(View):
    """All that is polled, by name."""

    feeds: list[FeedView]


@router.get("", summary="List what is polled", responses=answers(401, s200=(Feeds, examples.FEEDS)))
async def listed(services: Provided, _caller: Caller) -> Feeds:
    """Every feed that is read, and whether it can be."""
    now, standing = datetime.now(UTC), await services.feeds.standing() if services.feeds else []
    return Feeds(
        feeds=[FeedView(name=one.name, read_at=one.read_at, problem=one.problem(now, PATIENCE)) for one in standing]
    )


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
