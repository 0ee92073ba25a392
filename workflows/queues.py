"""Which partner is asked on which task queue: one each, so that one partner's trouble is nobody else's."""

from dataclasses import dataclass
from enum import StrEnum

ORDERS = "orders"
"""Workflows, and local activities on our own store."""

BATCHES = "batches"
"""Files of orders: a part of one takes longer than a local activity may, and keeps no order waiting."""


class Partner(StrEnum):
    """A partner, by the name of its task queue."""

    ERP = "erp"
    WMS = "wms"
    PAYMENT = "payment"
    CARRIER = "carrier"
    NOTIFICATION = "notification"

    @property
    def called(self) -> str:
        """As a person calls it."""
        return _TITLES[self]


_TITLES = {
    Partner.ERP: "the ERP",
    Partner.WMS: "the warehouse",
    Partner.PAYMENT: "the payment provider",
    Partner.CARRIER: "the carrier",
    Partner.NOTIFICATION: "the notification service",
}


def channel_queue(channel: str) -> str:
    """The task queue on which a channel is asked and told: its quota holds for all workers together."""
    return f"channel-{channel}"


@dataclass(frozen=True)
class Shop:
    """A channel as a partner that is asked, as `Partner` is."""

    channel: str

    @property
    def value(self) -> str:
        """Its task queue."""
        return channel_queue(self.channel)

    @property
    def called(self) -> str:
        """As a person calls it."""
        return f"the channel {self.channel}"
