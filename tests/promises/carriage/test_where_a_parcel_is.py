"""Every carrier's words for where a parcel is are ours in one table each; what a webhook says reaches the order."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

import pytest

from activities.adapters.callbacks import CALLBACKS
from activities.adapters.easypost.callbacks import EasyPostCallbacks
from activities.adapters.karrio.callbacks import KarrioCallbacks
from activities.adapters.shipengine.callbacks import ShipEngineCallbacks
from activities.callbacks import signer_of
from activities.ports.channels import CallbackFormat
from models.carriage.parcels import UNKNOWN_ORDER
from models.carriage.tracking import (
    EASYPOST,
    EASYPOST_DETAIL,
    KARRIO,
    KARRIO_SHIPMENT,
    SHIPENGINE,
    easypost_state,
    karrio_state,
)
from models.errors import InvalidInput
from models.partners.events import ParcelMoved
from models.settings import PartnerSettings
from models.states.fulfilment import SHIPMENT, ShipmentState

ORDER = "order:b2b:W1"
SECRET = "sécret"


def settings(kind: str, **options: Any) -> PartnerSettings:
    given = {"kind": kind, "url": "http://carrier", "callback_secret": SECRET, "options": options}
    return PartnerSettings.model_validate(given)


def karrio(status: str, reason: str | None = None, event: str = "tracker_updated", **more: Any) -> bytes:
    happened = {"date": "2026-11-21", "time": "10:05", "description": "said", "reason": reason}
    tracker = {"tracking_number": "T1", "status": status, "events": [happened], "metadata": {"order_id": ORDER}}
    return json.dumps({"event": event, "data": tracker | more}).encode()


def shipengine(code: str, resource_type: str = "API_TRACK") -> bytes:
    event = {"occurred_at": "2026-11-21T10:05:00Z", "description": "said", "city_locality": "", "postal_code": ""}
    data = {"tracking_number": "T1", "status_code": code, "events": [event]}
    return json.dumps({"resource_url": "https://there", "resource_type": resource_type, "data": data}).encode()


def easypost(*details: tuple[str, str], description: str = "tracker.updated") -> bytes:
    happened = [
        {"status": status, "status_detail": detail, "datetime": f"2026-11-21T1{hour}:00:00Z", "message": "said"}
        for hour, (status, detail) in enumerate(details)
    ]
    tracker = {
        "id": "trk_1",
        "tracking_code": "T1",
        "status": details[-1][0],
        "status_detail": details[-1][1],
        "est_delivery_date": "2026-11-23T00:00:00Z",
        "tracking_details": happened,
    }
    return json.dumps({"id": "evt_1", "object": "Event", "description": description, "result": tracker}).encode()


def only(events: tuple[Any, ...]) -> ParcelMoved:
    [event] = events
    assert isinstance(event, ParcelMoved)
    return event


@pytest.mark.parametrize("table", [KARRIO, KARRIO_SHIPMENT, EASYPOST, EASYPOST_DETAIL, SHIPENGINE])
def test_every_word_means_a_state_a_parcel_can_be_in_or_nothing(table: Mapping[str, ShipmentState | None]):
    reachable = {state for moves in SHIPMENT.moves.values() for state in moves} | {SHIPMENT.initial}
    assert {state for state in table.values() if state is not None} <= reachable


@pytest.mark.parametrize("status", KARRIO)
def test_karrios_words_are_read(status: str):
    events = KarrioCallbacks(settings("karrio")).read(karrio(status))
    assert [event.state for event in events] == [state for state in [KARRIO[status]] if state is not None]


def test_karrio_says_a_parcel_is_lost_by_a_reason():
    assert karrio_state("on_hold", "carrier_parcel_lost") is ShipmentState.LOST
    assert karrio_state("on_hold", "weather_delay") is ShipmentState.EXCEPTION
    assert karrio_state("teleported", None) is None, "a word they have not told us of yet means nothing"


def test_karrio_names_the_order_or_the_number_has_to_do():
    reading = KarrioCallbacks(settings("karrio"))
    event = only(reading.read(karrio("delivered")))
    assert (event.order_id, event.tracking_number, event.detail) == (ORDER, "T1", "said")
    assert event.occurred_at.isoformat() == "2026-11-21T10:05:00+00:00"
    assert only(reading.read(karrio("delivered", metadata={}))).order_id == UNKNOWN_ORDER


def test_what_karrio_tells_of_labels_says_nothing_of_where_a_parcel_is():
    assert KarrioCallbacks(settings("karrio")).read(karrio("delivered", event="shipment_purchased")) == ()


@pytest.mark.parametrize("code", SHIPENGINE)
def test_shipengines_codes_are_read(code: str):
    events = ShipEngineCallbacks(settings("shipengine")).read(shipengine(code))
    assert [event.state for event in events] == [state for state in [SHIPENGINE[code]] if state is not None]
    assert all(event.order_id == UNKNOWN_ORDER for event in events)


def test_what_else_shipengine_tells_is_passed_over():
    assert ShipEngineCallbacks(settings("shipengine")).read(shipengine("DE", "API_BATCH")) == ()


def test_easypost_tells_the_whole_way_and_each_thing_is_one_event():
    reading = EasyPostCallbacks(settings("easypost"))
    before = reading.read(easypost(("pre_transit", "label_created"), ("in_transit", "departed_facility")))
    after = reading.read(
        easypost(("pre_transit", "label_created"), ("in_transit", "departed_facility"), ("delivered", "arrived"))
    )
    assert [event.state.value for event in after] == ["label_created", "in_transit", "delivered"]
    assert after[:2] == before, "told again, it is the same event"


@pytest.mark.parametrize(
    ("status", "detail", "state"),
    [
        ("failure", "lost", ShipmentState.LOST),
        ("failure", "unknown", ShipmentState.EXCEPTION),
        ("in_transit", "delivery_exception", ShipmentState.FAILED_ATTEMPT),
        ("in_transit", "arrived_at_facility", ShipmentState.IN_TRANSIT),
        ("delivered", "damaged", ShipmentState.DELIVERED),
        ("return_to_sender", "return", ShipmentState.RETURNED_TO_SENDER),
        ("unknown", "unknown", None),
    ],
)
def test_easyposts_detail_counts_where_the_end_is_open(status: str, detail: str, state: ShipmentState | None):
    assert easypost_state(status, detail) is state


def test_what_else_easypost_tells_is_passed_over():
    body = easypost(("delivered", "arrived"), description="batch.updated")
    assert EasyPostCallbacks(settings("easypost")).read(body) == ()


@pytest.mark.parametrize("kind", ["karrio", "shipengine", "easypost"])
@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"event": "tracker_updated"}', b"\xff", b'{"data": 7}'])
def test_what_cannot_be_read_is_said_to(kind: str, body: bytes):
    with pytest.raises(InvalidInput):
        CALLBACKS[kind](settings(kind)).read(body)


# --- who may tell


def easypost_signature(body: bytes) -> str:
    # The normal form NFKD of "sécret", spelt out: a letter e and a combining accent.
    return "hmac-sha256-hex=" + hmac.new("se\u0301cret".encode(), body, hashlib.sha256).hexdigest()


GENUINE = [
    (KarrioCallbacks(settings("karrio")), "x-event-id", lambda _body: SECRET),
    (EasyPostCallbacks(settings("easypost")), "x-hmac-signature", easypost_signature),
]
"""A format, the header that counts, and what makes it right."""


@pytest.mark.parametrize(("reading", "header", "sign"), GENUINE, ids=["karrio", "easypost"])
def test_only_who_has_the_secret_may_tell(reading: CallbackFormat, header: str, sign: Any):
    body = b'{"some": "thing"}'
    assert reading.verify(body, {header: sign(body)})
    assert not reading.verify(body, {header: sign(body)[:-1]})
    assert not reading.verify(body, {header: ""})
    assert not reading.verify(body, {})


@pytest.mark.parametrize("kind", ["karrio", "easypost"])
async def test_without_a_secret_nobody_may(kind: str):
    callbacks = CALLBACKS[kind](PartnerSettings(kind=kind, url="http://carrier"))
    empty = "hmac-sha256-hex=" + hmac.new(b"", b"{}", hashlib.sha256).hexdigest()
    assert await signer_of(callbacks, b"{}", {"x-event-id": "", "x-hmac-signature": empty}) is None


def test_an_easypost_body_that_was_changed_on_its_way_is_not_genuine():
    body = easypost(("delivered", "arrived"))
    headers = {"x-hmac-signature": easypost_signature(body)}
    assert not EasyPostCallbacks(settings("easypost")).verify(body.replace(b"T1", b"T2"), headers)
