"""What a Shopify order means to us: which articles are meant."""

from __future__ import annotations

import pytest

from models.order.payment_terms import PaymentTerms


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({"sku": "  MUG-BLUE "}, "MUG-BLUE"),
        ({"sku": ""}, "variant-901"),
        ({"sku": None, "variant_id": None}, "product-801"),
        ({"sku": None, "variant_id": None, "product_id": None}, "line-1"),
    ],
)
def test_a_line_without_sku_gets_a_stable_stand_in(read, line, changes, sku):
    assert read(line_items=[line(**changes)]).lines[0].sku == sku


def test_a_sku_with_an_invisible_character_is_refused(refusal, line):
    assert refusal(line_items=[line(sku="MUG\u200bBLUE")]).pointer == "/line_items/0/sku"


def test_a_gift_card_that_is_bought_is_not_shipped(read, line):
    assert not read(line_items=[line(gift_card=True)]).lines[0].needs_shipping
    assert not read(line_items=[line(requires_shipping=False)]).lines[0].needs_shipping


def test_a_line_may_cost_nothing(read, line):
    assert read(line_items=[line(price="0.00")], total_price="0.00").payment.terms is PaymentTerms.PREPAID


def test_line_properties_become_instructions_but_not_an_apps_own(read, line):
    properties = [{"name": "Engraving", "value": "Für Oma"}, {"name": "_app", "value": "x"}, {"name": "n", "value": {}}]
    assert read(line_items=[line(properties=properties)]).fulfilment.instructions == "MUG-BLUE: Engraving: Für Oma"


def test_what_a_shopper_asked_for_with_the_order_is_an_instruction_too(read, line):
    asked = [
        {"name": "Deliver on", "value": "2026-12-24"},
        {"name": "_cart", "value": "x"},
        {"name": "Gift", "value": ""},
    ]
    document = read(
        note_attributes=asked, line_items=[line(properties=[{"name": "Engraving", "value": "Oma"}])], note="Ring twice"
    )
    assert document.fulfilment.instructions == "Deliver on: 2026-12-24\nMUG-BLUE: Engraving: Oma"
    assert document.note == "Ring twice"


def test_an_order_without_lines_is_refused(refusal):
    assert refusal(line_items=[]).code == "no_lines"
