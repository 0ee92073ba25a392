"""One sample order of the demonstration, and how far it has come."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ops.cli.client import Json
    from ops.samples.loading import Sample

ENDS = frozenset({"completed", "cancelled", "rejected"})
_HELD = "on_hold"
_PASSING = "partner_unavailable"
"""A hold that ends by itself once the partner is back: nobody has to decide anything."""


@dataclass
class Row:
    """One order. Amounts are minor units of `currency`."""

    sample: Sample
    channel: str
    external_id: str = ""
    order_id: str = ""
    headline: str = "received"
    holds: list[str] = field(default_factory=list)
    """Kinds of the open ones."""
    total: int = 0
    authorised: int = 0
    captured: int = 0
    refunded: int = 0
    currency: str = ""
    terms: str = ""
    """When it is paid: ``prepaid``, ``account``"""
    error: str = ""
    """Why it was not taken in."""
    handed_in_at: float = field(default_factory=time.monotonic)
    seconds: float | None = None
    """From handing in to its end or its hold."""

    @property
    def settled(self) -> bool:
        """Whether it is where it stays until somebody acts."""
        return self.seconds is not None

    def update(self, order: Json) -> None:
        """Take over what the API says of it."""
        self.headline = order["status"]
        self.holds = [hold["kind"] for hold in order["holds"] if hold["state"] == "open"]
        paid, total = order["payment"], order["total"]
        self.authorised, self.captured, self.refunded = paid["authorised"], paid["captured"], paid["refunded"]
        self.terms = paid["terms"]
        self.total, self.currency = total["amount"], total["currency"]
        if self.seconds is None and is_settled(self.headline, self.holds):
            self.seconds = time.monotonic() - self.handed_in_at


def is_settled(headline: str, holds: list[str]) -> bool:
    """Whether an order has ended, or waits for a person."""
    return headline in ENDS or (headline == _HELD and any(kind != _PASSING for kind in holds))
