"""What every request to a partner carries, and what every answer that did something carries."""

from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.ids import OrderId


class Ask(StrictModel):
    """A request for one outward effect."""

    key: Annotated[str, Field(min_length=1, max_length=250)]
    """The idempotency key, the same at every attempt, and the reference by which the effect is looked up."""
    order_id: OrderId


class Done(StrictModel):
    """The partner did it, or had done it already under the same key."""

    reference: Text
    """The partner's own id for what it did."""


class Undo(Ask):
    """A request to take an effect back. `key` is the key of the effect, not of the undoing."""

    reason: Text


class Undone(StrictModel):
    """How an undo ended."""

    happened: bool
    """False where the effect had never taken place, so that there was nothing to undo."""
