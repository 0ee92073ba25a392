"""Orders that are new or were changed, page by page: by when they were placed, and by when Vendure wrote on them.

Vendure has no webhooks: this is how its orders come to us. Neither time is enough alone. `updatedAt` stands still when
a basket is paid, so that an order may be placed long after it; it moves when goods are cancelled. Its API does not
compare ids, nor keep times finer than a second on every database: what happened in one second is read together.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from activities.adapters.http import Nonsense
from activities.adapters.storefront.keyset import Entry, Listed, Place, next_page
from activities.adapters.vendure.shop import questions
from models.errors import Uncertain
from models.partners.feeds import OrdersPage

if TYPE_CHECKING:
    from activities.adapters.vendure.shop.speaking import Speaking

_SECOND = timedelta(seconds=1)
_TIMES = ("orderPlacedAt", "updatedAt")
_TOGETHER_MAX = 1000
"""Vendure answers no longer list to its Admin API unless it is told to."""


async def read_orders(speaking: Speaking, cursor: str | None, now: datetime) -> OrdersPage:
    """Read the next page.

    Raises:
        PartnerError: nothing was read; reading again from the same cursor is safe.
    """
    # A second is read when it is over: what is changed later in it would stand before what was read.
    until = (now - timedelta(seconds=speaking.options.settle_s)).astimezone(UTC).replace(microsecond=0)
    place = None if cursor is None else Place.read(cursor)
    page = await next_page(_Orders(speaking, until), place, speaking.options.orders_since)
    return OrdersPage(
        payloads=tuple(entry.payload for entry in page.entries),
        cursor=None if page.place is None else str(page.place),
        more=page.more,
    )


class _Orders:
    """The shop's orders that have been placed and are not being written on any more."""

    def __init__(self, speaking: Speaking, until: datetime) -> None:
        self._speaking = speaking
        self._until = until

    async def since(self, moment: datetime | None) -> Listed:
        size = self._speaking.options.page_size
        lists = [await self._listed(by, moment, self._until, {by: "ASC", "id": "ASC"}, size) for by in _TIMES]
        # A list that goes on tells nothing of what comes after its last order.
        ends = [listed.entries[-1].place.changed_at for listed in lists if listed.full]
        both = {each.place: each for listed in lists for each in listed.entries}
        return Listed([each for each in both.values() if all(each.place.changed_at <= end for end in ends)], bool(ends))

    async def within(self, moment: datetime, above: int) -> Listed:
        end = moment + _SECOND
        lists = [await self._listed(by, moment, end, {"id": "ASC"}, _TOGETHER_MAX) for by in _TIMES]
        if any(listed.full for listed in lists):
            raise Uncertain(self._speaking.partner, f"changed more than {_TOGETHER_MAX} orders at {moment}")
        both = {each.place: each for listed in lists for each in listed.entries}
        return Listed([each for each in both.values() if each.place > Place(moment, above)], full=False)

    async def _listed(self, by: str, begin: datetime | None, end: datetime, order: dict[str, str], size: int) -> Listed:
        # Both ends of a period are left out, or not, as the shop's database compares times: so it is wider by a moment.
        period = {"before": _written(end)} | ({} if begin is None else {"after": _written(begin - _SECOND / 1000)})
        placed = {"active": {"eq": False}, "orderPlacedAt": {"isNull": False}}
        wanted = [placed, *({by: {name: moment}} for name, moment in period.items())]
        data = await self._speaking.data(
            questions.ORDERS, options={"filter": {"_and": wanted}, "sort": order, "take": size}
        )
        try:
            orders = data["orders"]["items"]
            entries = [_entry(order, by, data["globalSettings"]) for order in orders]
            full = data["orders"]["totalItems"] > len(orders)
        except (LookupError, TypeError, ValueError) as error:
            raise Nonsense(self._speaking.partner, f"answered orders that cannot be read: {error}") from error
        within = [entry for entry in entries if entry.place.changed_at < end]
        return Listed(within, full=full and len(within) == len(entries))


def _entry(order: dict[str, Any], by: str, settings: object) -> Entry:
    changed_at = datetime.fromisoformat(order[by]).astimezone(UTC).replace(microsecond=0)
    payload = json.dumps({"data": {"order": order, "globalSettings": settings}}, default=float, ensure_ascii=False)
    return Entry(Place(changed_at, int(order["id"])), payload.encode())


def _written(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
