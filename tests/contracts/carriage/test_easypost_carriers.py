"""The adapter to EasyPost keeps the contract of carriers, at a stand-in that answers as EasyPost was recorded to."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import pytest

from activities.adapters.easypost.carriers import EasyPostCarriers
from activities.adapters.easypost.hub import reference_of
from activities.ports.partners import Carriers
from models.partners.events import ParcelMoved
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from tests.contracts.carriage.books import BookedParcel, booking
from tests.contracts.carriage.easypost import KEY, OPTIONS, EasyPost
from tests.contracts.carriers import CarriersContract
from tests.contracts.serving import serving


@dataclass(frozen=True)
class EasyPostBooks:
    """Looks into the stand-in."""

    easypost: EasyPost
    url: str

    async def parcels(self, key: str) -> list[BookedParcel]:
        return self.easypost.booked(reference_of(key))


class TestEasyPostCarriers(CarriersContract):
    buying = ("POST", "/buy")
    voiding = ("POST", "/refund")
    exceptions = {  # noqa: RUF012 - as the base class has it
        "test_what_was_undone_before_it_was_done_is_not_done_afterwards": (
            "EasyPost keeps nothing under a reference that was never used, and cannot take a draft away"
        ),
    }

    def make(self, url: str, timeout_s: float) -> Carriers:
        settings = {"kind": "easypost", "url": url, "timeout_s": timeout_s, "key": KEY, "options": OPTIONS}
        return EasyPostCarriers(PartnerSettings.model_validate(settings))

    @pytest.fixture
    async def books(self) -> AsyncIterator[EasyPostBooks]:
        easypost = EasyPost()
        async with serving(easypost.answer) as url:
            yield EasyPostBooks(easypost, url)

    async def test_what_a_lost_webhook_would_have_told_is_found_by_polling(
        self, books: EasyPostBooks, monkeypatch: pytest.MonkeyPatch
    ):
        monkeypatch.setattr("activities.adapters.easypost.carriers._PAGE", 2)
        adapter = self.make(books.url, 5.0)
        assert isinstance(adapter, EasyPostCarriers)
        asked = [booking() for _ in range(3)]
        labels = [await adapter.book(one) for one in asked]
        for label in labels:
            books.easypost.moves(label.tracking_number, "in_transit", "departed", "2026-11-21T10:00:00Z")
        first = await adapter.since(FeedQuery())
        second = await adapter.since(FeedQuery(cursor=first.cursor))
        assert (first.more, second.more) == (True, False)
        events = [event for page in (first, second) for event in page.events]
        told = {(event.order_id, event.tracking_number) for event in events if isinstance(event, ParcelMoved)}
        assert told == {(one.order_id, label.tracking_number) for one, label in zip(asked, labels, strict=True)}
        books.easypost.moves(labels[0].tracking_number, "delivered", "arrived", "2026-11-22T10:00:00Z")
        again = await adapter.since(FeedQuery(cursor=second.cursor))
        assert again.more, "it begins anew, and finds what has changed since"
        last = await adapter.since(FeedQuery(cursor=again.cursor))
        known = {event.event_id for event in events}
        fresh = [event for event in last.events if event.event_id not in known]
        assert [event.state.value for event in fresh if isinstance(event, ParcelMoved)] == ["delivered"]
        await adapter.close()
