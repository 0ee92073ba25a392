"""Orders that were changed in a span of time, whole: what both versions of the Orders API have in common.

Amazon's page tokens are longer than a cursor may be and last a day, so that a span is read to its end in one go and the
cursor is a moment. It is Amazon's clock that says up to when an answer holds. A span that needs more pages than the
quota allows is halved: nothing is passed over, and each half may be halved again.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from models.errors import Unavailable
from models.partners.feeds import OrdersPage

if TYPE_CHECKING:
    from collections.abc import Sequence

_PAGES_MAX = 10
_SHORTEST = timedelta(seconds=1)
_BEGIN = timedelta(days=30)
_BEHIND = timedelta(minutes=2)
"""Amazon answers for times at least so long ago."""


class Span(NamedTuple):
    """From when, and until when where that is not simply as late as Amazon can say."""

    since: datetime
    until: datetime | None = None

    @classmethod
    def read(cls, cursor: str | None, begin: datetime | None, now: datetime) -> Span:
        """Read a cursor of ours; without one, from the beginning."""
        if cursor is None:
            return cls(begin or now - _BEGIN)
        since, _, until = cursor.partition("/")
        return cls(datetime.fromisoformat(since), datetime.fromisoformat(until) if until else None)

    def halved(self, now: datetime) -> Span:
        """The first half of it."""
        half = ((self.until or now - _BEHIND) - self.since) / 2
        return Span(self.since, self.since + half)

    def __str__(self) -> str:
        """As a cursor."""
        return written(self.since) + (f"/{written(self.until)}" if self.until else "")


@dataclass(frozen=True)
class SpanPage:
    """One page of a span."""

    orders: Sequence[dict[str, Any]]
    holds_until: datetime | None
    token: str | None


class Pages(Protocol):
    """One version of the API."""

    partner: str
    """Whose they are."""

    async def page(self, span: Span, token: str | None) -> SpanPage:
        """Read a page of a span."""


async def read_span(pages: Pages, span: Span, now: datetime) -> OrdersPage:
    """Read a span, or say that its first half is to be read instead.

    Raises:
        PartnerError: nothing was read; reading again from the same cursor is safe.
    """
    found: list[dict[str, Any]] = []
    token, until = None, span.until
    for number in range(_PAGES_MAX):
        try:
            page = await pages.page(span, token)
        except Unavailable:
            if number == 0:
                raise
            return _narrower(pages.partner, span, now)
        found += page.orders
        until = until or page.holds_until or now - _BEHIND
        token = page.token
        if token is None:
            # After several pages, or a part of the time, more has come meanwhile.
            more = number > 0 or span.until is not None
            return OrdersPage(payloads=tuple(_payload(each) for each in found), cursor=str(Span(until)), more=more)
    return _narrower(pages.partner, span, now)


def _narrower(partner: str, span: Span, now: datetime) -> OrdersPage:
    half = span.halved(now)
    if half.until is None or half.until - span.since < _SHORTEST:
        raise Unavailable(partner, f"changed more orders at {written(span.since)} than can be read at once")
    return OrdersPage(payloads=(), cursor=str(half), more=True)


def _payload(order: dict[str, Any]) -> bytes:
    return json.dumps(order, ensure_ascii=False, default=float).encode()


def written(moment: datetime) -> str:
    """A time as Amazon takes it."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
