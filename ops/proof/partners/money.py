"""What the payment API's own books say was taken and given back, beside ours; by currency, in minor units."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import httpx

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.cli.client import Api, Json

Taken = tuple[Counter[str], Counter[str]]
"""Taken, and given back."""
_PAGE = 100
_PROVIDER = "provider"


def taken_by_us(api: Api, order_ids: Iterable[str]) -> Taken:
    """Read from our double entry what the provider took for these orders, and gave back."""
    captured: Counter[str] = Counter()
    refunded: Counter[str] = Counter()
    for order_id in order_ids:
        for entry in api.postings(order_id)["entries"]:
            for posting in entry["postings"]:
                amount = posting["amount"]
                if posting["account"] == _PROVIDER and entry["kind"] == "captured":
                    captured[amount["currency"]] += amount["amount"]
                elif posting["account"] == _PROVIDER and entry["kind"] == "refunded":
                    refunded[amount["currency"]] -= amount["amount"]
    return captured, refunded


def taken_at_stripe(url: str, key: str) -> Taken:
    """Read from a Stripe API, past our adapter, what its account took and gave back.

    Currencies with other decimals there than in ISO 4217 do not occur in the samples.
    """
    captured: Counter[str] = Counter()
    refunded: Counter[str] = Counter()
    with httpx.Client(base_url=url, auth=(key, ""), timeout=30, trust_env=False) as http:
        for payment in _all(http, "payment_intents"):
            captured[payment["currency"].upper()] += payment["amount_received"]
        for refund in _all(http, "refunds"):
            refunded[refund["currency"].upper()] += refund["amount"] if refund["status"] == "succeeded" else 0
    return captured, refunded


def money_differences(ours: Taken, theirs: Taken) -> list[str]:
    """Answer a sentence for each sum that differs."""
    return [
        f"{what} in {currency}: ours are {mine[currency]}, the payment API's {there[currency]}"
        for what, mine, there in zip(("captures", "refunds"), ours, theirs, strict=True)
        for currency in sorted(mine.keys() | there.keys())
        if mine[currency] != there[currency]
    ]


def _all(http: httpx.Client, what: str) -> Iterator[Json]:
    after: dict[str, str] = {}
    while True:
        page = http.get(f"/v1/{what}", params={"limit": str(_PAGE), **after}).raise_for_status().json()
        yield from page["data"]
        if not page["has_more"]:
            return
        after = {"starting_after": page["data"][-1]["id"]}
