"""Our own order document: every bad input is refused at its field, and nothing is guessed."""

import copy
import json
from pathlib import Path

import pytest

from activities.adapters.canonical.orders import CanonicalOrders
from models.errors import InvalidInput

SAMPLES = Path(__file__).parents[3] / "ops" / "samples" / "canonical"


def euro(amount):
    return {"amount": amount, "currency": "EUR"}


def valid():
    """Two mugs on account, with tax on top, shipping and a purchase order."""
    return {
        "channel": "b2b",
        "external_id": "B2B-1",
        "placed_at": "2026-11-16T09:30:00+01:00",
        "currency": "EUR",
        "customer": {"id": "ACME-100", "kind": "company", "name": "ACME", "email": "a@acme.example.com"},
        "shipping_address": {"name": "ACME", "lines": ["Straße 1"], "city": "Köln", "country": "DE"},
        "lines": [
            {
                "id": "1",
                "sku": "MUG-BLUE",
                "quantity": 2,
                "subtotal": euro(2000),
                "taxes": [{"name": "VAT", "rate": "0.19", "amount": euro(380)}],
                "total": euro(2380),
            }
        ],
        "shipping": [{"name": "Standard", "subtotal": euro(500), "total": euro(500)}],
        "payment": {"terms": "account", "tenders": [{"kind": "account", "amount": euro(2880)}], "purchase_order": "1"},
        "total": euro(2880),
    }


def changed(pointer, value):
    """The valid order with one field set, or, for `...`, taken out."""
    document = copy.deepcopy(valid())
    *path, last = [int(step) if step.isdecimal() else step for step in pointer.split("/")[1:]]
    inner = document
    for step in path:
        inner = inner[step]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return json.dumps(document).encode()


def error(body):
    [reading] = CanonicalOrders().read(body)
    assert reading.document is None
    assert reading.payload == body
    return reading.error.errors[0]


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.json")), ids=lambda path: path.stem)
def test_every_sample_is_an_order(path):
    body = path.read_bytes()
    [reading] = CanonicalOrders().read(body)
    assert reading.error is None, reading.error
    assert reading.payload == body
    assert json.loads(body)["channel"] == reading.document.channel


def test_the_valid_order_is_valid():
    [reading] = CanonicalOrders("b2b").read(json.dumps(valid()).encode())
    assert reading.document.total.amount == 2880


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "json"),
        (b"{", "json"),
        (b'{"a": 1} trailing', "json"),
        (b"\xef\xbb\xbf{}", "encoding"),
        ('{"channel": "b2b"}'.encode("utf-16"), "encoding"),
        (b'{"channel": "\xff"}', "encoding"),
        (b'{"note": "\\ud800"}', "encoding"),
        (b'{"channel": 1, "channel": 2}', "duplicate_key"),
        (b'{"total": {"amount": NaN}}', "not_a_number"),
        (b'{"total": {"amount": -Infinity}}', "not_a_number"),
        (b'{"total": {"amount": 1e999}}', "number_too_large"),
        (b'{"total": {"amount": ' + b"9" * 5000 + b"}}", "number_too_long"),
        (b'{"note": ' + b"[" * 40 + b"]" * 40 + b"}", "depth"),
        (b"[" * 100_000, "depth"),
        (b"null", "not_an_order"),
        (b"[]", "not_an_order"),
        (b'"order"', "not_an_order"),
        (b"7", "not_an_order"),
        (b"{}", "not_an_order"),
        (b'{"__proto__": {"channel": "b2b"}}', "not_an_order"),
    ],
)
def test_what_is_no_json_or_no_order_is_refused_whole(body, code):
    with pytest.raises(InvalidInput) as refused:
        CanonicalOrders().read(body)
    assert refused.value.errors[0].code == code


@pytest.mark.parametrize(
    ("number", "code"), [("NaN", "not_a_number"), ("1e999", "number_too_large"), ("9" * 5000, "number_too_long")]
)
def test_what_is_no_number_is_pointed_at(number, code):
    body = changed("/lines/0/quantity", "@").replace(b'"@"', number.encode())
    with pytest.raises(InvalidInput) as refused:
        CanonicalOrders().read(body)
    [problem] = refused.value.errors
    assert (problem.pointer, problem.code) == ("/lines/0/quantity", code)


@pytest.mark.parametrize(
    "quantity", [0, -1, 1.5, 2.0, "2", True, None, 1_000_001, 10**30, [], {}], ids=lambda value: repr(value)[:12]
)
def test_a_quantity_is_a_whole_positive_number(quantity):
    assert error(changed("/lines/0/quantity", quantity)).pointer == "/lines/0/quantity"


@pytest.mark.parametrize("amount", [23.8, 2380.0, "2380", "2E3", True, None, 10**16, "NaN"], ids=repr)
def test_an_amount_is_a_whole_number_of_minor_units(amount):
    assert error(changed("/lines/0/total/amount", amount)).pointer == "/lines/0/total/amount"


@pytest.mark.parametrize("number", ["1e3", "2.0", "-0", "2E0"])
def test_a_quantity_is_not_written_with_exponent_or_point(number):
    body = changed("/lines/0/quantity", "@").replace(b'"@"', number.encode())
    assert error(body).pointer == "/lines/0/quantity"


@pytest.mark.parametrize("code", ["eur", "EU", "EURO", "XYZ", "", "€", 978])
def test_a_currency_is_a_known_code(code):
    assert error(changed("/currency", code)).pointer == "/currency"


@pytest.mark.parametrize(
    ("pointer", "value", "blamed"),
    [
        ("/total/amount", 2879, "/total"),
        ("/lines/0/total/amount", 2381, "/lines/0/total"),
        ("/lines/0/taxes/0/amount/amount", 379, "/lines/0/total"),
        ("/shipping/0/total/amount", 501, "/shipping/0/total"),
        ("/payment/tenders/0/amount/amount", 2000, "/payment/tenders"),
        ("/payment/tenders/0/amount/currency", "USD", "/payment/tenders/0/amount"),
        ("/lines/0/taxes/0/amount/currency", "USD", "/lines/0/taxes/0/amount"),
        ("/lines/0/subtotal/currency", "USD", "/lines/0/subtotal"),
        ("/total/currency", "USD", "/total/currency"),
        ("/payment/refunded", euro(2881), "/payment/refunded"),
        ("/payment/refunded", euro(-1), "/payment/refunded"),
        ("/lines/0/cancelled", 3, "/lines/0/cancelled"),
    ],
)
def test_what_does_not_add_up_is_refused_where_it_does_not(pointer, value, blamed):
    assert error(changed(pointer, value)).pointer == blamed


def test_a_line_stands_once():
    document = valid()
    document["lines"].append(document["lines"][0])
    document["total"] = euro(5260)
    document["payment"]["tenders"][0]["amount"] = euro(5260)
    assert error(json.dumps(document).encode()).pointer == "/lines/1/id"


@pytest.mark.parametrize("character", ["\x00", "\x07", "\x1b", "\u202e", "\u200b", "\ufeff", "\x7f"], ids=ascii)
@pytest.mark.parametrize("pointer", ["/lines/0/sku", "/customer/name", "/note", "/shipping_address/city"])
def test_text_holds_nothing_a_person_cannot_see(pointer, character):
    assert error(changed(pointer, f"MUG{character}BLUE")).pointer == pointer


@pytest.mark.parametrize(
    "text", ["=cmd()", "<script>alert(1)</script>", "'; DROP TABLE orders;--", "{{7*7}}", "🍷" * 10, "e" + "\u0301" * 9]
)
def test_text_that_only_looks_dangerous_is_text(text):
    [reading] = CanonicalOrders().read(changed("/note", text))
    assert reading.error is None


def test_text_is_kept_in_one_normal_form():
    [reading] = CanonicalOrders().read(changed("/shipping_address/city", "Ko\u0308ln"))
    assert reading.document.shipping_address.city == "Köln"


@pytest.mark.parametrize("sku", ["", " MUG", "MUG ", "M" * 101, None, 7])
def test_a_sku_is_spelt_without_white_space_around_it(sku):
    assert error(changed("/lines/0/sku", sku)).pointer == "/lines/0/sku"


@pytest.mark.parametrize(
    "name", ["", "../../etc", "a/b", "a b", "-a", "a.", "ä", "\u0410-1", "a" * 256, "a\r\nb", "{{1}}", "%2e", 7, None]
)
@pytest.mark.parametrize("pointer", ["/external_id", "/lines/0/id"])
def test_an_id_is_safe_in_a_url(pointer, name):
    assert error(changed(pointer, name)).pointer == pointer


@pytest.mark.parametrize(
    "moment",
    [
        "2026-11-16T09:30:00",
        "2026-11-16",
        "2026-02-30T00:00:00Z",
        "2026-11-16T25:00:00Z",
        "2026-11-16T23:59:60Z",
        "9999-12-31T23:59:59Z",
        "1970-01-01T00:00:00Z",
        "yesterday",
        "",
        1763285400,
        None,
    ],
)
@pytest.mark.parametrize("pointer", ["/placed_at", "/cancelled_at"])
def test_a_moment_has_a_zone_and_a_plausible_year(pointer, moment):
    if pointer == "/cancelled_at" and moment is None:
        return
    assert error(changed(pointer, moment)).pointer == pointer


@pytest.mark.parametrize(
    ("pointer", "value"),
    [
        ("/surprise", 1),
        ("/lines/0/color", "red"),
        ("/lines/0/unit", "pieces"),
        ("/lines/0/gtin", "123"),
        ("/lines/0/unit_price", "-1"),
        ("/channel", "B2B"),
        ("/channel", "b2b/../x"),
        ("/lines", []),
        ("/lines", {}),
        ("/lines/0", None),
        ("/payment/terms", "later"),
        ("/payment/net_days", -1),
        ("/payment/tenders/0/token", "4111 1111 1111 1111"),
        ("/shipping_address/country", "de"),
        ("/shipping_address/country", "ZZ"),
        ("/customer/email", "nobody"),
        ("/customer/phone", "call me"),
        ("/fulfilment", {"service_level": "asap"}),
        ("/taxes_included", 1),
        ("/test", "yes"),
    ],
)
def test_anything_else_that_does_not_fit_is_refused_at_its_field(pointer, value):
    assert error(changed(pointer, value)).pointer.startswith(pointer)


@pytest.mark.parametrize("pointer", ["/channel", "/external_id", "/placed_at", "/lines", "/payment", "/total"])
def test_what_is_missing_is_named(pointer):
    assert error(changed(pointer, ...)).pointer == pointer


@pytest.mark.parametrize(
    ("pointer", "parts", "blamed"),
    [
        ("/lines", 3, "/total"),
        ("/payment/tenders", 3, "/payment/tenders"),
        ("/lines/0/discounts", 3, "/lines/0/total"),
    ],
)
def test_a_sum_beyond_any_amount_is_refused_where_it_is_added_up(pointer, parts, blamed):
    most = {"amount": 10**15, "currency": valid()["currency"]}
    one = {
        "/lines": {"sku": "MUG", "quantity": 1, "subtotal": most, "total": most},
        "/payment/tenders": {"kind": "card", "amount": most},
        "/lines/0/discounts": {"name": "All", "amount": most},
    }[pointer]
    names = [{"id": str(number)} if pointer == "/lines" else {} for number in range(parts)]
    assert error(changed(pointer, [one | name for name in names])).pointer == blamed


def test_an_order_handed_in_for_another_channel_is_refused():
    [reading] = CanonicalOrders("pos").read(json.dumps(valid()).encode())
    assert reading.error.errors[0].pointer == "/channel"


def test_two_thousand_lines_are_enough():
    line = {"sku": "PEN-GEL", "quantity": 1, "subtotal": euro(0), "total": euro(0)}
    lines = [line | {"id": str(number)} for number in range(2001)]
    assert error(changed("/lines", lines)).pointer == "/lines"


def test_nothing_is_signed():
    assert CanonicalOrders().verify(b"{}", {})
