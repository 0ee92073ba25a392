"""Where the money stands."""

from enum import StrEnum

from models.states.machine import Machine


class PaymentState(StrEnum):
    """What has happened to the customer's money, as far as we know."""

    PENDING = "pending"
    NOT_REQUIRED = "not_required"
    AUTHORISED = "authorised"
    DECLINED = "declined"
    PARTIALLY_CAPTURED = "partially_captured"
    CAPTURED = "captured"
    VOIDED = "voided"
    PARTIALLY_REFUNDED = "partially_refunded"
    REFUNDED = "refunded"


PAYMENT = Machine(
    "payment",
    PaymentState.PENDING,
    {
        PaymentState.PENDING: frozenset(
            {
                PaymentState.NOT_REQUIRED,
                PaymentState.AUTHORISED,
                PaymentState.DECLINED,
                PaymentState.CAPTURED,
                PaymentState.PARTIALLY_REFUNDED,
                PaymentState.REFUNDED,
                PaymentState.VOIDED,
            }
        ),
        PaymentState.NOT_REQUIRED: frozenset(),
        PaymentState.DECLINED: frozenset(
            {
                PaymentState.AUTHORISED,
                PaymentState.VOIDED,
                PaymentState.PARTIALLY_CAPTURED,
                PaymentState.CAPTURED,
                PaymentState.PARTIALLY_REFUNDED,
                PaymentState.REFUNDED,
            }
        ),
        # An authorisation that has run out is asked for again, and may be declined then.
        PaymentState.AUTHORISED: frozenset(
            {
                PaymentState.PARTIALLY_CAPTURED,
                PaymentState.CAPTURED,
                PaymentState.VOIDED,
                PaymentState.DECLINED,
                PaymentState.PARTIALLY_REFUNDED,
                PaymentState.REFUNDED,
            }
        ),
        PaymentState.PARTIALLY_CAPTURED: frozenset(
            {PaymentState.CAPTURED, PaymentState.DECLINED, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED}
        ),
        # More may be ordered after the last capture.
        PaymentState.CAPTURED: frozenset(
            {PaymentState.PARTIALLY_CAPTURED, PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED}
        ),
        # What the channel holds goes back after our own authorisation was voided.
        PaymentState.VOIDED: frozenset({PaymentState.PARTIALLY_REFUNDED, PaymentState.REFUNDED}),
        PaymentState.PARTIALLY_REFUNDED: frozenset({PaymentState.REFUNDED}),
        PaymentState.REFUNDED: frozenset(),
    },
)
