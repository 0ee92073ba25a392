"""What is awkward about Magento orders: parents and children, tax in prices, tenders, quantities, and broken sums."""

import copy
import json
from pathlib import Path

import pytest

from activities.adapters.magento.orders import MagentoOrders
from models.errors import InvalidInput
from models.order.document import ChannelRisk, Delivery, ServiceLevel
from models.order.parties import CustomerKind
from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.pricing import ChargeKind
from models.order.worth import to_authorise

SAMPLES = Path(__file__).parents[3] / "ops" / "samples" / "magento"


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


def reading(value):
    [found] = MagentoOrders().read(json.dumps(value).encode())
    return found


def order(value):
    found = reading(value)
    assert found.error is None, found.error
    return found.document


def plain(**changes):
    """The smallest order that Magento could give: two mugs at 10.00 with 20 % tax on top."""
    value = {
        "increment_id": "000000042",
        "entity_id": 42,
        "created_at": "2026-11-16 09:00:00",
        "state": "processing",
        "status": "processing",
        "order_currency_code": "EUR",
        "grand_total": 24,
        "total_paid": 24,
        "customer_email": "a@example.com",
        "items": [{"item_id": 1, "sku": "MUG-BLUE", "qty_ordered": 2, "row_total": 20, "tax_amount": 4}],
        "payment": {"method": "braintree"},
    }
    return value | changes


def item(**changes):
    return plain()["items"][0] | changes


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_becomes_an_order(path):
    found = reading(json.loads(path.read_bytes()))
    assert found.error is None, found.error
    assert not [charge for charge in found.document.charges if charge.kind is ChargeKind.ROUNDING]


def test_a_configurable_product_is_its_child_at_the_parents_price():
    lines = order(sample("configurable-tee-paid-by-card")).lines
    assert [(line.id, line.sku, line.quantity, line.total.amount) for line in lines] == [
        ("1011", "TEE-M", 2, 4980),
        ("1013", "MUG-RED", 1, 1250),
    ]


def test_a_bundle_at_a_fixed_price_shares_it_out_over_the_goods_in_it():
    document = order(sample("bundle-at-a-fixed-price-authorised"))
    assert [(line.sku, line.quantity, line.total.amount) for line in document.lines] == [
        ("LAMP-OAK", 1, 5900),
        ("NOTEBOOK-A5", 2, 1800),
        ("PEN-GEL", 3, 1200),
    ]
    assert sum(line.tax_total().amount for line in document.lines) == 1483


def test_a_bundle_with_a_dynamic_price_is_not_counted_twice():
    document = order(sample("bundle-with-a-dynamic-price-in-pounds"))
    assert [(line.sku, line.total.amount) for line in document.lines] == [("LAMP-OAK", 5400), ("NOTEBOOK-A5", 1200)]
    assert (document.total.amount, document.currency) == (7080, "GBP")


def test_a_child_whose_parent_comes_inside_it_only_is_paid_by_that_parent():
    parent = item(item_id=7, product_type="configurable")
    child = {"item_id": 8, "sku": "MUG-RED", "qty_ordered": 2, "row_total": 0, "parent_item": parent}
    [line] = order(plain(items=[child])).lines
    assert (line.sku, line.total.amount) == ("MUG-RED", 2400)


def test_what_was_shipped_with_the_bundle_is_not_shipped_again():
    value = sample("bundle-at-a-fixed-price-authorised")
    value["items"][0]["qty_shipped"] = 1
    assert [line.open_quantity for line in order(value).lines] == [0, 0, 0]


def test_prices_with_tax_are_read_with_tax():
    document = order(sample("configurable-tee-paid-by-card"))
    assert document.taxes_included
    assert document.lines[0].subtotal.amount == 4980
    assert document.lines[0].tax_total().amount == 795


def test_a_discount_on_prices_with_tax_takes_its_tax_along():
    document = order(sample("gift-card-store-credit-and-card"))
    rug = document.lines[0]
    assert (rug.subtotal.amount, rug.discount_total().amount, rug.total.amount) == (14900, 2980, 11920)
    assert rug.tax_total().amount == 1987
    assert rug.discounts[0].name == "AUTOMNE20"


def test_a_compensated_discount_adds_up_without_tax_too():
    # 119.00 with 19 % tax, 20 % off: 95.20, of which 15.20 are tax, also where the price with tax is not said.
    value = plain(grand_total=95.2, total_paid=95.2, discount_amount=-23.8, tax_amount=15.2, subtotal=100)
    value["items"] = [
        item(row_total=100, tax_amount=15.2, discount_amount=23.8, discount_tax_compensation_amount=3.8, qty_ordered=1)
    ]
    document = order(value)
    assert (document.total.amount, document.lines[0].tax_total().amount) == (9520, 1520)


def test_gift_card_and_store_credit_are_money_the_shop_holds():
    document = order(sample("gift-card-store-credit-and-card"))
    assert document.total.amount == 15580
    assert [(tender.kind, tender.amount.amount, tender.captured) for tender in document.payment.tenders] == [
        (TenderKind.GIFT_CARD, 5000, True),
        (TenderKind.STORE_CREDIT, 2000, True),
        (TenderKind.CARD, 8580, False),
    ]
    assert document.payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT
    assert document.payment.tenders[2].token == "aa02kd91"


def test_reward_points_are_money_the_shop_holds():
    document = order(plain(grand_total=20, total_paid=20, extension_attributes={"reward_currency_amount": 4}))
    assert [(tender.name, tender.amount.amount) for tender in document.payment.tenders] == [
        ("Reward points", 400),
        ("braintree", 2000),
    ]


def test_the_customers_currency_counts_and_the_books_are_noted():
    document = order(sample("francs-ordered-euros-in-the-books"))
    assert (document.total.amount, document.currency) == (45186, "CHF")
    assert (document.base_total.amount, document.base_total.currency) == (47445, "EUR")


def test_company_credit_is_an_account_with_the_number_in_our_books():
    document = order(sample("company-credit-with-purchase-order"))
    assert (document.payment.terms, document.payment.purchase_order) == (PaymentTerms.ACCOUNT, "PO-2026-0417")
    assert (document.customer.id, document.customer.kind) == ("ACME-100", CustomerKind.COMPANY)
    assert order(sample("purchase-order-near-the-credit-limit")).fulfilment.ship_together


def test_partly_cancelled_shipped_and_refunded_pieces_are_not_ours_to_deliver():
    document = order(sample("partly-cancelled-and-refunded"))
    assert [(line.quantity, line.open_quantity) for line in document.lines] == [(3, 2), (10, 6)]
    assert document.payment.refunded.amount == 6500
    # Of four, one is cancelled, two shipped and one of those refunded: one is left.
    value = plain(items=[item(qty_ordered=4, qty_canceled=1, qty_shipped=2, qty_refunded=1)])
    assert order(value).lines[0].open_quantity == 1


def test_a_cancelled_order_is_known_as_such():
    document = order(sample("fully-cancelled"))
    assert document.cancelled_at is not None
    assert document.lines[0].open_quantity == 0


@pytest.mark.parametrize("state", ["complete", "closed"])
def test_a_finished_order_leaves_nothing_to_deliver(state):
    assert order(plain(state=state)).lines[0].open_quantity == 0


@pytest.mark.parametrize(
    ("state", "status", "risk"),
    [
        ("processing", "processing", ChannelRisk.NONE),
        ("payment_review", "payment_review", ChannelRisk.REVIEW),
        ("payment_review", "fraud", ChannelRisk.HIGH),
        ("holded", "holded", ChannelRisk.REVIEW),
        ("pending_payment", "pending_payment", ChannelRisk.REVIEW),
    ],
)
def test_the_shops_doubts_are_passed_on(state, status, risk):
    assert order(plain(state=state, status=status)).channel_risk is risk


@pytest.mark.parametrize(
    ("payment", "total_paid", "terms", "kind"),
    [
        ({"method": "checkmo"}, 0, PaymentTerms.PREPAID, TenderKind.OTHER),
        ({"method": "banktransfer"}, 24, PaymentTerms.PREPAID, TenderKind.BANK_TRANSFER),
        ({"method": "cashondelivery"}, 0, PaymentTerms.CASH_ON_DELIVERY, TenderKind.CASH),
        ({"method": "purchaseorder", "po_number": "7"}, 0, PaymentTerms.ACCOUNT, TenderKind.ACCOUNT),
        ({"method": "paypal_express"}, 24, PaymentTerms.PREPAID, TenderKind.WALLET),
        (
            {"method": "authnetcim", "cc_type": "VI", "amount_authorized": 24},
            0,
            PaymentTerms.CAPTURE_ON_SHIPMENT,
            "card",
        ),
    ],
)
def test_each_payment_method_has_its_terms(payment, total_paid, terms, kind):
    paid = order(plain(payment=payment, total_paid=total_paid)).payment
    assert (paid.terms, paid.tenders[0].kind) == (terms, kind)


def test_what_may_be_a_card_number_is_not_kept():
    paid = order(plain(payment={"method": "braintree", "last_trans_id": "4111111111111111"})).payment
    assert paid.tenders[0].token is None


def test_virtual_goods_need_no_shipping_and_no_address():
    document = order(sample("virtual-goods-only"))
    assert not any(line.needs_shipping for line in document.lines)
    assert document.shipping_address is None


def test_gift_wrapping_is_a_charge():
    document = order(sample("cash-on-delivery-with-gift-wrapping"))
    assert [(charge.kind, charge.total.amount) for charge in document.charges] == [(ChargeKind.GIFT_WRAP, 363)]
    assert document.customer.id is None


def test_greetings_and_engravings_reach_the_warehouse():
    greeting = {"sender": "Ada", "recipient": "Bob", "message": "Merry\r\nChristmas"}
    options = {"extension_attributes": {"custom_options": [{"option_id": "7", "option_value": "For Bob"}]}}
    rows = [
        item(product_type="configurable", sku="TEE", product_option=options),
        {"item_id": 2, "parent_item_id": 1, "sku": "TEE-M", "qty_ordered": 2, "extension_attributes": {}},
    ]
    rows[1]["extension_attributes"]["gift_message"] = {"sender": "", "recipient": None, "message": "Enjoy"}
    instructions = order(plain(items=rows, extension_attributes={"gift_message": greeting})).fulfilment.instructions
    assert instructions.splitlines() == [
        "gift message from Ada to Bob: Merry Christmas",
        "TEE-M: gift message: Enjoy",
        "TEE-M: option 7: For Bob",
    ]


def test_goods_for_two_addresses_are_refused_and_one_address_may_stand_twice():
    def assigned(*cities):
        places = [{"country_id": "DE", "city": city, "street": ["Weg 1"]} for city in cities]
        assignments = [{"shipping": {"address": place, "method": "flatrate_flatrate"}} for place in places]
        return plain(extension_attributes={"shipping_assignments": assignments})

    assert order(assigned("Ulm", "Ulm")).shipping_address.city == "Ulm"
    error = reading(assigned("Ulm", "Bonn")).error.errors[0]
    assert error.pointer == "/extension_attributes/shipping_assignments/1/shipping/address"


def test_a_configured_article_is_paid_by_its_parent_whatever_the_child_repeats():
    child = {"item_id": 2, "parent_item_id": 1, "sku": "TEE-M", "qty_ordered": 2, "row_total": 20}
    [line] = order(plain(items=[item(product_type="configurable"), child])).lines
    assert (line.id, line.sku, line.total.amount) == ("1", "TEE-M", 2400)


def test_what_is_invoiced_and_sent_already_is_not_paid_again_and_the_rest_is_ours_to_take():
    document = order(
        plain(
            total_paid=12,
            payment={"method": "braintree", "amount_authorized": 24},
            items=[item(qty_invoiced=1, qty_shipped=1)],
        )
    )
    assert document.payment.terms is PaymentTerms.CAPTURE_ON_SHIPMENT
    assert to_authorise(document).amount == 1200


def test_how_it_is_delivered_is_read_from_the_shipping_method():
    express = plain(shipping_method="ups_1DA", shipping_description="UPS - Next Day Air")
    assert order(express).fulfilment.service_level is ServiceLevel.EXPEDITED
    store = plain(shipping_method="instore_pickup", extension_attributes={"pickup_location_code": "store-7"})
    assert order(store).fulfilment.delivery is Delivery.PICK_UP
    assert order(store).fulfilment.pick_up_at == "store-7"


def test_text_a_shopper_typed_is_cleaned_and_never_refused():
    billing = {
        "firstname": "Zo\u0308e\u200b",
        "lastname": "\u202eX\x07",
        "telephone": "call me",
        "country_id": "Germany",
        "street": "One\nTwo",
        "city": "Köln",
    }
    document = order(plain(billing_address=billing, customer_email="no address", customer_note="a\x00b"))
    assert document.billing_address.name == "Zöe X"
    assert document.billing_address.lines == ("One", "Two")
    assert (document.billing_address.country, document.billing_address.phone) == ("DE", None)
    assert (document.customer.email, document.note) == (None, "ab")


def test_a_missing_sku_becomes_a_name_that_master_data_will_not_know():
    assert order(plain(items=[item(sku=None, product_id=77)])).lines[0].sku == "product-77"
    assert order(plain(items=[item(sku="")])).lines[0].sku == "line-1"


def test_numbers_written_by_php_are_read_as_they_were_meant():
    document = order(plain(grand_total=24.000000000000004, items=[item(tax_amount="4.0000", qty_ordered="2.0000")]))
    assert document.total.amount == 2400


def test_a_remainder_of_rounding_becomes_a_rounding_charge():
    [charge] = order(plain(grand_total=24.01, total_paid=24.01)).charges
    assert (charge.kind, charge.total.amount) == (ChargeKind.ROUNDING, 1)


@pytest.mark.parametrize(
    ("changes", "pointer", "words"),
    [
        ({"grand_total": 25}, "/grand_total", "come to 24.00 EUR"),
        ({"grand_total": 30, "subtotal": 26}, "/subtotal", "the items come to 20.00 EUR"),
        ({"grand_total": 30, "tax_amount": 10}, "/tax_amount", "come to 4.00 EUR"),
        ({"grand_total": 20, "discount_amount": -4}, "/discount_amount", "come to 0.00 EUR"),
        ({"grand_total": 24.005}, "/grand_total", "more decimals"),
        ({"grand_total": None}, "/grand_total", "should be"),
        ({"grand_total": -24}, "/grand_total", "greater"),
        ({"items": []}, "/items", "no items"),
        ({"items": [item(qty_ordered=1.5)]}, "/items/0/qty_ordered", "not a whole number"),
        ({"items": [item(qty_ordered=0)]}, "/items/0/qty_ordered", "none of it"),
        ({"items": [item(qty_ordered=-1)]}, "/items/0/qty_ordered", "no quantity"),
        ({"items": [item(qty_shipped=0.5)]}, "/items/0/qty_shipped", "not a whole number"),
        ({"items": [item(), item()], "grand_total": 48}, "/items/1/item_id", "twice"),
        ({"items": [item(discount_amount=30)], "grand_total": 0}, "/items/0/discount_amount", "more than"),
        ({"items": [item(sku="MUG\x00BLUE")]}, "/items/0/sku", "control"),
        ({"created_at": "yesterday"}, "/created_at", "datetime"),
        ({"created_at": "1970-01-01 00:00:00"}, "/created_at", "1990"),
        ({"order_currency_code": "EURO"}, "/order_currency_code", "ISO 4217"),
        ({"order_currency_code": None}, "/order_currency_code", "no currency"),
        ({"increment_id": "../42"}, "/increment_id", "letters, digits"),
        ({"increment_id": None, "entity_id": None}, "/increment_id", "no number"),
        ({"total_paid": -1}, "/total_paid", "not be negative"),
        ({"total_refunded": 25}, "/total_refunded", "the order came to"),
        ({"shipping_address": {"city": "Nowhere", "country_id": "ZZ"}}, "/shipping_address/country_id", "no country"),
    ],
)
def test_what_makes_no_sense_is_refused_at_its_field(changes, pointer, words):
    error = reading(plain(**changes)).error
    assert error is not None
    assert error.errors[0].pointer == pointer
    assert words in error.errors[0].message


def test_a_search_result_is_read_order_by_order():
    broken = plain(increment_id="000000043", grand_total=99)
    body = json.dumps({"items": [plain(), broken], "search_criteria": {}, "total_count": 2}).encode()
    good, bad = MagentoOrders().read(body)
    assert good.document.external_id == "000000042"
    assert bad.error.errors[0].pointer == "/grand_total"
    assert json.loads(bad.payload) == broken


def test_an_order_in_an_envelope_is_refused_with_a_pointer_through_it():
    recorded = {"method": "sales_order.info", "result": plain(grand_total=99)}
    assert reading(recorded).error.errors[0].pointer == "/result/grand_total"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"[]", "no orders"),
        (b"null", "null"),
        (b'{"items": [], "search_criteria": {}, "total_count": 0}', "no orders"),
        (b'{"message": "Consumer is not authorized", "parameters": {}}', "error message"),
        (b'{"order_id": 3, "increment_id": "7", "items": [{"order_item_id": 1, "qty": 1}]}', "document about an order"),
        (b'{"order_id": 3, "creditmemo_status": 2, "items": []}', "credit memo"),
        (b"{}", "none of the fields"),
    ],
)
def test_what_is_no_order_is_refused_by_its_name(body, words):
    with pytest.raises(InvalidInput) as refused:
        MagentoOrders().read(body)
    assert words in str(refused.value)


def test_reading_changes_nothing_it_was_given():
    value = sample("configurable-tee-paid-by-card")
    before = copy.deepcopy(value)
    assert json.loads(reading(value).payload) == before


def test_magento_signs_nothing():
    assert MagentoOrders().verify(b"{}", {})
