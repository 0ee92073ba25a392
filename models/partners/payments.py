"""The payment provider: authorise, capture, void, refund. Tokens only; never a card number."""

from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Money
from models.order.document import Moment
from models.partners.asking import Ask


class AuthorisationRequest(Ask):
    """Set this much of the customer's money aside."""

    amount: Money
    token: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    """The channel's payment token; the sandbox declines ``tok_declined``."""
    customer_reference: Text | None = None


class Authorisation(StrictModel):
    """Money set aside."""

    reference: Text
    amount: Money
    expires_at: Moment | None = None


class Capture(Ask):
    """Take what one shipment is worth."""

    authorisation: Text
    amount: Money
    final: bool = False
    """Whether the rest of the authorisation may be let go."""


class Void(Ask):
    """Let an authorisation go. `key` is the authorisation's; `authorisation` its reference, if it is known."""

    authorisation: Text | None = None
    reason: Text


class Refund(Ask):
    """Give captured money back."""

    authorisation: Text
    amount: Money
    reason: Text
