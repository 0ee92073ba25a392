"""Sales at a Tryton's tills become orders that are paid and taken along, and our ledger hears what left the shelf."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.adapters.channel_formats import channel_formats
from activities.adapters.tryton.pos.orders import TrytonPosOrders
from activities.adapters.tryton.pos.sale import SaleAtNode
from activities.adapters.tryton.pos.shelf import moved
from models.catalogue import Item
from models.errors import InvalidInput
from models.order.document import FulfilledBy, OrderDocument
from models.order.order import Order, Provenance, digest
from models.order.payment_terms import PaymentTerms, TenderKind
from models.policy.routing import needs
from models.settings import Settings

CHANNEL = "tryton_pos"


def line(number: int, sku: str, quantity: float, gross: str = "11.90", net: str = "10.00", **product: Any) -> Any:
    article = {"id": number, "code": sku, "name": f"{sku}, à la carte", "type": "goods", **product}
    prices = {"unit_list_price": net, "unit_gross_price": gross}
    return {"id": number, "product": article, "quantity": quantity, **prices}


def payment(number: int, amount: str, method: str = "Cash") -> Any:
    return {"id": number, "amount": amount, "cash": method == "Cash", "method": {"id": 1, "name": method}}


def sale(**changes: Any) -> dict[str, Any]:
    """A sale as the adapter writes it down: two blue mugs and a red one, paid in cash."""
    point = {"id": 1, "name": "Store Berlin-Mitte", "tax_included": True, "storage_location": 19, "return_location": 19}
    written = {
        "id": 7,
        "number": "Berlin-Mitte-00007",
        "state": "posted",
        "date": "2026-11-21",
        "total": "35.70",
        "currency": {"id": 1, "code": "EUR"},
        "point": point,
        "lines": [line(11, "MUG-BLUE", 2.0), line(12, "MUG-RED", 1.0)],
        "payments": [payment(1, "35.70")],
        "create_date": "2026-11-21T16:21:47.888991Z",
        "write_date": "2026-11-21T16:21:53.150109Z",
        "node": "store-mitte",
        "recorded": False,
    }
    return written | changes


def read(value: dict[str, Any]) -> OrderDocument:
    [reading] = TrytonPosOrders(CHANNEL).read(json.dumps(value).encode())
    if reading.error is not None:
        raise reading.error
    assert reading.document is not None
    return reading.document


def refused(value: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(InvalidInput) as caught:
        read(value)
    [error] = caught.value.errors
    return error.pointer, error.code


def test_a_sale_is_read_with_its_receipt_its_goods_and_its_tax():
    document = read(sale())
    assert (document.channel, document.external_id, document.number) == (CHANNEL, "7", "Berlin-Mitte-00007")
    assert [(one.id, one.sku, one.quantity, one.total.amount) for one in document.lines] == [
        ("11", "MUG-BLUE", 2, 2380),
        ("12", "MUG-RED", 1, 1190),
    ]
    assert [tax.amount.amount for one in document.lines for tax in one.taxes] == [380, 190]
    assert document.total.amount == 3570


def order_of(document: OrderDocument) -> Order:
    return Order.accepted(document, Provenance(format="tryton/pos", payload_digest=digest(b"")))


def test_what_was_taken_along_is_the_shops_own_to_hand_over_and_nothing_is_reserved_for_it():
    document = read(sale())
    items = {sku: Item(sku=sku, name=sku) for sku in ("MUG-BLUE", "MUG-RED")}
    assert needs(order_of(document), items) == ()
    assert not order_of(document).nothing_to_deliver
    assert document.fulfilment.fulfilled_by is FulfilledBy.CHANNEL
    assert document.fulfilment.pick_up_at == "store-mitte"


def test_where_the_tills_books_are_the_erps_a_sale_is_only_recorded():
    document = read(sale(recorded=True))
    assert order_of(document).nothing_to_deliver
    assert not order_of(document).cancelled_before
    assert [(one.shipped, one.open_quantity) for one in document.lines] == [(2, 0), (1, 0)]


def test_it_is_paid_at_the_till_and_change_is_taken_off():
    payments = [payment(1, "40.00"), payment(2, "-14.30"), payment(3, "10.00", "Card terminal")]
    document = read(sale(payments=payments))
    assert document.payment.terms is PaymentTerms.PREPAID
    assert [(one.kind, one.amount.amount, one.captured) for one in document.payment.tenders] == [
        (TenderKind.CASH, 2570, True),
        (TenderKind.CARD, 1000, True),
    ]


def test_where_prices_are_without_tax_they_are_read_so():
    document = read(sale(point=sale()["point"] | {"tax_included": False}))
    assert not document.taxes_included
    assert [one.subtotal.amount for one in document.lines] == [2000, 1000]
    assert document.total.amount == 3570


def test_a_currency_without_decimals_is_read_to_the_unit():
    lines = [line(11, "MUG-BLUE", 3.0, gross="1190", net="1081.82")]
    document = read(sale(currency={"id": 2, "code": "JPY"}, lines=lines, total="3570", payments=[payment(1, "3570")]))
    assert (document.total.amount, document.lines[0].taxes[0].amount.amount) == (3570, 325)


def test_goods_brought_back_are_refused_by_the_line_they_stand_in():
    mixed = sale(lines=[line(11, "MUG-BLUE", 1.0), line(12, "MUG-RED", -1.0)], total="0.00")
    assert refused(mixed) == ("/lines/1/quantity", "returned_goods")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"state": "open"}, "/state", "not_posted"),
        ({"lines": [], "total": "0.00"}, "/lines", "no_lines"),
        ({"total": "35.71"}, "/total", "total"),
        ({"total": "35.701"}, "/total", "amount"),
        ({"lines": [line(11, "MUG-BLUE", 1.5)]}, "/lines/0/quantity", "not_whole"),
        ({"lines": [line(11, "MUG-BLUE", 3.0, code=None)]}, "/lines/0/product/code", "missing"),
        ({"currency": {"id": 1, "code": "XXZ"}}, "/lines/0/unit_gross_price", "amount"),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_what_cannot_be_an_order_says_which_field_is_wrong(changes: dict[str, Any], pointer: str, code: str):
    assert refused(sale(**changes)) == (pointer, code)


@pytest.mark.parametrize("body", [b"[]", b'{"id": 1}', b"nonsense"], ids=["a list", "no sale", "no JSON"])
def test_what_is_no_sale_at_all_is_refused_whole(body: bytes):
    with pytest.raises(InvalidInput):
        TrytonPosOrders(CHANNEL).read(body)


def test_a_field_that_cannot_be_read_is_the_readings_error():
    assert refused(sale(write_date="yesterday"))[0] == "/write_date"


@given(st.lists(st.tuples(st.integers(1, 999), st.integers(1, 10**6)), min_size=1, max_size=8))
def test_whatever_is_bought_the_parts_come_to_the_total(bought: list[tuple[int, int]]):
    lines, total = [], 0
    for number, (quantity, cents) in enumerate(bought, start=1):
        net = (Decimal(cents) / Decimal("1.19")).quantize(Decimal("0.0001")) / 100
        lines.append(line(number, f"SKU-{number}", float(quantity), gross=f"{Decimal(cents) / 100}", net=str(net)))
        total += quantity * cents
    document = read(sale(lines=lines, total=str(Decimal(total) / 100), payments=[]))
    assert document.total.amount == total


def test_the_shop_has_less_by_what_was_sold_and_more_by_what_was_brought_back():
    lines = [
        line(11, "MUG-BLUE", 2.0),
        line(12, "MUG-RED", -1.0),
        line(13, "MUG-BLUE", 1.0),
        line(14, "WARRANTY-2Y", 1.0, type="service"),
    ]
    sold, back = moved(SaleAtNode.model_validate_json(json.dumps(sale(lines=lines))))
    assert (sold.type, back.type) == ("stock.sold", "stock.returned")
    assert [(one.sku, one.quantity) for one in sold.lines] == [("MUG-BLUE", 3)]
    assert [(one.sku, one.quantity) for one in back.lines] == [("MUG-RED", 1)]
    assert sold.event_id != back.event_id


def test_a_till_at_no_node_of_ours_takes_nothing_off_our_shelves():
    assert moved(SaleAtNode.model_validate_json(json.dumps(sale(node=None)))) == ()


def test_a_connected_till_is_read_in_this_format():
    shop = {"kind": "tryton_pos", "url": "http://127.0.0.1:1/pos/rest"}
    formats = channel_formats(Settings.model_validate({"shops": {CHANNEL: shop}}))
    assert formats[CHANNEL].format == "tryton/pos"
