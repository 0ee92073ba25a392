"""Where the warehouse stands with what we released to it, and where a parcel is."""

from enum import StrEnum

from models.states.machine import Machine


class FulfilmentState(StrEnum):
    """Where the warehouse stands."""

    OPEN = "open"
    RELEASED = "released"
    ACKNOWLEDGED = "acknowledged"
    SHORT = "short"
    INCOMPLETE = "incomplete"
    """Some of it has been shipped."""
    READY_FOR_PICKUP = "ready_for_pickup"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    CANCELLATION_REQUESTED = "cancellation_requested"
    CANCELLED = "cancelled"


_ANSWERS = frozenset(
    {
        FulfilmentState.SHORT,
        FulfilmentState.READY_FOR_PICKUP,
        FulfilmentState.INCOMPLETE,
        FulfilmentState.SHIPPED,
        FulfilmentState.REJECTED,
        # All else has arrived, and what was asked for last is recalled.
        FulfilmentState.DELIVERED,
        FulfilmentState.CANCELLATION_REQUESTED,
    }
)

FULFILMENT = Machine(
    "fulfilment",
    FulfilmentState.OPEN,
    {
        FulfilmentState.OPEN: frozenset({FulfilmentState.RELEASED, FulfilmentState.CANCELLED}),
        FulfilmentState.RELEASED: _ANSWERS | {FulfilmentState.ACKNOWLEDGED},
        # What waited for stock is released after the first release was acknowledged.
        FulfilmentState.ACKNOWLEDGED: _ANSWERS | {FulfilmentState.RELEASED},
        # One warehouse's short pick or refusal does not stop another's parcel, nor what has left before.
        FulfilmentState.SHORT: frozenset(
            {
                FulfilmentState.RELEASED,
                FulfilmentState.READY_FOR_PICKUP,
                FulfilmentState.REJECTED,
                FulfilmentState.INCOMPLETE,
                FulfilmentState.SHIPPED,
                FulfilmentState.DELIVERED,
                FulfilmentState.CANCELLATION_REQUESTED,
                FulfilmentState.CANCELLED,
            }
        ),
        FulfilmentState.READY_FOR_PICKUP: _ANSWERS | {FulfilmentState.RELEASED},
        FulfilmentState.INCOMPLETE: frozenset(
            {
                FulfilmentState.READY_FOR_PICKUP,
                FulfilmentState.SHORT,
                FulfilmentState.REJECTED,
                FulfilmentState.RELEASED,
                FulfilmentState.SHIPPED,
                FulfilmentState.DELIVERED,
            }
        ),
        # What was lost on its way is sent once more.
        FulfilmentState.SHIPPED: frozenset({FulfilmentState.DELIVERED, FulfilmentState.INCOMPLETE}),
        FulfilmentState.REJECTED: frozenset(
            {
                FulfilmentState.RELEASED,
                FulfilmentState.READY_FOR_PICKUP,
                FulfilmentState.SHORT,
                FulfilmentState.INCOMPLETE,
                FulfilmentState.SHIPPED,
                FulfilmentState.DELIVERED,
                FulfilmentState.CANCELLATION_REQUESTED,
                FulfilmentState.CANCELLED,
            }
        ),
        FulfilmentState.CANCELLATION_REQUESTED: frozenset(
            {
                FulfilmentState.CANCELLED,
                FulfilmentState.RELEASED,
                FulfilmentState.INCOMPLETE,
                FulfilmentState.SHIPPED,
            }
        ),
        FulfilmentState.DELIVERED: frozenset(),
        FulfilmentState.CANCELLED: frozenset(),
    },
)


class ShipmentState(StrEnum):
    """Where a parcel is."""

    LABEL_CREATED = "label_created"
    DISPATCHED = "dispatched"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    FAILED_ATTEMPT = "failed_attempt"
    EXCEPTION = "exception"
    DELIVERED = "delivered"
    RETURNED_TO_SENDER = "returned_to_sender"
    LOST = "lost"
    CANCELLED = "cancelled"


_ON_THE_WAY = frozenset(
    {
        ShipmentState.IN_TRANSIT,
        ShipmentState.OUT_FOR_DELIVERY,
        ShipmentState.FAILED_ATTEMPT,
        ShipmentState.EXCEPTION,
        ShipmentState.DELIVERED,
        ShipmentState.RETURNED_TO_SENDER,
        ShipmentState.LOST,
    }
)

SHIPMENT = Machine(
    "shipment",
    ShipmentState.LABEL_CREATED,
    {
        ShipmentState.LABEL_CREATED: frozenset({ShipmentState.DISPATCHED, ShipmentState.CANCELLED}) | _ON_THE_WAY,
        ShipmentState.DISPATCHED: _ON_THE_WAY,
        ShipmentState.IN_TRANSIT: _ON_THE_WAY,
        ShipmentState.OUT_FOR_DELIVERY: _ON_THE_WAY,
        ShipmentState.FAILED_ATTEMPT: _ON_THE_WAY,
        ShipmentState.EXCEPTION: _ON_THE_WAY,
        # A carrier may find a parcel it gave up; it never takes a delivery back, but what went back can go on.
        ShipmentState.LOST: _ON_THE_WAY,
        ShipmentState.DELIVERED: frozenset(),
        ShipmentState.RETURNED_TO_SENDER: frozenset(),
        ShipmentState.CANCELLED: frozenset(),
    },
)
