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


class Authentication(StrictModel):
    """The customer has to prove to the bank that it is him, before anything is set aside (3-D Secure)."""

    url: Text | None = None
    """Where he can; none: where he paid."""


class Authorisation(StrictModel):
    """Money set aside."""

    reference: Text
    amount: Money
    expires_at: Moment | None = None
    captures_once: bool = False
    """Whether the first capture ends it: the provider lets go of what is left."""
    authentication: Authentication | None = None
    """Set: nothing is set aside yet; asked for again under the same key, it is once the customer has done his part."""


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
