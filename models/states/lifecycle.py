"""The order's own life. Holds, payment, fulfilment and shipments have machines of their own."""

from enum import StrEnum

from models.states.machine import Machine


class Lifecycle(StrEnum):
    """Where the order stands as a whole."""

    RECEIVED = "received"
    VALIDATING = "validating"
    ACCEPTED = "accepted"
    IN_FULFILMENT = "in_fulfilment"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REJECTED = "rejected"


LIFECYCLE = Machine(
    "order",
    Lifecycle.RECEIVED,
    {
        Lifecycle.RECEIVED: frozenset({Lifecycle.VALIDATING, Lifecycle.CANCELLED, Lifecycle.REJECTED}),
        Lifecycle.VALIDATING: frozenset({Lifecycle.ACCEPTED, Lifecycle.CANCELLED, Lifecycle.REJECTED}),
        Lifecycle.ACCEPTED: frozenset({Lifecycle.IN_FULFILMENT, Lifecycle.COMPLETED, Lifecycle.CANCELLED}),
        Lifecycle.IN_FULFILMENT: frozenset({Lifecycle.COMPLETED, Lifecycle.CANCELLED}),
        Lifecycle.COMPLETED: frozenset(),
        Lifecycle.CANCELLED: frozenset(),
        Lifecycle.REJECTED: frozenset(),
    },
)
