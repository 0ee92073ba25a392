"""The Stripe API keeps the contract of payment providers, as Stripe World speaks it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import pytest

from activities.adapters.stripe.payments import StripePayments
from tests.contracts.payments.contract import PaymentsContract
from tests.contracts.payments.stripe_world import StripeBooks, settings, stripe_world

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with stripe_world(tmp_path_factory.mktemp("stripe-world")) as port:
        yield port


class TestStripePayments(PaymentsContract):
    strikes: ClassVar = {
        "authorise": ("POST", "/v1/payment_intents"),
        "capture": ("POST", "/capture"),
        "void": ("POST", "/cancel"),
        "refund": ("POST", "/v1/refunds"),
        "look up": ("GET", "/v1/payment_intents"),
    }

    def make(self, url: str, timeout_s: float) -> StripePayments:
        return StripePayments(settings(url, timeout_s))

    @pytest.fixture
    def books(self, world: int, request: pytest.FixtureRequest) -> StripeBooks:
        return StripeBooks.of_test(world, request.node.nodeid)
