"""Notices to the customer and to the channel, sent by the notification service."""

from enum import StrEnum

from models.base import StrictModel, Text
from models.money import Money
from models.partners.asking import Ask


class Audience(StrEnum):
    """Who is told."""

    CUSTOMER = "customer"
    CHANNEL = "channel"


class NoticeKind(StrEnum):
    """What they are told."""

    ORDER_CONFIRMED = "order_confirmed"
    ORDER_SHIPPED = "order_shipped"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_COMPLETED = "order_completed"


class Parcel(StrictModel):
    """What the customer can follow."""

    carrier: Text
    tracking_number: Text


class Notice(Ask):
    """Tell somebody something, once."""

    kind: NoticeKind
    audience: Audience
    channel: Text
    external_id: Text
    email: Text | None = None
    """For the customer; none where the channel keeps the customer to itself."""
    parcels: tuple[Parcel, ...] = ()
    refund_due: Money | None = None
    """What the channel is to give back of the money it holds."""
    reason: Text | None = None
