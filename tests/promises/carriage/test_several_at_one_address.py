"""Several carriers call at one address: who signed a webhook decides how it is read, whatever it looks like."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any

import pytest

from activities.adapters.callbacks import CALLBACKS
from activities.adapters.carriage.several_callbacks import SeveralCallbacks
from activities.adapters.easypost.callbacks import EasyPostCallbacks
from activities.adapters.karrio.callbacks import KarrioCallbacks
from activities.adapters.shipengine.signatures import KEY_ID, SIGNATURE, TIMESTAMP, utc_now
from models.errors import InvalidInput, Unavailable
from models.settings import PartnerSettings

KARRIO = {
    "event": "tracker_updated",
    "data": {
        "tracking_number": "K1",
        "status": "delivered",
        "events": [{"date": "2026-11-21", "time": "10:05", "description": "said"}],
        "metadata": {},
    },
}
EASYPOST = {
    "description": "tracker.updated",
    "object": "Event",
    "id": "evt_1",
    "result": {
        "id": "trk_1",
        "tracking_code": "E1",
        "status": "delivered",
        "status_detail": "arrived",
        "tracking_details": [
            {"status": "delivered", "status_detail": "arrived", "datetime": "2026-11-21T10:00:00Z", "message": "said"}
        ],
    },
}
BOTH = json.dumps(KARRIO | EASYPOST).encode()
"""What either of them can read."""


def several(*kinds: str, url: str = "http://127.0.0.1:9") -> SeveralCallbacks:
    carriers = {kind: {"kind": kind, "url": url, "callback_secret": f"{kind}-secret"} for kind in kinds}
    given: Any = {"kind": "several", "url": url, "options": {"carriers": carriers}}
    return SeveralCallbacks(PartnerSettings.model_validate(given), CALLBACKS)


def by_easypost(body: bytes, secret: bytes = b"easypost-secret") -> dict[str, str]:
    return {"x-hmac-signature": "hmac-sha256-hex=" + hmac.new(secret, body, hashlib.sha256).hexdigest()}


BY_KARRIO = {"x-event-id": "karrio-secret"}


@pytest.mark.parametrize("kinds", [("karrio", "easypost"), ("easypost", "karrio")])
async def test_a_body_that_looks_like_two_carriers_is_read_as_the_one_who_signed_it(kinds: tuple[str, str]) -> None:
    at_the_door = several(*kinds)

    for headers, kind, number in ((BY_KARRIO, KarrioCallbacks, "K1"), (by_easypost(BOTH), EasyPostCallbacks, "E1")):
        signer = await at_the_door.signer(BOTH, headers)
        assert isinstance(signer, kind)
        (event,) = signer.read(BOTH)
        assert getattr(event, "tracking_number", None) == number


async def test_what_one_carrier_signed_is_not_tried_in_anothers_format() -> None:
    body = json.dumps(KARRIO).encode()

    signer = await several("karrio", "easypost").signer(body, by_easypost(body))

    assert isinstance(signer, EasyPostCallbacks)
    with pytest.raises(InvalidInput):
        signer.read(body)


@pytest.mark.parametrize("headers", [{}, {"x-event-id": "easypost-secret"}, by_easypost(BOTH, b"karrio-secret")])
async def test_a_secret_counts_only_where_it_is_shown_as_its_carrier_does(headers: dict[str, str]) -> None:
    assert await several("karrio", "easypost").signer(BOTH, headers) is None


async def test_a_carrier_whose_keys_cannot_be_asked_for_holds_up_only_itself() -> None:
    # Nothing listens at the discard port.
    at_the_door = several("shipengine", "karrio")
    named = {
        KEY_ID: "k1",
        SIGNATURE: "bm8=",
        TIMESTAMP: utc_now().isoformat(),
        "x-orderloom-secret": "shipengine-secret",
    }

    assert isinstance(await at_the_door.signer(BOTH, named | BY_KARRIO), KarrioCallbacks)
    with pytest.raises(Unavailable):
        await at_the_door.signer(BOTH, named)


def test_what_is_replayed_without_its_signature_is_read_only_where_there_is_no_doubt() -> None:
    at_the_door = several("karrio", "easypost", "shipengine")

    (event,) = at_the_door.read(json.dumps(EASYPOST).encode())
    assert getattr(event, "tracking_number", None) == "E1"
    for body in (BOTH, b"{}"):
        with pytest.raises(InvalidInput):
            at_the_door.read(body)
