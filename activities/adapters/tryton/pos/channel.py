"""A shop's tills as a channel: sales are read once they are posted, and there is nothing to write back.

What is asked of a channel      what a till answers
orders                          its posted sales, by when they were last written
since (its feed)                what each sale took from the shop's shelves, and what was brought back, for our ledger
tell a parcel, a cancellation   Done, with the receipt's number, where the till knows the sale: whatever became of goods
                                that were sold over the counter, became of them there
tell a refund                   the same where we gave the money; refused (``at_the_till``) where the till is to give
                                it: that takes the customer, the receipt and an open drawer
publish                         refused (``not_supported``): a till sells what lies before it, and asks nobody
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.tryton.paging import Pages
from activities.adapters.tryton.pos.options import pos_options
from activities.adapters.tryton.pos.sale import Sale, SaleAtNode
from activities.adapters.tryton.pos.shelf import moved
from activities.adapters.tryton.reading_on import HandedOn, Standing
from activities.adapters.tryton.rest import Rest
from activities.adapters.tryton.warehouse.masters import Masters
from activities.adapters.tryton.warehouse.options import WarehouseOptions
from models.errors import Refused, Uncertain
from models.partners.asking import Done
from models.partners.channels import ChannelRefund
from models.partners.feeds import FeedPage, OrdersPage

if TYPE_CHECKING:
    from models.partners.channels import ChannelUpdate
    from models.partners.feeds import FeedQuery
    from models.settings import PartnerSettings
    from models.stock.publication import OfferBatch

_SALE = "sale.point.sale"
_POSTED = [["state", "=", "posted"]]


class TrytonPos:
    """Answers `activities.ports.channels.Channel`, and its feed, for the tills of one company."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the Tryton at `settings.url`.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        self._options = pos_options(channel, settings)
        self._rest = Rest(f"the channel {channel}", settings, {"company": self._options.company})
        self._masters = Masters(self._rest, WarehouseOptions(company=self._options.company))
        self._pages = Pages(self._rest, self._options.page, self._options.overlap_s, self._options.begins)
        self._orders_read, self._feed_read = HandedOn(), HandedOn()

    async def orders(self, query: FeedQuery) -> OrdersPage:
        """Read sales that were posted, or changed after that.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        sales, after, more = await self._after(query, self._orders_read)
        payloads = tuple(sale.model_dump_json().encode() for sale in sales)
        return OrdersPage(payloads=payloads, cursor=after, more=more)

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read what the tills took from the shelves, or put back.

        Raises:
            Uncertain: the cursor is none of ours.
        """
        sales, after, more = await self._after(query, self._feed_read)
        return FeedPage(events=tuple(event for sale in sales for event in moved(sale)), cursor=after, more=more)

    async def tell(self, update: ChannelUpdate) -> Done:
        """Note nothing: the till knows all that became of its sale.

        Raises:
            Refused: the till has no such sale, or is to give money back.
        """
        number = int(update.external_id) if update.external_id.isdecimal() else 0
        sale = await self._rest.get(_SALE, Sale, number)
        if sale is None:
            raise Refused(self._rest.partner, f"has no sale {update.external_id}", code="unknown_order")
        if isinstance(update, ChannelRefund) and update.held_by_channel:
            raise Refused(self._rest.partner, "money is given back at the till, to whom brings it", code="at_the_till")
        return Done(reference=sale.number or update.external_id)

    async def publish(self, batch: OfferBatch) -> Done:
        """Refuse: a till has no shelf to be shown on.

        Raises:
            Refused: always.
        """
        said = f"takes no offers ({len(batch.offers)} were told): a till sells what lies before it"
        raise Refused(self._rest.partner, said, code="not_supported")

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()

    async def _after(self, query: FeedQuery, read: HandedOn) -> tuple[list[SaleAtNode], str, bool]:
        """Read a page of sales; answers those that were not read yet, where to read on, and whether more wait."""
        before = self._standing(query.cursor)
        known = read.before(query.cursor)
        found, standing = await self._pages.next(before, 0, _SALE, Sale, _POSTED)
        after = standing.since(before)
        read.remember(after, known, {_name(sale): sale.write_date for sale in found}, self._pages.back)
        placed = await self._placed([sale for sale in found if _name(sale) not in known])
        return placed, str(after), standing.more

    def _standing(self, cursor: str | None) -> Standing:
        if cursor is None:
            return Standing.begin(1, self._options.begins)
        try:
            return Standing.read(cursor, 1)
        except ValueError as error:
            raise Uncertain(self._rest.partner, f"the cursor {cursor!r} is none of this channel's") from error

    async def _placed(self, sales: list[Sale]) -> list[SaleAtNode]:
        """Say at which node each sale was made."""
        elsewhere = {sale.point.storage_location for sale in sales if sale.point.name not in self._options.nodes}
        places = await self._masters.places(elsewhere) if elsewhere else {}
        nodes = {number: place.node for number, place in places.items()}
        named = self._options.nodes
        return [
            SaleAtNode(
                **dict(sale),
                node=named.get(sale.point.name) or nodes.get(sale.point.storage_location),
                recorded=self._options.recorded,
            )
            for sale in sales
        ]


def _name(sale: Sale) -> str:
    """A sale as it was last written."""
    return f"{sale.id}@{sale.write_date.isoformat()}"
