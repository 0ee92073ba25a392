"""Parcels at Shopify: one that bears our tracking number and goods is there, or is made.

A fulfilment has no field for a key of ours; so it is found by its tracking number and what is in it. A parcel whose
goods Shopify keeps at several locations becomes a fulfilment at each, all with the same number: what an attempt that
broke off had made counts, and the rest is made.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.shopify.admin.documents import OPEN_GOODS, PARCEL_GOODS, PARCELS, SEND_PARCEL
from activities.adapters.shopify.admin.graphql import UserError
from activities.adapters.shopify.admin.lines import Identified, Nodes, every
from activities.adapters.shopify.admin.numbers import gid, number
from activities.adapters.storefront.once import once
from activities.adapters.storefront.shapes import Items
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.shopify.admin.graphql import ShopifyGraphql
    from activities.adapters.shopify.admin.options import ShopifyOptions
    from models.partners.channels import ChannelFulfilment

_SENT = {"SUCCESS", "OPEN", "PENDING"}
_OPEN = {"OPEN", "IN_PROGRESS"}
_WAITING = {"ON_HOLD", "SCHEDULED"}


class _Tracking(ChannelModel):
    number: str | None = None


class _Fulfilment(ChannelModel):
    id: str
    status: str
    tracking: Annotated[tuple[_Tracking, ...], Field(alias="trackingInfo")] = ()


class _Assigned(ChannelModel):
    location: Identified | None = None


class _Portion(ChannelModel):
    """What one location is to send of an order: Shopify's fulfilment order."""

    id: str
    status: str
    assigned: _Assigned = Field(alias="assignedLocation")

    @property
    def place(self) -> str:
        """Where it is sent from; a fulfilment holds goods of one place."""
        return self.assigned.location.id if self.assigned.location else ""


class _Order(ChannelModel):
    portions: Nodes[_Portion] = Field(alias="fulfillmentOrders")
    fulfilments: Annotated[tuple[_Fulfilment, ...], Field(alias="fulfillments")]


class _Parcels(ChannelModel):
    order: _Order | None = None


class _Sent(ChannelModel):
    quantity: int | None = None
    line: Identified = Field(alias="lineItem")


class _SentLines(ChannelModel):
    lines: Nodes[_Sent] = Field(alias="fulfillmentLineItems")


class _ParcelGoods(ChannelModel):
    fulfillment: _SentLines


class _OpenLine(ChannelModel):
    id: str
    remaining: int = Field(alias="remainingQuantity")
    line: Identified = Field(alias="lineItem")


class _OpenLines(ChannelModel):
    lines: Nodes[_OpenLine] = Field(alias="lineItems")


class _OpenGoods(ChannelModel):
    portion: _OpenLines = Field(alias="fulfillmentOrder")


class _Made(ChannelModel):
    fulfillment: Identified | None = None
    errors: Annotated[tuple[UserError, ...], Items, Field(alias="userErrors")] = ()


class _Making(ChannelModel):
    made: _Made = Field(alias="fulfillmentCreate")


Plan = dict[str, dict[str, list[dict[str, object]]]]
"""By place and portion: which of its lines to send, and how many."""


class Parcels:
    """Tells one shop what has left."""

    def __init__(self, shop: ShopifyGraphql, options: ShopifyOptions) -> None:
        """Speak to this shop."""
        self._shop = shop
        self._options = options

    async def tell(self, update: ChannelFulfilment) -> Done:
        """See that the parcel is shown, once.

        Raises:
            Refused: there is no such order, or so much of it is not open to be sent.
            PartnerError: it was not done: asking again is safe.
        """
        return await once(partial(self._find, update), partial(self._make, update))

    async def _find(self, update: ChannelFulfilment) -> Done | None:
        order = await self._order(update)
        ids, missing = await self._missing(order, update)
        return None if missing else _done(ids)

    async def _make(self, update: ChannelFulfilment) -> Done:
        order = await self._order(update)
        ids, missing = await self._missing(order, update)
        for portions in (await self._plan(order, missing)).values():
            answer = await self._shop.ask(SEND_PARCEL, _Making, fulfillment=self._input(update, portions))
            self._shop.accepted(answer.made.errors)
            if answer.made.fulfillment is None:
                raise self._shop.nonsense("a fulfilment was made, and none is shown")
            ids.append(answer.made.fulfillment.id)
        return _done(ids)

    async def _order(self, update: ChannelFulfilment) -> _Order:
        found = await self._shop.ask(PARCELS, _Parcels, id=gid(self._shop.name, "Order", update.external_id))
        if found.order is None:
            raise Refused(self._shop.name, f"has no order {update.external_id}", code="not_found")
        return found.order

    async def _missing(self, order: _Order, update: ChannelFulfilment) -> tuple[list[str], Counter[str]]:
        """The fulfilments that bear the number, and what of the parcel is in none of them, by line."""
        missing = Counter[str]()
        for line in update.lines:
            missing[line.line_id] += line.quantity
        ids = []
        for fulfilment in order.fulfilments:
            numbers = {tracking.number for tracking in fulfilment.tracking}
            if fulfilment.status not in _SENT or update.tracking_number not in numbers:
                continue
            ids.append(fulfilment.id)
            for sent in await every(partial(self._parcel_goods, fulfilment.id)):
                missing[number(sent.line.id)] -= sent.quantity or 0
        return ids, +missing

    async def _plan(self, order: _Order, missing: Counter[str]) -> Plan:
        """Share the goods out over what is open.

        Raises:
            Refused: more than is open.
        """
        plan: Plan = defaultdict(lambda: defaultdict(list))
        left = missing.copy()
        for portion in order.portions.nodes:
            if portion.status not in _OPEN:
                continue
            for line in await every(partial(self._open_goods, portion.id)):
                taken = min(left[number(line.line.id)], line.remaining)
                if taken > 0:
                    plan[portion.place][portion.id].append({"id": line.id, "quantity": taken})
                    left[number(line.line.id)] -= taken
        if +left:
            waiting = any(portion.status in _WAITING for portion in order.portions.nodes)
            why = "is on hold or not due yet" if waiting else "was sent or removed already, or never ordered"
            goods = ", ".join(f"{quantity} of line {line}" for line, quantity in sorted((+left).items()))
            raise Refused(self._shop.name, f"{goods} cannot be sent: it {why}", code="not_open")
        return plan

    def _input(self, update: ChannelFulfilment, portions: dict[str, list[dict[str, object]]]) -> dict[str, object]:
        return {
            "lineItemsByFulfillmentOrder": [
                {"fulfillmentOrderId": portion, "fulfillmentOrderLineItems": lines}
                for portion, lines in portions.items()
            ],
            "trackingInfo": {"company": update.carrier, "number": update.tracking_number},
            "notifyCustomer": self._options.notify,
        }

    async def _parcel_goods(self, fulfilment: str, after: str | None) -> Nodes[_Sent]:
        return (await self._shop.ask(PARCEL_GOODS, _ParcelGoods, id=fulfilment, after=after)).fulfillment.lines

    async def _open_goods(self, portion: str, after: str | None) -> Nodes[_OpenLine]:
        return (await self._shop.ask(OPEN_GOODS, _OpenGoods, id=portion, after=after)).portion.lines


def _done(ids: list[str]) -> Done:
    # The least: whoever looks later finds the same, in whatever order they are shown.
    return Done(reference=min(ids, key=lambda each: int(number(each))))
