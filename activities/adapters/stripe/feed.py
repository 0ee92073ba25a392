"""Stripe's events, asked for: finds what a lost webhook would have told, and whose payment a dispute is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import structlog

from activities.adapters.stripe.happenings import CONCERNED, Event, dispute_of, disputed, of_payment
from activities.adapters.stripe.speaking.errors import MISSING, PARTNER
from activities.adapters.stripe.speaking.labels import ORDER
from activities.adapters.stripe.speaking.records import Page
from models.errors import InvalidInput, Refused
from models.partners.feeds import FeedPage

if TYPE_CHECKING:
    from activities.adapters.stripe.finding import Finding
    from activities.adapters.stripe.speaking.account import Account
    from models.partners.events import PartnerEvent
    from models.partners.feeds import FeedQuery

log = structlog.get_logger()
_PAGE: Final = 100
_Events = Page[Event]


class Events:
    """The events of one account. The cursor is the last event's number; Stripe keeps events for thirty days."""

    def __init__(self, account: Account, finding: Finding) -> None:
        """Read this account's events."""
        self._account = account
        self._finding = finding

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read on from a cursor; from the beginning of Stripe's memory where that is past it.

        Raises:
            PartnerError: see `models.errors`.
        """
        events, more = await self._next(query.cursor)
        told = [word for event in events for word in await self._readable(event)]
        return FeedPage(events=tuple(told), cursor=events[-1].id if events else query.cursor, more=more)

    async def _next(self, cursor: str | None) -> tuple[list[Event], bool]:
        """The events that follow a cursor, oldest first, and whether there are more."""
        if cursor is None:
            return await self._oldest()
        try:
            page = await self._page({"ending_before": cursor})
        except Refused as refusal:
            if refusal.code != MISSING:
                raise
            return await self._oldest()
        return page.data[::-1], page.has_more

    async def _oldest(self) -> tuple[list[Event], bool]:
        """Stripe lists the newest first: the oldest are on the last page."""
        page, pages = await self._page({}), 1
        while page.has_more and page.data:
            page, pages = await self._page({"starting_after": page.data[-1].id}), pages + 1
        return page.data[::-1], pages > 1

    async def _page(self, place: dict[str, str]) -> Page[Event]:
        asked: Any = {"types": list(CONCERNED), "limit": _PAGE, **place}
        return await self._account.answer(_Events, self._account.api.events.list_async(asked))

    async def _readable(self, event: Event) -> tuple[PartnerEvent, ...]:
        """What an event says; nothing where somebody has spoilt what we had marked, which must not stop the rest."""
        try:
            return await self._words(event)
        except (InvalidInput, ValueError) as error:
            log.warning("event passed over", partner=PARTNER, event_id=event.id, reason=str(error))
            return ()

    async def _words(self, event: Event) -> tuple[PartnerEvent, ...]:
        dispute = dispute_of(event)
        if dispute is None:
            return of_payment(event)
        if dispute.payment_intent is None:
            return ()
        intent = await self._finding.intent(dispute.payment_intent)
        return (disputed(event, dispute, intent),) if ORDER in intent.metadata else ()
