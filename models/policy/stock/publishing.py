"""When a channel hears, and in which batches: pure, so that the workflow that tells it decides by the same words."""

from __future__ import annotations

import hashlib
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from models.base import ChannelName, StrictModel
from models.policy.stock.rules import ChannelRule, PublicationMode
from models.stock.publication import Offer, OfferBatch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

_PREFIX = "publication"


class PublicationStart(StrictModel):
    """What a channel's publication is started with."""

    channel: ChannelName
    rule: ChannelRule


def publication_id(channel: str) -> str:
    """The id of the workflow that tells a channel: one runs at a time."""
    return f"{_PREFIX}:{channel}"


def published_channels(rules: Mapping[str, ChannelRule]) -> dict[str, ChannelRule]:
    """The channels that are told anything, by name and in one order."""
    return {name: rule for name, rule in sorted(rules.items()) if rule.publication is not PublicationMode.NEVER}


def pause_before(rule: ChannelRule, now: datetime) -> timedelta:
    """How long changes are collected before the channel is told of them.

    A channel told in batches hears at fixed times of the day, in UTC: with 30 minutes, at every full and half hour.
    """
    if rule.publication is not PublicationMode.BATCH:
        return timedelta(seconds=rule.coalesce_seconds)
    every = timedelta(minutes=rule.batch_minutes)
    moment = now.astimezone(UTC)
    since = (moment - moment.replace(hour=0, minute=0, second=0, microsecond=0)) % every
    return every - since


def batch_of(channel: str, offers: Sequence[Offer]) -> OfferBatch:
    """Put offers together; the key says what is in the batch, so that the same offers are the same batch."""
    ordered = tuple(sorted(offers, key=lambda offer: offer.sku))
    said = "\n".join(offer.model_dump_json() for offer in ordered)
    digest = hashlib.sha256(f"{channel}\n{said}".encode()).hexdigest()[:32]
    return OfferBatch(key=f"stock/{channel}/{digest}", channel=channel, offers=ordered)


def halves(batch: OfferBatch) -> tuple[OfferBatch, ...]:
    """Two smaller batches of the same offers, or none where there is only one offer."""
    middle = len(batch.offers) // 2
    if not middle:
        return ()
    return batch_of(batch.channel, batch.offers[:middle]), batch_of(batch.channel, batch.offers[middle:])
