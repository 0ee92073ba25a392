"""What a workflow writes: the newest state wins, and nothing of the story is lost or told twice."""

from __future__ import annotations

import asyncio

import pytest

from activities.records.orders import OrderFilter
from models.errors import NotFound
from models.order.snapshot import Headline
from models.policy.decision import Decision, DecisionKind
from models.states.hold import HoldKind, HoldState
from models.states.lifecycle import Lifecycle


def a_decision(outcome):
    facts = {"amount": 2000, "nested": [1.5, None, "ä"]}
    return Decision(kind=DecisionKind.FRAUD, policy_version="2026-01-01", input=facts, outcome=outcome)


@pytest.fixture
async def order(orders, an_order):
    made = an_order()
    await orders.submit(made, b"{}")
    return made


async def test_a_snapshot_is_what_the_order_shows(orders, book, order, a_snapshot, an_entry):
    snapshot = a_snapshot(
        order,
        1,
        headline=Headline.ON_HOLD,
        references={"erp_order": "SO-1"},
        entries=(an_entry(0), an_entry(1)),
        decisions=(a_decision("hold"),),
    )
    await book.record(snapshot)
    found = await orders.find(order.id)
    assert found.snapshot == snapshot.model_copy(update={"entries": (), "decisions": ()})
    assert found.updated_at == snapshot.at
    assert await orders.timeline(order.id) == [an_entry(0), an_entry(1)]
    assert await orders.decisions(order.id) == [a_decision("hold")]


async def test_a_snapshot_written_twice_is_written_once(orders, book, order, a_snapshot, an_entry):
    snapshot = a_snapshot(order, 1, entries=(an_entry(0),), decisions=(a_decision("pass"),))
    await asyncio.gather(*(book.record(snapshot) for _ in range(5)))
    assert await orders.timeline(order.id) == [an_entry(0)]
    assert await orders.decisions(order.id) == [a_decision("pass")]


async def test_an_older_snapshot_never_overwrites_a_newer_one(orders, book, order, a_snapshot, a_hold):
    released = a_hold(HoldKind.FRAUD, HoldState.RELEASED)
    newer = a_snapshot(order, 2, lifecycle=Lifecycle.ACCEPTED, headline=Headline.ACCEPTED, holds=(released,))
    await book.record(newer)
    await book.record(a_snapshot(order, 1, headline=Headline.ON_HOLD, holds=(a_hold(HoldKind.FRAUD),)))
    assert (await orders.find(order.id)).snapshot == newer
    assert (await orders.page(OrderFilter(hold=HoldKind.FRAUD), cursor=None, limit=5)).items == []
    assert (await orders.page(OrderFilter(headline=Headline.ON_HOLD), cursor=None, limit=5)).items == []


async def test_what_a_late_snapshot_tells_is_not_lost(orders, book, order, a_snapshot, an_entry):
    await book.record(a_snapshot(order, 2, entries=(an_entry(1),), decisions=(a_decision("2"),), decisions_from=1))
    await book.record(a_snapshot(order, 1, entries=(an_entry(0),), decisions=(a_decision("1"),)))
    assert await orders.timeline(order.id) == [an_entry(0), an_entry(1)]
    assert await orders.decisions(order.id) == [a_decision("1"), a_decision("2")]


async def test_what_was_told_is_never_rewritten(orders, book, order, a_snapshot, an_entry):
    await book.record(a_snapshot(order, 1, entries=(an_entry(0, "as it was"),)))
    await book.record(a_snapshot(order, 2, entries=(an_entry(0, "as one would like it"), an_entry(1))))
    assert [entry.text for entry in await orders.timeline(order.id)] == ["as it was", "step 1"]


async def test_snapshots_in_any_order_and_at_once_end_with_the_newest(orders, book, order, a_snapshot, an_entry):
    snapshots = [a_snapshot(order, version, entries=(an_entry(version - 1),)) for version in range(1, 21)]
    shuffled = snapshots[::3] + snapshots[2::3] + snapshots[1::3]
    await asyncio.gather(*(book.record(snapshot) for snapshot in shuffled))
    view = await orders.find(order.id)
    assert view.snapshot is not None
    assert view.snapshot.version == 20
    assert [entry.position for entry in await orders.timeline(order.id)] == list(range(20))


async def test_a_hold_can_be_found_while_it_is_open_and_not_after(orders, book, order, a_snapshot, a_hold):
    await book.record(a_snapshot(order, 1, holds=(a_hold(HoldKind.FRAUD), a_hold(HoldKind.CREDIT))))
    await book.record(a_snapshot(order, 2, holds=(a_hold(HoldKind.FRAUD, HoldState.APPROVED), a_hold(HoldKind.CREDIT))))
    found = {
        kind: [view.order.id for view in (await orders.page(OrderFilter(hold=kind), cursor=None, limit=5)).items]
        for kind in (HoldKind.FRAUD, HoldKind.CREDIT, HoldKind.ADDRESS)
    }
    assert found == {HoldKind.FRAUD: [], HoldKind.CREDIT: [order.id], HoldKind.ADDRESS: []}


async def test_an_order_that_writes_counts_as_started(orders, book, order, a_snapshot, clock):
    await book.record(a_snapshot(order, 1))
    clock.move(hours=1)
    assert await orders.unstarted(older_than_s=0, limit=5) == []


async def test_a_failed_write_leaves_nothing_of_itself(orders, book, order, a_snapshot, an_entry):
    unwritable = a_decision("pass").model_copy(update={"input": {"not": object()}})
    with pytest.raises(Exception, match="object"):
        await book.record(a_snapshot(order, 1, entries=(an_entry(0),)).model_copy(update={"decisions": (unwritable,)}))
    assert (await orders.find(order.id)).snapshot is None
    assert await orders.timeline(order.id) == []


async def test_an_order_we_do_not_know_cannot_be_written(book, an_order, a_snapshot):
    with pytest.raises(NotFound):
        await book.record(a_snapshot(an_order(), 1))
