"""Looking payments up: what was done under a key is found at Stripe, whoever asked for it and whenever.

Stripe's search finds a payment by its metadata however old it is, but only some time after it was made; the list knows
every payment at once, but can only be read from its newest end. So the list is read where it matters that nothing was
missed: after a lost reply, and before we say that there is nothing to void.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from activities.adapters.stripe.speaking.labels import EFFECT, KEY, digest
from activities.adapters.stripe.speaking.records import Intent, Page

if TYPE_CHECKING:
    from activities.adapters.stripe.speaking.account import Account

SEARCHED_LATE_S: Final = 3600
"""Stripe's search has a payment within a minute, or an hour when Stripe has trouble (docs.stripe.com/search)."""
JUST_NOW_S: Final = 600
"""What an exchange that has just broken off may have made is no older."""
_KNOWN_FOR_S: Final = 8 * 86400
"""Without a search: an authorisation is no older than its bank keeps it."""
_PAGE: Final = 100
CHARGE: Final = ["latest_charge"]
"""What is asked for with every payment."""
_CHARGES: Final = ["data.latest_charge"]
_Page = Page[Intent]


class Finding:
    """Payments of one account."""

    def __init__(self, account: Account) -> None:
        """Look in this account."""
        self._account = account
        self._intents = account.api.payment_intents

    async def intent(self, reference: str) -> Intent:
        """Read one payment as it stands now.

        Raises:
            Refused: there is none of that number.
        """
        return await self._account.answer(Intent, self._intents.retrieve_async(reference, {"expand": CHARGE}))

    async def earlier(self, key: str) -> Intent | None:
        """Find what was asked for under a key some time ago; what was made in the last minutes may be missed."""
        if not self._account.options.search:
            return await self.now(key)
        query = f'metadata["{EFFECT}"]:"{digest(key)}"'
        call = self._intents.search_async({"query": query, "limit": _PAGE, "expand": _CHARGES})
        return _of(key, await self._account.answer(_Page, call))

    async def now(self, key: str, within_s: int = SEARCHED_LATE_S) -> Intent | None:
        """Find what was asked for under a key, however lately; what was made within these seconds is not missed."""
        searched = self._account.options.search
        found = await self.earlier(key) if searched else None
        return found or await self._listed(key, within_s if searched else _KNOWN_FOR_S)

    async def _listed(self, key: str, seconds: int) -> Intent | None:
        since, before = int(time.time()) - seconds, ""
        while True:
            asked: Any = {"created": {"gte": since}, "limit": _PAGE, "expand": _CHARGES}
            if before:
                asked["starting_after"] = before
            page = await self._account.answer(_Page, self._intents.list_async(asked))
            found = _of(key, page)
            if found is not None or not page.has_more or not page.data:
                return found
            before = page.data[-1].id


def _of(key: str, page: Page[Intent]) -> Intent | None:
    return next((intent for intent in page.data if intent.metadata.get(KEY) == key), None)
