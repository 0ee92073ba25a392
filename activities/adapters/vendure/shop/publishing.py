"""A Vendure shop is told what it may sell, as the stock of one of its locations.

What the shop may sell of an article is what lies there less what its own orders have taken: so as much is added to
the shelf. Which offer was told last is noted on the article itself, since no other memory outlives a worker.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from activities.adapters.vendure.shop import questions
from activities.adapters.vendure.shop.speaking import Answer
from models.errors import Refused, Unavailable
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.vendure.shop.speaking import Speaking
    from models.stock.publication import Offer, OfferBatch

_AT_ONCE = 100


class _Part(Answer):
    model_config = ConfigDict(alias_generator=to_camel)


class _StockLevel(_Part):
    stock_location_id: str
    stock_allocated: int


class _Fields(_Part):
    version: int | None = None


class _Variant(_Part):
    id: str
    sku: str
    stock_levels: tuple[_StockLevel, ...]
    custom_fields: _Fields

    def taken(self, location: str) -> int:
        """How many of it orders have taken that have not been sent."""
        return sum(level.stock_allocated for level in self.stock_levels if level.stock_location_id == location)


class _Variants(_Part):
    items: tuple[_Variant, ...]


class _Shelves(_Part):
    product_variants: _Variants


class _Location(_Part):
    id: str


class _Locations(_Part):
    items: tuple[_Location, ...]


class _Places(_Part):
    stock_locations: _Locations


async def publish(speaking: Speaking, batch: OfferBatch) -> Done:
    """Tell it; an offer that is not newer than the one it has changes nothing.

    Raises:
        Refused: the shop does not list an article; nothing of the batch was told.
        Transient: some of it may have been told; telling again is safe.
        Unavailable: it is not there, or does not say where its stock lies.
    """
    location = speaking.options.stock_location or await _only_location(speaking)
    newest = {offer.sku: offer for offer in sorted(batch.offers, key=lambda offer: offer.version)}
    changes: list[dict[str, object]] = []
    for begin in range(0, len(newest), _AT_ONCE):
        part = list(newest.values())[begin : begin + _AT_ONCE]
        changes += await _changes(speaking, part, location)
    for begin in range(0, len(changes), _AT_ONCE):
        await speaking.data(questions.UPDATE_STOCK, input=changes[begin : begin + _AT_ONCE])
    return Done(reference=batch.key)


async def _changes(speaking: Speaking, offers: list[Offer], location: str) -> list[dict[str, object]]:
    question = questions.shelves(speaking.options.version_field)
    shelves = await speaking.read(_Shelves, question, skus=[offer.sku for offer in offers])
    variants = shelves.product_variants.items
    unlisted = [offer.sku for offer in offers if all(variant.sku != offer.sku for variant in variants)]
    if unlisted:
        raise Refused(speaking.partner, f"does not list {', '.join(unlisted)}", code="not_listed")
    by_sku = {offer.sku: offer for offer in offers}
    return [
        {
            "id": variant.id,
            "stockLevels": [
                {"stockLocationId": location, "stockOnHand": by_sku[variant.sku].quantity + variant.taken(location)}
            ],
            "customFields": {speaking.options.version_field: by_sku[variant.sku].version},
        }
        for variant in variants
        if variant.sku in by_sku and by_sku[variant.sku].version > (variant.custom_fields.version or 0)
    ]


async def _only_location(speaking: Speaking) -> str:
    places = (await speaking.read(_Places, questions.LOCATIONS)).stock_locations.items
    if len(places) != 1:
        raise Unavailable(speaking.partner, "has several stock locations: set the option stock_location")
    return places[0].id
