"""Bad input (RELIABILITY 3.1): whatever is sent, nothing is accepted, nothing breaks, and a problem says why."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest

from api.orders.examples import CANONICAL_ORDER, WOOCOMMERCE_ORDER
from tests.promises.api.stage import Stage, as_json, problem

JSON = {"content-type": "application/json"}
GOOD = as_json(CANONICAL_ORDER)
CHANNELS = ["shopify", "woocommerce", "magento", "amazon"]


def text_with(value: str) -> bytes:
    """The good order with its quantity written so."""
    return GOOD.replace(b'"quantity": 4', b'"quantity": ' + value.encode())


def deep(levels: int) -> bytes:
    return b"[" * levels + b"]" * levels


NOT_JSON: dict[str, bytes] = {
    "nothing but a space": b" ",
    "a word": b"order",
    "half a document": GOOD[: len(GOOD) // 2],
    "trailing data": GOOD + b"{}",
    "a trailing comma": GOOD[:-1] + b",}",
    "a byte order mark": b"\xef\xbb\xbf" + GOOD,
    "UTF-16": GOOD.decode().encode("utf-16"),
    "UTF-32": GOOD.decode().encode("utf-32"),
    "bytes that are no UTF-8": GOOD.replace(b"Mug", b"M\xffg"),
    "an overlong encoding": GOOD.replace(b"Mug", b"\xc0\xaf"),
    "half a surrogate pair, escaped": GOOD.replace(b"Mug", b"\\ud800"),
    "a surrogate as bytes": GOOD.replace(b"Mug", b"\xed\xa0\x80"),
    "a raw NUL": GOOD.replace(b"Mug", b"M\x00g"),
    "a raw line end in a string": GOOD.replace(b"Mug", b"M\ng"),
    "NaN": text_with("NaN"),
    "Infinity": text_with("Infinity"),
    "minus infinity": text_with("-Infinity"),
    "1e999": text_with("1e999"),
    "5,000 digits": text_with("1" * 5000),
    "5,000 decimals": text_with("1." + "1" * 5000),
    "a duplicate key": b'{"channel": "pos",' + GOOD[1:],
    "a duplicate key deep inside": GOOD.replace(b'"sku":', b'"sku": "A", "sku":'),
    "depth 34": deep(34),
    "depth 100,000": deep(100_000),
    "single quotes": b"{'channel': 'b2b'}",
    "a comment": b"/* order */" + GOOD,
    "a plus sign": text_with("+4"),
    "a leading zero": text_with("04"),
    "hexadecimal": text_with("0x4"),
    "XML": b"<?xml version='1.0'?><order/>",
    "a form": b"channel=b2b&external_id=1",
    "a gzip bomb's head": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03",
}


@pytest.mark.parametrize("case", NOT_JSON)
async def test_what_is_no_plain_json_is_refused_by_our_own_format(stage: Stage, case: str) -> None:
    problem(await stage.http.post("/v1/orders", content=NOT_JSON[case], headers=JSON), 400, "malformed")
    assert stage.orders.kept == {}


@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize("case", NOT_JSON)
async def test_what_is_no_plain_json_is_refused_and_kept_for_a_channel(stage: Stage, case: str, channel: str) -> None:
    document = problem(
        await stage.http.post(f"/v1/channels/{channel}/orders", content=NOT_JSON[case], headers=JSON), 400
    )
    assert stage.orders.kept == {}
    assert stage.quarantine.entries[document["quarantine_id"]].payload == NOT_JSON[case]


NOT_ORDERS: dict[str, Any] = {
    "an empty object": {},
    "an empty list": [],
    "null": None,
    "true": True,
    "a number": 7,
    "a text": "order",
    "a list of numbers": [1, 2],
    "a list of nulls": [None],
    "__proto__": {"__proto__": {"admin": True}},
    "10,000 keys": {f"k{number}": number for number in range(10_000)},
    "an order inside an order": {"order": {"order": {"order": {}}}},
}


@pytest.mark.parametrize("path", ["/v1/orders", *(f"/v1/channels/{channel}/orders" for channel in CHANNELS)])
@pytest.mark.parametrize("case", NOT_ORDERS)
async def test_what_is_no_order_is_refused(stage: Stage, case: str, path: str) -> None:
    document = problem(await stage.http.post(path, content=as_json(NOT_ORDERS[case]), headers=JSON), 422)
    assert document["errors"]
    assert stage.orders.kept == {}


def at(*path: str | int) -> Callable[[Any], dict[str, Any]]:
    """A change of the good order at a place."""

    def change(value: Any) -> dict[str, Any]:
        order: dict[str, Any] = json.loads(GOOD)
        inside: Any = order
        for step in path[:-1]:
            inside = inside[step]
        inside[path[-1]] = value
        return order

    return change


quantity, name, sku = at("lines", 0, "quantity"), at("lines", 0, "name"), at("lines", 0, "sku")
amount, currency, total = at("lines", 0, "total", "amount"), at("currency"), at("total")
external_id, channel_name, placed_at = at("external_id"), at("channel"), at("placed_at")
LINE = CANONICAL_ORDER["lines"][0]

WRONG: list[tuple[str, dict[str, Any], str]] = [
    *((f"quantity {value!r}", quantity(value), "/lines/0/quantity") for value in (0, -1, 1.5, "1", True, 10**30, None, [4])),
    *((f"amount {value!r}", amount(value), "/lines/0/total") for value in (40.0, "4000", 1e3, 10**30, None, -4000)),
    ("a line without a total", at("lines", 0)({k: v for k, v in LINE.items() if k != "total"}), "/lines/0/total"),
    ("a total that does not add up", total({"amount": 4001, "currency": "EUR"}), "/total"),
    ("a total in another currency", total({"amount": 4000, "currency": "USD"}), "/total/currency"),
    ("a negative total", total({"amount": -1, "currency": "EUR"}), "/total"),
    *((f"currency {value!r}", currency(value), "/currency") for value in ("eur", "XXQ", "EURO", "", "€", 978, None)),
    ("no lines", at("lines")([]), "/lines"),
    ("2,001 lines", at("lines")([LINE | {"id": str(n)} for n in range(2001)]), "/lines"),
    ("a line twice", at("lines")([LINE, LINE]) | {"total": {"amount": 8000, "currency": "EUR"}}, "/lines/1/id"),
    ("lines that are no list", at("lines")({"0": LINE}), "/lines"),
    ("more cancelled than ordered", at("lines", 0, "cancelled")(5), "/lines/0/cancelled"),
    ("an unknown field", at("colour")("red"), "/colour"),
    ("an unknown field in a line", at("lines", 0, "colour")("red"), "/lines/0/colour"),
    ("an unknown field in money", at("total", "minor")(2), "/total/minor"),
    *(
        (f"external id {value!r}", external_id(value), "/external_id")
        for value in ("", " ", "a b", "a/b", "../x", "a\x00b", "a\nb", "-a", "a.", "x" * 101, "ä", "a\u202eb", "a\u200bb", 7, None, "a:b", "%2e%2e")
    ),
    *(
        (f"channel {value!r}", channel_name(value), "/channel")
        for value in ("B2B", "b-2b", "", "b 2b", "x" * 33, "2b", "b2b\n", None, 1)
    ),
    *(
        (f"placed at {value!r}", placed_at(value), "/placed_at")
        for value in (
            "2026-11-20T09:30:00",
            "2026-11-20",
            "9999-12-31T23:59:59Z",
            "1789-07-14T00:00:00Z",
            "2026-02-30T00:00:00Z",
            "2026-11-20T25:00:00Z",
            "yesterday",
            1_789_000_000,
            None,
            "",
        )
    ),
    *(
        (f"name {value!r}", name(value), "/lines/0/name")
        for value in ("", "a\x00b", "a\x1bb", "a\u202eb", "a\u200bb", "\ufeffa", "x" * 501, 7, ["Mug"])
    ),
    *((f"sku {value!r}", sku(value), "/lines/0/sku") for value in ("", " MUG", "MUG ", "M\u0000", "x" * 101, 7, None)),
    ("a country in lower case", at("shipping_address", "country")("de"), "/shipping_address/country"),
    ("an unknown country", at("shipping_address", "country")("XX"), "/shipping_address/country"),
    ("unknown terms", at("payment", "terms")("later"), "/payment/terms"),
    ("due in a thousand days", at("payment", "net_days")(1000), "/payment/net_days"),
    ("tenders that fall short", at("payment", "tenders")([{"kind": "card", "amount": {"amount": 1, "currency": "EUR"}}]), "/payment/tenders"),
    ("a card number for a token", at("payment", "tenders")([{"kind": "card", "amount": LINE["total"], "token": "4111 1111 1111 1111"}]), "/payment/tenders/0/token"),
    ("an unknown unit", at("lines", 0, "unit")("pieces"), "/lines/0/unit"),
    ("a GTIN of letters", at("lines", 0, "gtin")("ABCDEFGH"), "/lines/0/gtin"),
    ("a price that is no number", at("lines", 0, "unit_price")("NaN"), "/lines/0/unit_price"),
    ("a negative price", at("lines", 0, "unit_price")("-1"), "/lines/0/unit_price"),
]  # fmt: skip


@pytest.mark.parametrize(("case", "order", "pointer"), WRONG, ids=[case for case, _, _ in WRONG])
async def test_a_wrong_field_is_refused_with_a_pointer_to_it(
    stage: Stage, case: str, order: dict[str, Any], pointer: str
) -> None:
    document = problem(await stage.http.post("/v1/orders", json=order), 422)
    pointers = [error["pointer"] for error in document["errors"]]
    assert any(found.startswith(pointer) for found in pointers), (case, pointers)
    assert all(error["message"] and error["code"] for error in document["errors"])
    assert stage.orders.kept == {}


@pytest.mark.parametrize(
    "harmless",
    [
        "=cmd()",
        "<script>alert(1)</script>",
        "'; DROP TABLE orders;--",
        "../../etc/passwd",
        "{{7*7}}",
        "😀",
        "e\u0301" * 20,
    ],
)
async def test_text_that_is_only_text_is_taken_as_text(stage: Stage, harmless: str) -> None:
    assert (await stage.http.post("/v1/orders", json=name(harmless))).status_code == 202


async def test_one_wrong_order_of_a_channel_never_breaks_the_reading(stage: Stage) -> None:
    for field in WOOCOMMERCE_ORDER:
        for value in (None, "", [], {}, -1, "x" * 10_000, True, [[]], {"id": {}}, 1e15, "\u202e"):
            order = deepcopy(WOOCOMMERCE_ORDER) | {field: value}
            answer = await stage.http.post("/v1/channels/woocommerce/orders", json=order)
            assert answer.status_code in {202, 422}, (field, value, answer.text)
