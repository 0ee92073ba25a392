"""How our effects are marked at Stripe, so that each is found again by its key, and how keys are spelt there."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from models.partners.asking import Ask

KEY: Final = "orderloom_key"
ORDER: Final = "orderloom_order"
EFFECT: Final = "orderloom_effect"
"""A digest of the key: it can be searched for whatever characters the key has."""
AUTHENTICATION: Final = "orderloom_authentication"
"""On a payment that waits for its customer: only of those we are told what becomes of them."""
_CAPTURE: Final = "orderloom_capture_"
_SAID_MAX: Final = 500


def marks(ask: Ask) -> dict[str, str]:
    """The metadata of what is done for a request."""
    return {KEY: ask.key, ORDER: ask.order_id, EFFECT: digest(ask.key)}


def capture_mark(key: str) -> str:
    """The name of the metadata entry that says which capture was done under a key."""
    return f"{_CAPTURE}{digest(key)[:16]}"


def captured(metadata: dict[str, str]) -> dict[str, int]:
    """What was captured of a payment, by the keys it was asked for under."""
    found: dict[str, int] = {}
    for name, value in metadata.items():
        amount, _, key = value.partition(" ")
        if name.startswith(_CAPTURE) and amount.isdecimal():
            found[key] = int(amount)
    return found


def capture_number(charge: str, key: str) -> str:
    """Number a capture: Stripe has a number only for the charge, of which there may be several."""
    return f"{charge}-{digest(key)[:8]}" if key else charge


def idempotency_key(key: str, step: str = "") -> str:
    """Spell a key as Stripe takes it, at most 255 plain characters; a step is part of an effect."""
    return f"orderloom-{digest(key)}{step and '-'}{step}"


def digest(key: str) -> str:
    """A short name for a key: hexadecimal, 40 characters."""
    return sha256(key.encode()).hexdigest()[:40]


def shortened(words: str) -> str:
    """Cut words to what a metadata entry may hold."""
    return words[:_SAID_MAX]
