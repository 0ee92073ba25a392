"""The adapter to Karrio keeps the contract of carriers, at a real Karrio with its carrier that needs no network."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from activities.adapters.carriage.several_settings import open_several
from activities.adapters.karrio.carriers import KarrioCarriers
from activities.adapters.partners import CARRIERS
from activities.ports.partners import Carriers
from models.errors import Refused, Transient
from models.money import Money
from models.order.parties import Address
from models.settings import PartnerSettings
from ops.partners.karrio.house import carrier_options, load_house
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Between, Fault, on
from tests.contracts.carriage.books import BookedParcel, booking, undo
from tests.contracts.carriage.karrio import Karrio
from tests.contracts.carriers import CarriersContract
from tests.promises.carriage.stubs import PocketBook

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("karrio")]
_PURCHASE = ("POST", "/purchase")


class KarrioBooks:
    """Reads Karrio's own list of shipments."""

    def __init__(self, karrio: Karrio) -> None:
        self.url = karrio.url
        self.client = httpx.AsyncClient(
            base_url=karrio.url, headers={"Authorization": f"Token {karrio.token}"}, timeout=30, trust_env=False
        )

    async def shipments(self, key: str) -> list[dict[str, Any]]:
        """Everything under a key, drafts too."""
        answer = await self.client.get("/v1/shipments", params={"metadata_value": key, "limit": 100})
        return [one for one in answer.raise_for_status().json()["results"] if one["metadata"]["key"] == key]

    async def parcels(self, key: str) -> list[BookedParcel]:
        return [_parcel(one) for one in await self.shipments(key) if one["tracking_number"]]


def _parcel(shipment: dict[str, Any]) -> BookedParcel:
    rate = shipment["selected_rate"]
    [piece] = shipment["parcels"]
    assert piece["weight_unit"] == "KG"
    start, end = (
        (shipment[name]["person_name"] or shipment[name]["company_name"]) for name in ("shipper", "recipient")
    )
    return BookedParcel(
        tracking_number=shipment["tracking_number"],
        void=shipment["status"] == "cancelled",
        cost=Money.of_major(str(rate["total_charge"]), rate["currency"]),
        from_name=start,
        to_name=end,
        to_town=shipment["recipient"]["city"],
        grams=round(piece["weight"] * 1000),
        reference=shipment["id"],
    )


class TestKarrioCarriers(CarriersContract):
    buying = _PURCHASE
    voiding = ("POST", "/cancel")
    impatient_s = 6.0  # a label takes Karrio one to three seconds
    exceptions = {  # noqa: RUF012 - as the base class has it
        "test_what_was_undone_before_it_was_done_is_not_done_afterwards": (
            "Karrio keeps nothing under a key that was never used, so there is nothing to bar it with; "
            "a booking that was noted, but not bought, is barred"
        ),
    }

    @pytest.fixture(autouse=True)
    def _at(self, karrio: Karrio) -> None:
        self._token = karrio.token

    def make(self, url: str, timeout_s: float) -> Carriers:
        settings = {"kind": "karrio", "url": url, "timeout_s": timeout_s, "key": getattr(self, "_token", "none")}
        return KarrioCarriers(PartnerSettings.model_validate(settings | {"options": carrier_options(load_house())}))

    @pytest.fixture
    async def books(self, karrio: Karrio) -> AsyncIterator[KarrioBooks]:
        books = KarrioBooks(karrio)
        yield books
        await books.client.aclose()

    async def test_a_draft_that_was_not_bought_is_bought_by_the_next_attempt(
        self, carriers: Carriers, afterwards: Carriers, way: Between, books: KarrioBooks
    ):
        asked = booking()
        way.faults.append(on(LOST_REQUEST, *_PURCHASE))
        with pytest.raises(Transient):
            await carriers.book(asked)
        await afterwards.book(asked)
        [only] = await books.shipments(asked.key)
        assert only["status"] == "created"

    async def test_a_draft_whose_reply_is_lost_is_found(self, carriers: Carriers, way: Between, books: KarrioBooks):
        asked = booking()
        way.faults.append(on(LOST_REPLY, "POST", "/v1/shipments"))
        await carriers.book(asked)
        assert len(await books.shipments(asked.key)) == 1

    async def test_a_draft_that_was_forgotten_cannot_be_bought_later(
        self, carriers: Carriers, way: Between, books: KarrioBooks
    ):
        asked = booking()
        way.faults.append(on(LOST_REQUEST, *_PURCHASE))
        with pytest.raises(Transient):
            await carriers.book(asked)
        assert not (await carriers.void(undo(asked))).happened
        with pytest.raises(Refused) as caught:
            await carriers.book(asked)
        assert caught.value.code == "undone_before"
        assert await books.parcels(asked.key) == []

    async def test_what_was_bought_a_moment_ago_by_somebody_else_is_taken(
        self, carriers: Carriers, way: Between, books: KarrioBooks
    ):
        asked = booking()
        # Karrio's own words to who buys a draft again.
        conflict = b'{"errors": [{"code": "state_error", "message": "is \'created\' and cannot be purchased again"}]}'
        way.faults.append(on(Fault(reaches=True, status=409, body=conflict), *_PURCHASE))
        label = await carriers.book(asked)
        [parcel] = await books.parcels(asked.key)
        assert parcel.tracking_number == label.tracking_number

    async def test_karrio_itself_sells_a_draft_only_once(self, carriers: Carriers, books: KarrioBooks):
        label = await carriers.book(booking())
        again = await books.client.post(f"/v1/shipments/{label.reference}/purchase", json={"selected_rate_id": "any"})
        assert again.status_code == 409

    async def test_a_reference_that_holds_another_ones_is_not_mistaken_for_it(self, carriers: Carriers):
        asked = booking()
        longer = asked.model_copy(update={"key": f"{asked.key}~2"})
        first = await carriers.book(longer)
        assert (await carriers.book(asked)).tracking_number != first.tracking_number

    async def test_a_key_longer_than_a_reference_may_be_is_found_again(self, carriers: Carriers, books: KarrioBooks):
        asked = booking()
        asked = asked.model_copy(update={"key": f"{asked.order_id}/{'x' * 150}/label"})
        first, second = await carriers.book(asked), await carriers.book(asked)
        assert first.tracking_number == second.tracking_number
        assert len(await books.shipments(asked.key)) == 1

    async def test_the_label_is_a_document_that_can_be_printed(self, carriers: Carriers, books: KarrioBooks):
        label = await carriers.book(booking())
        path = (label.label_url or "").split("/v1/", 1)[1]
        document = await books.client.get(f"/v1/{path}")
        assert document.content.startswith(b"%PDF")

    async def test_too_heavy_for_every_service_it_is_refused_by_name(self, carriers: Carriers):
        with pytest.raises(Refused) as caught:
            await carriers.book(booking(weight_grams=900_000))
        assert caught.value.code == "no_service"

    async def test_the_choice_says_what_else_was_offered(self, carriers: Carriers):
        label = await carriers.book(booking())
        assert label.note is not None
        assert "house_parcel for 5.90 EUR" in label.note
        assert "house_express 12.90 EUR: costs more" in label.note

    async def test_states_and_streets_go_where_karrio_wants_them(self, carriers: Carriers, books: KarrioBooks):
        asked = booking()
        await carriers.book(asked)
        [shipment] = await books.shipments(asked.key)
        recipient = shipment["recipient"]
        assert (recipient["state_code"], recipient["postal_code"]) == ("OR", "97201")
        assert (recipient["address_line1"], recipient["address_line2"]) == ("5 Elm Street", "Apartment 12")

    async def test_what_is_longer_than_karrio_takes_is_cut_rather_than_refused(self, carriers: Carriers):
        long = Address(
            name="N" * 300,
            company="C" * 300,
            lines=("S" * 300, "second " * 20, "third", "fourth"),
            city="Llanfairpwllgwyngyllgogerychwyrndrobwllllantysiliogogogoch " * 3,
            country="GB",
        )
        assert (await carriers.book(booking(ship_to=long))).tracking_number

    async def test_where_the_first_carrier_is_down_karrio_takes_the_parcel(self, karrio: Karrio, books: KarrioBooks):
        dead = {"kind": "sandbox", "url": "http://127.0.0.1:9"}
        own = karrio.settings().model_dump(mode="json") | {"key": karrio.token}
        options = {"carriers": {"nobody": dead, "house": own}}
        several = open_several(PartnerSettings(kind="several", url=karrio.url, options=options), CARRIERS)
        book = PocketBook()
        several.remember_in(book)
        asked = booking()
        label = await several.book(asked)
        assert label.note is not None
        assert "nobody: cannot be reached" in label.note
        assert (await self.only(books, asked.key)).tracking_number == label.tracking_number
        assert await book.order_of(label.tracking_number) == asked.order_id
        assert (await several.void(undo(asked))).happened
        await several.close()
