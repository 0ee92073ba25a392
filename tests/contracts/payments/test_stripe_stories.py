"""What only Stripe has: customers who confirm with their banks, disputes, cards kept for later, a memory of events."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from pydantic import SecretStr

from activities.adapters.stripe.documents import StripeDocuments
from activities.adapters.stripe.payments import StripePayments
from activities.adapters.stripe.webhooks import StripeCallbacks
from models.errors import Refused, Uncertain
from models.partners.events import DisputeState, PaymentAuthorised, PaymentDisputed, PaymentFailed
from models.partners.feeds import FeedQuery
from models.reconciling.documents import DocumentKind, DocumentQuery, DocumentState, PartnerDocument, Party
from ops.partners.stripe_world.part import KEY, SAMPLE_TOKENS
from ops.partners.stripe_world.relay import Relay
from tests.contracts.payments.asks import authorisation, capture, eur, new_order, refund, void
from tests.contracts.payments.stripe_world import PATIENT_S, StripeBooks, settings, stripe_world
from tests.contracts.serving import Asked, Reply, serving

pytestmark = pytest.mark.real

_CONFIRMS = "tok_threeDSecure2Required"
_SECRET = "whsec_old-or-new"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with stripe_world(tmp_path_factory.mktemp("stripe-world")) as port:
        yield port


@pytest.fixture
def books(world: int, request: pytest.FixtureRequest) -> StripeBooks:
    return StripeBooks.of_test(world, request.node.nodeid)


@pytest.fixture
async def payments(books: StripeBooks) -> AsyncIterator[StripePayments]:
    adapter = StripePayments(settings(books.url))
    yield adapter
    await adapter.close()


@pytest.fixture
def order() -> str:
    return new_order()


async def events_of(payments: StripePayments, cursor: str | None = None) -> tuple[list[object], str | None]:
    found: list[object] = []
    while True:
        page = await payments.since(FeedQuery(cursor=cursor))
        found += page.events
        cursor = page.cursor
        if not page.more:
            return found, cursor


async def customer_confirms(books: StripeBooks, reference: str, card: str = "tok_visa") -> httpx.Response:
    """Do at Stripe World what the customer's bank does at Stripe: the payment goes on, with a card that is let through."""
    async with httpx.AsyncClient(
        base_url=books.url, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=PATIENT_S
    ) as client:
        made = await client.post("/v1/payment_methods", data={"type": "card", "card[token]": card})
        return await client.post(f"/v1/payment_intents/{reference}/confirm", data={"payment_method": made.json()["id"]})


async def all_documents(books: StripeBooks, since: datetime) -> list[PartnerDocument]:
    adapter = StripeDocuments(Party.PAYMENT, settings(books.url))
    found: list[PartnerDocument] = []
    query = DocumentQuery(since=since)
    while True:
        page = await adapter.documents(query)
        found += page.documents
        if page.next_cursor is None:
            await adapter.close()
            return found
        query = query.model_copy(update={"cursor": page.next_cursor})


# --- customers who confirm with their banks ---------------------------------------------------------------------------


async def test_a_payment_that_its_customer_confirms_is_set_aside_then(payments, books, order):
    asked = authorisation(order, _CONFIRMS)

    waiting = await payments.authorise(asked)
    assert waiting.authentication is not None
    assert await books.paid(order) == []
    assert (await payments.authorise(asked)).authentication is not None

    await customer_confirms(books, waiting.reference)
    given = await payments.authorise(asked)

    assert (given.authentication, given.reference) == (None, waiting.reference)
    assert given.expires_at is not None
    assert [paid.capturable for paid in await books.paid(order)] == [True]
    told, _ = await events_of(payments)
    assert [(type(event), event.order_id, event.authorisation, event.key) for event in told] == [
        (PaymentAuthorised, order, waiting.reference, asked.key)
    ]


async def test_a_payment_whose_bank_says_no_is_refused_by_its_code(payments, books, order):
    asked = authorisation(order, _CONFIRMS)
    waiting = await payments.authorise(asked)

    await customer_confirms(books, waiting.reference, "tok_visa_chargeDeclinedInsufficientFunds")

    with pytest.raises(Refused) as caught:
        await payments.authorise(asked)
    assert caught.value.code == "insufficient_funds"
    told, _ = await events_of(payments)
    assert [(type(event), event.code) for event in told] == [(PaymentFailed, "insufficient_funds")]


async def test_a_payment_nobody_confirmed_is_let_go_and_stays_so(payments, books, order):
    asked = authorisation(order, _CONFIRMS)
    waiting = await payments.authorise(asked)

    assert not (await payments.void(void(order, waiting.reference))).happened

    with pytest.raises(Refused) as caught:
        await payments.authorise(asked)
    assert caught.value.code == "authorisation_closed"
    assert (await customer_confirms(books, waiting.reference)).is_client_error


# --- disputes ---------------------------------------------------------------------------------------------------------


async def test_a_dispute_is_told_to_the_order_whose_payment_it_is(payments, books, order):
    given = await payments.authorise(authorisation(order, "tok_visa_createDisputeProductNotReceived"))
    _, before = await events_of(payments)
    await payments.capture(capture(order, given.reference, eur(4_000)))

    told, after = await events_of(payments, before)

    (dispute,) = await books.list("disputes")
    (event,) = [event for event in told if isinstance(event, PaymentDisputed)]
    assert (event.order_id, event.dispute, event.authorisation) == (order, dispute["id"], given.reference)
    assert (event.amount, event.reason) == (eur(4_000), "product_not_received")
    assert event.state is DisputeState.OPENED
    assert event.answer_by is not None
    assert (await events_of(payments, after))[0] == []


async def test_what_came_of_a_dispute_is_told_as_well_and_a_disputed_payment_is_not_given_back(payments, books, order):
    given = await payments.authorise(authorisation(order, "tok_visa_createDispute"))
    await payments.capture(capture(order, given.reference, eur(10_000), final=True))
    with pytest.raises(Refused) as caught:
        await payments.refund(refund(order, given.reference, eur(1)))
    assert caught.value.code == "charge_disputed"
    (dispute,) = await books.list("disputes")
    _, before = await events_of(payments)

    async with httpx.AsyncClient(
        headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=PATIENT_S
    ) as client:
        await client.post(f"{books.url}/v1/disputes/{dispute['id']}/close")
    told, _ = await events_of(payments, before)

    assert told[-1].state is DisputeState.LOST
    found = await all_documents(books, datetime.now(UTC) - timedelta(hours=1))
    assert [(one.state, one.amount) for one in found if one.kind is DocumentKind.DISPUTE] == [("lost", eur(10_000))]


# --- cards, keys and time ---------------------------------------------------------------------------------------------


async def test_what_leaves_later_is_authorised_anew_with_the_same_card(payments, books, order):
    first = await payments.authorise(authorisation(order, books.tokens.good))
    await payments.capture(capture(order, first.reference, eur(4_000)))

    second = await payments.authorise(authorisation(order, books.tokens.good, eur(6_000), key=f"{order}/authorise/2"))
    await payments.capture(capture(order, second.reference, eur(6_000), "2", final=True))

    assert first.captures_once
    assert sorted(paid.captured.amount for paid in await books.paid(order)) == [4_000, 6_000]
    assert len(await books.list("customers")) == 1


async def test_a_card_that_the_shop_keeps_for_its_customer_is_charged_as_his(payments, books, order):
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=books.url, headers=headers, trust_env=False, timeout=PATIENT_S) as shop:
        customer = (await shop.post("/v1/customers", data={"name": "Ōtani"})).json()["id"]
        card = (await shop.post("/v1/payment_methods", data={"type": "card", "card[token]": "tok_visa"})).json()["id"]
        await shop.post(f"/v1/payment_methods/{card}/attach", data={"customer": customer})

    first = await payments.authorise(authorisation(order, card))
    await payments.authorise(authorisation(order, card, key=f"{order}/authorise/2"))

    intents = await books.list("payment_intents")
    assert {(one["customer"], one["payment_method"]) for one in intents} == {(customer, card)}
    assert len(intents) == 2
    assert len(await books.list("customers")) == 1
    assert first.reference in {one["id"] for one in intents}


async def test_the_bank_says_until_when_an_authorisation_stands(payments, books, order):
    given = await payments.authorise(authorisation(order, books.tokens.good))

    assert given.expires_at is not None
    assert timedelta(days=6) < given.expires_at - datetime.now(UTC) < timedelta(days=8)


async def test_stripe_itself_holds_two_attempts_together_by_our_key_where_nothing_can_be_found_yet(books, order):
    """Search that lags: both attempts find nothing, and Stripe answers the second as it did the first."""
    blind, again = (StripePayments(settings(books.url)) for _ in range(2))
    asked = authorisation(order, books.tokens.good)
    for adapter in (blind, again):
        adapter._authorising._finding.earlier = _nothing

    assert await blind.authorise(asked) == await again.authorise(asked)
    assert len(await books.paid(order)) == 1
    again._authorising._finding.now = _nothing
    with pytest.raises(Uncertain):
        await again.authorise(authorisation(order, books.tokens.good, eur(1)))
    await blind.close()
    await again.close()


async def _nothing(*_: object) -> None:
    return None


async def test_a_key_that_stripe_has_forgotten_is_found_by_what_we_marked(payments, books, order):
    """After a day the key is free again: the payment is found before it could be used."""
    asked = authorisation(order, books.tokens.good)
    given = await payments.authorise(asked)
    later = StripePayments(settings(books.url))
    later._authorising._create = _not_again

    assert await later.authorise(asked) == given
    await later.close()


async def _not_again(*_: object) -> None:
    raise AssertionError("asked for again")


async def test_an_account_without_search_finds_its_payments_in_the_list(books, order):
    asked = authorisation(order, books.tokens.good)
    adapter = StripePayments(settings(books.url, search=False))

    given = await adapter.authorise(asked)

    assert await adapter.authorise(asked) == given
    assert (await adapter.void(void(order, None))).happened
    await adapter.close()


async def test_the_tokens_of_our_samples_are_cards_at_stripe(books, order):
    adapter = StripePayments(settings(books.url, tokens=SAMPLE_TOKENS, test_token="tok_visa"))

    assert await adapter.authorise(authorisation(order, "tok_whatever_the_shop_calls_it"))
    with pytest.raises(Refused) as caught:
        await adapter.authorise(authorisation(new_order(), "tok_declined"))
    assert caught.value.code == "card_declined"
    await adapter.close()


@pytest.mark.parametrize("token", [None, "tok_nobody_knows", "pm_nobody_knows"])
async def test_what_cannot_be_charged_is_refused(payments, order, token):
    with pytest.raises(Refused):
        await payments.authorise(authorisation(order, "x").model_copy(update={"token": token}))


# --- reconciling and webhooks -----------------------------------------------------------------------------------------


async def test_what_stripe_has_written_down_is_listed_as_it_stands(payments, books, order):
    since = datetime.now(UTC) - timedelta(minutes=1)
    taken = await payments.authorise(authorisation(order, books.tokens.good))
    number = await payments.capture(capture(order, taken.reference, eur(4_000)))
    back = await payments.refund(refund(order, taken.reference, eur(1_500)))
    other = new_order()
    let_go = await payments.authorise(authorisation(other, books.tokens.good))
    await payments.void(void(other, let_go.reference))
    stands = await payments.authorise(authorisation(new_order(), books.tokens.good, eur(99)))

    found = {one.reference: one for one in await all_documents(books, since)}

    assert found[number.reference].kind is DocumentKind.CAPTURE
    assert (found[number.reference].key, found[number.reference].amount) == (f"{order}/capture/1", eur(4_000))
    assert (found[back.reference].kind, found[back.reference].amount) == (DocumentKind.REFUND, eur(1_500))
    assert found[back.reference].authorisation == taken.reference
    assert found[let_go.reference].state == DocumentState.CANCELLED
    assert (found[stands.reference].state, found[stands.reference].amount) == (DocumentState.OPEN, eur(99))
    assert {one.order_id for one in found.values()} >= {order, other}
    assert await all_documents(books, datetime.now(UTC) + timedelta(minutes=1)) == []


async def test_many_documents_come_page_by_page(payments, books, monkeypatch):
    monkeypatch.setattr("activities.adapters.stripe.documents._PAGE", 2)
    orders = [new_order() for _ in range(5)]
    for order in orders:
        await payments.authorise(authorisation(order, books.tokens.good))

    found = await all_documents(books, datetime.now(UTC) - timedelta(minutes=1))

    assert {one.order_id for one in found} == set(orders)


async def test_many_events_are_read_oldest_first_and_none_twice(payments, books, monkeypatch):
    monkeypatch.setattr("activities.adapters.stripe.feed._PAGE", 2)
    orders = [new_order() for _ in range(3)]
    for order in orders:
        waiting = await payments.authorise(authorisation(order, _CONFIRMS))
        await customer_confirms(books, waiting.reference)

    told, cursor = await events_of(payments)

    assert [event.order_id for event in told] == orders
    assert (await events_of(payments, cursor)) == ([], cursor)
    # What Stripe has forgotten is read from the beginning: the same events have the same numbers.
    assert [event.event_id for event in (await events_of(payments, "evt_forgotten"))[0]] == [
        event.event_id for event in told
    ]


async def test_the_relay_sends_each_event_signed_until_it_is_taken(payments, books, order, tmp_path):
    waiting = await payments.authorise(authorisation(order, _CONFIRMS))
    await customer_confirms(books, waiting.reference)
    secrets = SecretStr(f"whsec_other {_SECRET}")
    callbacks = StripeCallbacks(settings(books.url).model_copy(update={"callback_secret": secrets}))
    came: list[Asked] = []

    def take(asked: Asked) -> Reply:
        came.append(asked)
        return Reply(500 if len(came) == 1 else 202)

    async with serving(take) as url:
        with httpx.Client(
            base_url=books.url, headers={"Authorization": f"Bearer {KEY}"}, trust_env=False, timeout=PATIENT_S
        ) as account:
            relay = Relay(account, url, _SECRET, tmp_path / "last")
            assert await asyncio.to_thread(relay.round) == 0
            sent = await asyncio.to_thread(relay.round)
            assert await asyncio.to_thread(relay.round) == 0

    assert sent == len(await books.list("events")) == len(came) - 1
    assert all(callbacks.verify(asked.body, asked.headers) for asked in came)
    told = [event for asked in came for event in callbacks.read(asked.body)]
    assert told == (await events_of(payments))[0]
