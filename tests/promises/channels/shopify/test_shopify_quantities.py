"""What a Shopify order means to us: how many are left to deliver."""

from __future__ import annotations

import json

import pytest

from activities.adapters.shopify.orders import ShopifyOrders


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({}, 2),
        ({"current_quantity": 1, "fulfillable_quantity": 1}, 1),
        ({"current_quantity": 2, "fulfillable_quantity": 0, "fulfillment_status": "fulfilled"}, 0),
        ({"current_quantity": 0, "fulfillable_quantity": 0}, 0),
        ({"current_quantity": None, "fulfillable_quantity": None, "fulfillment_status": "fulfilled"}, 0),
    ],
)
def test_what_is_left_follows_shopifys_own_counts(read, line, changes, left):
    assert read(line_items=[line(**changes)]).lines[0].open_quantity == left


def test_without_counts_refunds_and_fulfilments_are_counted(read, line):
    document = read(
        line_items=[line(quantity=9, current_quantity=None, fulfillable_quantity=None)],
        refunds=[{"refund_line_items": [{"line_item_id": 1, "quantity": 2}]}],
        fulfillments=[
            {"status": "success", "line_items": [{"id": 1, "quantity": 5}]},
            {"status": "failure", "line_items": [{"id": 1, "quantity": 2}]},
        ],
        total_price="90.00",
    )
    assert document.lines[0].open_quantity == 4


def test_an_order_whose_money_went_back_has_nothing_left(read):
    document = read(financial_status="refunded")
    assert document.lines[0].open_quantity == 0
    assert document.payment.refunded == document.total


def test_a_cancelled_order_says_when(read):
    assert read(cancelled_at="2026-11-02T12:00:00+01:00").cancelled_at is not None


@pytest.mark.parametrize(
    ("counts", "sent", "taken"),
    [
        ((5, 5), 0, 0),
        ((5, 3), 2, 0),
        ((5, 0), 5, 0),
        ((4, 4), 0, 1),
        ((4, 2), 2, 1),
        # Two were sent, and one of them came back.
        ((4, 3), 1, 1),
        # All were sent, and all came back.
        ((0, 0), 0, 5),
    ],
)
def test_what_was_sent_is_told_apart_from_what_was_taken_away(read, line, counts, sent, taken):
    item = line(quantity=5, price="4.00", current_quantity=counts[0], fulfillable_quantity=counts[1])
    (document,) = read(line_items=[item]).lines
    assert (document.shipped, document.cancelled - document.shipped) == (sent, taken)


def test_without_counts_what_was_sent_is_told_apart_too(read, line):
    document = read(
        line_items=[line(quantity=9, current_quantity=None, fulfillable_quantity=None)],
        refunds=[{"refund_line_items": [{"line_item_id": 1, "quantity": 2}]}],
        fulfillments=[{"status": "success", "line_items": [{"id": 1, "quantity": 5}]}],
        total_price="90.00",
    )
    assert (document.lines[0].cancelled, document.lines[0].shipped) == (5, 3)


def test_goods_that_were_sent_stay_sent_when_all_the_money_goes_back(read, line):
    document = read(financial_status="refunded", line_items=[line(current_quantity=2, fulfillable_quantity=1)])
    assert (document.lines[0].cancelled, document.lines[0].shipped) == (2, 1)


def test_a_shop_by_another_name_reads_as_that_channel(order):
    (reading,) = ShopifyOrders(channel="mugs").read(json.dumps(order()).encode())
    assert reading.document.channel == "mugs"
