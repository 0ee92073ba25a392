"""A callback is stored once, and delivered until its order has it; never by two at a time."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import text

from models.partners.events import ParcelMoved
from models.states.fulfilment import ShipmentState


@pytest.fixture
def an_event(clock):
    happened = clock()

    def make(event_id):
        return ParcelMoved(
            event_id=event_id,
            order_id="order:shopify:1",
            occurred_at=happened,
            tracking_number="T-1",
            state=ShipmentState.DELIVERED,
        )

    return make


@pytest.fixture
async def three(inbox, an_event, clock):
    for number in ("c", "a", "b"):
        await inbox.receive("carrier", an_event(number), b"{}")
        clock.move(seconds=1)


def ids(entries):
    return [entry.event_id for entry in entries]


async def test_an_event_is_received_once_however_often_it_is_sent(inbox, an_event):
    received = await asyncio.gather(*(inbox.receive("carrier", an_event("1"), b"{}") for _ in range(20)))
    assert received.count(True) == 1
    assert await inbox.receive("wms", an_event("1"), b"{}"), "another partner may use the same id"


async def test_events_come_oldest_first_and_whole(inbox, an_event, three):  # noqa: ARG001 - the events
    entries = await inbox.claim(limit=10, lease_s=30)
    assert ids(entries) == ["c", "a", "b"]
    assert (entries[0].source, entries[0].event, entries[0].attempts) == ("carrier", an_event("c"), 1)


@pytest.mark.usefixtures("three")
async def test_what_is_claimed_is_nobody_elses_until_the_lease_ends(inbox, clock):
    assert ids(await inbox.claim(limit=2, lease_s=30)) == ["c", "a"]
    assert ids(await inbox.claim(limit=2, lease_s=30)) == ["b"]
    assert await inbox.claim(limit=2, lease_s=30) == []
    clock.move(seconds=30)
    again = await inbox.claim(limit=10, lease_s=30)
    assert [(entry.event_id, entry.attempts) for entry in again] == [("c", 2), ("a", 2), ("b", 2)]


async def test_many_who_claim_at_once_never_get_the_same_event(inbox, an_event):
    for number in range(40):
        await inbox.receive("carrier", an_event(str(number)), b"{}")
    claimed = await asyncio.gather(*(inbox.claim(limit=7, lease_s=30) for _ in range(12)))
    taken = [entry.event_id for entries in claimed for entry in entries]
    assert len(taken) == len(set(taken))
    assert all(len(entries) <= 7 for entries in claimed)
    taken += ids(await inbox.claim(limit=40, lease_s=30))
    assert sorted(taken, key=int) == [str(number) for number in range(40)]


@pytest.mark.usefixtures("three")
async def test_what_its_order_has_is_not_delivered_again(inbox, clock):
    await inbox.claim(limit=1, lease_s=30)
    await inbox.delivered("carrier", "c")
    clock.move(days=1)
    assert ids(await inbox.claim(limit=10, lease_s=30)) == ["a", "b"]


@pytest.mark.usefixtures("three")
async def test_what_failed_comes_again_when_its_time_has_come(inbox, clock):
    await inbox.claim(limit=1, lease_s=30)
    await inbox.failed("carrier", "c", "Temporal is away", retry_in_s=5)
    assert ids(await inbox.claim(limit=10, lease_s=300)) == ["a", "b"]
    clock.move(seconds=5)
    assert [(entry.event_id, entry.attempts) for entry in await inbox.claim(limit=10, lease_s=30)] == [("c", 2)]


@pytest.mark.usefixtures("three")
async def test_what_cannot_be_delivered_is_kept_with_its_reason(inbox, database, clock):
    await inbox.undeliverable("carrier", "c", "the order has ended")
    clock.move(days=1)
    assert ids(await inbox.claim(limit=10, lease_s=30)) == ["a", "b"]
    async with database.reading() as connection:
        kept = (await connection.execute(text("SELECT state, reason, body FROM inbox WHERE event_id = 'c'"))).one()
    assert tuple(kept) == ("undeliverable", "the order has ended", b"{}")


@pytest.mark.usefixtures("three")
async def test_a_late_failure_does_not_undo_a_delivery(inbox, database):
    await inbox.delivered("carrier", "c")
    await inbox.failed("carrier", "c", "timed out", retry_in_s=0)
    await inbox.undeliverable("carrier", "c", "timed out")
    async with database.reading() as connection:
        kept = (await connection.execute(text("SELECT state, reason FROM inbox WHERE event_id = 'c'"))).one()
    assert tuple(kept) == ("delivered", None)


@pytest.mark.usefixtures("three")
async def test_an_event_that_was_delivered_is_still_known_when_it_is_sent_again(inbox, an_event):
    await inbox.delivered("carrier", "c")
    assert not await inbox.receive("carrier", an_event("c"), b"{}")
