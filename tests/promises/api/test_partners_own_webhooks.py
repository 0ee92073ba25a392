"""A partner with webhooks of its own signs and speaks in its own way; inbox, quarantine and answers are as always."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from httpx import Response

from activities.adapters.callbacks import CALLBACKS, callback_formats
from models.errors import InvalidInput, Unavailable
from models.partners.events import PARTNER_EVENT, PartnerEvent
from models.settings import PartnerSettings
from models.stock.events import STOCK_EVENT, StockEvent
from tests.promises.api.stage import Stage, an_event, as_json, problem, sign

GOOD = {"x-their-signature": "genuine"}
LARGE = 200 * 1024


class Theirs:
    """A webhook that is a list of what happened, signed in a word."""

    def __init__(self, settings: PartnerSettings) -> None:
        self.secret = settings.callback_secret.get_secret_value()

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - the port's signature
        return headers.get("x-their-signature") == "genuine"

    def read(self, body: bytes) -> tuple[PartnerEvent | StockEvent, ...]:
        try:
            said = json.loads(body)["happened"]
        except (ValueError, KeyError, TypeError) as error:
            raise InvalidInput.at("/happened", "missing", "is missing") from error
        return tuple(_event(one) for one in said)


def _event(said: dict[str, Any]) -> PartnerEvent | StockEvent:
    adapter: Any = STOCK_EVENT if said["type"].startswith("stock.") else PARTNER_EVENT
    event: PartnerEvent | StockEvent = adapter.validate_json(json.dumps(said))
    return event


@pytest.fixture
def theirs(stage: Stage) -> Stage:
    """The warehouse speaks its own way."""
    formats = {"wms": Theirs(PartnerSettings(url="http://wms"))}
    stage.app.state.services = replace(stage.services, callback_formats=formats)
    return stage


async def call(stage: Stage, body: bytes, headers: dict[str, str], partner: str = "wms") -> Response:
    return await stage.stranger.post(
        f"/v1/callbacks/{partner}", content=body, headers=headers | {"content-type": "application/json"}
    )


def happened(*events: dict[str, Any], **more: Any) -> bytes:
    return as_json({"happened": list(events), **more})


async def test_all_that_one_webhook_says_is_stored_once_and_acknowledged_alike(theirs: Stage) -> None:
    body = happened(an_event(), an_event(event_id="evt-2"))

    first, again = await call(theirs, body, GOOD), await call(theirs, body, GOOD)

    assert (first.status_code, first.json()["status"]) == (202, "received")
    assert first.content == again.content
    assert list(theirs.inbox.events) == [("wms", "evt-1"), ("wms", "evt-2")]


class Shared:
    """Two who call at one address: who signed it decides what the word in it means."""

    def __init__(self) -> None:
        self.away = False

    async def signer(self, body: bytes, headers: Mapping[str, str]) -> Theirs | None:
        del body
        if self.away:
            raise Unavailable("wms", "its keys cannot be read", retry_after_s=60)
        return Theirs(PartnerSettings(url="http://wms")) if headers.get("x-their-signature") == "genuine" else None

    def read(self, body: bytes) -> tuple[PartnerEvent | StockEvent, ...]:
        raise AssertionError(f"{body!r} was signed: it is read as the signer's")


async def test_what_is_signed_by_one_of_several_is_read_as_his_and_comes_again_while_nobody_can_tell(
    stage: Stage,
) -> None:
    shared, body = Shared(), happened(an_event())
    stage.app.state.services = replace(stage.services, callback_formats={"wms": shared})

    problem(await call(stage, body, {"x-their-signature": "forged"}), 401)
    shared.away = True
    refused = await call(stage, body, GOOD)
    problem(refused, 503)
    assert refused.headers["retry-after"] == "60"
    shared.away = False

    assert (await call(stage, body, GOOD)).json()["status"] == "received"
    assert list(stage.inbox.events) == [("wms", "evt-1")]


@pytest.mark.parametrize("headers", [{}, {"x-their-signature": "forged"}])
async def test_what_is_not_genuine_is_refused_also_with_our_own_signature(
    theirs: Stage, headers: dict[str, str]
) -> None:
    body = happened(an_event())

    problem(await call(theirs, body, headers | sign(body)), 401)

    assert (theirs.inbox.events, theirs.quarantine.entries) == ({}, {})


async def test_what_says_nothing_to_us_is_acknowledged(theirs: Stage) -> None:
    answer = await call(theirs, happened(), GOOD)

    assert (answer.status_code, answer.json()["status"]) == (202, "received")
    assert theirs.inbox.events == {}


async def test_what_cannot_be_read_is_kept_as_it_came_and_can_be_replayed_corrected(theirs: Stage) -> None:
    answer = await call(theirs, b'{"wrong": true}', GOOD)
    assert (answer.status_code, answer.json()["status"]) == (200, "quarantined")
    (entry,) = theirs.quarantine.entries.values()
    assert (entry.channel, entry.payload) == ("callback_wms", b'{"wrong": true}')

    corrected = {"payload": {"happened": [an_event(), an_event(event_id="evt-2")]}}
    replayed = await theirs.http.post(f"/v1/quarantine/{entry.id}/replay", json=corrected)

    assert replayed.status_code == 202
    assert list(theirs.inbox.events) == [("wms", "evt-1"), ("wms", "evt-2")]


async def test_a_partner_tells_only_what_is_its_own(theirs: Stage) -> None:
    foreign = an_event(type="ledger.expired", reservation_key="order:b2b:PO-2026-0042/stock")
    del foreign["release_key"]

    answer = await call(theirs, happened(foreign), GOOD)

    assert (answer.status_code, answer.json()["status"]) == (200, "quarantined")
    assert theirs.inbox.events == {}


async def test_a_webhook_may_be_larger_than_a_message_to_an_order(theirs: Stage) -> None:
    body = happened(an_event(), label="x" * LARGE)

    assert (await call(theirs, body, GOOD)).status_code == 202

    problem(await call(theirs, body, sign(body), "carrier"), 413)


async def test_partners_without_a_format_of_their_own_call_as_before(theirs: Stage) -> None:
    moved = {
        "type": "carrier.tracking",
        "event_id": "evt-1",
        "order_id": "order:b2b:PO-2026-0042",
        "occurred_at": "2026-11-21T08:00:00Z",
        "tracking_number": "T-1",
        "state": "in_transit",
    }
    body = as_json(moved)

    assert (await call(theirs, body, GOOD, "carrier")).status_code == 401
    assert (await call(theirs, body, sign(body), "carrier")).status_code == 202


def test_the_format_is_the_one_of_the_partners_kind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CALLBACKS, "theirs", Theirs)
    partners = {
        "wms": PartnerSettings(kind="theirs", url="http://wms", callback_secret="s"),
        "erp": PartnerSettings(url="http://erp"),
    }

    formats = callback_formats(partners)

    assert list(formats) == ["wms"]
    assert isinstance(formats["wms"], Theirs)
    assert formats["wms"].secret == "s"


async def test_what_a_feed_told_wrongly_is_replayed_in_our_words(theirs: Stage) -> None:
    wrong = InvalidInput.at("", "not_found", "there is no node atlantis")
    entry = await theirs.quarantine.keep("feed_wms", as_json(an_event()), wrong)

    replayed = await theirs.http.post(f"/v1/quarantine/{entry.id}/replay")

    assert replayed.status_code == 202
    assert list(theirs.inbox.events) == [("wms", "evt-1")]
