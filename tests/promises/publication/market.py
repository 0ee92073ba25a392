"""Channels and what they are to be told, in memory: the two ports that publication stands on, with faults."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from activities.adapters.store.clock import utc_now
from models.errors import PartnerError, Refused
from models.partners.asking import Done
from models.policy.stock.publishing import batch_of
from models.stock.publication import Offer, OfferBatch

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.policy.stock.rules import ChannelRule


@dataclass
class Market:
    """What is to be told and what was heard, of any channel, in memory."""

    rules: dict[str, ChannelRule] = field(default_factory=dict)
    numbers: dict[str, dict[str, Offer]] = field(default_factory=lambda: defaultdict(dict))
    """What waits, by channel and article."""
    heard: list[OfferBatch] = field(default_factory=list)
    faults: list[PartnerError] = field(default_factory=list)
    """Raised one a call, before anything is heard."""
    lost: list[PartnerError] = field(default_factory=list)
    """Raised one a call, after it was heard."""
    unlisted: set[str] = field(default_factory=set)
    at_publishing: Callable[[OfferBatch], Awaitable[None]] | None = None

    def change(self, channel: str, sku: str, quantity: int, version: int = 1) -> None:
        self.numbers[channel][sku] = Offer(sku=sku, quantity=quantity, version=version, changed_at=utc_now())

    def shown(self, channel: str) -> dict[str, int]:
        """As the channel has it: of each article the highest version."""
        best: dict[str, Offer] = {}
        for batch in self.heard:
            for offer in batch.offers if batch.channel == channel else ():
                if offer.sku not in best or best[offer.sku].version < offer.version:
                    best[offer.sku] = offer
        return {sku: offer.quantity for sku, offer in best.items()}

    async def changed(self) -> tuple[str, ...]:
        return tuple(channel for channel, offers in self.numbers.items() if offers)

    async def next_batch(self, channel: str) -> OfferBatch | None:
        waiting = sorted(self.numbers[channel].values(), key=lambda offer: offer.changed_at)
        most = self.rules[channel].offers_per_call
        return batch_of(channel, waiting[:most]) if waiting else None

    async def published(self, batch: OfferBatch) -> None:
        waiting = self.numbers[batch.channel]
        for offer in batch.offers:
            if offer.sku in waiting and waiting[offer.sku].version == offer.version:
                del waiting[offer.sku]

    async def publish(self, batch: OfferBatch) -> Done:
        if self.faults:
            raise self.faults.pop(0)
        refused = sorted(self.unlisted & {offer.sku for offer in batch.offers})
        if refused:
            raise Refused("shop", f"not listed: {', '.join(refused)}", code="not_listed")
        self.heard.append(batch)
        if self.at_publishing:
            await self.at_publishing(batch)
        if self.lost:
            raise self.lost.pop(0)
        return Done(reference=batch.key)
