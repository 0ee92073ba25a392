"""The promise book of an order: what a carrier says of its parcels, in whatever order that comes."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.order.goods import Goods
from models.order.standing import Standing
from models.partners.events import ParcelMoved
from models.promises.book import PromiseBook
from models.promises.promise import PromiseState
from models.states.fulfilment import ShipmentState
from models.stock.demand import Need
from tests.promises.orders.orders import an_order
from tests.promises.promise_dates.promised import BERLIN, RULES
from tests.promises.states.test_standing import NOW, a_parcel

ORDER = an_order(mug=2)
LATER = NOW + timedelta(hours=20)


@pytest.fixture
def goods() -> Goods:
    goods = Standing(ORDER, lambda: NOW).goods
    goods.plan([Need(line_id="1", sku="MUG", quantity=2)])
    return goods


@pytest.fixture
def book(goods: Goods) -> PromiseBook:
    """All of the order has left in one parcel."""
    made = PromiseBook(goods)
    made.go_by(RULES)
    made.know([BERLIN])
    parcel = a_parcel(ORDER.id, 1, 2)
    goods.shipped(parcel)
    made.shipped(parcel, "berlin")
    return made


def moved(state: ShipmentState, *, hours: int) -> ParcelMoved:
    return ParcelMoved(
        event_id=f"{state.value}/{hours}",
        order_id=ORDER.id,
        occurred_at=NOW + timedelta(hours=hours),
        tracking_number="T1",
        state=state,
    )


def test_what_has_arrived_makes_the_promise_kept(book: PromiseBook) -> None:
    book.reckon(ORDER, "it left", NOW)
    book.moved(moved(ShipmentState.DELIVERED, hours=10))
    book.reckon(ORDER, "it is there", LATER)

    assert book.promise is not None
    assert (book.promise.state, book.promise.delivered_at) == (PromiseState.KEPT, NOW + timedelta(hours=10))


@pytest.mark.parametrize("state", [ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER, ShipmentState.IN_TRANSIT])
def test_what_a_carrier_says_of_a_parcel_that_has_arrived_changes_nothing(
    book: PromiseBook, state: ShipmentState
) -> None:
    book.reckon(ORDER, "it left", NOW)
    book.moved(moved(ShipmentState.DELIVERED, hours=10))
    book.moved(moved(state, hours=12))
    book.reckon(ORDER, "the carrier said something", LATER)

    assert book.promise is not None
    assert (book.promise.state, book.promise.delivered_at) == (PromiseState.KEPT, NOW + timedelta(hours=10))


def test_a_parcel_that_is_lost_breaks_the_promise_at_its_end(book: PromiseBook) -> None:
    book.reckon(ORDER, "it left", NOW)
    book.moved(moved(ShipmentState.LOST, hours=10))
    book.reckon(ORDER, "it is lost", LATER)
    assert book.promise is not None
    assert book.promise.state is PromiseState.AT_RISK

    book.end(ORDER)
    assert book.promise.state is PromiseState.MISSED


def test_what_is_sent_once_more_is_not_lost(book: PromiseBook, goods: Goods) -> None:
    book.reckon(ORDER, "it left", NOW)
    book.moved(moved(ShipmentState.LOST, hours=10))
    goods.undelivered(goods.under_label("T1")[0])
    again = a_parcel(ORDER.id, 2, 2)
    goods.shipped(again)
    book.shipped(again, "berlin")
    book.reckon(ORDER, "it left once more", LATER)
    assert book.promise is not None
    assert book.promise.risk != "a parcel will not arrive"

    book.moved(moved(ShipmentState.DELIVERED, hours=15).model_copy(update={"tracking_number": "T2"}))
    book.reckon(ORDER, "it is there", LATER)
    assert book.promise.state is PromiseState.KEPT
