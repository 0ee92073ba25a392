"""The sandbox channels keep every promise of a channel."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import count
from typing import ClassVar

import httpx
import pytest

from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.sandbox.shop import SandboxShop
from models.money import Money
from models.order.document import OrderDocument
from models.settings import PartnerSettings
from tests.contracts.channel import ChannelContract
from tests.contracts.channels.books import BookedParcel, BookedRefund, Placed, Wanted
from tests.promises.partners.sandbox import SandboxProcess

_NUMBERS = count(1)
_DIALS = {"takes_unknown": False, "unlisted": ["NOBODY-LISTS-THIS"]}
_WAIT_S = 3


class SandboxBooks:
    """The sandbox's memory, looked into directly."""

    articles = ("MUG", "LAMP", "SET")

    def __init__(self, url: str, channel: str) -> None:
        self.url = url
        self.channel = channel
        self._client = httpx.AsyncClient(base_url=url, trust_env=False)

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron") -> Placed:
        placed = Placed(
            external_id=f"{next(_NUMBERS):05}",
            lines=tuple(f"L{place}" for place, _ in enumerate(wanted, start=1)),
            wanted=wanted,
            currency=currency,
        )
        await self._put(placed, _document(self.channel, placed, buyer))
        return placed

    async def together(self, count: int) -> list[Placed]:
        return [await self.place(Wanted(self.articles[0])) for _ in range(count)]

    async def touch(self, placed: Placed) -> None:
        await self._put(placed, await self._document(placed) | {"note": "please ring"})

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        document = await self._document(placed)
        if not quantities:
            document["cancelled_at"] = "2026-11-21T12:00:00Z"
        for line, quantity in zip(document["lines"], quantities, strict=False):
            line["cancelled"] = line.get("cancelled", 0) + quantity
        await self._put(placed, document)

    async def give_back(self, placed: Placed, amount: int) -> None:
        document = await self._document(placed)
        document["payment"]["refunded"] = {"amount": amount, "currency": placed.currency}
        await self._put(placed, document)

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        return [BookedParcel(**parcel) for parcel in (await self._order(placed))["parcels"]]

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        return {line["id"]: line["cancelled"] for line in (await self._document(placed))["lines"] if line["cancelled"]}

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        return [
            BookedRefund(Money(amount=one["amount"], currency=one["currency"]), moved=one["moved"])
            for one in (await self._order(placed))["refunds"]
        ]

    async def stock(self) -> dict[str, int]:
        shown = (await self._client.get(f"/channels/{self.channel}/stock")).json()["stock"]
        return {sku: offer["quantity"] for sku, offer in shown.items()}

    async def listed(self, sku: str) -> str:
        return sku

    async def throttle(self) -> float:
        await self.dial(fail_next=["throttle_429"], retry_after_s=_WAIT_S)
        return _WAIT_S

    async def dial(self, **dials: object) -> None:
        """Set the dials; what is not named is as the suite wants it."""
        (await self._client.put("/dials", json=_DIALS | dials)).raise_for_status()

    def read(self, payload: bytes) -> OrderDocument:
        (reading,) = CanonicalOrders(self.channel).read(payload)
        assert reading.document is not None, reading.error
        return reading.document

    async def close(self) -> None:
        await self._client.aclose()

    async def _order(self, placed: Placed) -> dict:
        answer = await self._client.get(f"/channels/{self.channel}/orders/{placed.external_id}")
        return answer.raise_for_status().json()

    async def _document(self, placed: Placed) -> dict:
        return json.loads((await self._order(placed))["payload"])

    async def _put(self, placed: Placed, document: dict) -> None:
        path = f"/channels/{self.channel}/orders/{placed.external_id}"
        (await self._client.put(path, json=document)).raise_for_status()


def _document(channel: str, placed: Placed, buyer: str) -> dict:
    def money(amount: int) -> dict:
        return {"amount": amount, "currency": placed.currency}

    return {
        "channel": channel,
        "external_id": placed.external_id,
        "placed_at": "2026-11-21T08:00:00Z",
        "currency": placed.currency,
        "shipping_address": {"name": buyer, "lines": ["Hauptstr. 1"], "city": "Berlin", "country": "DE"},
        "lines": [
            {
                "id": line,
                "sku": wanted.sku,
                "quantity": wanted.quantity,
                "cancelled": 0,
                "subtotal": money(wanted.quantity * wanted.price),
                "total": money(wanted.quantity * wanted.price),
            }
            for line, wanted in zip(placed.lines, placed.wanted, strict=True)
        ],
        "payment": {"terms": "prepaid"},
        "total": money(placed.total.amount),
    }


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    process = SandboxProcess("channels", tmp_path_factory.mktemp("channels"), "--dials", json.dumps(_DIALS))
    process.start()
    process.ready()
    yield process
    process.stop()


class TestSandboxChannel(ChannelContract):
    """A shop of the sandbox."""

    strikes: ClassVar = {
        "fulfilment": ("POST", "/fulfilments", ""),
        "cancellation": ("POST", "/cancellations", ""),
        "part": ("POST", "/cancellations", ""),
        "refund": ("POST", "/refunds", ""),
        "offers": ("POST", "/stock", ""),
        "orders": ("GET", "/orders", ""),
    }
    channel = ""

    @pytest.fixture
    async def books(self, sandbox: SandboxProcess):
        self.channel = f"shop{next(_NUMBERS)}"
        books = SandboxBooks(sandbox.url, self.channel)
        await books.dial()
        yield books
        await books.close()

    def make(self, url: str, timeout_s: float) -> SandboxShop:
        return SandboxShop(self.channel, PartnerSettings(url=url, timeout_s=timeout_s))
