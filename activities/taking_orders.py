"""Taking orders in, whoever brings them: handed in to the API, or read from a channel by a worker.

An order is kept once, whatever it says the next time; what cannot be mapped is kept in quarantine; what is no order
yet, such as a basket that is not paid, is noted there and asks nobody for anything: the channel sends it again when it
is placed. What an order that is known says anew, such as that it was cancelled at the channel, reaches it as an event.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import structlog

from activities.records.orders import QuarantineState
from models.errors import InvalidInput, Noted, NotFound
from models.ids import order_id as order_id_of
from models.messages import START_MAX, OrderStart
from models.order.channel_news import is_news_still, news, tells_of_change
from models.order.order import Order, Provenance, digest

if TYPE_CHECKING:
    from activities.ports.partners import ChannelFormat
    from activities.records.batches import OrderStarter
    from activities.records.channels import KnownOrders
    from activities.records.orders import Inbox, Orders, Quarantine, Quarantined, Reading, Submission
    from models.order.document import OrderDocument
    from models.partners.events import ChangedAtChannel

log = structlog.get_logger()
_SURELY_FITS = 100 * 1024
"""A payload of so many bytes cannot grow beyond `START_MAX` as an order."""


async def keep(orders: Orders, document: OrderDocument, payload: bytes, layout: str) -> Submission:
    """Keep an order for good, or find it.

    Raises:
        InvalidInput: it is too large to be carried.
    """
    order = Order.accepted(document, Provenance(format=layout, payload_digest=digest(payload)))
    if len(payload) > _SURELY_FITS and len(OrderStart(order=order).model_dump_json()) > START_MAX:
        raise InvalidInput.at("", "too_large", f"is more than {START_MAX} bytes as an order")
    return await orders.submit(order, payload)


def document_of(reading: Reading) -> OrderDocument:
    """The order that was read.

    Raises:
        InvalidInput: there is none; says why.
    """
    if reading.document is None:
        raise reading.error or InvalidInput.at("", "not_an_order", "holds no order")
    return reading.document


async def set_aside(
    orders: Orders, quarantine: Quarantine, channel: str, payload: bytes, error: InvalidInput
) -> Quarantined:
    """Keep what cannot be taken in: for somebody to look at, or, where nothing is wrong with it, for the record.

    An order that we carry out is not one that is still to be placed: where its channel says so, a person has to look.
    """
    if isinstance(error, Noted) and error.external_id is not None:
        with suppress(NotFound):
            await orders.find(order_id_of(channel, error.external_id))
            error = InvalidInput(error.errors)
    entry = await quarantine.keep(channel, payload, error)
    said = {"channel": channel, "quarantine_id": entry.id, "code": error.errors[0].code}
    if entry.state is QuarantineState.NOTED:
        log.info("payload noted", **said)
    else:
        log.warning("payload quarantined", **said)
    return entry


@dataclass(frozen=True)
class Rumours:
    """What channels say anew of orders that are known."""

    known: KnownOrders
    inbox: Inbox

    async def heed(self, document: OrderDocument, order_id: str, payload: bytes) -> bool:
        """Put what is news into the inbox, once, for the order to hear; whether there was any.

        Raises:
            NotFound: there is no such order.
        """
        if not tells_of_change(document):
            return False
        event = news(document, await self.known.known(order_id), datetime.now(UTC))
        if event is None or not await self.inbox.receive(document.channel, event, payload):
            return False
        log.info("changed at the channel", order_id=order_id, whole=event.whole, lines=len(event.lines))
        return True

    async def is_news_still(self, event: ChangedAtChannel) -> bool:
        """Whether what was heard goes beyond what is known now.

        Raises:
            NotFound: there is no such order.
        """
        return is_news_still(event, await self.known.known(event.order_id))


@dataclass(frozen=True)
class PolledOrders:
    """Takes in what was read from channels, exactly as what they send."""

    orders: Orders
    quarantine: Quarantine
    rumours: Rumours
    starter: OrderStarter

    async def take(self, channel: str, layout: ChannelFormat, payload: bytes) -> None:
        """Take one payload in; read again, it changes nothing."""
        try:
            readings = layout.read(payload)
        except InvalidInput as error:
            await self._quarantine(channel, payload, error)
            return
        for reading in readings:
            try:
                await self._take(layout, reading)
            except InvalidInput as error:
                await self._quarantine(channel, reading.payload, error)

    async def _take(self, layout: ChannelFormat, reading: Reading) -> None:
        document = document_of(reading)
        submission = await keep(self.orders, document, reading.payload, layout.format)
        order_id = submission.order.id
        if not submission.is_new:
            await self.rumours.heed(document, order_id, reading.payload)
            return
        # What cannot be started now, the API's sweep starts, as where a start was lost.
        if await self.starter.start(submission.order):
            await self.orders.mark_started(order_id)
        log.info("order found by poll", order_id=order_id)

    async def _quarantine(self, channel: str, payload: bytes, error: InvalidInput) -> None:
        await set_aside(self.orders, self.quarantine, channel, payload, error)
