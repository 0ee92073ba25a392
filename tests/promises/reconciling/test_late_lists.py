"""What is late is listed with its age, its owner and its reason: orders on hold, goods still here, supplies not here."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import event, insert, update

from activities.adapters.store.database import Database
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.reconciling.worklists import SqlWorklists
from activities.adapters.store.stock.tables import reservation_lines, reservations, supplies
from activities.records.reconciling import Worklist, WorklistEntry
from models.order.order import Order
from models.promises.promise import Promise, PromiseState
from models.states.hold import Hold, HoldKind, HoldState
from models.stock.reservation import ReservationState
from tests.promises.reconciling.pictures import LONG_AGO, a_snapshot, euro
from tests.promises.reconciling.shelf import Shelf
from tests.promises.returns.shipped import POLICIES

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def entries(database: Database, name: Worklist) -> list[WorklistEntry]:
    return (await SqlWorklists(database, now=lambda: LONG_AGO).page(name, cursor=None, limit=50)).items


async def record(database: Database, order: Order, version: int, **snapshot: Any) -> None:
    written = a_snapshot(order, version=version).model_copy(update=snapshot)
    await SqlOrderBook(database, POLICIES).record(written)


def a_hold(kind: HoldKind, owner: str, hours: int, state: HoldState = HoldState.OPEN) -> Hold:
    at = LONG_AGO - hours * HOUR
    hold = Hold(
        id=f"{kind.value}-1",
        kind=kind,
        owner=owner,
        reason=f"{owner} is asked",
        release_rule="an answer",
        opened_at=at,
        opened_by="orderloom",
    )
    decided = {} if state is HoldState.OPEN else {"state": state, "decided_at": LONG_AGO, "decided_by": "Ada"}
    return hold.model_copy(update=decided)


async def test_orders_on_hold_are_listed_by_their_oldest_open_hold(database: Database) -> None:
    shelf = Shelf(database)
    order, other, free = [await shelf.order() for _ in range(3)]
    fraud, credit = a_hold(HoldKind.FRAUD, "risk", 2), a_hold(HoldKind.CREDIT, "finance", 5)
    await record(database, order, 2, holds=(fraud, credit))
    await record(database, other, 2, holds=(a_hold(HoldKind.APPROVAL, "sales", 3),))
    await record(database, free, 2, holds=(a_hold(HoldKind.FRAUD, "risk", 9, HoldState.APPROVED),))

    first, second = await entries(database, Worklist.ON_HOLD)
    await record(database, order, 3, holds=(fraud, a_hold(HoldKind.CREDIT, "finance", 5, HoldState.APPROVED)))
    _, younger = await entries(database, Worklist.ON_HOLD)

    assert (first.order_id, first.owner, first.since) == (order.id, "finance", LONG_AGO - 5 * HOUR)
    assert (first.reason, first.value) == ("credit-1: finance is asked (and 1 more)", euro(2870))
    assert (second.order_id, second.owner) == (other.id, "sales")
    assert (younger.order_id, younger.reason) == (order.id, "fraud-1: risk is asked")


async def test_an_order_behind_its_promise_is_listed_at_the_node_its_goods_are_still_at(database: Database) -> None:
    shelf = Shelf(database)
    late, gone, in_time = [await shelf.order() for _ in range(3)]
    for order, state in ((late, PromiseState.MISSED), (gone, PromiseState.AT_RISK), (in_time, PromiseState.ON_TRACK)):
        promise = Promise(
            version=1, at=LONG_AGO, reason="r", ship=None, deliver=None, lines=(), since=LONG_AGO, state=state
        )
        said = promise.model_copy(update={"ship_by": LONG_AGO, "risk": "no carrier came"})
        await record(database, order, 2, promise=said)
        await _reserve(database, order.id, consumed=2 if order is gone else 1)

    (listed,) = await entries(database, Worklist.LATE_TO_LEAVE)
    async with database.writing() as connection:
        await connection.execute(update(reservation_lines).values(released=2 - reservation_lines.c.consumed))

    assert (listed.order_id, listed.owner) == (late.id, "berlin")
    assert listed.reason == f"was to leave by {LONG_AGO:%Y-%m-%d %H:%M} UTC: no carrier came"
    assert await entries(database, Worklist.LATE_TO_LEAVE) == []


async def test_a_supply_is_listed_once_from_the_day_that_was_said_first(database: Database) -> None:
    for sku in ("LAMP", "MUG"):
        await _supply(database, "PO-1", sku, said=LONG_AGO - 2 * DAY, expected=LONG_AGO + 3 * DAY)
    await _supply(database, "PO-2", "MUG", said=LONG_AGO - DAY, expected=LONG_AGO - DAY, source=None)
    await _supply(database, "PO-3", "MUG", said=LONG_AGO + DAY, expected=LONG_AGO + DAY)
    await _supply(database, "PO-4", "MUG", said=LONG_AGO - DAY, expected=LONG_AGO, state="received", received=10)

    later, overdue = await entries(database, Worklist.LATE_SUPPLIES)

    assert (later.id, later.order_id, later.owner, later.since) == ("PO-1", "", "Pottery Ltd", LONG_AGO - 2 * DAY)
    assert later.reason.startswith("20 units of 2 articles said for ")
    assert (overdue.id, overdue.owner) == ("PO-2", "purchasing")
    assert (await SqlWorklists(database, now=lambda: LONG_AGO - 3 * DAY).summaries())[-1].count == 1


async def test_open_holds_and_broken_promises_are_found_by_an_index(database: Database, kind: str) -> None:
    asked: list[tuple[str, Any]] = []

    def note(*what: Any) -> None:
        asked.append((what[2], what[3]))

    for engine in database.engines:
        event.listen(engine, "before_cursor_execute", note)
    plans = []
    for name in (Worklist.ON_HOLD, Worklist.LATE_TO_LEAVE):
        await entries(database, name)
        statement, values = asked[-1]
        if kind == "sqlite":
            async with database.reading() as connection:
                plans.append(str((await connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)).all()))

    # PostgreSQL reads a small table as a whole.
    assert kind != "sqlite" or ("order_holds_open" in plans[0] and "orders_by_promise" in plans[1])


async def _reserve(database: Database, order_id: str, *, consumed: int) -> None:
    row = {"key": f"{order_id}/r", "order_id": order_id, "state": ReservationState.COMMITTED.value}
    line = {"reservation_key": f"{order_id}/r", "line_id": "1", "sku": "MUG", "node": "berlin", "lot": ""}
    counts = {"quantity": 2, "picked": 0, "consumed": consumed, "released": 0, "fenced": 0}
    async with database.writing() as connection:
        await connection.execute(insert(reservations), row | {"opened_at": LONG_AGO})
        await connection.execute(insert(reservation_lines), line | counts)


async def _supply(database: Database, name: str, sku: str, **about: Any) -> None:
    row = {"id": name, "sku": sku, "node": "berlin", "lot": "", "kind": "purchase", "state": "ordered"}
    dates = {"ordered_at": LONG_AGO - 9 * DAY, "first_expected_at": about["said"], "expected_at": about["expected"]}
    count = {"quantity": 10, "received": about.get("received", 0), "source": about.get("source", "Pottery Ltd")}
    async with database.writing() as connection:
        await connection.execute(insert(supplies), row | dates | count | {"state": about.get("state", "ordered")})
