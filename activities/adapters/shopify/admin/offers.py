"""Offers at Shopify: set as the available quantity at one location, the version noted beside the article.

A batch is told in small parts, each under a key of its own: a part that is told again, with the same numbers, is
answered by Shopify as at first, and only then its versions are noted, all of them or none. So a part that was told
halfway is told again exactly as before, and one that is older than what is noted is left out.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.shopify.admin.documents import ARTICLES, NOTE, SET_STOCK
from activities.adapters.shopify.admin.graphql import UserError
from activities.adapters.shopify.admin.lines import Identified, Nodes, every
from activities.adapters.shopify.admin.numbers import gid
from activities.adapters.storefront.references import idempotency_key, reference
from activities.adapters.storefront.shapes import Items
from models.errors import Refused, Uncertain
from models.partners.asking import Done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.shopify.admin.graphql import ShopifyGraphql
    from activities.adapters.shopify.admin.options import ShopifyOptions
    from models.stock.publication import Offer, OfferBatch

_PART = 25
"""Metafields that Shopify sets at once, all or none."""
_FAILED = "IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED"
_KEYS_MAX = 5
_NAMED_MAX = 20


class _Version(ChannelModel):
    value: str


class Variant(ChannelModel):
    """An article at the shop."""

    id: str
    sku: str | None = None
    item: Identified = Field(alias="inventoryItem")
    metafield: _Version | None = None

    @property
    def version(self) -> int:
        """Of the offer it was told last; 0: of none."""
        value = self.metafield.value if self.metafield else ""
        return int(value) if value.isascii() and value.isdigit() else 0


class _Articles(ChannelModel):
    variants: Nodes[Variant] = Field(alias="productVariants")


class _Set(ChannelModel):
    group: Identified | None = Field(None, alias="inventoryAdjustmentGroup")
    errors: Annotated[tuple[UserError, ...], Items, Field(alias="userErrors")] = ()


class _Setting(ChannelModel):
    done: _Set = Field(alias="inventorySetQuantities")


class _Noted(ChannelModel):
    errors: Annotated[tuple[UserError, ...], Items, Field(alias="userErrors")] = ()


class _Noting(ChannelModel):
    noted: _Noted = Field(alias="metafieldsSet")


class Offers:
    """Tells one shop what it may sell."""

    def __init__(self, shop: ShopifyGraphql, options: ShopifyOptions) -> None:
        """Speak to this shop."""
        self._shop = shop
        self._options = options

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it; nothing is told of a batch with an article that it does not list, or lists twice.

        Raises:
            Refused: as above, or Shopify does not keep the article at the location.
            PartnerError: telling it again is safe.
        """
        parts = [batch.offers[start : start + _PART] for start in range(0, len(batch.offers), _PART)]
        listed = [await self._articles(part) for part in parts]
        self._check(batch, listed)
        for index, (part, articles) in enumerate(zip(parts, listed, strict=True)):
            news = [offer for offer in part if offer.version > articles[offer.sku][0].version]
            if news:
                await self._set(f"{batch.key}/{index}", news, articles)
                await self._note(news, articles)
        # Shopify has no one id for what several requests did: the batch's own stands in our documents there.
        return Done(reference=self._document(batch.key))

    async def _articles(self, part: Sequence[Offer]) -> dict[str, list[Variant]]:
        """The variants with each SKU; a search may find more than was meant."""
        query = " OR ".join(f'sku:"{_escaped(offer.sku)}"' for offer in part)
        articles: dict[str, list[Variant]] = {offer.sku: [] for offer in part}
        for variant in await every(partial(self._found, query)):
            if variant.sku in articles:
                articles[variant.sku].append(variant)
        return articles

    async def _found(self, query: str, after: str | None) -> Nodes[Variant]:
        namespace = self._options.namespace
        return (await self._shop.ask(ARTICLES, _Articles, query=query, after=after, namespace=namespace)).variants

    def _check(self, batch: OfferBatch, listed: Sequence[dict[str, list[Variant]]]) -> None:
        found = {sku: len(variants) for articles in listed for sku, variants in articles.items()}
        unlisted = [offer.sku for offer in batch.offers if not found[offer.sku]]
        if unlisted:
            raise Refused(self._shop.name, f"does not list {', '.join(unlisted[:_NAMED_MAX])}", code="not_listed")
        twice = [offer.sku for offer in batch.offers if found[offer.sku] > 1]
        if twice:
            raise Refused(self._shop.name, f"has several articles {', '.join(twice[:_NAMED_MAX])}", code="sku_twice")

    async def _set(self, key: str, news: Sequence[Offer], articles: dict[str, list[Variant]]) -> None:
        quantities = [
            {
                "inventoryItemId": articles[offer.sku][0].item.id,
                "locationId": gid(self._shop.name, "Location", self._options.location),
                "quantity": offer.quantity,
                # We are the source of truth: what the shop has sold meanwhile comes to us as an order, and back again.
                "changeFromQuantity": None,
            }
            for offer in news
        ]
        input_: dict[str, object] = {
            "name": "available",
            "reason": "correction",
            "referenceDocumentUri": self._document(key),
            "quantities": quantities,
        }
        for attempt in range(_KEYS_MAX):
            try:
                done = await self._ask_to_set(input_, idempotency_key(key, attempt))
            except Uncertain as error:
                if error.code != _FAILED:
                    raise
                continue
            if not done.errors or done.errors[0].code != _FAILED:
                self._shop.accepted(done.errors)
                return
        raise Uncertain(self._shop.name, "has failed at these offers too often", code=_FAILED)

    async def _ask_to_set(self, input_: dict[str, object], key: str) -> _Set:
        return (await self._shop.ask(SET_STOCK, _Setting, input=input_, key=key)).done

    async def _note(self, news: Sequence[Offer], articles: dict[str, list[Variant]]) -> None:
        fields = [
            {
                "ownerId": articles[offer.sku][0].id,
                "namespace": self._options.namespace,
                "key": "offer_version",
                "type": "number_integer",
                "value": str(offer.version),
            }
            for offer in news
        ]
        self._shop.accepted((await self._shop.ask(NOTE, _Noting, metafields=fields)).noted.errors)

    @staticmethod
    def _document(key: str) -> str:
        return f"gid://orderloom/OfferBatch/{reference(key)}"


def _escaped(sku: str) -> str:
    return sku.replace("\\", "\\\\").replace('"', '\\"')
