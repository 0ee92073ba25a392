"""What is asked of a payment provider, each under a key of its own."""

from __future__ import annotations

import secrets
from itertools import count

from models.money import Money
from models.partners.payments import AuthorisationRequest, Capture, Refund, Void

_numbers = count(1)
_RUN = secrets.token_hex(3)


def new_order() -> str:
    """An order nobody has heard of, in any run of the tests."""
    return f"order:b2b:{_RUN}-{next(_numbers)}"


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def authorisation(order: str, token: str, amount: Money | None = None, key: str = "") -> AuthorisationRequest:
    return AuthorisationRequest(
        key=key or f"{order}/authorise",
        order_id=order,
        amount=eur(10_000) if amount is None else amount,
        token=token,
        customer_reference="C-4711 ŌTANI 王小明 🚀",
    )


def capture(order: str, reference: str, amount: Money, part: str = "1", *, final: bool = False) -> Capture:
    return Capture(key=f"{order}/capture/{part}", order_id=order, authorisation=reference, amount=amount, final=final)


def void(order: str, reference: str | None, key: str = "") -> Void:
    return Void(
        key=key or f"{order}/authorise", order_id=order, authorisation=reference, reason="the order was cancelled"
    )


def refund(order: str, reference: str, amount: Money, part: str = "1", reason: str = "it came back") -> Refund:
    return Refund(key=f"{order}/refund/{part}", order_id=order, authorisation=reference, amount=amount, reason=reason)
