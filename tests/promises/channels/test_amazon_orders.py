"""What is awkward about Amazon orders: items beside the order, tax in or on top, redacted buyers, nothing to pay."""

import json
from pathlib import Path

import pytest

from activities.adapters.amazon.orders import AmazonOrders
from models.errors import InvalidInput
from models.order.document import Delivery, FulfilledBy, ServiceLevel
from models.order.parties import CustomerKind
from models.order.payment_terms import PaymentTerms, TenderKind
from models.order.pricing import ChargeKind

SAMPLES = Path(__file__).parents[3] / "ops" / "samples" / "amazon"


def sample(name):
    return json.loads((SAMPLES / f"{name}.json").read_bytes())


def reading(value):
    [found] = AmazonOrders().read(json.dumps(value).encode())
    return found


def order(value):
    found = reading(value)
    assert found.error is None, found.error
    return found.document


def usd(amount):
    return {"CurrencyCode": "USD", "Amount": amount}


def v0(items=None, **changes):
    """Two mugs for 20.00 and 2.00 of tax, sold in the United States."""
    head = {
        "AmazonOrderId": "111-1111111-1111111",
        "PurchaseDate": "2026-11-16T09:00:00Z",
        "LastUpdateDate": "2026-11-16T09:30:00Z",
        "OrderStatus": "Unshipped",
        "FulfillmentChannel": "MFN",
        "MarketplaceId": "ATVPDKIKX0DER",
        "OrderTotal": usd("22.00"),
    }
    return {"Order": head | changes, "OrderItems": [item()] if items is None else items}


def item(**changes):
    return {
        "ASIN": "B000000001",
        "SellerSKU": "MUG-BLUE",
        "OrderItemId": "1",
        "QuantityOrdered": 2,
        "QuantityShipped": 0,
        "ItemPrice": usd("20.00"),
        "ItemTax": usd("2.00"),
    } | changes


def v2026(items=None, **changes):
    """A lamp for 50.00, sold in Germany."""
    return {
        "orderId": "302-2222222-2222222",
        "createdTime": "2026-11-16T09:00:00Z",
        "lastUpdatedTime": "2026-11-16T09:30:00Z",
        "salesChannel": {"channelName": "AMAZON", "marketplaceId": "A1PA6795UKMFR9"},
        "proceeds": {"grandTotal": eur("50.00")},
        "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
        "orderItems": [lamp()] if items is None else items,
    } | changes


def lamp(**changes):
    return {
        "orderItemId": "9",
        "quantityOrdered": 1,
        "product": {"sellerSku": "LAMP-OAK", "price": {"unitPrice": eur("50.00")}},
        "proceeds": {"proceedsTotal": eur("50.00"), "breakdowns": [{"type": "ITEM", "subtotal": eur("50.00")}]},
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": 1},
    } | changes


def eur(amount):
    return {"currencyCode": "EUR", "amount": amount}


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_becomes_an_order(path):
    document = order(json.loads(path.read_bytes()))
    assert not [charge for charge in document.charges if charge.kind is ChargeKind.ROUNDING]


def test_a_v0_order_and_its_items_may_come_together_in_several_ways():
    together = v0()
    expected = order(together)
    in_payload = {"payload": together["Order"] | {"OrderItems": together["OrderItems"]}}
    as_answered = {
        "Order": {"payload": together["Order"]},
        "OrderItems": {"payload": {"AmazonOrderId": "111-1111111-1111111", "OrderItems": together["OrderItems"]}},
    }
    recorded = {"request": None, "response": in_payload}
    for value in (in_payload, as_answered, recorded, together["Order"] | {"OrderItems": together["OrderItems"]}):
        assert order(value) == expected


def test_sales_tax_comes_on_top_and_vat_lies_in_the_price():
    us, de = order(v0()), order(sample("v0-de-fulfilled-by-amazon"))
    assert (us.taxes_included, us.lines[0].subtotal.amount, us.lines[0].total.amount) == (False, 2000, 2200)
    assert (de.taxes_included, de.lines[0].subtotal.amount, de.lines[0].tax_total().amount) == (True, 11800, 1884)


def test_the_total_settles_whether_tax_lies_in_the_price():
    value = v0(OrderTotal=usd("20.00"))
    assert order(value).taxes_included
    assert order(v0(items=[item(ItemTax=None)], OrderTotal=usd("20.00"))).taxes_included is False


def test_promotions_shipping_and_their_discounts_are_told_apart():
    document = order(sample("v0-us-partly-shipped-with-promotion"))
    notebooks, pens = document.lines
    assert (notebooks.total.amount, notebooks.discounts[0].name) == (3507, "Save 10% PLM-7712")
    assert (notebooks.open_quantity, pens.open_quantity) == (2, 1)
    assert (document.shipping[0].subtotal.amount, document.shipping[0].total.amount) == (599, 0)


def test_tax_that_a_promotion_takes_off_is_taken_off():
    # 20.00 and 2.00 of tax, less a promotion of 5.00 and its 0.50.
    promoted = item(PromotionDiscount=usd("5.00"), PromotionDiscountTax=usd("0.50"))
    document = order(v0(items=[promoted], OrderTotal=usd("16.50")))
    assert (document.lines[0].total.amount, document.lines[0].tax_total().amount) == (1650, 150)


def test_gift_wrap_and_discounts_of_the_new_api_fall_on_their_kind():
    document = order(sample("2026-gb-gift-wrap-and-discount"))
    assert (document.lines[0].total.amount, document.shipping[0].total.amount) == (6210, 135)
    assert [(charge.kind, charge.total.amount) for charge in document.charges] == [(ChargeKind.GIFT_WRAP, 350)]
    wrapped = f"{document.lines[0].sku}: gift wrap PREMIUM"
    assert document.fulfilment.instructions == f"{wrapped}\nHappy birthday, Mum! 🎂"


def test_cash_on_delivery_and_points_are_two_tenders():
    payment = order(sample("v0-jp-cash-on-delivery-with-points")).payment
    assert payment.terms is PaymentTerms.CASH_ON_DELIVERY
    assert [(tender.kind, tender.amount.amount, tender.captured) for tender in payment.tenders] == [
        (TenderKind.OTHER, 500, True),
        (TenderKind.CASH, 4310, False),
    ]


def test_amazon_holds_the_money_of_all_other_orders():
    payment = order(v0()).payment
    assert payment.terms is PaymentTerms.PREPAID
    assert [(tender.kind, tender.amount.amount, tender.captured) for tender in payment.tenders] == [
        (TenderKind.MARKETPLACE, 2200, True)
    ]


def test_a_replacement_costs_nothing_and_is_sent():
    document = order(sample("v0-us-replacement-at-no-price"))
    assert (document.total.amount, document.lines[0].open_quantity, document.payment.tenders) == (0, 1, ())


def test_a_cancelled_order_without_prices_is_known_as_cancelled():
    document = order(sample("v0-de-cancelled-before-it-reached-us"))
    assert (document.currency, document.total.amount) == ("EUR", 0)
    assert document.cancelled_at.isoformat() == "2026-11-16T08:52:11+00:00"
    assert document.lines[0].open_quantity == 0


def test_what_was_cancelled_of_an_item_is_not_sent():
    assert [line.open_quantity for line in order(sample("2026-us-partly-cancelled")).lines] == [2, 1]


def test_a_buyers_wish_to_cancel_is_passed_on_as_a_note():
    wish = {"IsBuyerRequestedCancel": "true", "BuyerCancelReason": "Found it cheaper"}
    assert order(v0(items=[item(BuyerRequestedCancel=wish)])).note == (
        "The buyer asks to cancel MUG-BLUE: Found it cheaper"
    )


def test_amazon_ships_what_lies_in_its_warehouse():
    document = order(sample("2026-jp-fulfilled-by-amazon"))
    assert document.fulfilment.fulfilled_by is FulfilledBy.CHANNEL
    assert document.shipping_address is None


@pytest.mark.parametrize(
    "changes", [{"IsPrime": True}, {"IsPremiumOrder": True}, {"ShipmentServiceLevelCategory": "NextDay"}]
)
def test_prime_and_fast_shipping_go_first(changes):
    assert order(v0(**changes)).fulfilment.service_level is ServiceLevel.EXPEDITED


def test_a_business_order_carries_its_purchase_order():
    document = order(sample("v0-fr-business-order-of-batteries"))
    assert (document.customer.kind, document.customer.name) == (CustomerKind.COMPANY, "Atelier Nord SARL")
    assert document.payment.purchase_order == "BC-2026-311"


def test_a_redacted_address_is_kept_as_far_as_it_goes():
    address = order(sample("v0-de-fulfilled-by-amazon")).shipping_address
    assert (address.name, address.lines, address.city, address.country) == (None, (), "Hamburg", "DE")


def test_a_number_with_an_extension_is_no_reason_to_refuse():
    assert order(sample("v0-us-ordinary-prepaid")).shipping_address.phone is None


def test_a_store_is_where_the_buyer_collects():
    document = order(v0(items=[item(StoreChainStoreId="STORE-7")], IsISPU=True))
    assert (document.fulfilment.delivery, document.fulfilment.pick_up_at) == (Delivery.PICK_UP, "STORE-7")


def test_a_missing_sku_becomes_the_asin():
    assert order(v0(items=[item(SellerSKU=None)])).lines[0].sku == "asin-B000000001"
    assert order(v2026(items=[lamp(product={})])).lines[0].sku == "line-9"


def test_a_vendors_cases_are_counted_in_pieces():
    document = order(sample("vendor-purchase-order-in-cases"))
    assert [(line.sku, line.quantity, line.total.amount) for line in document.lines] == [
        ("BOLT-M8-100", 20, 14800),
        ("MUG-RED", 12, 6300),
    ]
    assert (document.payment.terms, document.customer.id) == (PaymentTerms.ACCOUNT, "AMZN-DE7")
    assert document.fulfilment.ship_by.isoformat() == "2026-11-26T07:00:00+00:00"


def test_a_remainder_of_rounding_becomes_a_rounding_charge():
    [charge] = order(v0(OrderTotal=usd("22.01"))).charges
    assert (charge.kind, charge.total.amount) == (ChargeKind.ROUNDING, 1)


@pytest.mark.parametrize(
    ("value", "pointer", "words"),
    [
        (v0(items=[]), "/OrderItems", "getOrderItems"),
        (v0()["Order"], "/OrderItems", "getOrderItems"),
        ({"Order": v0()["Order"]}, "/Order/OrderItems", "getOrderItems"),
        ({"Order": 7, "OrderItems": []}, "/Order", "no order"),
        (v0(OrderStatus="Pending"), "/Order/OrderStatus", "not authorised the payment"),
        (v0(OrderStatus="PendingAvailability"), "/Order/OrderStatus", "no price yet"),
        (v0() | {"NextToken": "abc"}, "/NextToken", "first page"),
        (v0(OrderTotal=usd("25.00")), "/Order/OrderTotal", "come to 22.00 USD"),
        (v0(items=[item(ItemPrice=None)], OrderTotal=None), "/Order/OrderTotal", "have a price"),
        (v0(items=[item(QuantityOrdered=1.5)]), "/OrderItems/0/QuantityOrdered", "integer"),
        (v0(items=[item(QuantityOrdered=-1)]), "/OrderItems/0/QuantityOrdered", "greater"),
        (v0(items=[item(QuantityShipped=3)]), "/OrderItems/0/QuantityShipped", "only 2 are ordered"),
        (v0(items=[item(), item()], OrderTotal=usd("44.00")), "/OrderItems/1/OrderItemId", "twice"),
        (v0(items=[item(ItemTax={"CurrencyCode": "CAD", "Amount": "2.00"})]), "/OrderItems/0/ItemTax", "is in CAD"),
        (v0(items=[item(ItemPrice=usd("20.001"))]), "/OrderItems/0/ItemPrice", "more decimals"),
        (v0(items=[item(PromotionDiscount=usd("30"))], OrderTotal=None), "/OrderItems/0", "come off"),
        (v0(PurchaseDate="1970-01-19T03:58:30Z"), "/Order/PurchaseDate", "1990"),
        (v0(AmazonOrderId="a/b"), "/Order/AmazonOrderId", "letters, digits"),
        (v0(ShippingAddress={"City": "Nowhere"}), "/Order/ShippingAddress", "country"),
        (v2026(items=[]), "/orderItems", "no items"),
        (v2026(fulfillment={"fulfillmentStatus": "PENDING"}), "/fulfillment/fulfillmentStatus", "no price yet"),
        (v2026(proceeds={"grandTotal": eur("60.00")}), "/proceeds/grandTotal", "come to 50.00 EUR"),
        ({"order": v2026(proceeds={"grandTotal": eur("60.00")})}, "/order/proceeds/grandTotal", "come to 50.00 EUR"),
        (
            v2026(items=[lamp(fulfillment={"quantityUnfulfilled": 2})]),
            "/orderItems/0/fulfillment/quantityUnfulfilled",
            "only 1",
        ),
        (
            v2026(items=[lamp(proceeds={}, product={})], proceeds={}),
            "/proceeds",
            "includedData=PROCEEDS",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_at_its_field(value, pointer, words):
    error = reading(value).error
    assert error is not None
    assert error.errors[0].pointer == pointer
    assert words in error.errors[0].message


def test_pointers_lead_through_the_envelopes_the_answers_came_in():
    value = v0(items=[item(QuantityShipped=3)])
    answers = {"Order": {"payload": value["Order"]}, "OrderItems": {"payload": {"OrderItems": value["OrderItems"]}}}
    assert reading(answers).error.errors[0].pointer == "/OrderItems/payload/OrderItems/0/QuantityShipped"
    answers["Order"]["payload"]["PurchaseDate"] = "soon"
    assert reading(answers).error.errors[0].pointer == "/Order/payload/PurchaseDate"


def test_of_several_orders_each_has_its_own_outcome():
    body = json.dumps({"orders": [v2026(), v2026(orderItems=[])]}).encode()
    good, bad = AmazonOrders().read(body)
    assert good.document.total.amount == 5000
    assert (bad.document, bad.error.errors[0].pointer) == (None, "/orderItems")


def nulled(value):
    """The same with every absent part written as null, as some tools do."""
    if isinstance(value, list):
        return [nulled(each) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: nulled(each) for name, each in value.items()} | dict.fromkeys(OPTIONAL - value.keys())


OPTIONAL = frozenset(
    {
        *("BuyerInfo", "ShippingAddress", "PaymentExecutionDetail", "PromotionDiscount", "PromotionIds", "IsPrime"),
        *("buyer", "recipient", "payment", "tax", "programs", "associatedOrders", "promotion", "cancellation"),
        *("packing", "customization", "shipToParty", "billToParty", "taxDetails", "deliveryWindow"),
    }
)


@pytest.mark.parametrize(
    "value", [v0(), v2026(), sample("vendor-purchase-order-in-cases")], ids=["v0", "2026", "vendor"]
)
def test_null_is_as_good_as_absent(value):
    assert order(nulled(value)).lines == order(value).lines


def test_items_that_say_what_they_come_to_settle_it_where_the_order_does_not():
    parts = [{"type": "ITEM", "subtotal": eur("50.00")}, {"type": "TAX", "subtotal": eur("9.50")}]
    added = lamp(proceeds={"proceedsTotal": eur("59.50"), "breakdowns": parts})
    document = order(v2026(items=[added], proceeds={}))
    assert (document.total.amount, document.taxes_included) == (5950, False)
    wrong = lamp(proceeds={"proceedsTotal": eur("70.00"), "breakdowns": parts})
    assert reading(v2026(items=[wrong], proceeds={})).error.errors[0].pointer == "/orderItems"


@pytest.mark.parametrize(("whole", "tip"), [("50.00", 0), ("53.00", 300), (None, 300)])
def test_a_tip_counts_where_the_total_counts_it(whole, tip):
    tips = [{"type": "DELIVERY_TIP", "status": "PENDING", "subtotal": eur("3.00")}]
    proceeds = {"breakdowns": tips} | ({"grandTotal": eur(whole)} if whole else {})
    document = order(v2026(proceeds=proceeds))
    assert (document.total.amount, sum(charge.total.amount for charge in document.charges)) == (5000 + tip, tip)


def test_tax_that_a_discount_takes_off_is_taken_off_where_it_lies():
    parts = [
        {"type": "ITEM", "subtotal": eur("50.00")},
        {"type": "SHIPPING", "subtotal": eur("5.00")},
        {
            "type": "TAX",
            "subtotal": eur("0.00"),
            "detailedBreakdowns": [
                {"subtype": "SHIPPING", "value": eur("0.95")},
                {"subtype": "DISCOUNT", "value": eur("-0.95")},
            ],
        },
    ]
    document = order(v2026(items=[lamp(proceeds={"breakdowns": parts})], proceeds={"grandTotal": eur("55.00")}))
    assert [part.total.amount for part in (*document.lines, *document.shipping)] == [5000, 500]


def test_what_comes_with_the_address_is_not_lost():
    answer = {
        "AmazonOrderId": "111-1111111-1111111",
        "BuyerCompanyName": "Acme GmbH",
        "ShippingAddress": {"AddressLine1": "Calle 1", "City": "Lima", "District": "Surco", "CountryCode": "PE"},
        "DeliveryPreferences": {"DropOffLocation": "Porch", "AddressInstructions": "Ring twice"},
    }
    document = order(v0() | {"ShippingAddress": {"payload": answer}})
    assert document.fulfilment.instructions == "Porch\nRing twice"
    assert (document.customer.kind, document.customer.name) == (CustomerKind.COMPANY, "Acme GmbH")
    assert document.shipping_address.lines == ("Calle 1", "Surco")


def test_customised_and_wrapped_goods_say_so():
    url = "https://example.com/custom.zip"
    v0_item = item(BuyerInfo={"BuyerCustomizedInfo": {"CustomizedURL": url}, "GiftWrapLevel": "Classic"})
    asked = [f"MUG-BLUE: customised as in {url}", "MUG-BLUE: gift wrap Classic"]
    assert order(v0(items=[v0_item])).fulfilment.instructions.splitlines() == asked
    product = lamp()["product"] | {"customization": {"customizedUrl": url}}
    document = order(v2026(items=[lamp(product=product)]))
    assert document.fulfilment.instructions == f"LAMP-OAK: customised as in {url}"


def test_what_a_vendor_has_to_send_with_an_amazon_customers_parcel_is_an_instruction():
    goods = {
        "itemSequenceNumber": "1",
        "vendorProductIdentifier": "MUG-BLUE",
        "orderedQuantity": {"amount": 1, "unitOfMeasure": "EACH"},
        "netPrice": eur("4.00"),
        "giftDetails": {"giftMessage": "Enjoy", "giftWrapId": "SILVER"},
        "buyerCustomizedInfo": {"customizedUrl": "aHR0cHM6Ly9h"},
    }
    details = {
        "orderDate": "2026-11-16T09:00:00Z",
        "shipmentDetails": {"messageToCustomer": "Thank you"},
        "shipToParty": {"name": "Ada Byron", "attention": "Desk 4", "city": "York", "countryCode": "GB"},
        "items": [goods],
    }
    document = order({"purchaseOrderNumber": "2JK3S9VC", "orderDetails": details})
    assert document.fulfilment.instructions.splitlines() == [
        "Thank you",
        "MUG-BLUE: customised as in aHR0cHM6Ly9h",
        "MUG-BLUE: gift wrap SILVER",
        "Enjoy",
    ]
    assert document.shipping_address.name == "Ada Byron, Desk 4"


def test_a_vendors_cost_may_be_finer_than_a_cent():
    value = sample("vendor-purchase-order-in-cases")
    [first, *_] = value["payload"]["orderDetails"]["items"]
    first["orderedQuantity"] = {"amount": 3, "unitOfMeasure": "Eaches", "unitSize": 1}
    first["netCost"]["amount"] = "2.505"
    assert order(value).lines[0].total.amount == 752


def test_a_vendors_delivery_window_has_a_beginning():
    value = sample("vendor-purchase-order-in-cases")
    value["payload"]["orderDetails"]["deliveryWindow"] = "2026-12-01T07:00:00Z--2026-12-03T17:00:00Z"
    fulfilment = order(value).fulfilment
    assert (fulfilment.deliver_from.day, fulfilment.deliver_by.day) == (1, 3)


@pytest.mark.parametrize("state", ["consigned", "cases without size"])
def test_a_purchase_order_that_is_no_plain_sale_is_refused(state):
    value = sample("vendor-purchase-order-in-cases")
    details = value["payload"]["orderDetails"]
    if state == "consigned":
        details["purchaseOrderType"] = "ConsignedOrder"
    else:
        del details["items"][0]["orderedQuantity"]["unitSize"]
    assert reading(value).error is not None


@pytest.mark.parametrize(
    "body", [b"[]", b"null", b"7", b"{}", b'{"errors": []}', b'{"payload": {}}', b'{"orders": []}']
)
def test_what_is_no_order_is_refused(body):
    with pytest.raises(InvalidInput):
        AmazonOrders().read(body)


def test_amazon_signs_nothing():
    assert AmazonOrders().verify(b"{}", {})
