"""Parcels bought at a real Karrio are moved by the van, told to us in Karrio's words, and stand so in Karrio's books."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from activities.adapters.karrio.callbacks import KarrioCallbacks
from activities.adapters.karrio.carriers import KarrioCarriers
from activities.adapters.karrio.documents import KarrioDocuments
from models.errors import Refused
from models.partners.carriers import Label
from models.partners.events import ParcelMoved
from models.partners.feeds import FeedQuery
from models.reconciling.documents import DocumentQuery, PartnerDocument, Party
from ops.partners.karrio.part import Karrio as KarrioPart
from ops.partners.program import running
from ops.stack.parts import Site
from tests.contracts.carriage.books import booking, undo
from tests.contracts.carriage.karrio import Karrio
from tests.contracts.serving import Asked, Reply, serving
from tests.promises.partners.sandbox import free_port

pytestmark = [pytest.mark.real, pytest.mark.xdist_group("karrio")]
_PATIENCE_S = 15.0
SECRET = "whsec_dGhlIHZhbidzIHNlY3JldA=="


@dataclass
class Listener:
    """Stands where our API is, and reads what comes as it does."""

    heard: list[Asked] = field(default_factory=list)
    format: KarrioCallbacks | None = None

    def answer(self, asked: Asked) -> Reply:
        self.heard.append(asked)
        return Reply(202)

    def events(self, tracking_number: str) -> list[ParcelMoved]:
        assert self.format is not None
        genuine = [asked.body for asked in self.heard if self.format.verify(asked.body, asked.headers)]
        read = [event for body in genuine for event in self.format.read(body)]
        return [event for event in read if event.tracking_number == tracking_number]


@dataclass
class Depot:
    carriers: KarrioCarriers
    documents: KarrioDocuments
    listener: Listener
    van: httpx.AsyncClient

    async def hand_over(self, label: Label) -> int:
        return (await self.van.post(f"/parcels/{label.tracking_number}/handover")).status_code

    async def dial(self, **dials: Any) -> None:
        (await self.van.put("/dials", json=dials)).raise_for_status()

    async def written(self, label: Label) -> PartnerDocument:
        query = DocumentQuery(since=datetime.now(UTC) - timedelta(hours=1))
        found: list[PartnerDocument] = []
        while True:
            page = await self.documents.documents(query)
            found += [one for one in page.documents if one.reference == label.tracking_number]
            if page.next_cursor is None:
                [only] = found
                return only
            query = query.model_copy(update={"cursor": page.next_cursor})


@pytest.fixture(scope="module")
async def depot(karrio: Karrio) -> AsyncIterator[Depot]:
    listener = Listener(format=KarrioCallbacks(karrio.settings(callback_secret=SECRET)))
    async with serving(listener.answer) as api_url:
        port = free_port()
        ports = {"karrio": int(karrio.url.rsplit(":", 1)[1]), "karrio_van": port}
        site = Site(karrio.folder, ports, api_url, {"carrier": SECRET}, {})
        [_, van] = KarrioPart().programs(site)
        with running([van], karrio.folder / "logs"):
            async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30, trust_env=False) as client:
                carriers, documents = (
                    KarrioCarriers(karrio.settings()),
                    KarrioDocuments(Party.CARRIER, karrio.settings()),
                )
                yield Depot(carriers, documents, listener, client)
                await carriers.close()
                await documents.close()


async def until(happened: Callable[[], bool]) -> None:
    async with asyncio.timeout(_PATIENCE_S):
        while not happened():
            await asyncio.sleep(0.05)


async def test_what_is_handed_over_is_delivered_and_every_step_is_told(depot: Depot):
    await depot.dial(delivery_delay_ms=50)
    asked = booking()
    label = await depot.carriers.book(asked)
    assert (await depot.written(label)).state == "label_created"
    assert await depot.hand_over(label) == 204
    assert await depot.hand_over(label) == 204, "told twice, it is one parcel"
    await until(lambda: len(depot.listener.events(label.tracking_number)) == 4)
    events = depot.listener.events(label.tracking_number)
    assert [event.state.value for event in events] == ["dispatched", "in_transit", "out_for_delivery", "delivered"]
    assert {event.order_id for event in events} == {asked.order_id}
    written = await depot.written(label)
    assert (written.state, written.key, written.order_id) == ("delivered", asked.key, asked.order_id)
    assert written.amount == label.cost
    assert written.event is not None
    with pytest.raises(Refused) as caught:
        await depot.carriers.void(undo(asked))
    assert caught.value.code == "already_handed_over"


@pytest.mark.parametrize(
    ("fate", "states"),
    [
        ("lost", ["lost"]),
        ("returned", ["failed_attempt", "returned_to_sender"]),
        ("nobody_there", ["failed_attempt"] * 3),
        ("held_up", ["exception", "out_for_delivery", "delivered"]),
    ],
)
async def test_what_becomes_of_a_parcel_can_be_dialled(depot: Depot, fate: str, states: list[str]):
    await depot.dial(delivery_delay_ms=50, fate_next=[fate])
    label = await depot.carriers.book(booking())
    await depot.hand_over(label)
    await until(lambda: len(depot.listener.events(label.tracking_number)) == 2 + len(states))
    events = depot.listener.events(label.tracking_number)
    assert [event.state.value for event in events[2:]] == states
    assert len({event.event_id for event in events}) == len(events), "each of them is an event of its own"


async def test_a_label_that_was_given_back_or_never_sold_is_not_taken_along(depot: Depot):
    asked = booking()
    label = await depot.carriers.book(asked)
    await depot.carriers.void(undo(asked))
    assert await depot.hand_over(label) == 422
    assert (await depot.written(label)).state == "cancelled"
    assert await depot.hand_over(label.model_copy(update={"tracking_number": "nobody-knows"})) == 404


async def test_what_karrio_calls_us_with_of_itself_is_genuine_and_moves_nothing(karrio: Karrio, depot: Depot):
    headers = {"Authorization": f"Token {karrio.token}"}
    heard: list[Asked] = []

    def answer(asked: Asked) -> Reply:
        heard.append(asked)
        return Reply(200)

    async with serving(answer) as url, httpx.AsyncClient(base_url=karrio.url, headers=headers, timeout=30) as client:
        webhook = {"url": f"{url}/callbacks", "enabled_events": ["all"], "disabled": False}
        made = (await client.post("/v1/webhooks", json=webhook)).raise_for_status().json()
        await depot.carriers.book(booking())
        await until(lambda: bool(heard))
        (await client.delete(f"/v1/webhooks/{made['id']}")).raise_for_status()
    reading = KarrioCallbacks(karrio.settings(callback_secret=made["secret"]))
    assert json.loads(heard[0].body)["event"] == "shipment_purchased"
    assert reading.verify(heard[0].body, heard[0].headers)
    assert reading.read(heard[0].body) == ()


async def test_karrios_trackers_can_be_polled(depot: Depot):
    page = await depot.carriers.since(FeedQuery())
    # Karrio's carrier without a network has no tracking, so that there are none.
    assert (page.events, page.more) == ((), False)
    assert page.cursor is not None
