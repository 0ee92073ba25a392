"""Which offers of a batch are news to a shop that keeps no versions: an older one than it was told is left out.

The shop's own memory is a number alone, so this one lasts as long as the process. Batches for a channel are sent by
one workflow, one after another, the newest levels last: what comes late is a repeat of the same workflow's activity.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.stock.publication import Offer, OfferBatch


class Told:
    """What one channel was told last."""

    def __init__(self) -> None:
        """Begin with nothing told."""
        self._versions: dict[str, int] = {}

    def news(self, batch: OfferBatch) -> list[Offer]:
        """The offers that are not older than what was told, the newest of each article."""
        newest: dict[str, Offer] = {}
        for offer in batch.offers:
            if offer.version >= max(self._versions.get(offer.sku, 0), self._version(newest, offer.sku)):
                newest[offer.sku] = offer
        return list(newest.values())

    def told(self, offers: list[Offer]) -> None:
        """Note what the channel has taken."""
        self._versions |= {offer.sku: max(offer.version, self._versions.get(offer.sku, 0)) for offer in offers}

    @staticmethod
    def _version(newest: dict[str, Offer], sku: str) -> int:
        return newest[sku].version if sku in newest else 0
