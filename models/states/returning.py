"""Where a return stands; what was given for it has amounts and holds of its own."""

from enum import StrEnum

from models.states.machine import Machine


class ReturnState(StrEnum):
    """Where the return stands as a whole."""

    REQUESTED = "requested"
    MANUAL_INTERVENTION = "manual_intervention"
    """A person decides."""
    AUTHORISED = "authorised"
    DECLINED = "declined"
    IN_TRANSIT = "in_transit"
    RECEIVED = "received"
    """Some of it, or all, is at the node."""
    INSPECTED = "inspected"
    ACCEPTED = "accepted"
    REJECTED = "rejected"
    DISPOSITIONED = "dispositioned"
    """The goods have gone where they belong."""
    REFUNDED = "refunded"
    REPLACED = "replaced"
    EXCHANGED = "exchanged"
    CREDITED = "credited"
    EXPIRED = "expired"
    """The goods never came."""
    CLOSED = "closed"


SETTLED = frozenset({ReturnState.REFUNDED, ReturnState.REPLACED, ReturnState.EXCHANGED, ReturnState.CREDITED})
"""Something was given for it."""
_COMES = frozenset({ReturnState.IN_TRANSIT, ReturnState.RECEIVED})
# A return comes in parts: what was given for one is followed by the next part, or by the end.
_NEXT_PART = _COMES | {ReturnState.INSPECTED, ReturnState.CLOSED}

RETURN = Machine(
    "return",
    ReturnState.REQUESTED,
    {
        ReturnState.REQUESTED: frozenset(
            {ReturnState.AUTHORISED, ReturnState.DECLINED, ReturnState.MANUAL_INTERVENTION, ReturnState.CLOSED}
        ),
        ReturnState.MANUAL_INTERVENTION: frozenset({ReturnState.AUTHORISED, ReturnState.DECLINED, ReturnState.CLOSED}),
        ReturnState.AUTHORISED: _COMES | {ReturnState.ACCEPTED, ReturnState.EXPIRED, ReturnState.CLOSED},
        ReturnState.IN_TRANSIT: _COMES | {ReturnState.ACCEPTED, ReturnState.EXPIRED, ReturnState.CLOSED},
        ReturnState.RECEIVED: frozenset({ReturnState.INSPECTED, ReturnState.CLOSED}),
        ReturnState.INSPECTED: frozenset({ReturnState.ACCEPTED, ReturnState.REJECTED}),
        ReturnState.ACCEPTED: frozenset({ReturnState.DISPOSITIONED}),
        ReturnState.REJECTED: frozenset({ReturnState.DISPOSITIONED}),
        ReturnState.DISPOSITIONED: SETTLED | _NEXT_PART,
        **dict.fromkeys(SETTLED, _NEXT_PART),
        ReturnState.DECLINED: frozenset(),
        ReturnState.EXPIRED: frozenset(),
        ReturnState.CLOSED: frozenset(),
    },
)
