"""One Stripe account, spoken to through Stripe's SDK; what it answers is read strictly."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import stripe
from pydantic import BaseModel, ValidationError

from activities.adapters.http import Nonsense
from activities.adapters.stripe.speaking.errors import PARTNER, translated
from activities.adapters.stripe.speaking.options import options_of
from activities.adapters.stripe.speaking.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from models.settings import PartnerSettings

Answer = TypeVar("Answer", bound=BaseModel)


class Account:
    """The way to it; every request is sent once, since repeating is for us to decide."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the account whose key the settings hold; nothing is connected yet.

        Raises:
            ValueError: there is no key, or an option is wrong; names the setting.
        """
        key = settings.key.get_secret_value()
        if not key:
            raise ValueError("ORDERLOOM_PAYMENT__KEY is missing: Stripe lets nobody in without one")
        self.options = options_of(settings)
        self._transport = Transport(PARTNER, settings.timeout_s)
        client = stripe.StripeClient(
            key,
            base_addresses={"api": settings.url.rstrip("/")},
            max_network_retries=0,
            http_client=self._transport,
        )
        self.api = client.v1
        """The SDK's services; what they answer goes through `answer`."""

    async def answer(self, model: type[Answer], call: Awaitable[stripe.StripeObject]) -> Answer:
        """Wait for an answer and read it.

        Raises:
            PartnerError: Stripe says otherwise, nothing, or what cannot be read.
        """
        try:
            said = await call
        except stripe.StripeError as error:
            raise translated(error) from error
        try:
            return model.model_validate(said.to_dict())
        except ValidationError as error:
            first = error.errors()[0]
            where = "/".join(str(part) for part in first["loc"])
            raise Nonsense(PARTNER, f"answered what cannot be read: {where}: {first['msg']}") from error

    async def close(self) -> None:
        """Close every connection."""
        await self._transport.close_async()
