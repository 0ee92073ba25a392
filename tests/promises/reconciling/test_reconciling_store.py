"""On both databases: documents are kept once, orders compared when they have settled, and differences have one life."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from activities.adapters.store.database import Database
from activities.records.orders import Page
from activities.records.reconciling import DifferenceFilter
from models.errors import Conflict, InvalidInput, NotFound
from models.order.order import Order
from models.reconciling.differences import Comparison, DifferenceKind, DifferenceState, Remedy
from models.reconciling.documents import PartnerDocument, Party
from models.states.fulfilment import ShipmentState
from models.states.lifecycle import Lifecycle
from tests.promises.reconciling.pictures import (
    CAPTURE,
    GOODS,
    INVOICE,
    MONEY,
    ORDER,
    SHIPMENT,
    euro,
)
from tests.promises.reconciling.shelf import Shelf

OPEN, HEALED, ASSIGNED, CLOSED = (
    DifferenceState.OPEN,
    DifferenceState.HEALED,
    DifferenceState.ASSIGNED,
    DifferenceState.CLOSED,
)


def of(order: Order, *documents: PartnerDocument, **changes: Any) -> tuple[PartnerDocument, ...]:
    """The pictures' documents, of this order."""
    return tuple(
        document.model_copy(
            update={
                "order_id": order.id,
                "key": document.key.replace(ORDER, order.id),
                "event": document.event and document.event.model_copy(update={"order_id": order.id}),
            }
            | changes
        )
        for document in documents
    )


async def test_an_order_whose_books_agree_is_compared_once_and_differs_in_nothing(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order()
    await shelf.read(*of(order, *MONEY, *GOODS))

    first = await shelf.run()
    second = await shelf.run()

    assert first.compared == dict.fromkeys(Comparison, 1)
    assert second.compared == dict.fromkeys(Comparison, 0)
    assert await shelf.differences() == []


async def test_what_changed_a_moment_ago_is_left_its_time(database: Database) -> None:
    shelf = Shelf(database, grace_minutes=15)
    order = await shelf.order(at=shelf.clock())

    early = await shelf.run()
    shelf.clock.move(minutes=16)
    late = await shelf.run(Comparison.MONEY)

    assert sum(early.compared.values()) == 0
    assert late.found == 3
    assert {one.finding.order_id for one in await shelf.differences()} == {order.id}


async def test_an_order_that_has_just_changed_waits_though_a_document_of_it_is_old(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order(at=shelf.clock())
    await shelf.read(*of(order, SHIPMENT))

    report = await shelf.run()

    assert report.found == 0
    assert await shelf.differences() == []


async def test_a_document_read_again_changes_nothing_and_a_late_one_is_seen(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order()
    await shelf.read(*of(order, *MONEY))
    await shelf.run(Comparison.MONEY)

    await shelf.read(*of(order, *MONEY))
    nothing = await shelf.run(Comparison.MONEY)
    late = of(order, INVOICE, reference="INV-2", at=shelf.clock() - timedelta(hours=3))
    await shelf.read(*late)
    seen = await shelf.run(Comparison.MONEY)

    assert (nothing.compared, nothing.found) == ({Comparison.MONEY: 0}, 0)
    assert seen.found == 1
    assert (await shelf.the_difference()).finding.kind is DifferenceKind.DUPLICATE


async def test_reading_begins_a_while_before_the_last_one_ended_and_nothing_moves_it_back(database: Database) -> None:
    shelf = Shelf(database, overlap_minutes=60, look_back_days=30)
    began = shelf.clock()

    first = await shelf.store.read_from(Party.ERP)
    await shelf.store.begin("a")
    await shelf.store.read_until("a", Party.ERP, 3)
    shelf.clock.move(hours=5)
    await shelf.store.not_read(Party.ERP, "erp: is not available (503)")
    after_trouble = await shelf.store.read_from(Party.ERP)
    reading = next(one for one in (await shelf.shown.overview()).readings if one.party is Party.ERP)

    assert first == began - timedelta(days=30)
    assert after_trouble == began - timedelta(minutes=60)
    assert (reading.read_to, reading.trouble) == (began, "erp: is not available (503)")
    await shelf.store.begin("b")
    await shelf.store.read_until("b", Party.ERP, 3)
    assert next(one for one in (await shelf.shown.overview()).readings if one.party is Party.ERP).trouble is None


async def test_a_difference_that_goes_away_by_itself_is_closed_by_itself_and_may_come_back(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order()
    await shelf.read(*of(order, *MONEY[:3]))
    await shelf.run(Comparison.MONEY)
    first = await shelf.the_difference()

    await shelf.read(*of(order, CAPTURE))
    report = await shelf.run(Comparison.MONEY)
    gone = await shelf.the_difference()
    await shelf.read(*of(order, CAPTURE, amount=euro(1)))
    await shelf.run(Comparison.MONEY)

    assert first.state is OPEN
    assert (report.gone, gone.state, gone.actor, gone.outcome) == (1, CLOSED, "orderloom", "it went away by itself")
    assert {one.finding.kind for one in await shelf.differences(state=OPEN)} == {DifferenceKind.AMOUNT_DIFFERS}


async def test_a_difference_seen_again_is_counted_and_not_told_anew(database: Database) -> None:
    shelf = Shelf(database)
    await shelf.order()

    await shelf.run(Comparison.GOODS)
    again = await shelf.run(Comparison.GOODS)

    assert again.found == 0
    assert {one.times_seen for one in await shelf.differences()} == {2}


async def test_what_is_beyond_the_limits_goes_to_a_person_with_the_reason(database: Database) -> None:
    shelf = Shelf(database, heal_money={"EUR": 3000})
    running: dict[str, Any] = {"lifecycle": Lifecycle.COMPLETED}
    for _ in range(2):
        order = await shelf.order(**running)
        await shelf.read(*of(order, *(one for one in MONEY if one is not INVOICE), reference=f"D-{order.external_id}"))
    report = await shelf.run(Comparison.MONEY)

    taken = await shelf.heal()
    again = await shelf.heal()

    assert report.found >= 2
    assert len([task for task in taken.tasks if task.remedy is Remedy.POST_INVOICE]) <= 1
    assert again.looked == 0
    (left,) = [one for one in await shelf.differences(state=ASSIGNED) if one.finding.remedy]
    assert (left.owner, left.assignee) == ("finance", None)
    assert "more than one run may put right in EUR" in (left.outcome or "")


async def lost_shipment(shelf: Shelf) -> Order:
    """An order in fulfilment that never heard of its parcel."""
    order = await shelf.order(lifecycle=Lifecycle.IN_FULFILMENT, parcel=None, captured=0, invoiced=0)
    await shelf.read(*of(order, *GOODS))
    await shelf.run(Comparison.GOODS)
    return order


async def test_an_order_is_told_what_it_did_not_hear_once(database: Database) -> None:
    shelf = Shelf(database)
    order = await lost_shipment(shelf)

    (task,) = (await shelf.heal()).tasks
    said = await shelf.store.tell_order(task)
    await shelf.store.healed(shelf.run_id, task.difference_id, said)
    (entry,) = await shelf.inbox.claim(limit=10, lease_s=60)

    assert task.remedy is Remedy.TELL_ORDER
    assert (entry.source, entry.event.order_id, entry.event.type) == ("wms", order.id, "wms.shipped")
    assert entry.event.event_id == "evt-shipped"
    healed = await shelf.the_difference()
    assert (healed.state, healed.outcome) == (HEALED, "told the order what wms had said: wms.shipped")
    with pytest.raises(Conflict, match="was told so: waiting"):
        await shelf.store.tell_order(task)


async def test_what_is_there_again_after_healing_goes_to_a_person(database: Database) -> None:
    shelf = Shelf(database)
    await lost_shipment(shelf)
    (task,) = (await shelf.heal()).tasks
    await shelf.store.healed(shelf.run_id, task.difference_id, "told the order")

    shelf.clock.move(minutes=5)
    await shelf.run(Comparison.GOODS)
    soon = (await shelf.the_difference()).state
    shelf.clock.move(minutes=30)
    await shelf.run(Comparison.GOODS)
    late = (await shelf.the_difference()).state
    taken = await shelf.heal()
    left = await shelf.the_difference()

    assert (soon, late, taken.tasks) == (HEALED, OPEN, ())
    assert (left.state, left.outcome) == (ASSIGNED, "it is there again after it was healed: told the order")


async def test_what_cannot_be_healed_is_left_to_a_person(database: Database) -> None:
    shelf = Shelf(database)
    await lost_shipment(shelf)
    (task,) = (await shelf.heal()).tasks

    await shelf.store.not_healed(shelf.run_id, task.difference_id, "the order was told before")

    left = await shelf.the_difference()
    assert (left.state, left.owner, left.outcome) == (ASSIGNED, "warehouse", "the order was told before")


async def test_a_person_takes_it_on_and_closes_it_with_a_reason_and_then_it_stays_closed(database: Database) -> None:
    shelf = Shelf(database)
    await shelf.order(lifecycle=Lifecycle.IN_FULFILMENT, parcel=ShipmentState.IN_TRANSIT)
    await shelf.run(Comparison.GOODS)
    found = (await shelf.differences())[0]

    taken = await shelf.shown.assign(found.id, assignee="Grace", actor="Ada")
    closed = await shelf.shown.close(found.id, reason="the parcel was handed over in person", actor="Grace")
    await shelf.run(Comparison.GOODS)
    after = await shelf.shown.find(found.id)

    assert (taken.state, taken.assignee, taken.actor) == (ASSIGNED, "Grace", "Ada")
    assert (closed.state, closed.actor, closed.settled_at) == (CLOSED, "Grace", shelf.clock())
    assert (after.state, after.outcome) == (CLOSED, "the parcel was handed over in person")
    with pytest.raises(Conflict, match="it is closed: the parcel was handed over"):
        await shelf.shown.close(found.id, reason="again", actor="Ada")
    with pytest.raises(NotFound):
        await shelf.shown.assign("none", assignee="Ada", actor="Ada")


async def test_what_a_person_closed_is_open_again_when_it_is_another_matter(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order()
    (wrong,) = of(order, INVOICE, amount=euro(2800))
    await shelf.read(*of(order, *(one for one in MONEY if one is not INVOICE)), wrong)
    await shelf.run(Comparison.MONEY)
    found = await shelf.the_difference()
    await shelf.shown.close(found.id, reason="70 cents are let go", actor="Grace")

    await shelf.read(wrong.model_copy(update={"amount": euro(10)}))
    await shelf.run(Comparison.MONEY)

    again = await shelf.the_difference()
    assert (again.id, again.state, again.actor) == (found.id, OPEN, None)
    assert again.finding.at_stake == euro(2860)


async def test_an_order_nobody_knows_is_an_orphan_and_one_that_has_not_begun_is_not(database: Database) -> None:
    shelf = Shelf(database)
    await shelf.read(CAPTURE, CAPTURE.model_copy(update={"reference": "CAP-0", "order_id": "", "key": ""}))

    await shelf.run(Comparison.MONEY)

    found = await shelf.differences()
    assert {(one.finding.kind, one.finding.order_id) for one in found} == {
        (DifferenceKind.ORPHAN, ORDER),
        (DifferenceKind.ORPHAN, ""),
    }


async def test_differences_are_listed_page_by_page_and_by_what_is_asked_for(database: Database) -> None:
    shelf = Shelf(database)
    await shelf.order()
    await shelf.run()

    first = await page(shelf, None, 2)
    rest = await page(shelf, first.next_cursor, 50)

    everything = await shelf.differences()
    assert [*first.items, *rest.items] == everything
    assert await shelf.differences(owner="finance") == [one for one in everything if one.owner == "finance"]
    assert await shelf.differences(owner="no\0body") == []
    with pytest.raises(InvalidInput):
        await page(shelf, "bm9uZQ", 2)


async def page(shelf: Shelf, cursor: str | None, limit: int) -> Page[Any]:
    return await shelf.shown.page(DifferenceFilter(), cursor=cursor, limit=limit)


async def test_the_overview_says_what_stands_with_whom(database: Database) -> None:
    shelf = Shelf(database)
    await shelf.order()
    report = await shelf.run()

    overview = await shelf.shown.overview()

    assert overview.last_run == report
    assert {(one.owner, one.count) for one in overview.standing if one.currency == "EUR"} >= {("finance", 2)}
    assert [one.run_id for one in (await shelf.shown.runs(cursor=None, limit=5)).items] == ["run-1"]
