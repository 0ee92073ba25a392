"""A carrier that knows a parcel by its number only is understood: our own note of the booking names the order."""

from __future__ import annotations

import hashlib
import hmac
import json
import unicodedata
from dataclasses import replace

import pytest
from httpx import Response

from activities.adapters.easypost.callbacks import EasyPostCallbacks
from models.partners.events import ParcelMoved
from models.settings import PartnerSettings
from tests.promises.api.stage import Stage
from tests.promises.carriage.stubs import PocketBook

ORDER = "order:b2b:N1"
_SECRET = "EasyPosts-own-sécret"


@pytest.fixture
async def known(stage: Stage) -> Stage:
    """One parcel is booked, and EasyPost may call us."""
    book = PocketBook()
    await book.booked(f"{ORDER}/label", ORDER, "USPS", "94001")
    settings = PartnerSettings.model_validate({"url": "http://easypost", "callback_secret": _SECRET})
    formats = {"carrier": EasyPostCallbacks(settings)}
    stage.app.state.services = replace(stage.services, callback_formats=formats, parcels=book)
    return stage


async def tell(stage: Stage, number: str, secret: str = _SECRET) -> Response:
    happened = {"status": "delivered", "status_detail": "arrived", "datetime": "2026-11-21T10:00:00Z", "message": "!"}
    tracker = {"tracking_code": number, "status": "delivered", "tracking_details": [happened]}
    body = json.dumps({"description": "tracker.updated", "result": tracker}).encode()
    signature = (
        "hmac-sha256-hex=" + hmac.new(unicodedata.normalize("NFKD", secret).encode(), body, hashlib.sha256).hexdigest()
    )
    headers = {"x-hmac-signature": signature, "content-type": "application/json"}
    return await stage.stranger.post("/v1/callbacks/carrier", content=body, headers=headers)


async def test_the_order_hears_of_its_parcel(known: Stage):
    for _ in range(2):
        assert (await tell(known, "94001")).json()["status"] == "received"
    [event] = known.inbox.events.values()
    assert isinstance(event, ParcelMoved)
    assert (event.order_id, event.tracking_number, event.state.value) == (ORDER, "94001", "delivered")


async def test_a_parcel_we_did_not_book_concerns_nobody(known: Stage):
    assert (await tell(known, "94002")).status_code == 202
    assert not known.inbox.events


async def test_who_does_not_sign_as_easypost_is_refused(known: Stage):
    assert (await tell(known, "94001", secret="guessed")).status_code == 401
    assert not known.inbox.events
