"""An order document adds up whatever it is made of, and says exactly where it does not."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import InvalidInput
from models.order.document import OrderDocument
from models.order.order import Order, Provenance, digest
from models.strict_json import read

AMOUNTS = st.integers(0, 10**6)


@st.composite
def priced(draw, included):
    """Something with a price, whose parts come to its total."""
    subtotal = draw(AMOUNTS)
    discount = draw(st.integers(0, subtotal))
    tax = draw(st.integers(0, 10**5))
    total = subtotal - discount + (0 if included else tax)
    return {
        "subtotal": yen(subtotal),
        "discounts": [{"name": "Sale", "amount": yen(discount)}] if discount else [],
        "taxes": [{"name": "Tax", "amount": yen(tax)}] if tax else [],
        "total": yen(total),
    }


def yen(amount):
    return {"amount": amount, "currency": "JPY"}


@st.composite
def documents(draw):
    included = draw(st.booleans())
    lines = [
        {"id": str(number), "sku": "MUG", "quantity": draw(st.integers(1, 9)), **draw(priced(included))}
        for number in range(draw(st.integers(1, 4)))
    ]
    shipping = [{"name": "Post", **draw(priced(included))} for _ in range(draw(st.integers(0, 2)))]
    charges = [{"kind": "other", "name": "Fee", **draw(priced(included))} for _ in range(draw(st.integers(0, 2)))]
    total = sum(part["total"]["amount"] for part in (*lines, *shipping, *charges))
    captured = draw(st.integers(0, total))
    return {
        "channel": "b2b",
        "external_id": "1",
        "placed_at": "2026-11-16T00:00:00Z",
        "currency": "JPY",
        "taxes_included": included,
        "lines": lines,
        "shipping": shipping,
        "charges": charges,
        "payment": {
            "terms": "capture_on_shipment",
            "tenders": [
                {"kind": "gift_card", "amount": yen(captured), "captured": True},
                {"kind": "card", "amount": yen(total - captured)},
            ],
        },
        "total": yen(total),
    }


def read_document(document):
    return read(OrderDocument, json.dumps(document).encode())


@given(document=documents())
def test_what_adds_up_is_an_order(document):
    order = read_document(document)
    assert order.total.amount == document["total"]["amount"]
    assert sum(part.total.amount for _, part in order.priced()) == order.total.amount


@given(document=documents())
def test_an_order_survives_being_written_and_read_again(document):
    order = read_document(document)
    assert read(OrderDocument, order.model_dump_json().encode()) == order


@pytest.mark.slow
@given(document=documents(), by=st.integers(-5, 5).filter(bool), data=st.data())
def test_a_single_yen_too_much_or_too_little_is_found_where_it_is(document, by, data):
    kind = data.draw(st.sampled_from([name for name in ("lines", "shipping", "charges") if document[name]]))
    index = data.draw(st.integers(0, len(document[kind]) - 1))
    document[kind][index]["total"]["amount"] += by
    with pytest.raises(InvalidInput) as error:
        read_document(document)
    assert error.value.errors[0].pointer == f"/{kind}/{index}/total"


@given(document=documents(), by=st.integers(1, 5))
def test_a_total_that_its_parts_do_not_come_to_is_refused(document, by):
    document["total"]["amount"] += by
    with pytest.raises(InvalidInput) as error:
        read_document(document)
    assert error.value.errors[0].pointer == "/total"


def test_an_accepted_order_is_the_document_and_where_it_came_from():
    body = b'{"any": "thing"}'
    document = read_document(
        {
            "channel": "pos",
            "external_id": "T-1",
            "placed_at": "2026-11-16T00:00:00Z",
            "currency": "JPY",
            "lines": [
                {"id": "1", "sku": "MUG", "quantity": 2, "cancelled": 2, "subtotal": yen(2), "total": yen(2)},
            ],
            "payment": {"terms": "prepaid"},
            "total": yen(2),
        }
    )
    order = Order.accepted(document, Provenance(format="orderloom/1", payload_digest=digest(body)))
    assert order.id == "order:pos:T-1"
    assert order.nothing_to_deliver
    assert Order.model_validate_json(order.model_dump_json()) == order
