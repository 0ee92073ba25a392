"""Parcels at WooCommerce: shown to the customer as the shop is set up for, kept with the order, and counted.

The customer hears first and the order is completed after, so that the e-mail of the completed order can hold the
tracking number. Each step is looked for before it is taken: a note by the number in it, an entry of the Shipment
Tracking extension by its number, the parcel itself by its name among the order's notes.

Sources: WooCommerce REST API v3 (orders, order notes); woocommerce.com, "Shipment Tracking REST API" (v3).
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.woocommerce.rest.options import Tracking
from activities.adapters.woocommerce.rest.orders import ORDER, left, order_of, path, refunds_of
from activities.adapters.woocommerce.told import name_of, written
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from collections import Counter

    from activities.adapters.woocommerce.rest.options import WooOptions
    from activities.adapters.woocommerce.rest.orders import Order
    from activities.adapters.woocommerce.rest.shop import WooShop
    from models.partners.channels import ChannelFulfilment

_COMPLETED = "completed"
_OVER = {"cancelled", "refunded", "failed", "trash"}


class _Note(ChannelModel):
    note: str


class _Tracked(ChannelModel):
    tracking_number: str


_NOTE, _NOTES = TypeAdapter(_Note), TypeAdapter(tuple[_Note, ...])
_TRACKED, ALL_TRACKED = TypeAdapter(_Tracked), TypeAdapter(tuple[_Tracked, ...])


class Parcels:
    """Tells one shop what has left."""

    def __init__(self, shop: WooShop, options: WooOptions) -> None:
        """Speak to this shop."""
        self._shop = shop
        self._options = options

    async def tell(self, update: ChannelFulfilment) -> Done:
        """See that the parcel is shown and kept, once.

        Raises:
            Refused: there is no such order, or so much of it is not left to be sent.
            PartnerError: it was not done in full: asking again is safe.
        """
        order = await order_of(self._shop, update.external_id)
        rest = left(order, await refunds_of(self._shop, order))
        known = self._reference(order, update)
        if known is None:
            self._check(order, rest, update)
            for line in update.lines:
                rest[line.line_id] -= line.quantity
        await self._show(update)
        changes: dict[str, object] = {}
        if known is None:
            changes["meta_data"] = [{"key": name_of(update), "value": written(update)}]
        if self._options.complete and not +rest and order.status not in {_COMPLETED, *_OVER}:
            changes["status"] = _COMPLETED
        if changes:
            order = await self._shop.ask(ORDER, "PUT", path(self._shop, order.id), changes)
            known = self._reference(order, update)
        if known is None:
            raise self._shop.nonsense("a parcel was kept with an order, and is not there")
        return known

    def _reference(self, order: Order, update: ChannelFulfilment) -> Done | None:
        name = name_of(update)
        return next((Done(reference=f"meta {each.id}") for each in order.entries if each.key == name and each.id), None)

    def _check(self, order: Order, rest: Counter[str], update: ChannelFulfilment) -> None:
        if order.status in _OVER:
            raise Refused(
                self._shop.name, f"has the order as {order.status}: nothing of it can be sent", code="not_open"
            )
        for line in update.lines:
            if line.quantity > rest[line.line_id]:
                said = f"{line.quantity} of line {line.line_id} cannot be sent: {max(rest[line.line_id], 0)} are left"
                raise Refused(self._shop.name, said, code="not_open")

    async def _show(self, update: ChannelFulfilment) -> None:
        if self._options.tracking is Tracking.NOTE:
            await self._note(update)
        elif self._options.tracking is Tracking.EXTENSION:
            await self._track(update)

    async def _note(self, update: ChannelFulfilment) -> None:
        where = f"{path(self._shop, update.external_id)}/notes"
        notes = await self._shop.ask(_NOTES, "GET", where, type="customer")
        if any(update.tracking_number in html.unescape(each.note) for each in notes):
            return
        text = self._options.note.replace("{carrier}", update.carrier).replace("{number}", update.tracking_number)
        if update.tracking_number not in text:
            text = f"{text} {update.tracking_number}"
        await self._shop.ask(_NOTE, "POST", where, {"note": text, "customer_note": True})

    async def _track(self, update: ChannelFulfilment) -> None:
        # The extension has a root of its own beside WooCommerce's.
        order = path(self._shop, update.external_id).rpartition("/")[2]
        where = f"/wc-shipment-tracking/v3/orders/{order}/shipment-trackings"
        if any(
            each.tracking_number == update.tracking_number for each in await self._shop.ask(ALL_TRACKED, "GET", where)
        ):
            return
        parcel = {
            "custom_tracking_provider": update.carrier,
            "custom_tracking_link": self._options.tracking_link or "",
            "tracking_number": update.tracking_number,
            "date_shipped": update.shipped_at.date().isoformat(),
        }
        await self._shop.ask(_TRACKED, "POST", where, parcel)
