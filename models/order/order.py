"""An accepted document and where it came from."""

from __future__ import annotations

import hashlib
from typing import Annotated

from pydantic import StringConstraints

from models.base import StrictModel, Text
from models.ids import order_id
from models.order.document import OrderDocument

Digest = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
"""SHA-256, in hexadecimal."""


class Provenance(StrictModel):
    """Where an order came from, and the proof of what was sent."""

    format: Text
    """The channel's document format as we read it: ``shopify/orders``, ``amazon/orders-v0``, ``orderloom/1``."""
    payload_digest: Digest
    """Of the bytes as they came in."""


class Order(OrderDocument):
    """One order in our hands."""

    provenance: Provenance

    @classmethod
    def accepted(cls, document: OrderDocument, provenance: Provenance) -> Order:
        """Take a document in."""
        return cls.model_construct(**dict(document), provenance=provenance)

    @property
    def id(self) -> str:
        """``order:{channel}:{external id}``."""
        return order_id(self.channel, self.external_id)

    @property
    def cancelled_before(self) -> bool:
        """Whether the channel cancelled it, or gave all the money back, before it reached us."""
        return self.cancelled_at is not None or (bool(self.total) and self.payment.refunded == self.total)

    @property
    def nothing_to_deliver(self) -> bool:
        """Whether the channel cancelled or finished all of it before it reached us."""
        return self.cancelled_before or all(line.open_quantity == 0 for line in self.lines)


def digest(body: bytes) -> str:
    """SHA-256 of what came in, in hexadecimal."""
    return hashlib.sha256(body).hexdigest()
