"""What Stripe says, in our words: errors, amounts, webhooks; without Stripe."""

from __future__ import annotations

import json
import re
import time
from typing import Any
from urllib.parse import unquote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from activities.adapters.callbacks import CALLBACKS
from activities.adapters.documents import DOCUMENTS
from activities.adapters.http import LostReply, Nonsense
from activities.adapters.partners import PAYMENTS, open_partners
from activities.adapters.stripe.payments import StripePayments
from activities.adapters.stripe.speaking.amounts import from_stripe, to_stripe
from activities.adapters.stripe.speaking.labels import idempotency_key
from activities.adapters.stripe.webhooks import StripeCallbacks
from activities.ports.channels import Feed
from models.errors import InvalidInput, PartnerError, Refused, Unavailable, Uncertain
from models.money import Money, exponent
from models.partners.events import PaymentAuthorised, PaymentFailed
from models.settings import PartnerSettings, Settings
from ops.partners.stripe_world.relay import signed
from tests.contracts.payments.asks import authorisation, capture, eur, new_order
from tests.contracts.payments.stripe_world import settings
from tests.contracts.serving import Asked, Reply, serving


def error(kind: str, **said: Any) -> bytes:
    return json.dumps({"error": {"type": kind, "message": "so it is", **said}}).encode()


_CARD, _REQUEST = "card_error", "invalid_request_error"


async def trouble_of(status: int, body: bytes, **headers: str) -> PartnerError:
    """What comes of it where Stripe answers so."""
    async with serving(lambda _: Reply(status, body, headers)) as url:
        adapter = StripePayments(settings(url))
        with pytest.raises(PartnerError) as caught:
            await adapter._moving._finding.intent("pi_1")
        await adapter.close()
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind", "code"),
    [
        (402, error(_CARD, code="card_declined", decline_code="generic_decline"), Refused, "card_declined"),
        (402, error(_CARD, code="card_declined", decline_code="insufficient_funds"), Refused, "insufficient_funds"),
        (402, error(_CARD, code="card_declined", decline_code="stolen_card"), Refused, "stolen_card"),
        (402, error(_CARD, code="expired_card", decline_code="expired_card"), Refused, "expired_card"),
        (402, error(_CARD, code="card_declined"), Refused, "card_declined"),
        (402, error(_CARD, code="authentication_required"), Refused, "authentication_required"),
        (402, error(_CARD), Refused, "card_declined"),
        (400, error("idempotency_error"), Uncertain, ""),
        (409, error(_REQUEST, code="idempotency_key_in_use"), LostReply, ""),
        (409, error(_REQUEST, code="lock_timeout"), Uncertain, "lock_timeout"),
        (400, error(_REQUEST, code="rate_limit"), Unavailable, ""),
        (400, error(_REQUEST, code="amount_too_large"), Refused, "beyond_authorised"),
        (400, error(_REQUEST, code="charge_already_refunded"), Refused, "beyond_captured"),
        (400, error(_REQUEST, code="payment_intent_unexpected_state"), Refused, "authorisation_closed"),
        (400, error(_REQUEST, code="charge_disputed"), Refused, "charge_disputed"),
        (400, error(_REQUEST, param="amount"), Refused, "invalid_request"),
        (404, error(_REQUEST, code="resource_missing"), Refused, "resource_missing"),
        (404, error(_REQUEST), Unavailable, ""),
        (401, error(_REQUEST), Unavailable, ""),
        (403, error(_REQUEST, code="more_permissions_required"), Unavailable, ""),
        (429, error(_REQUEST, code="rate_limit"), Unavailable, ""),
        *((status, b"", Unavailable, "") for status in (401, 403, 404, 405, 429, 503)),
        *((status, b"<html>", LostReply, "") for status in (408, 425, 500, 502, 504, 520)),
        *((status, b"<html>", Nonsense, "") for status in (200, 301, 302, 307)),
        *((status, b'{"no": "error"}', Uncertain, "") for status in (400, 418, 422)),
        (200, b"{}", Nonsense, ""),
        (200, b"[]", Nonsense, ""),
        (200, b'{"id": "pi_1", "amount": "12"}', Nonsense, ""),
        (200, b"\xff\xfe", Nonsense, ""),
        (200, b"x" * 9_000_000, Nonsense, ""),
    ],
    ids=str,
)
async def test_every_answer_of_stripe_becomes_one_of_four_kinds(status, body, kind, code):
    trouble = await trouble_of(status, body)

    assert type(trouble) is kind
    assert (trouble.partner, trouble.code) == ("payment", code)


@pytest.mark.parametrize("status", [429, 503])
async def test_it_is_known_how_long_stripe_wants_us_away(status):
    assert (await trouble_of(status, b"", **{"Retry-After": "11"})).retry_after_s == 11


async def test_every_request_carries_its_key_and_is_sent_once() -> None:
    came: list[Asked] = []

    def take(asked: Asked) -> Reply:
        came.append(asked)
        return Reply(200, b'{"data": [], "has_more": false}') if asked.method == "GET" else Reply(503)

    async with serving(take) as url:
        adapter = StripePayments(settings(url))
        ask = authorisation(new_order(), "pm_card", eur(100))
        with pytest.raises(PartnerError):
            await adapter.authorise(ask.model_copy(update={"token": "tok_1"}))
        await adapter.close()

    sent = [asked for asked in came if asked.method == "POST"]
    assert len(sent) == 1
    assert all(asked.headers["idempotency-key"].startswith("orderloom-") for asked in sent)
    assert all(asked.headers["authorization"].startswith("Bearer sk_test_") for asked in came)


async def test_an_account_that_may_capture_several_times_is_asked_to_and_told_which_is_the_last() -> None:
    order, bodies = new_order(), list[str]()
    metadata = {"orderloom_order": order, "orderloom_key": f"{order}/authorise"}

    def account(asked: Asked) -> Reply:
        path = asked.target.split("?")[0]
        if asked.method == "POST":
            bodies.append(unquote_plus(asked.body.decode()))
        if path.endswith(("/search", "/payment_methods/pm_1")):
            return Reply(200, b'{"id": "pm_1", "data": []}')
        if path.endswith("/capture"):
            name, value = re.findall(r"metadata\[(\w+)\]=(\d+ [^&]+)", bodies[-1])[0]
            metadata[name] = value
        taken = sum(int(value.split()[0]) for name, value in metadata.items() if "capture" in name)
        charge = {"id": "ch_1", "status": "succeeded", "amount": 1000, "captured": taken > 0, "created": 1}
        return Reply(
            200,
            json.dumps(
                intent(
                    amount=1000,
                    amount_capturable=1000 - taken,
                    amount_received=taken,
                    metadata=metadata,
                    latest_charge=charge,
                )
            ).encode(),
        )

    async with serving(account) as url:
        adapter = StripePayments(settings(url, multicapture=True))
        given = await adapter.authorise(authorisation(order, "pm_1", eur(1000)))
        first = await adapter.capture(capture(order, given.reference, eur(400)))
        second = await adapter.capture(capture(order, given.reference, eur(600), "2", final=True))
        assert await adapter.capture(capture(order, given.reference, eur(400))) == first
        await adapter.close()

    assert not given.captures_once
    assert first.reference != second.reference
    assert "payment_method_options[card][request_multicapture]=if_available" in bodies[0]
    assert [body.rsplit("final_capture=", 1)[1] for body in bodies[1:]] == ["false", "true"]


@given(key=st.text(min_size=1, max_size=250), step=st.sampled_from(["", "method", "customer"]))
def test_a_key_is_spelt_as_stripe_takes_it(key: str, step: str) -> None:
    spelt = idempotency_key(key, step)

    assert spelt.isascii()
    assert spelt.isprintable()
    assert len(spelt) <= 255
    assert spelt == idempotency_key(key, step) != idempotency_key(f"{key}x", step)


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "currency", "at_stripe"),
    [
        (1999, "EUR", 1999),
        (1980, "JPY", 1980),
        (5120, "KWD", 5120),
        (5, "ISK", 500),
        (5, "UGX", 500),
        (1500, "KRW", 1500),
        (700, "MGA", 7),
    ],
)
def test_amounts_are_written_in_stripes_minor_unit(amount: int, currency: str, at_stripe: int) -> None:
    money = Money(amount=amount, currency=currency)

    assert to_stripe(money) == at_stripe
    assert from_stripe(at_stripe, currency.lower()) == money


@pytest.mark.parametrize(("amount", "currency"), [(5125, "KWD"), (1, "BHD"), (705, "MGA")])
def test_an_amount_that_stripe_cannot_take_is_refused_and_not_rounded(amount: int, currency: str) -> None:
    with pytest.raises(Refused) as caught:
        to_stripe(Money(amount=amount, currency=currency))

    assert caught.value.code == "amount_not_payable"


@given(
    amount=st.integers(min_value=1, max_value=10**9),
    currency=st.sampled_from(["EUR", "JPY", "KWD", "BHD", "ISK", "UGX", "MGA", "KRW", "CLP", "TND"]),
)
def test_what_stripe_takes_comes_back_as_it_was(amount: int, currency: str) -> None:
    money = Money(amount=amount * 10 if exponent(currency) == 3 else amount, currency=currency)
    try:
        written = to_stripe(money)
    except Refused:
        assert currency == "MGA"
        return
    assert from_stripe(written, currency) == money


# --- webhooks ---------------------------------------------------------------------------------------------------------

_SECRET = "whsec_new"


def intent(**more: Any) -> dict[str, Any]:
    marks = {"orderloom_order": "order:b2b:1", "orderloom_key": "order:b2b:1/authorise"}
    return {
        "id": "pi_1",
        "object": "payment_intent",
        "status": "requires_capture",
        "amount": 1999,
        "currency": "eur",
        "created": 1_790_000_000,
        "metadata": marks | {"orderloom_authentication": "asked"},
        **more,
    }


def webhook(kind: str, about: dict[str, Any]) -> bytes:
    return json.dumps(
        {"id": "evt_1", "object": "event", "type": kind, "created": 1_790_000_001, "data": {"object": about}}
    ).encode()


@pytest.fixture
def callbacks() -> StripeCallbacks:
    secrets = SecretStr(f"whsec_old {_SECRET}")
    return StripeCallbacks(settings("http://x").model_copy(update={"callback_secret": secrets}))


def test_a_webhook_signed_with_any_of_our_secrets_is_stripes(callbacks: StripeCallbacks) -> None:
    body = webhook("payment_intent.created", intent())

    for secret in ("whsec_old", _SECRET):
        assert callbacks.verify(body, {"stripe-signature": signed(body, secret, time.time())})


# Signed when the test runs: what is signed while tests are collected differs from process to process, and grows old.
_FORGED = {
    "empty": lambda _now: "",
    "no signature": lambda _now: "t=1,v1=",
    "garbage": lambda _now: "garbage",
    "no number": lambda _now: "t=now,v1=" + "0" * 64,
    "no time": lambda _now: "v1=" + "0" * 64,
    "another secret": lambda now: signed(b"{}", "whsec_other", now),
    "too old": lambda now: signed(b"{}", _SECRET, now - 301),
    "another body": lambda now: signed(b"{} ", _SECRET, now),
    "another scheme": lambda now: signed(b"{}", _SECRET, now).replace("v1", "v0"),
    "thousands": lambda _now: "t=1," * 2000,
}


@pytest.mark.parametrize("forged", _FORGED)
def test_a_webhook_that_is_forged_or_too_old_is_nobodys(callbacks: StripeCallbacks, forged: str) -> None:
    assert not callbacks.verify(b"{}", {"stripe-signature": _FORGED[forged](time.time())})


def test_a_body_that_is_no_text_is_nobodys(callbacks: StripeCallbacks) -> None:
    assert not callbacks.verify(b"\xff", {"stripe-signature": signed(b"\xff", _SECRET, time.time())})


def test_without_a_secret_nothing_is_believed() -> None:
    callbacks = StripeCallbacks(settings("http://x"))

    assert not callbacks.verify(b"{}", {"stripe-signature": signed(b"{}", "", time.time())})


def test_a_payment_that_waited_for_its_customer_is_told(callbacks: StripeCallbacks) -> None:
    (event,) = callbacks.read(webhook("payment_intent.amount_capturable_updated", intent()))

    assert isinstance(event, PaymentAuthorised)
    assert (event.event_id, event.order_id, event.authorisation) == ("evt_1", "order:b2b:1", "pi_1")
    assert event.key == "order:b2b:1/authorise"


@pytest.mark.parametrize(
    ("kind", "more", "code"),
    [
        (
            "payment_intent.payment_failed",
            {
                "status": "requires_payment_method",
                "last_payment_error": {"code": "card_declined", "decline_code": "lost_card", "message": "declined"},
            },
            "lost_card",
        ),
        (
            "payment_intent.payment_failed",
            {
                "status": "requires_payment_method",
                "last_payment_error": {"code": "payment_intent_authentication_failure"},
            },
            "payment_intent_authentication_failure",
        ),
        ("payment_intent.canceled", {"status": "canceled"}, "authorisation_closed"),
    ],
)
def test_why_it_failed_is_told(callbacks: StripeCallbacks, kind: str, more: dict[str, Any], code: str) -> None:
    (event,) = callbacks.read(webhook(kind, intent(**more)))

    assert isinstance(event, PaymentFailed)
    assert event.code == code


@pytest.mark.parametrize(
    "body",
    [
        webhook("payment_intent.amount_capturable_updated", intent(metadata={"orderloom_order": "order:b2b:1"})),
        webhook("payment_intent.amount_capturable_updated", intent(metadata={})),
        webhook("payment_intent.created", intent()),
        webhook("customer.created", {"id": "cus_1"}),
        webhook("charge.dispute.created", {"id": "dp_1"}),
        webhook("something.new", {}),
    ],
)
def test_what_concerns_no_waiting_order_says_nothing(callbacks: StripeCallbacks, body: bytes) -> None:
    assert callbacks.read(body) == ()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"{}",
        b'{"id": 1}',
        b"\xff",
        webhook("payment_intent.amount_capturable_updated", intent(amount="12")),
        webhook(
            "payment_intent.amount_capturable_updated",
            intent(metadata={"orderloom_authentication": "asked", "orderloom_order": "no order"}),
        ),
    ],
)
def test_what_cannot_be_read_says_why(callbacks: StripeCallbacks, body: bytes) -> None:
    with pytest.raises(InvalidInput):
        callbacks.read(body)


# --- settings ---------------------------------------------------------------------------------------------------------


async def test_the_settings_choose_stripe_for_payments_webhooks_events_and_documents() -> None:
    partners = open_partners(Settings.model_validate({"payment": settings("http://x")}))

    assert isinstance(partners.payments, StripePayments)
    assert isinstance(partners.payments, Feed)
    assert "stripe" in set(PAYMENTS) & set(CALLBACKS) & set(DOCUMENTS)
    await partners.close()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"key": SecretStr("")}, "ORDERLOOM_PAYMENT__KEY"),
        ({"options": {"multicapture": "yes"}}, "ORDERLOOM_PAYMENT__OPTIONS: multicapture"),
        ({"options": {"serach": True}}, "ORDERLOOM_PAYMENT__OPTIONS: serach"),
    ],
)
def test_a_setting_that_is_missing_or_wrong_is_named(change: dict[str, Any], named: str) -> None:
    given: PartnerSettings = settings("http://x").model_copy(update=change)

    with pytest.raises(ValueError, match=named):
        PAYMENTS["stripe"](given)
