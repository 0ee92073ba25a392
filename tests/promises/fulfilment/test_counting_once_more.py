"""Whatever is lost on its way and sent once more, each piece is paid for once and the counts add up."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Money
from models.order.standing import Standing
from models.partners.events import ParcelShipped, PickedLine
from models.stock.demand import Need
from tests.promises.orders.orders import an_order

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def parcel(order_id: str, number: int, quantity: int) -> ParcelShipped:
    return ParcelShipped(
        event_id=f"e{number}",
        order_id=order_id,
        occurred_at=NOW,
        release_key="r",
        shipment_id=f"P{number}",
        node="berlin",
        carrier="Swift",
        tracking_number=f"T{number}",
        lines=(PickedLine(line_id="1", sku="MUG", quantity=quantity),),
    )


@pytest.mark.slow
@given(sizes=st.lists(st.integers(1, 5), min_size=1, max_size=6), data=st.data())
def test_every_piece_is_paid_for_once_however_often_it_is_sent(sizes: list[int], data: st.DataObject) -> None:
    order = an_order(mug=sum(sizes))
    goods = Standing(order, lambda: NOW).goods
    goods.plan([Need(line_id="1", sku="MUG", quantity=sum(sizes))])
    values, number, losses = [], 0, 0
    while goods.outstanding():
        left = goods.outstanding()["1", "MUG"]
        quantity = data.draw(st.integers(1, left), label="in the parcel")
        values.append(goods.shipped(parcel(order.id, number, quantity)))
        if losses < 4 and data.draw(st.booleans(), label="is lost"):
            lost = goods.parcel(f"T{number}")
            assert lost is not None
            assert goods.undelivered(lost) == {("1", "MUG"): quantity}
            losses += 1
        number += 1

    assert Money.sum_of(values, "EUR") == order.total
    assert goods.line_quantities() == {"1": sum(sizes)}


@given(quantity=st.integers(1, 9), given_up=st.integers(1, 9))
def test_what_is_not_sent_once_more_is_no_cancellation_and_is_to_be_settled(quantity: int, given_up: int) -> None:
    order = an_order(mug=quantity)
    goods = Standing(order, lambda: NOW).goods
    goods.plan([Need(line_id="1", sku="MUG", quantity=quantity)])
    goods.shipped(parcel(order.id, 1, quantity))
    lost = goods.parcel("T1")
    assert lost is not None
    goods.undelivered(lost)

    goods.cancelled({("1", "MUG"): given_up})

    assert goods.take_unsent() == {("1", "MUG"): min(given_up, quantity)}
    assert not goods.take_unsent()
    assert goods.progress()[0].cancelled == 0
    assert goods.worth_shipped == order.total
