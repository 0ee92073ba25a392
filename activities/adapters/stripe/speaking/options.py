"""What Stripe's adapter wants to know beside address and key: ``ORDERLOOM_PAYMENT__OPTIONS``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field, ValidationError

from models.base import StrictModel

if TYPE_CHECKING:
    from models.settings import PartnerSettings

SETTING = "ORDERLOOM_PAYMENT__OPTIONS"


class StripeOptions(StrictModel):
    """The options, as a JSON document."""

    tokens: Annotated[dict[str, str], Field(default_factory=dict)]
    """What a channel's token stands for at Stripe: a payment method (``pm_...``) or a card token (``tok_...``)."""
    test_token: str | None = None
    """For trying things out only: what every token stands for that is not named in `tokens`, none included."""
    multicapture: bool = False
    """Whether the account may capture a card payment several times; else the rest is authorised anew after each."""
    search: bool = True
    """Whether the account has Stripe's search (in India it has not); else recent payments are looked through."""
    tolerance_s: Annotated[int, Field(ge=1, le=3600)] = 300
    """How old a webhook's signature may be."""


def options_of(settings: PartnerSettings) -> StripeOptions:
    """Read the options.

    Raises:
        ValueError: one is wrong, or there is no such option; names the setting.
    """
    try:
        return StripeOptions.model_validate(settings.options)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{SETTING}: {where}: {first['msg']}") from error
