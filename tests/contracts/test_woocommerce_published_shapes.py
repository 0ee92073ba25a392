"""What WooCommerce publishes of its answers, where it is present, is read by what speaks to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from activities.adapters.woocommerce.rest.orders import ORDER, REFUND, left
from activities.adapters.woocommerce.rest.parcels import ALL_TRACKED

FOLDER = Path(__file__).parents[3] / "shared" / "payloads" / "woocommerce"
_REFUNDS = {"docs_order-refunds_0.json": 1, "docs_order-refunds_2.json": 2, "ios_refunds-all.json": 2}


def _shown(name: str) -> list[dict[str, Any]]:
    if not (FOLDER / name).exists():
        pytest.skip("the published payloads are not here")
    document = json.loads((FOLDER / name).read_bytes())
    inside = document.get("data", document) if isinstance(document, dict) else document
    return inside if isinstance(inside, list) else [inside]


@pytest.mark.parametrize(("name", "count"), _REFUNDS.items())
def test_published_refunds_are_read(name: str, count: int) -> None:
    refunds = [REFUND.validate_python(each) for each in _shown(name)]

    assert len(refunds) == count
    assert all(refund.amount > 0 for refund in refunds)


@pytest.mark.parametrize("name", ["docs_orders_0.json", "docs_orders_2.json", "ios_order-with-composite-product.json"])
def test_of_a_published_order_everything_is_left_that_goes_into_a_parcel(name: str) -> None:
    for shown in _shown(name):
        order = ORDER.validate_python(shown)

        rest = left(order, [])

        assert set(rest.values()) <= {line.quantity for line in order.line_items}
        assert rest


@pytest.mark.parametrize("name", ["ios_shipment_tracking_single.json", "ios_shipment_tracking_multiple.json"])
def test_published_tracking_entries_have_the_number_they_are_looked_for_by(name: str) -> None:
    assert all(each.tracking_number for each in ALL_TRACKED.validate_python(_shown(name)))
