"""Stripe World for a module's tests, and its books."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from activities.adapters.stripe.speaking.amounts import from_stripe
from models.settings import PartnerSettings
from ops.partners.program import running
from ops.partners.stripe_world.interpreter import MISSING, python313
from ops.partners.stripe_world.part import KEY, account_url, server
from tests.contracts.payments.books import Paid, Tokens
from tests.promises.partners.sandbox import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


NOT_PROVED = {
    "several captures of one authorisation": "Stripe World has no multicapture, and localstripe takes a second capture "
    "for a success; what we send for it is checked in test_stripe_words.py",
    "webhooks of Stripe World": "it sends none: our relay signs its events; localstripe signs and sends its own",
    "a search that lags": "both find at once: the tests blind the search, as Stripe's may be for a minute",
    "a key that is forgotten after a day": "Stripe World keeps keys for ever: the tests forbid to ask again",
    "an authorisation that runs out": "neither lets go after seven days by itself",
    "a refund that fails days later": "Stripe World settles every refund at once",
    "the redirect to a bank": "Stripe World cannot say where the customer has to go, and no bank is asked",
    "minimum amounts, throttling": "neither has them; what we do about a 429 is part of the contract",
}
"""What no server here does as Stripe does, and how far the tests go all the same."""


@contextmanager
def stripe_world(folder: Path) -> Iterator[int]:
    """Run it; yields its port. Where no Python can run it, the tests that need it are skipped, and say why."""
    if python313() is None:
        pytest.skip(MISSING)
    port = free_port()
    with running([server(port, folder)], folder / "logs"):
        yield port


PATIENT_S = 60.0
"""For every request: no test is about how fast the server answers."""


def settings(url: str, timeout_s: float = PATIENT_S, **options: Any) -> PartnerSettings:
    return PartnerSettings(kind="stripe", url=url, timeout_s=timeout_s, key=SecretStr(KEY), options=options)


class StripeBooks:
    tokens = Tokens("tok_visa", "tok_visa_chargeDeclined", "tok_visa_chargeDeclinedInsufficientFunds")

    def __init__(self, url: str) -> None:
        self.url = url

    @classmethod
    def of_test(cls, port: int, test: str) -> StripeBooks:
        """An account for each test."""
        return cls(account_url(port, f"test-{abs(hash(test))}"))

    async def list(self, kind: str, **query: str | int) -> list[dict[str, Any]]:
        headers = {"Authorization": f"Bearer {KEY}"}
        async with httpx.AsyncClient(base_url=self.url, headers=headers, trust_env=False, timeout=PATIENT_S) as client:
            answer = await client.get(f"/v1/{kind}", params={"limit": 100, **query})
        found: list[dict[str, Any]] = answer.json()["data"]
        return found

    async def paid(self, order: str) -> list[Paid]:
        intents = await self.list("payment_intents", **{"expand[]": "data.latest_charge"})
        mine = [one for one in intents if one["metadata"].get("orderloom_order") == order]
        return [await self._paid(one) for one in mine if (one["latest_charge"] or {}).get("status") == "succeeded"]

    async def _paid(self, intent: dict[str, Any]) -> Paid:
        def money(amount: int):
            return from_stripe(amount, intent["currency"])

        return Paid(
            intent["id"],
            money(intent["amount"]),
            money(intent["amount_received"]),
            money(intent["latest_charge"]["amount_refunded"]),
            len(await self.list("refunds", payment_intent=intent["id"])),
            capturable=intent["amount_capturable"] > 0 and intent["status"] == "requires_capture",
        )
