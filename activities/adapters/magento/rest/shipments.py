"""A parcel told to the shop: a shipment with its tracking number, found again by our key in its comment."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.magento.rest.orders import item_id, order_of
from activities.adapters.storefront.once import once
from activities.adapters.storefront.references import is_marked, marked
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.magento.rest.options import AdobeOptions
    from activities.adapters.magento.rest.shop import AdobeShop
    from models.partners.channels import ChannelFulfilment

_CARRIERS = {"ups", "usps", "fedex", "dhl"}
"""Those a shop knows out of the box, and links to their tracking pages; any other is `custom`."""
_LONGEST = 4000


def _list(value: object) -> object:
    return [] if value is None else value


Rows = BeforeValidator(_list)
"""A list that may come as null."""


class Comment(ChannelModel):
    """What was written on a document."""

    comment: str | None = None

    def bears(self, key: str) -> bool:
        """Whether it is ours, for this effect."""
        return is_marked(self.comment, key)


def written(words: str, key: str) -> dict[str, object]:
    """A comment for the shop's staff, which bears the key."""
    return {"comment": marked(words, key, _LONGEST), "is_visible_on_front": 0}


class _Track(ChannelModel):
    track_number: str | None = None


class _Shipment(ChannelModel):
    entity_id: int
    tracks: Annotated[Sequence[_Track], Rows] = ()
    comments: Annotated[Sequence[Comment], Rows] = ()


async def ship(shop: AdobeShop, options: AdobeOptions, told: ChannelFulfilment) -> Done:
    """Tell of a parcel, once.

    A shipment that has the parcel's tracking number counts as told, whoever told it: a clerk may have been quicker.

    Raises:
        PartnerError: it may be asked again.
    """
    order = await order_of(shop, told.external_id)

    async def find() -> Done | None:
        for one in await shop.all_of(_Shipment, "V1/shipments", order.of_this):
            numbers = {track.track_number for track in one.tracks}
            if told.tracking_number in numbers or any(comment.bears(told.key) for comment in one.comments):
                return Done(reference=str(one.entity_id))
        return None

    async def make() -> Done:
        number = await shop.ask(int, "POST", f"V1/order/{order.entity_id}/ship", _body(shop, options, told))
        return Done(reference=str(number))

    return await once(find, make)


def _body(shop: AdobeShop, options: AdobeOptions, told: ChannelFulfilment) -> dict[str, object]:
    carrier = told.carrier.casefold()
    body: dict[str, object] = {
        "items": [{"order_item_id": item_id(shop, line), "qty": line.quantity} for line in told.lines],
        "notify": options.notify,
        "appendComment": False,
        "comment": written(f"Parcel {told.shipment_id}", told.key),
        "tracks": [
            {
                "track_number": told.tracking_number,
                "title": told.carrier,
                "carrier_code": carrier if carrier in _CARRIERS else "custom",
            }
        ],
    }
    source = options.sources.get(told.node)
    if source is not None:
        body["arguments"] = {"extension_attributes": {"source_code": source}}
    return body
