"""What a change leaves in our own store: the order as it is now, in every list, and what was sent beside it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from activities.adapters.store.database import Database
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from api.orders import change_examples as examples
from models.changes.pricing import with_more
from models.changes.progress import ChangeProgress
from models.changes.request import CHANGE_REQUEST
from models.order.standing import Standing
from models.states.changing import ChangeState
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import POLICIES

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


def a_change(state: ChangeState) -> ChangeProgress:
    request = CHANGE_REQUEST.validate_json(json.dumps(examples.CHANGE))
    return ChangeProgress(
        id="change-1", request=request, state=state, proposed_at=NOW, proposed_by="anna", take_up_by=NOW
    )


async def test_the_order_is_shown_as_it_is_now(database: Database) -> None:
    orders, book = SqlOrders(database), SqlOrderBook(database, POLICIES)
    order = an_order(mug=2)
    await orders.submit(order, b"as it came")
    standing = Standing(order, lambda: NOW)
    standing.changes["change-1"] = a_change(ChangeState.PROPOSED)
    before = standing.snapshot()
    await book.record(before)
    assert (await orders.find(order.id)).order == order

    larger = with_more(order, "1", 3)
    standing.take_changed(larger)
    standing.changes["change-1"] = a_change(ChangeState.CONFIRMED)
    await book.record(standing.snapshot())
    await book.record(standing.snapshot())
    await book.record(before)

    view = await orders.find(order.id)
    assert view.order == larger
    assert view.order.lines[0].quantity == 5
    assert view.snapshot is not None
    assert view.snapshot.changed is None
    assert [change.state for change in view.snapshot.changes] == [ChangeState.CONFIRMED]
    again = await orders.submit(order, b"as it came")
    assert (again.is_new, again.same_content) == (False, True)
