"""What an order says, apart from how it was spelt: the same content has the same digest."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.order.order import Order


def content_digest(order: Order) -> str:
    """SHA-256 of the document without its provenance, in hexadecimal.

    Fields at their defaults are left out, so that a field added to the model later changes no digest.
    """
    content = order.model_dump(exclude={"provenance"}, exclude_defaults=True)
    text = json.dumps(content, sort_keys=True, separators=(",", ":"), default=_spelling)
    return hashlib.sha256(text.encode()).hexdigest()


def _spelling(value: object) -> str:
    """Spell one value in the one way there is: 0.190 as 0.19, 12:00+02:00 as 10:00Z."""
    match value:
        case Decimal():
            return f"{value.normalize():f}"
        case datetime():
            return value.astimezone(UTC).isoformat()
        case _:
            message = f"an order holds no {type(value).__name__}"
            raise TypeError(message)
