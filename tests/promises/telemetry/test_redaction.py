"""No line of a log holds personal data, a card's number or a secret, wherever it was put."""

from __future__ import annotations

import pytest

from activities.adapters.redaction import STRUCK, redact, redacted


@pytest.mark.parametrize(
    "planted",
    [
        "anna.koch+shop@example.co.uk",
        "4111111111111111",
        "4111 1111 1111 1111",
        "5555-5555-5555-4444",
        "378282246310005",
        "6304000000000000000",
        "+49 30 901820",
        "+1 (212) 555-0100",
        "(212) 555-0100",
        "212-555-0100",
        "030 901820",
        "ol_live_0Ab1Cd2Ef3Gh_" + "s" * 43 + "_a1B2c3",
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmVk",
    ],
)
def test_what_gives_itself_away_is_struck_out_of_any_text(planted: str) -> None:
    for text in (planted, f"refused: {planted}", f"({planted}), said the partner", f"'{planted}'"):
        assert planted not in redacted(text)
        assert STRUCK in redacted(text)


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("postgresql+psycopg://orderloom:hunter2@db.example.com:5432/orderloom", "hunter2"),
        ("Authorization: Bearer abc.def-ghi", "abc.def-ghi"),
        ("GET /x?api_key=abc123&page=2", "abc123"),
        ("{'client_secret': 'hunter2'}", "hunter2"),
        ('{"password": "hunter2"}', "hunter2"),
    ],
)
def test_a_secret_is_known_by_what_stands_before_it(text: str, secret: str) -> None:
    assert secret not in redacted(text)


@pytest.mark.parametrize(
    "text",
    [
        "order:shopify:820982911946154508",
        "POST /v1/orders/order:shopify:4111111111111111/cancellation",
        "order%3Ashopify%3A4111111111111111 is held",
        "2026-11-21 07:47:11.123456",
        "2026-11-21T07:47:11Z",
        "0192f3aa-0123-4567-8901-123456789012",
        "127.0.0.1:8400",
        "took 0.000123 s for 100 200 3000 rows",
        "4111111111111112",
        "GTIN 04012345123456",
        "authorised 129900 EUR, captured 0",
    ],
)
def test_what_an_operator_needs_stays(text: str) -> None:
    assert redacted(text) == text


def test_a_password_leaves_the_rest_of_an_address_readable() -> None:
    assert redacted("postgresql://me:hunter2@db.example.com/x") == f"postgresql://me:{STRUCK}@db.example.com/x"


@pytest.mark.parametrize(
    "name", ["email", "customer_email", "phone", "ship_to_address", "api_key", "password", "Authorization", "tokens"]
)
def test_a_field_is_struck_out_by_its_name(name: str) -> None:
    assert redact(None, "info", {name: "harmless to look at"}) == {name: STRUCK}


def test_nothing_hides_in_what_is_nested() -> None:
    event = {
        "event": "refused",
        "payload": {"lines": [{"note": "call 212-555-0100"}], "buyer": {"email": "a@example.com"}},
        "seen": ("anna@example.com", 4111111111111111),
        "error": ValueError("anna@example.com"),
    }
    line = repr(redact(None, "info", event))
    for planted in ("212-555-0100", "a@example.com", "anna@example.com", "4111111111111111"):
        assert planted not in line


def test_ids_numbers_and_nothing_pass() -> None:
    event = {
        "order_id": "order:shopify:4111111111111111",
        "external_id": "4111111111111111",
        "lines": 3,
        "seconds": 0.25,
        "held": True,
        "reason": None,
    }
    assert redact(None, "info", dict(event)) == event


def test_an_id_that_is_no_id_is_searched_like_any_text() -> None:
    assert redact(None, "info", {"external_id": "anna@example.com"}) == {"external_id": STRUCK}
