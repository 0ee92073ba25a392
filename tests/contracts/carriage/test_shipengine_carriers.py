"""The adapter to ShipEngine keeps the contract of carriers, and no request of its own breaks the published OpenAPI.

ShipEngine itself cannot be had offline. A stand-in of ours answers; the same tests run once more with Prism between,
which holds every request, and every answer of the stand-in, against the description that ShipEngine publishes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from activities.adapters.shipengine.carriers import ShipEngineCarriers
from activities.adapters.shipengine.hub import external_id
from activities.ports.partners import Carriers
from models.errors import Refused, Transient
from models.partners.events import ParcelMoved
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from ops.partners.program import running
from ops.partners.shipengine.check import checking, violations
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Between, on
from tests.contracts.carriage.books import BookedParcel, booking, undo
from tests.contracts.carriage.shipengine import KEY, OPTIONS, ShipEngine
from tests.contracts.carriers import CarriersContract
from tests.contracts.serving import serving
from tests.promises.partners.sandbox import free_port

_BUY = ("POST", "/v1/labels/rates/")


@dataclass(frozen=True)
class ShipEngineBooks:
    """Looks into the stand-in."""

    engine: ShipEngine
    url: str

    async def parcels(self, key: str) -> list[BookedParcel]:
        return self.engine.booked(external_id(key))


class TestShipEngineCarriers(CarriersContract):
    buying = _BUY
    voiding = ("PUT", "/void")
    exceptions = {  # noqa: RUF012 - as the base class has it
        "test_what_was_undone_before_it_was_done_is_not_done_afterwards": (
            "ShipEngine keeps nothing under an id that was never used, so there is nothing to bar it with"
        ),
    }

    def make(self, url: str, timeout_s: float) -> Carriers:
        settings = {"kind": "shipengine", "url": url, "timeout_s": timeout_s, "key": KEY, "options": OPTIONS}
        return ShipEngineCarriers(PartnerSettings.model_validate(settings))

    @pytest.fixture
    async def books(self) -> AsyncIterator[ShipEngineBooks]:
        engine = ShipEngine()
        async with serving(engine.answer) as url:
            yield ShipEngineBooks(engine, url)

    async def test_a_shipment_whose_reply_is_lost_is_found(self, carriers: Carriers, way: Between, books):
        asked = booking()
        way.faults.append(on(LOST_REPLY, "POST", "/v1/shipments"))
        await carriers.book(asked)
        assert len(await books.parcels(asked.key)) == 1

    async def test_a_shipment_that_was_forgotten_cannot_be_bought_later(self, carriers: Carriers, way: Between):
        asked = booking()
        way.faults.append(on(LOST_REQUEST, *_BUY))
        with pytest.raises(Transient):
            await carriers.book(asked)
        assert not (await carriers.void(undo(asked))).happened
        with pytest.raises(Refused) as caught:
            await carriers.book(asked)
        assert caught.value.code == "undone_before"

    async def test_the_price_is_the_sum_of_all_that_is_charged(self, carriers: Carriers):
        label = await carriers.book(booking())
        assert str(label.cost) == "8.75 USD"
        assert label.note is not None
        assert "usps usps_priority 9.35 USD: costs more" in label.note

    async def test_what_a_lost_webhook_would_have_told_is_found_by_polling(self, books: ShipEngineBooks):
        adapter = self.make(books.url, 20.0)
        assert isinstance(adapter, ShipEngineCarriers)
        asked, unheard_of = booking(), booking()
        label = await adapter.book(asked)
        await adapter.book(unheard_of)
        books.engine.moves(label.tracking_number, "DE", "Delivered")
        cursor, told = None, []
        while True:
            page = await adapter.since(FeedQuery(cursor=cursor))
            told += [event for event in page.events if isinstance(event, ParcelMoved)]
            cursor = page.cursor
            if not page.more:
                break
        assert [(event.order_id, event.tracking_number, event.state.value) for event in told] == [
            (asked.order_id, label.tracking_number, "delivered")
        ]
        again = await adapter.since(FeedQuery(cursor=cursor))
        assert cursor == "1", "it begins anew"
        assert {event.event_id for event in again.events} <= {event.event_id for event in told}
        await adapter.close()


@pytest.fixture(scope="module")
async def checked(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[ShipEngineBooks]:
    """The stand-in with Prism before it, which must have found nothing wrong in the end."""
    logs, port, engine = tmp_path_factory.mktemp("prism"), free_port(), ShipEngine()
    async with serving(engine.answer) as upstream:
        prism = running([checking(port, upstream)], logs)
        # In a thread: whether Prism is well, is asked through it of the stand-in, which answers here.
        await asyncio.to_thread(prism.__enter__)
        yield ShipEngineBooks(engine, f"http://127.0.0.1:{port}")
        await asyncio.to_thread(prism.__exit__, None, None, None)
    assert violations(logs / "prism.log") == []


@pytest.mark.real
@pytest.mark.xdist_group("shipengine")
class TestShipEngineCarriersAsPublished(TestShipEngineCarriers):
    impatient_s = 3.0

    @pytest.fixture
    def books(self, checked: ShipEngineBooks) -> ShipEngineBooks:
        return checked
