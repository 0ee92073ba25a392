"""Notices to the customer and to the channel, sent by the notification service."""

from enum import StrEnum

from models.base import StrictModel, Text
from models.money import Money
from models.order.document import Moment
from models.partners.asking import Ask


class Audience(StrEnum):
    """Who is told."""

    CUSTOMER = "customer"
    CHANNEL = "channel"


class NoticeKind(StrEnum):
    """What they are told."""

    ORDER_CONFIRMED = "order_confirmed"
    ORDER_BACKORDERED = "order_backordered"
    ORDER_DELAYED = "order_delayed"
    """What it waits for is expected later than was said."""
    PROMISE_CHANGED = "promise_changed"
    """It is expected on another day than was said."""
    QUESTION = "question"
    """The customer is asked what to do about what is short."""
    ORDER_CHANGED = "order_changed"
    """A change the customer, or somebody for him, wished is made."""
    NOT_DONE = "not_done"
    """What was cancelled or given back at the channel could not be done here as well; says why."""
    READY_FOR_PICKUP = "ready_for_pickup"
    PICKUP_REMINDER = "pickup_reminder"
    ORDER_SHIPPED = "order_shipped"
    ORDER_CANCELLED = "order_cancelled"
    ORDER_COMPLETED = "order_completed"
    RETURN_AUTHORISED = "return_authorised"
    RETURN_DECLINED = "return_declined"
    RETURN_RECEIVED = "return_received"
    RETURN_REJECTED = "return_rejected"
    """The goods came and nothing is given for them."""
    RETURN_EXPIRED = "return_expired"
    REFUND_SENT = "refund_sent"
    REFUND_DUE = "refund_due"
    """The channel, which holds the money, is to give it back."""
    STORE_CREDIT_GIVEN = "store_credit_given"
    REPLACEMENT_ORDERED = "replacement_ordered"


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
    expected_at: Moment | None = None
    """When it is expected now."""
    deliver_from: Moment | None = None
    deliver_by: Moment | None = None
    """Between which moments the last of it is to be there."""
    answer_by: Moment | None = None
    reason: Text | None = None
