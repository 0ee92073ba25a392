"""What a WooCommerce order means to us: how many are left to deliver."""

from __future__ import annotations

import json

import pytest

from activities.adapters.woocommerce.orders import WooCommerceOrders


@pytest.mark.parametrize("status", ["completed", "refunded"])
def test_a_finished_order_has_nothing_left(read, status):
    assert read(status=status).lines[0].open_quantity == 0


def test_a_cancelled_order_says_when(read):
    cancelled_at = read(status="cancelled").cancelled_at
    assert cancelled_at is not None
    assert cancelled_at.isoformat() == "2026-11-03T10:00:00+00:00"


def test_a_restocked_refund_takes_from_its_line(read, line, note):
    document = read(
        line_items=[line(meta_data=[note("_restock_refunded_items", "1")])], refunds=[{"id": 1, "total": "-10.00"}]
    )
    assert document.lines[0].open_quantity == 1
    assert str(document.payment.refunded) == "10.00 EUR"


def test_the_lines_of_a_refund_count_where_an_export_adds_them(read, note):
    refund = {"total": "-10.00", "line_items": [{"quantity": -1, "meta_data": [note("_refunded_item_id", "1")]}]}
    assert read(refunds=[refund]).lines[0].open_quantity == 1


def test_a_refund_of_money_alone_leaves_the_goods_to_go_out(read):
    assert read(refunds=[{"total": "-2.00"}]).lines[0].open_quantity == 2


def test_a_refund_of_everything_leaves_nothing(read):
    assert read(refunds=[{"total": "-15.00"}, {"total": "-5.00"}]).lines[0].open_quantity == 0


def test_a_refund_of_what_gift_cards_left_to_be_paid_is_not_one_of_everything(read):
    cards = [{"id": 1, "code": "GIFT-0001", "amount": 15}]
    part = read(total="5.00", gift_cards=cards, refunds=[{"id": 5, "total": "-5.00"}])
    assert (part.total.amount, part.lines[0].cancelled) == (2000, 0)
    assert read(total="5.00", gift_cards=cards, refunds=[{"id": 5, "total": "-20.00"}]).lines[0].cancelled == 2


def test_a_refunded_order_without_its_refunds_gave_all_of_it_back(read):
    assert str(read(status="refunded").payment.refunded) == "20.00 EUR"


@pytest.mark.parametrize(("alone", "shipped"), [("yes", [False, True]), ("no", [True, False]), (None, [False, True])])
def test_of_a_bundle_either_the_parts_or_the_whole_is_sent(read, line, note, alone, shipped):
    marks = [] if alone is None else [note("_bundled_item_needs_shipping", alone)]
    parent = line(1, bundled_items=[2], bundled_by="")
    child = line(2, total="0.00", subtotal="0.00", bundled_by=1, meta_data=marks)
    assert [each.needs_shipping for each in read(line_items=[parent, child]).lines] == shipped


def _parcel(lines):
    return {"carrier": "DHL", "tracking_number": "JD1", "lines": lines}


@pytest.mark.parametrize(
    ("happened", "left_and_sent"),
    [
        (("processing", 0, []), (5, 0)),
        (("processing", 0, [2]), (3, 2)),
        (("processing", 1, [2, 1]), (1, 3)),
        (("processing", 5, []), (0, 0)),
        (("completed", 0, []), (0, 5)),
        (("completed", 2, [3]), (0, 3)),
        (("cancelled", 0, [1]), (4, 1)),
        (("refunded", 0, [5]), (0, 5)),
    ],
)
def test_what_we_told_was_sent_is_told_apart_from_what_was_taken_away(read, line, note, happened, left_and_sent):
    status, refunded, parcels = happened
    told = [note(f"_orderloom_parcel_{n}", json.dumps(_parcel({"1": count}))) for n, count in enumerate(parcels)]
    back = {"total": "-0.01", "line_items": [{"quantity": -refunded, "meta_data": [note("_refunded_item_id", "1")]}]}
    document = read(status=status, line_items=[line(quantity=5)], meta_data=told, refunds=[back] if refunded else [])
    assert (document.lines[0].open_quantity, document.lines[0].shipped) == left_and_sent


def test_a_shop_by_another_name_reads_as_that_channel(order):
    (reading,) = WooCommerceOrders(channel="hats").read(json.dumps(order()).encode())
    assert reading.document.channel == "hats"
