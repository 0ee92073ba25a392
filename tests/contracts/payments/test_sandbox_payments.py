"""The sandbox keeps the contract of payment providers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import httpx
import pytest

from activities.adapters.sandbox.payments import SandboxPayments
from models.money import Money
from models.settings import PartnerSettings
from tests.contracts.payments.books import Paid, Tokens
from tests.contracts.payments.contract import PaymentsContract
from tests.promises.partners.sandbox import SandboxProcess

pytestmark = pytest.mark.slow


class SandboxBooks:
    tokens = Tokens("tok_visa", "tok_declined", "tok_insufficient")

    def __init__(self, url: str) -> None:
        self.url = url

    async def paid(self, order: str) -> list[Paid]:
        async with httpx.AsyncClient(base_url=self.url, trust_env=False) as client:
            log = (await client.get("/money", params={"order_id": order})).json()["money"]
        return [
            Paid(
                one["reference"],
                *(Money(amount=one[name], currency=one["currency"]) for name in ("authorised", "captured", "refunded")),
                refunds=one["refunds"],
                capturable=not one["closed"] and one["captured"] < one["authorised"],
            )
            for one in log
        ]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxBooks]:
    process = SandboxProcess("payment", tmp_path_factory.mktemp("sandbox"))
    process.start()
    process.ready()
    yield SandboxBooks(process.url)
    process.stop()


class TestSandboxPayments(PaymentsContract):
    strikes: ClassVar = {
        "authorise": ("POST", "/authorisations"),
        "capture": ("POST", "/captures"),
        "void": ("POST", "/authorisations/void"),
        "refund": ("POST", "/refunds"),
        "look up": ("GET", "/effects"),
    }

    def make(self, url: str, timeout_s: float) -> SandboxPayments:
        return SandboxPayments(PartnerSettings(url=url, timeout_s=timeout_s))
