"""Amazon's usage plans: each operation has a bucket of so many calls, which fills at so many a second.

Source: the table "Usage Plan" in each operation's description in the published models (ordersV0, orders_2026-01-01,
feeds_2021-06-30, listingsItems_2021-08-01, tokens_2021-03-01). An account may have been granted more; its own rate
comes with answers, as the header `x-amzn-RateLimit-Limit`, though not with throttled ones by the newer models. Several
workers share one account: each keeps its own buckets, and what they take together beyond the quota Amazon refuses.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

PLANS: dict[str, tuple[float, float]] = {
    "getOrders": (0.0167, 20),
    "getOrderItems": (0.5, 30),
    "confirmShipment": (2, 10),
    "searchOrders": (0.0056, 20),
    "getOrder": (0.5, 30),
    "getFeeds": (0.0222, 10),
    "createFeed": (0.0083, 15),
    "getFeed": (2, 15),
    "createFeedDocument": (0.5, 15),
    "getFeedDocument": (0.0222, 10),
    "patchListingsItem": (5, 5),
    "createRestrictedDataToken": (1, 10),
}
"""Calls a second, and how many may come at once."""

_PATIENCE_S = 2.0
"""So long a call waits for its turn by itself; beyond, the order waits."""


@dataclass
class _Bucket:
    rate: float
    burst: float
    left: float
    looked_at: float


class Quotas:
    """What one worker may still call."""

    def __init__(self, partner: str, granted: Mapping[str, tuple[float, float]]) -> None:
        """Begin with full buckets; `granted` overrules the published plans."""
        self._partner = partner
        now = time.monotonic()
        plans = {**PLANS, **granted}
        self._buckets = {name: _Bucket(rate, burst, burst, now) for name, (rate, burst) in plans.items()}

    async def take(self, operation: str) -> None:
        """Take a call out of the bucket, after a short wait where that is enough.

        Raises:
            Unavailable: it would take longer; says how long.
        """
        bucket = self._buckets[operation]
        now = time.monotonic()
        bucket.left = min(bucket.burst, bucket.left + (now - bucket.looked_at) * bucket.rate) - 1
        bucket.looked_at = now
        wait_s = -bucket.left / bucket.rate
        if wait_s > _PATIENCE_S:
            bucket.left += 1
            raise Unavailable(self._partner, f"allows no {operation} for {wait_s:.0f} s", retry_after_s=wait_s)
        if wait_s > 0:
            await asyncio.sleep(wait_s)

    def heard(self, operation: str, rate: float) -> None:
        """Take note of the rate an answer named: this account's own."""
        self._buckets[operation].rate = rate

    def overdrawn(self, operation: str) -> float:
        """Empty the bucket, since Amazon counts more calls than we do; seconds until there is one again."""
        bucket = self._buckets[operation]
        bucket.left, bucket.looked_at = 0.0, time.monotonic()
        return 1 / bucket.rate


def rate_of(headers: Mapping[str, str]) -> float | None:
    """The rate an answer names in `x-amzn-RateLimit-Limit`, calls a second; none where it names none."""
    try:
        rate = float(headers.get("x-amzn-RateLimit-Limit", ""))
    except ValueError:
        return None
    return rate if rate > 0 else None
