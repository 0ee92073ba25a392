"""Recorded and published Magento payloads: each has a verdict, worked out by hand from the payload."""

import json
from pathlib import Path

import pytest

from activities.adapters.magento.orders import MagentoOrders
from activities.records.orders import Reading
from models.errors import InvalidInput
from models.order.document import ChannelRisk
from models.order.payment_terms import PaymentTerms

FOLDER = Path(__file__).parents[4] / "shared" / "payloads" / "magento"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []

# file: (external id, total in minor units, currency, terms, [(sku, ordered, open, line total)])
ORDERS = {
    "m1_import_sale_order_100000200-1_1_sales_order.info.json": (
        "100000200-1",
        91015,
        "EUR",
        PaymentTerms.CASH_ON_DELIVERY,
        [("hde003", 1, 1, 77935), ("hde006", 1, 1, 13080)],
    ),
    "m1_import_sale_order_100000201-no-website_1_sales_order.info.json": (
        "100000201",
        38727,
        "USD",
        PaymentTerms.PREPAID,
        [("wbk003xs", 2, 2, 13080), ("wsd005", 1, 1, 24416)],
    ),
    "m1_import_sale_order_145000008_1_sales_order.info.json": (
        "145000008",
        24356,
        "EUR",
        PaymentTerms.CASH_ON_DELIVERY,
        [("ace001", 1, 1, 24356)],
    ),
}
# An order whose other three items were left out where it was published: 160 less 22.
SHORTENED = "docs_order-create-order_1.json"
NOT_ORDERS = {
    "docs_b2b_credit": "company credit",
    "docs_b2b_negotiable-checkout": "cart's totals",
    "docs_b2b_negotiable-order-workflow_11": "cart (a quote",
    "docs_b2b_negotiable-order-workflow_9": "cart's totals",
    "docs_graphql": "GraphQL",
    "docs_order-create-order_0": "payment details",
    "docs_tutorials_bundle-product": "product",
    "docs_tutorials_inventory": "cart's totals",
    "docs_tutorials_orders_order-create-invoice": "invoice",
    "docs_tutorials_orders_order-prepare-checkout": "cart's totals",
    "customer.info": "customer.info",
    "customer_address.info": "customer_address.info",
}

pytestmark = pytest.mark.skipif(not FILES, reason="the published payloads are not here")


def _read(name: str) -> list[Reading]:
    return MagentoOrders().read((FOLDER / name).read_bytes())


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_every_published_payload_has_its_verdict(name):
    if name == SHORTENED:
        [reading] = _read(name)
        assert reading.error is not None
        assert reading.error.errors[0].pointer == "/subtotal"
        assert "the items come to 22.00 USD" in str(reading.error)
        return
    if name in ORDERS:
        _agrees(_read(name), ORDERS[name])
        return
    phrase = next(phrase for part, phrase in NOT_ORDERS.items() if part in name)
    with pytest.raises(InvalidInput, match=r"not an order") as refused:
        _read(name)
    assert phrase in str(refused.value)


def _agrees(readings, expected):
    external_id, total, currency, terms, lines = expected
    [reading] = readings
    assert reading.error is None
    order = reading.document
    assert (order.channel, order.external_id, order.number) == ("magento", external_id, external_id)
    assert (order.total.amount, order.currency, order.payment.terms) == (total, currency, terms)
    assert [(line.sku, line.quantity, line.open_quantity, line.total.amount) for line in order.lines] == lines
    assert order.shipping_address.country == "US"


def test_an_order_to_be_paid_by_cheque_is_looked_at_before_it_is_sent():
    [reading] = _read("m1_import_sale_order_100000201-no-website_1_sales_order.info.json")
    assert reading.document.channel_risk is ChannelRisk.REVIEW
    assert reading.document.payment.tenders[0].captured is False


def test_the_shortened_order_is_read_once_its_other_items_are_back():
    value = json.loads((FOLDER / SHORTENED).read_bytes())
    rest = {**value["items"][0], "item_id": 4, "sku": "THE-REST", "price": 138, "row_total": 138}
    value["items"].append({**rest, "row_total_incl_tax": 138})
    [reading] = MagentoOrders().read(json.dumps(value).encode())
    assert reading.document.total.amount == 16500
    assert reading.document.shipping[0].total.amount == 500
