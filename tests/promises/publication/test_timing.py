"""When a channel hears, and in which batches: pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from models.policy.stock.publishing import batch_of, halves, pause_before, published_channels
from models.policy.stock.rules import ChannelRule, PublicationMode
from models.stock.publication import Offer
from tests.promises.publication.conftest import NOON

BATCH = PublicationMode.BATCH


def offer(sku: str, version: int = 1) -> Offer:
    return Offer(sku=sku, quantity=1, version=version, changed_at=NOON)


def test_a_channel_told_of_each_change_hears_after_the_time_changes_are_collected_for() -> None:
    assert pause_before(ChannelRule(coalesce_seconds=7), NOON) == timedelta(seconds=7)


@pytest.mark.parametrize(
    ("now", "minutes"),
    [
        ("2026-11-21T12:00:00Z", 30),
        ("2026-11-21T12:10:00Z", 20),
        ("2026-11-21T12:29:00Z", 1),
        ("2026-11-21T13:40:00+01:00", 20),
        ("2026-11-21T23:59:00Z", 1),
    ],
)
def test_a_channel_told_in_batches_hears_at_fixed_times_of_the_day(now: str, minutes: int) -> None:
    rule = ChannelRule(publication=BATCH, batch_minutes=30, coalesce_seconds=7)
    assert pause_before(rule, datetime.fromisoformat(now)) == timedelta(minutes=minutes)


def test_channels_that_are_never_told_are_left_out() -> None:
    rules = {
        "b": ChannelRule(),
        "a": ChannelRule(publication=BATCH),
        "c": ChannelRule(publication=PublicationMode.NEVER),
    }
    assert list(published_channels(rules)) == ["a", "b"]


def test_the_same_offers_are_the_same_batch_and_others_are_another() -> None:
    one = batch_of("shop", [offer("A"), offer("B")])
    assert batch_of("shop", [offer("B"), offer("A")]) == one
    assert batch_of("market", [offer("A"), offer("B")]).key != one.key
    assert batch_of("shop", [offer("A"), offer("B", version=2)]).key != one.key


def test_halves_hold_every_offer_once_and_a_single_offer_has_none() -> None:
    whole = batch_of("shop", [offer(sku) for sku in "ABCDE"])
    first, second = halves(whole)
    assert first.offers + second.offers == whole.offers
    assert halves(batch_of("shop", [offer("A")])) == ()
