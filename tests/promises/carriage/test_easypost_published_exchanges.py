"""EasyPost's own recorded exchanges are read as they are meant, where somebody has put them beside the project."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.carriage.hub import HubState
from activities.adapters.carriage.options import HubOptions
from activities.adapters.easypost.callbacks import EasyPostCallbacks
from activities.adapters.easypost.hub import EasyPostHub
from activities.adapters.easypost.payload import EasyRates, EasyShipment, EasyShipments, Tracker, problem
from activities.adapters.easypost.tracking import moves
from models.carriage.rates import choose
from models.money import Money
from models.order.document import ServiceLevel
from models.order.parties import Address
from models.settings import PartnerSettings
from models.states.fulfilment import ShipmentState

FOLDER = Path(__file__).parents[4] / "shared" / "payloads" / "easypost"
pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="EasyPost's recorded exchanges are not beside the project")


def exchanges(name: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))
    return found


def answered(name: str, which: int = -1) -> bytes:
    return json.dumps(exchanges(name)[which]["response"]["body"]).encode()


def everything() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in sorted(FOLDER.glob("*.json")):
        for exchange in exchanges(file.stem):
            body = exchange["response"]["body"]
            if isinstance(body, dict):
                yield file.stem, body


@pytest.fixture
def hub() -> EasyPostHub:
    options = HubOptions(nodes={"berlin": Address(country="US")}, currency="USD")
    return EasyPostHub(PartnerSettings(url="http://easypost"), options)


def test_every_shipment_rate_and_tracker_that_was_recorded_is_read(hub: EasyPostHub):
    read = {"Shipment": 0, "Tracker": 0, "Rate": 0}
    for _, body in everything():
        kind = body.get("object")
        if kind == "Shipment":
            parcel = hub.parcel(EasyShipment.model_validate(body))
            assert (parcel.label is not None) == bool(body["tracking_code"])
            assert len(parcel.rates) == len(body["rates"])
            read["Rate"] += len(parcel.rates)
        elif kind == "Tracker":
            moves(Tracker.model_validate(body), "order:b2b:E1")
        if kind in read:
            read[kind] += 1
    assert min(read.values()) > 0, read
    assert read["Shipment"] >= 10


def test_a_label_that_was_bought_is_read_with_what_it_cost(hub: EasyPostHub):
    parcel = hub.parcel(EasyShipment.model_validate_json(answered("test_shipment_buy")))
    assert parcel.state is HubState.BOUGHT
    assert parcel.label is not None
    assert parcel.label.tracking_number == "9400100208303109505657"
    assert parcel.label.cost == Money(amount=607, currency="USD")
    assert (parcel.label.carrier, parcel.label.service) == ("USPS", "GroundAdvantage")
    assert (parcel.label.label_url or "").endswith(".png")


def test_a_label_whose_money_is_asked_back_counts_no_more(hub: EasyPostHub):
    bought = hub.parcel(EasyShipment.model_validate_json(answered("test_shipment_refund", 0)))
    given_back = hub.parcel(EasyShipment.model_validate_json(answered("test_shipment_refund")))
    assert (bought.state, given_back.state) == (HubState.BOUGHT, HubState.VOID)


def test_the_cheapest_of_the_recorded_rates_is_chosen_as_easyposts_own_library_does(hub: EasyPostHub):
    parcel = hub.parcel(EasyShipment.model_validate_json(answered("test_shipment_lowest_rate")))
    choice = choose(parcel.rates, (), ServiceLevel.STANDARD, "USD")
    assert choice.taken is not None
    # The library's own test of this recording expects these.
    assert (choice.taken.service, str(choice.taken.cost.major)) == ("GroundAdvantage", "6.07")


def test_rates_that_were_asked_for_anew_are_read():
    assert EasyRates.model_validate_json(answered("test_shipment_regenerate_rates")).rates


def test_a_page_of_shipments_is_read(hub: EasyPostHub):
    page = EasyShipments.model_validate_json(answered("test_shipment_all"))
    assert len(page.shipments) == 5
    assert page.has_more
    assert [hub.parcel(shipment).reference for shipment in page.shipments]


def test_a_refusal_is_read_with_its_code():
    code, words = problem(answered("test_error"))
    assert (code, words) == ("PARAMETER.REQUIRED", "Missing required parameter.")


def test_the_recorded_tracker_is_read_and_so_is_the_webhook_that_would_tell_of_it():
    tracker = json.loads(answered("test_tracker_retrieve"))
    events = moves(Tracker.model_validate(tracker), "order:b2b:E1")
    assert [event.state for event in events] == [ShipmentState.LABEL_CREATED] * 2
    assert [event.detail for event in events] == ["Pre-Shipment Info Sent to USPS", "Shipping Label Created"]
    body = json.dumps({"description": "tracker.updated", "result": tracker}).encode()
    told = EasyPostCallbacks(PartnerSettings(url="http://easypost")).read(body)
    assert [event.event_id for event in told] == [event.event_id for event in events]
