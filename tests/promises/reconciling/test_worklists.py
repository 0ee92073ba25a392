"""The four lists show, as it is this moment, what is not in everybody's books yet: since when, whose, why, how much."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event, insert

from activities.adapters.store.database import Database
from activities.adapters.store.reconciling.worklists import SqlWorklists
from activities.adapters.store.stock.tables import reservations
from activities.records.reconciling import Worklist, WorklistEntry
from models.errors import InvalidInput
from models.reconciling.differences import Comparison
from models.reconciling.documents import DocumentKind
from models.returns.money import RefundOutcome
from models.states.lifecycle import Lifecycle
from models.stock.reservation import ReservationState
from tests.promises.reconciling.pictures import LONG_AGO, SHIPMENT, a_document, euro
from tests.promises.reconciling.shelf import Shelf
from tests.promises.returns.shipped import a_claim, a_request, book_in, delivered, returns_in

POSTING, RESERVATIONS = Worklist.AWAITING_ERP_POSTING, Worklist.PENDING_RESERVATIONS
SHIPMENTS, REFUNDS = Worklist.UNRECONCILED_SHIPMENTS, Worklist.REFUNDS_OUTSIDE_FINANCE


async def entries(database: Database, name: Worklist) -> list[WorklistEntry]:
    return (await SqlWorklists(database).page(name, cursor=None, limit=50)).items


async def test_an_order_awaits_the_erp_until_it_is_posted_there_and_again_until_it_is_invoiced(
    database: Database,
) -> None:
    shelf = Shelf(database)
    order = await shelf.order(lifecycle=Lifecycle.ACCEPTED, parcel=None, captured=0, invoiced=0, references={})
    (accepted,) = await entries(database, POSTING)
    await shelf.record(order, version=2, lifecycle=Lifecycle.IN_FULFILMENT, parcel=None, captured=0, invoiced=0)
    posted = await entries(database, POSTING)
    later = LONG_AGO + timedelta(hours=1)
    await shelf.record(order, version=3, lifecycle=Lifecycle.IN_FULFILMENT, invoiced=870, at=later)
    await shelf.record(order, version=4, lifecycle=Lifecycle.IN_FULFILMENT, invoiced=870, at=later)
    (shipped,) = await entries(database, POSTING)
    await shelf.record(order, version=5, invoiced=2870, at=later)

    assert (accepted.order_id, accepted.since, accepted.value) == (order.id, LONG_AGO, euro(2870))
    assert (accepted.owner, accepted.reason) == ("integration", "the ERP has no order of record yet")
    assert posted == []
    assert (shipped.since, shipped.value) == (later, euro(2000))
    assert shipped.reason == "the ERP has no invoice for what was shipped yet"
    assert await entries(database, POSTING) == []


async def test_reservations_that_are_not_firm_are_listed_with_what_they_wait_for(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order()
    states = (ReservationState.PENDING, ReservationState.HELD, ReservationState.COMMITTED, ReservationState.RELEASED)
    for position, state in enumerate(states):
        row = {"key": f"k{position}", "order_id": order.id, "state": state.value, "opened_at": LONG_AGO}
        async with database.writing() as connection:
            await connection.execute(insert(reservations), row | {"expires_at": LONG_AGO + timedelta(days=1)})

    pending, held = await entries(database, RESERVATIONS)

    assert (pending.id, pending.reason, pending.value) == ("k0", "waits for stock", euro(2870))
    assert held.reason.startswith("is held until ")
    assert (held.owner, held.since) == ("warehouse", LONG_AGO)


async def test_shipments_are_listed_until_they_were_compared_and_agree(database: Database) -> None:
    shelf = Shelf(database)
    order = await shelf.order()
    await shelf.read(SHIPMENT.model_copy(update={"order_id": order.id}))
    waiting = await entries(database, SHIPMENTS)

    await shelf.run(Comparison.GOODS)
    (differs,) = await entries(database, SHIPMENTS)
    (found,) = await shelf.differences()
    await shelf.shown.close(found.id, reason="the carrier lists no parcels of this kind", actor="Grace")

    assert [one.reason for one in waiting] == ["not compared with the warehouse and the carrier yet"]
    assert (differs.id, differs.owner, differs.reason) == (found.id, "warehouse", found.finding.reason)
    assert await entries(database, SHIPMENTS) == []


async def test_a_refund_is_listed_until_its_credit_memo_is_in_the_erp(database: Database) -> None:
    order = await delivered(database, mug=2)
    shelf, book = Shelf(database), book_in(database)
    case = (await returns_in(database).open(order.id, a_request(1), opened_by="s", request_key=None)).case
    claim = a_claim(case.id, order)
    granted = await book.claim(claim)
    (claimed,) = await entries(database, REFUNDS)
    await book.settle(RefundOutcome(key=claim.key, return_id=case.id, given=granted.ways))
    (given,) = await entries(database, REFUNDS)

    memo = a_document(DocumentKind.CREDIT_MEMO, "CM-1", 1190, key=f"{claim.key}/memo", order_id=order.id)
    await shelf.read(memo)

    assert (claimed.value, claimed.owner) == (granted.total, "finance")
    assert claimed.reason == f"{case.id}: granted, and not known to be given"
    assert given.reason == f"{case.id}: given, and the ERP has no credit memo of it"
    assert await entries(database, REFUNDS) == []


async def test_lists_are_paged_oldest_first_and_counted(database: Database) -> None:
    shelf, lists = Shelf(database), SqlWorklists(database)
    for hours in (3, 1, 2):
        at = LONG_AGO - timedelta(hours=hours)
        await shelf.order(at=at, lifecycle=Lifecycle.ACCEPTED, parcel=None, captured=0, invoiced=0, references={})

    first = await lists.page(POSTING, cursor=None, limit=2)
    rest = await lists.page(POSTING, cursor=first.next_cursor, limit=2)
    summary = next(one for one in await lists.summaries() if one.name is POSTING)

    found = [*first.items, *rest.items]
    assert [one.since for one in found] == [LONG_AGO - timedelta(hours=hours) for hours in (3, 2, 1)]
    assert rest.next_cursor is None
    assert (summary.count, summary.oldest) == (3, found[0].since)
    with pytest.raises(InvalidInput):
        await lists.page(RESERVATIONS, cursor=first.next_cursor, limit=2)


async def test_each_list_reads_an_index_of_its_own(database: Database, kind: str) -> None:
    if kind != "sqlite":
        pytest.skip("PostgreSQL reads a small table as a whole")
    asked: list[tuple[str, Any]] = []

    @event.listens_for(database.engine.sync_engine, "before_cursor_execute")
    def note(*what: Any) -> None:
        asked.append((what[2], what[3]))

    plans = {}
    for name in Worklist:
        await entries(database, name)
        statement, values = asked[-1]
        async with database.reading() as connection:
            plan = await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plans[name] = str(plan.all())

    assert "orders_unposted" in plans[POSTING]
    assert "reservations_unconfirmed" in plans[RESERVATIONS]
    assert "return_money_unposted" in plans[REFUNDS]
    assert "reconciliation_differences_standing" in plans[SHIPMENTS]
    assert "reconciliation_due_by_age" in plans[SHIPMENTS]
