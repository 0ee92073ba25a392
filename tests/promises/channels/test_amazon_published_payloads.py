"""Amazon's published payloads: each has a verdict, worked out by hand from the payload."""

from pathlib import Path

import pytest

from activities.adapters.amazon.orders import AmazonOrders
from models.errors import InvalidInput
from models.order.document import ChannelRisk, Delivery, FulfilledBy, ServiceLevel
from models.order.payment_terms import PaymentTerms

FOLDER = Path(__file__).parents[4] / "shared" / "payloads" / "amazon"
FILES = sorted(FOLDER.glob("*.json")) if FOLDER.is_dir() else []

PREPAID, ACCOUNT, AT_THE_DOOR = PaymentTerms.PREPAID, PaymentTerms.ACCOUNT, PaymentTerms.CASH_ON_DELIVERY
NO_ITEMS = ("OrderItems", "getOrderItems")
PENDING = ("OrderStatus", "is Pending")
NO_DETAILS = ("orderDetails", "includeDetails=true")

V2026 = "orders-2026-01-01__"
VENDOR = "vendororders__getpurchaseorder"
DIRECT = "vendordirectfulfillmentorders-2021-12-28__getorder"
DIRECT_LINES = [("8806098286500", 1, 1, 55000), ("8806098286123", 2, 2, 154000)]

# file: one verdict an order: (external id, total in minor units, currency, terms, [(sku, ordered, open, line total)]),
# or (the last step of the pointer, a phrase).
VERDICTS = {
    V2026 + "getorder__200__0": [
        ("171-9876543-2109876", 29990, "BRL", PREPAID, [("ECHO-DOT-4-BR-PRETO", 1, 1, 29990)]),
    ],
    V2026 + "getorder__200__2": [("114-9876543-1234567", 4999, "USD", PREPAID, [("ECHO-POP-US-BLK", 1, 1, 4999)])],
    # 89.97 of goods with 3.00 of tax, 10.00 of shipping with 1.00.
    V2026 + "getorder__200__exapplication-json": [
        ("202-1234567-8901234", 10397, "GBP", PREPAID, [("ECHO-DOT-4-UK-CHARCOAL-3PACK", 3, 0, 9297)]),
    ],
    V2026 + "searchorders__200__0": [
        (
            "250-1234567-8901234",
            19940,
            "JPY",
            PREPAID,
            # Amazon sends it from its own stock: all of it is a sale to record, though it has left already.
            [("ECHO-DOT-4-JP-CHARCOAL", 1, 1, 5980), ("FIRE-TV-4K-MAX-JP", 2, 2, 13960)],
        ),
    ],
    V2026 + "searchorders__200__1": [
        ("202-7654321-1098765", 3499, "GBP", PREPAID, [("ECHO-DOT-4-UK-CHARCOAL-SINGLE", 1, 0, 3499)]),
    ],
    # 100.00 and 49.99 of goods, and a tip of 5.00; the items say that the buyer pays at the door.
    V2026 + "searchorders__200__exapplication-json": [
        (
            "123-4567890-1234567",
            15499,
            "USD",
            AT_THE_DOOR,
            [("ECHO-DOT-4-CHARCOAL", 2, 0, 10000), ("FIRE-TV-4K-2021", 1, 0, 4999)],
        ),
    ],
    "ordersv0__getorder__200__0": [NO_ITEMS],
    "ordersv0__getorder__200__exapplication-json": [PENDING],
    "ordersv0__getorders__200__0": [NO_ITEMS, NO_ITEMS],
    "ordersv0__getorders__200__2": [PENDING],
    "ordersv0__getorders__200__exapplication-json": [PENDING],
    # Closed: all of it was delivered. 37 x 140.00, 24 x 15.62, 110.00.
    VENDOR + "__200__0": [
        (
            "4Z32PABC",
            566488,
            "USD",
            ACCOUNT,
            [("0017817748000", 37, 0, 518000), ("0017817748000", 24, 0, 37488), ("0017817755000", 1, 0, 11000)],
        ),
    ],
    VENDOR + "__200__1": [
        (
            "mock-purchaseOrderNumber",
            87804400,
            "INR",
            ACCOUNT,
            [
                ("0017817748000", 37, 37, 52399400),
                ("0017817748000", 24, 24, 33988800),
                ("0017817755000", 1, 1, 1416200),
            ],
        ),
    ],
    VENDOR + "__200__exapplication-json": [("TestPO3", 50000, "USD", ACCOUNT, [("8806093095125", 10, 10, 50000)])],
    VENDOR + "s__200__0": [
        (
            "2JK3S9VC",
            617044,
            "USD",
            ACCOUNT,
            [("8806098286500", 1, 1, 34627), ("8806098286123", 2, 2, 45894), ("8806098095123", 13, 13, 536523)],
        ),
        ("unitOfMeasure", "price by weight"),
    ],
    VENDOR + "s__200__1": [NO_DETAILS, NO_DETAILS],
    # The first item of TestPO1 was lowered to none: it is kept, as cancelled.
    VENDOR + "s__200__2": [
        ("TestPO2", 140000, "USD", ACCOUNT, [("8806093095123", 20, 20, 140000)]),
        ("TestPO1", 15000, "USD", ACCOUNT, [("8806093095123", 1, 0, 0), ("8806098095124", 10, 10, 15000)]),
    ],
    VENDOR + "s__200__4": [("TestPO2", 140000, "USD", ACCOUNT, [("8806093095123", 20, 20, 140000)])],
    # Published with its items beside the details instead of in them.
    VENDOR + "s__200__expayload": [("items", "name no items")],
    DIRECT + "__200__exapplication-json": [("2JK3S9VC", 209000, "USD", ACCOUNT, DIRECT_LINES)],
    DIRECT + "s__200__exorders": [("2JK3S9VC", 209000, "USD", ACCOUNT, DIRECT_LINES)],
}

# The rest holds no order. The first phrase whose part of the name fits.
NOT_ORDERS = {
    "__400__": "error message",
    "notification": "notification",
    "getorderaddress": "address of an Amazon order",
    "getorderbuyerinfo": "buyer of an Amazon order",
    "getorderitems": "items of an Amazon order without the order",
    "ordersv0__confirmshipment": "empty",
    "ordersv0__updateshipmentstatus": "empty",
    "getpurchaseordersstatus": "status",
    "submitacknowledgement": "receipt of a submission",
    "expagination": "without orders",
    "externalfulfillmentreturns": "return",
    "generateinvoice": "document",
    "retrieveinvoice": "document",
    "generateshiplabels": "label",
    "retrieveshippingoptions": "shipping options",
    "externalfulfillmentshipments": "shipment",
    "createfulfillmentreturn": "return",
    "deliveryoffers": "delivery offer",
    "getfeature": "feature",
    "fulfillmentoutbound-2020-07-01__getfulfillmentorder": "fulfilment order",
    "listallfulfillmentorders": "fulfilment orders",
    "getfulfillmentpreview": "preview",
    "getpackagetrackingdetails": "tracking",
    "listreturnreasoncodes": "return reasons",
    "getadditionalsellerinputs": "seller inputs",
    "geteligibleshipmentservices": "shipping services",
    "merchantfulfillmentv0": "shipment",
    "shippingv2__cancelshipment": "empty",
    "shippingv2__getrates": "rates",
    "shippingv2__gettracking": "tracking",
    "shippingv2": "shipment",
}

pytestmark = pytest.mark.skipif(not FILES, reason="the published payloads are not here")


def _read(name):
    return AmazonOrders().read((FOLDER / f"{name}.json").read_bytes())


@pytest.mark.parametrize("name", [file.stem for file in FILES])
def test_every_published_payload_has_its_verdict(name):
    if name not in VERDICTS:
        phrase = next(phrase for part, phrase in NOT_ORDERS.items() if part in name)
        with pytest.raises(InvalidInput) as refused:
            _read(name)
        assert phrase in str(refused.value)
        return
    readings = _read(name)
    assert len(readings) == len(VERDICTS[name])
    for reading, verdict in zip(readings, VERDICTS[name], strict=True):
        _agrees(reading, verdict)


def _agrees(reading, verdict):
    if reading.document is None:
        last_step, phrase = verdict
        [error] = reading.error.errors
        assert error.pointer.rpartition("/")[2] == last_step
        assert phrase in error.message
        return
    external_id, total, currency, terms, lines = verdict
    order = reading.document
    assert (order.channel, order.external_id) == ("amazon", external_id)
    assert (order.total.amount, order.currency, order.payment.terms) == (total, currency, terms)
    assert [(line.sku, line.quantity, line.open_quantity, line.total.amount) for line in order.lines] == lines
    assert order.channel_risk is ChannelRisk.NONE


def _only(name):
    [reading] = _read(name)
    return reading.document


def test_a_store_pick_up_is_known():
    assert _only(V2026 + "getorder__200__2").fulfilment.delivery is Delivery.PICK_UP


def test_amazons_own_warehouse_ships_what_it_holds():
    order = _only(V2026 + "searchorders__200__0")
    assert order.fulfilment.fulfilled_by is FulfilledBy.CHANNEL
    assert order.taxes_included


def test_a_prime_order_goes_first_and_has_its_dates():
    fulfilment = _only(V2026 + "getorder__200__0").fulfilment
    assert fulfilment.service_level is ServiceLevel.EXPEDITED
    assert fulfilment.ship_by.isoformat() == "2024-12-27T23:59:59+00:00"
    assert fulfilment.deliver_by.isoformat() == "2024-12-31T23:59:59+00:00"


def test_a_direct_fulfilment_order_goes_to_amazons_customer():
    order = _only(DIRECT + "__200__exapplication-json")
    assert (order.shipping_address.city, order.shipping_address.country) == ("San Jose", "US")
    assert order.payment.purchase_order == "2JK3S9VC"
