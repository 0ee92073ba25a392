"""What a WooCommerce order means to us: which articles are meant."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("changes", "sku"),
    [
        ({"sku": ""}, "product-801"),
        ({"sku": None, "variation_id": 23}, "variation-23"),
        ({"sku": "", "product_id": 0}, "line-1"),
    ],
)
def test_a_line_without_sku_gets_a_stable_stand_in(read, line, changes, sku):
    assert read(line_items=[line(**changes)]).lines[0].sku == sku


def test_html_in_names_is_read(read):
    assert read().lines[0].name == "Mug \u2013 Blue"


def test_what_a_shopper_asked_for_is_an_instruction(read, line, note):
    notes = [note("Gift message", "Viel Glück"), note("_reduced_stock", "2"), note("pa_color", "blue"), note("x", [1])]
    assert read(line_items=[line(meta_data=notes)]).fulfilment.instructions == "MUG-BLUE: Gift message: Viel Glück"


def test_an_order_without_lines_is_refused(refusal):
    assert refusal(line_items=[]).code == "no_lines"
