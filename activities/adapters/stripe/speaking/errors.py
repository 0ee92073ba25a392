"""What Stripe's own errors say to our closed set (https://docs.stripe.com/api/errors, https://docs.stripe.com/error-codes).

what Stripe says                                  becomes        what it means for an effect
card_error                                        Refused        declined; the code is the bank's reason if any
idempotency_error                                 Uncertain      the key was used for something else
idempotency_key_in_use                            LostReply      the first request is still being worked on
401, 403, 404 for the address                     Unavailable    our configuration is wrong: orders wait, visibly
another invalid_request_error                     Refused        a business answer, with its code
another answer without a reason                   Uncertain      nobody knows what was meant
"""

from __future__ import annotations

from http import HTTPStatus

import stripe

from activities.adapters.http import LostReply
from models.errors import PartnerError, Refused, Unavailable, Uncertain

PARTNER = "payment"
IN_USE = "idempotency_key_in_use"
MISSING = "resource_missing"
"""The code of an object that is not there."""
DISPUTED = "charge_disputed"
_GENERIC = {"", "generic_decline", "do_not_honor"}
"""Reasons by which a bank says no more than that the card was declined."""
_MISCONFIGURED = {
    HTTPStatus.UNAUTHORIZED,
    HTTPStatus.FORBIDDEN,
    HTTPStatus.NOT_FOUND,
    HTTPStatus.METHOD_NOT_ALLOWED,
}
_TELLING = 300
_CODES = {
    "amount_too_large": "beyond_authorised",
    "charge_already_refunded": "beyond_captured",
    "payment_intent_unexpected_state": "authorisation_closed",
    "charge_expired_for_capture": "authorisation_expired",
}
"""Stripe's codes that have a name of ours, the same at every provider."""


def translated(error: stripe.StripeError) -> PartnerError:
    """Say in our words what one of the SDK's errors means."""
    code = error.code or _text(error, "code")
    if isinstance(error, stripe.CardError):
        return declined(code, _text(error, "decline_code"), _words(error))
    if code == IN_USE:
        return LostReply(PARTNER, "is still working on it")
    return _no_answer(error, code) or Refused(
        PARTNER, _words(error) or code, code=_CODES.get(code, code or "invalid_request")
    )


def _no_answer(error: stripe.StripeError, code: str) -> PartnerError | None:
    """What is neither a decline nor another business answer; none: it is one."""
    status, said = error.http_status or 0, _words(error)
    if isinstance(error, stripe.IdempotencyError) or status == HTTPStatus.CONFLICT:
        return Uncertain(PARTNER, f"has something else under this key: {said or status}", code=code)
    if isinstance(error, stripe.RateLimitError):
        return Unavailable(PARTNER, "asks us to slow down")
    if status in _MISCONFIGURED and code != MISSING:
        return Unavailable(PARTNER, f"does not take our requests ({status}): check its address and key: {said}")
    return Uncertain(PARTNER, f"answered {status} without a reason") if error.error is None else None


def declined(code: str, decline_code: str, said: str) -> Refused:
    """A decline: by the bank's reason where it gives one, and else by Stripe's code."""
    return Refused(PARTNER, said or "the card was declined", code=reason_of(code, decline_code))


def reason_of(code: str, decline_code: str) -> str:
    """Name why a card was declined."""
    return (code if decline_code in _GENERIC else decline_code) or "card_declined"


def _words(error: stripe.StripeError) -> str:
    return (error.user_message or "")[:_TELLING]


def _text(error: stripe.StripeError, field: str) -> str:
    value = getattr(error.error, field, None)
    return value if isinstance(value, str) else ""
