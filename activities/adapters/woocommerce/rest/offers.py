"""Offers at WooCommerce: an article's stock and the offer's version are written in one update of it.

So an offer is there with its version or not at all: told again it is no newer than what stands there, and left out.
Variations are articles under a product, and are updated there.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Annotated

from pydantic import TypeAdapter

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.storefront.amounts import MaybeCount
from activities.adapters.storefront.references import reference
from activities.adapters.storefront.shapes import Items
from activities.adapters.woocommerce.payload import Metas, meta
from activities.adapters.woocommerce.rest.shop import API
from models.errors import Refused
from models.partners.asking import Done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.woocommerce.rest.shop import WooShop
    from models.stock.publication import Offer, OfferBatch

_PART = 50
"""Articles a question: it is asked in an address, which may not grow without end; updates may be a hundred."""
_NAMED_MAX = 20
_VERSION = "_orderloom_offer_version"
_VARIATION = "variation"


class Article(ChannelModel):
    """A product or a variation."""

    id: str
    sku: str = ""
    type: str = ""
    parent_id: str | None = None
    manage_stock: bool | str | None = None
    """Whether it keeps stock; a variation may leave it to its ``parent``."""
    meta_data: Metas = ()

    @property
    def version(self) -> int:
        """Of the offer it was told last and took; 0: of none."""
        value = (meta(self.meta_data, _VERSION) or "") if self.manage_stock is True else ""
        return int(value) if value.isascii() and value.isdigit() else 0

    @property
    def where(self) -> str:
        """Where it is updated, with others."""
        if self.type == _VARIATION and self.parent_id:
            return f"{API}/products/{self.parent_id}/variations/batch"
        return f"{API}/products/batch"


class _Failure(ChannelModel):
    code: str = ""
    message: str = ""


class _Updated(ChannelModel):
    id: str | None = None
    error: _Failure | None = None
    stock_quantity: MaybeCount = None


class _Updates(ChannelModel):
    update: Annotated[tuple[_Updated, ...], Items] = ()


_ARTICLES, _UPDATES = TypeAdapter(tuple[Article, ...]), TypeAdapter(_Updates)


class Offers:
    """Tells one shop what it may sell."""

    def __init__(self, shop: WooShop) -> None:
        """Speak to this shop."""
        self._shop = shop

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it; nothing is told of a batch with an article that it does not list.

        Raises:
            Refused: as above, or WooCommerce does not take one of them.
            PartnerError: telling it again is safe.
        """
        listed: dict[str, Article] = {}
        for part in _parts([offer.sku for offer in batch.offers]):
            for article in await self._shop.ask(_ARTICLES, "GET", f"{API}/products", sku=part, per_page=100):
                listed[article.sku] = article
        unlisted = [offer.sku for offer in batch.offers if offer.sku not in listed]
        if unlisted:
            raise Refused(self._shop.name, f"does not list {', '.join(unlisted[:_NAMED_MAX])}", code="not_listed")
        places: defaultdict[str, list[dict[str, object]]] = defaultdict(list)
        for offer in batch.offers:
            if offer.version > listed[offer.sku].version:
                places[listed[offer.sku].where].append(_update(listed[offer.sku], offer))
        for where, updates in places.items():
            for start in range(0, len(updates), _PART):
                await self._set(where, updates[start : start + _PART])
        # WooCommerce gives what several requests did no id: the batch's own is as good as any.
        return Done(reference=f"offers {reference(batch.key)}")

    async def _set(self, where: str, updates: Sequence[dict[str, object]]) -> None:
        answer = await self._shop.ask(_UPDATES, "POST", where, {"update": updates})
        failed = next((each.error for each in answer.update if each.error is not None), None)
        if failed is not None:
            raise Refused(self._shop.name, failed.message or failed.code, code=failed.code or "refused")
        if len(answer.update) != len(updates):
            raise self._shop.nonsense(f"{len(updates)} articles were updated, and {len(answer.update)} are shown")
        for asked, shown in zip(updates, answer.update, strict=True):
            if shown.stock_quantity != asked["stock_quantity"]:
                said = f"does not keep stock of article {shown.id}: stock management is off in the shop, or for it"
                raise Refused(self._shop.name, said, code="stock_not_managed")


def _parts(skus: Sequence[str]) -> list[str]:
    """SKUs joined by commas, as WooCommerce reads several; one that holds a comma is asked for alone."""
    plain = [sku for sku in skus if "," not in sku]
    joined = [",".join(plain[start : start + _PART]) for start in range(0, len(plain), _PART)]
    return joined + [sku for sku in skus if "," in sku]


def _update(article: Article, offer: Offer) -> dict[str, object]:
    return {
        "id": int(article.id),
        "manage_stock": True,
        "stock_quantity": offer.quantity,
        "meta_data": [{"key": _VERSION, "value": str(offer.version)}],
    }
