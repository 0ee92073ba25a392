"""Cancellations at Shopify: of the whole order by its state, of a part by a refund of goods without money.

A part could be taken out by editing the order too; but an edit bears nothing of ours, so that after a lost reply
nobody could tell whether it was made. A refund bears a note and a key, and its goods are no longer to be sent.
"""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import LostReply, Nonsense
from activities.adapters.shopify.admin.documents import CANCEL, STANDING
from activities.adapters.shopify.admin.graphql import UserError
from activities.adapters.shopify.admin.numbers import gid
from activities.adapters.shopify.admin.refunds import Refunds
from activities.adapters.storefront.once import once
from activities.adapters.storefront.references import marked
from activities.adapters.storefront.shapes import Items
from models.errors import Refused, Transient
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.shopify.admin.graphql import ShopifyGraphql
    from activities.adapters.shopify.admin.options import ShopifyOptions
    from models.partners.channels import ChannelCancellation

_NOTE_MAX = 255
"""Of the staff note, by the schema."""
LOOKS_S = (0.0, 0.2, 0.5, 1.0, 2.0)
"""Shopify cancels in a job of its own: pauses between looking whether it is done, in seconds."""
LOOKS_AGAIN_S = (0.0, 0.5)
"""The same where Shopify refused: perhaps since the job of an earlier attempt is still at it."""


class _Standing(ChannelModel):
    id: str
    cancelled_at: str | None = Field(None, alias="cancelledAt")


class _Ordered(ChannelModel):
    order: _Standing | None = None


class _Cancelled(ChannelModel):
    errors: Annotated[tuple[UserError, ...], Items, Field(alias="orderCancelUserErrors")] = ()


class _Cancelling(ChannelModel):
    cancelled: _Cancelled = Field(alias="orderCancel")


class LeavingOut:
    """Tells one shop what will not be delivered."""

    def __init__(self, shop: ShopifyGraphql, options: ShopifyOptions, refunds: Refunds) -> None:
        """Speak to this shop."""
        self._shop = shop
        self._options = options
        self._refunds = refunds

    async def tell(self, update: ChannelCancellation) -> Done:
        """See that it is cancelled, once.

        Raises:
            Refused: there is no such order, or Shopify does not let so much of it go.
            PartnerError: it was not done, or is being done: asking again is safe.
        """
        if not update.whole:
            return await self._refunds.take_out(update)
        return await once(partial(self._find, update), partial(self._cancel, update))

    async def _find(self, update: ChannelCancellation) -> Done | None:
        id_ = gid(self._shop.name, "Order", update.external_id)
        order = (await self._shop.ask(STANDING, _Ordered, id=id_)).order
        if order is None:
            raise Refused(self._shop.name, f"has no order {update.external_id}", code="not_found")
        return Done(reference=order.id) if order.cancelled_at else None

    async def _cancel(self, update: ChannelCancellation) -> Done:
        id_ = gid(self._shop.name, "Order", update.external_id)
        note = marked(update.reason, update.key, _NOTE_MAX)
        answer = await self._shop.ask(CANCEL, _Cancelling, id=id_, note=note, notify=self._options.notify)
        errors = answer.cancelled.errors
        found = await self._settled(update, LOOKS_AGAIN_S if errors else LOOKS_S)
        if found is not None:
            return found
        self._shop.accepted(errors)
        raise Transient(self._shop.name, "has not cancelled it yet")

    async def _settled(self, update: ChannelCancellation, looks_s: tuple[float, ...]) -> Done | None:
        for pause_s in looks_s:
            await asyncio.sleep(pause_s)
            try:
                found = await self._find(update)
            except (LostReply, Nonsense) as error:
                raise Transient(self._shop.name, f"is cancelling it, and cannot be looked at: {error}") from error
            if found is not None:
                return found
        return None
