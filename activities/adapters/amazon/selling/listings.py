"""What may be sold, told to Amazon: listing by listing for a few, by one feed for many."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import quote

from pydantic.alias_generators import to_camel

from activities.adapters.amazon.feeds.sending import Feeds, Parcel
from activities.adapters.amazon.selling.calling import Call, Selling
from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.offers import Told
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.options import AmazonOptions
    from models.stock.publication import Offer, OfferBatch

FEED = "JSON_LISTINGS_FEED"
_JSON = "application/json; charset=UTF-8"
_ANY_PRODUCT = "PRODUCT"
"""The product type that fits every listing whose product facts are left alone."""
_BY_MERCHANT = "DEFAULT"


class _Issue(ChannelModel):
    code: str
    message: str
    severity: str


class _Submission(ChannelModel, alias_generator=to_camel):
    status: str
    submission_id: str
    issues: Sequence[_Issue] = ()


class Listings:
    """One account's listings."""

    def __init__(self, selling: Selling, feeds: Feeds, options: AmazonOptions) -> None:
        """Tell this account."""
        self._selling = selling
        self._feeds = feeds
        self._options = options
        self._told = Told()

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it; levels are absolute, so that telling again does no harm.

        Raises:
            Refused: a listing is not there or not in order; names it. The others of the batch are told all the same.
            Unavailable: the feed is being processed; asking again goes on waiting for it.
            PartnerError: some may have been told; telling again is safe.
        """
        offers = self._told.news(batch)
        if len(offers) > self._options.patches_max:
            return await self._by_feed(batch, offers)
        refusals = [refusal for offer in offers if (refusal := await self._one(offer)) is not None]
        if refusals:
            raise refusals[0]
        return Done(reference=batch.key)

    async def _one(self, offer: Offer) -> Refused | None:
        path = f"/listings/2021-08-01/items/{quote(self._options.seller_id, safe='')}/{quote(offer.sku, safe='')}"
        query = {"marketplaceIds": self._options.marketplaces[0]}
        body = {"productType": _ANY_PRODUCT, "patches": _patches(offer)}
        try:
            said = await self._selling.ask(_Submission, Call("patchListingsItem", "PATCH", path, query, body))
        except Refused as refusal:
            return Refused(self._selling.name, f"does not take {offer.sku}: {refusal}", code=refusal.code)
        if said.status == "INVALID":
            wrong = next((issue for issue in said.issues if issue.severity == "ERROR"), None)
            words, code = (wrong.message, wrong.code) if wrong else ("without saying why", "invalid")
            return Refused(self._selling.name, f"does not take {offer.sku}: {words}", code=code)
        self._told.told([offer])
        return None

    async def _by_feed(self, batch: OfferBatch, offers: list[Offer]) -> Done:
        messages = [
            {
                "messageId": number,
                "sku": offer.sku,
                "operationType": "PATCH",
                "productType": _ANY_PRODUCT,
                "patches": _patches(offer),
            }
            for number, offer in enumerate(offers, start=1)
        ]
        header = {"sellerId": self._options.seller_id, "version": "2.0", "issueLocale": "en_US"}
        document = json.dumps({"header": header, "messages": messages}, ensure_ascii=False)
        about = [offer.sku for offer in offers]
        done = await self._feeds.send(Parcel(batch.key, FEED, _JSON, document, about))
        self._told.told(offers)
        return done


def _patches(offer: Offer) -> list[dict[str, object]]:
    level = {"fulfillment_channel_code": _BY_MERCHANT, "quantity": offer.quantity}
    # Merged, not replaced: what else is said of the availability, such as a handling time, stays.
    return [{"op": "merge", "path": "/attributes/fulfillment_availability", "value": [level]}]
