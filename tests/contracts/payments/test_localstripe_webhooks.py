"""Webhooks that another implementation of Stripe's API has signed and sent.

localstripe is here for its webhooks only. Our adapter cannot pay through it, for it does not do what Stripe does: it
knows no idempotency keys and no search, takes no metadata with a capture, refuses to list by date, books what was not
captured as a refund, and gives back more than was taken.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from pydantic import SecretStr

from activities.adapters.stripe.webhooks import StripeCallbacks
from models.partners.events import PaymentFailed
from ops.partners.localstripe.running import KEY, server
from ops.partners.program import running
from tests.contracts.payments.asks import authorisation, new_order
from tests.contracts.payments.stripe_world import PATIENT_S, settings
from tests.contracts.serving import Asked, Reply, serving
from tests.promises.partners.sandbox import free_port

pytestmark = pytest.mark.real

_SECRET = "whsec_local"
_DECLINED = "4000000000000341"
_WEBHOOKS = 2


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder: Path = tmp_path_factory.mktemp("localstripe")
    port = free_port()
    with running([server(port, folder)], folder / "logs"):
        yield f"http://127.0.0.1:{port}"


def callbacks(secret: str) -> StripeCallbacks:
    return StripeCallbacks(settings("http://x").model_copy(update={"callback_secret": SecretStr(secret)}))


async def pay(address: str, card: str, metadata: dict[str, str]) -> str:
    """Try a payment; answers its number, or nothing where it was declined."""
    async with httpx.AsyncClient(
        base_url=address, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=PATIENT_S
    ) as client:
        method = await client.post(
            "/v1/payment_methods",
            data={
                "type": "card",
                "card[number]": card,
                "card[exp_month]": "12",
                "card[exp_year]": "2035",
                "card[cvc]": "123",
            },
        )
        asked = {"amount": "1999", "currency": "eur", "payment_method": method.json()["id"], "confirm": "true"}
        paid = await client.post(
            "/v1/payment_intents", data=asked | {f"metadata[{name}]": value for name, value in metadata.items()}
        )
        return str(paid.json().get("id", ""))


async def test_a_webhook_of_another_implementation_is_verified_and_read(address: str) -> None:
    order = new_order()
    marks = {
        "orderloom_order": order,
        "orderloom_key": authorisation(order, "x").key,
        "orderloom_authentication": "asked",
    }
    ours, others = callbacks(f"whsec_old {_SECRET}"), callbacks("whsec_other")
    came: list[Asked] = []

    def take(asked: Asked) -> Reply:
        came.append(asked)
        return Reply(200)

    async with serving(take) as url, httpx.AsyncClient(base_url=address, trust_env=False, timeout=PATIENT_S) as client:
        await client.post("/_config/webhooks/ours", json={"url": url, "secret": _SECRET})
        await pay(address, _DECLINED, marks)
        await pay(address, "4242424242424242", {})
        # It sends them by and by, in no order.
        async with asyncio.timeout(PATIENT_S):
            while len(came) < _WEBHOOKS or not any(ours.read(asked.body) for asked in came):
                await asyncio.sleep(0.05)

    assert all(ours.verify(asked.body, asked.headers) for asked in came)
    assert not any(others.verify(asked.body, asked.headers) for asked in came)
    assert not any(ours.verify(asked.body + b" ", asked.headers) for asked in came)
    (event,) = [event for asked in came for event in ours.read(asked.body)]
    assert isinstance(event, PaymentFailed)
    assert (event.order_id, event.key) == (order, marks["orderloom_key"])
    assert event.code == "card_declined"
