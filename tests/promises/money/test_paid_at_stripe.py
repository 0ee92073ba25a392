"""Whole orders paid through the Stripe API, as Stripe World speaks it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from temporalio.client import Client

from activities.adapters.stripe.payments import StripePayments
from models.ledger.checking import broken
from models.order.headline import Headline
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.partners.feeds import FeedQuery
from models.states.fulfilment import ShipmentState
from ops.partners.stripe_world.part import KEY
from tests.contracts.payments.asks import new_order
from tests.contracts.payments.stripe_world import StripeBooks, settings, stripe_world
from tests.promises.money.counting_house import MoneyWorld, ports
from tests.promises.money.test_stories_of_money import answer, send_in_two_parcels
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start
from workers.assembly import Workers

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def stripe_port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    with stripe_world(tmp_path_factory.mktemp("stripe-world")) as port:
        yield port


@dataclass
class Shop:
    """An order's world, but for its payments, which are Stripe's."""

    client: Client
    world: MoneyWorld
    books: StripeBooks
    payments: StripePayments
    cursor: str | None = None

    async def hear(self) -> None:
        """Tell the orders what Stripe has to tell."""
        page = await self.payments.since(FeedQuery(cursor=self.cursor))
        self.cursor = page.cursor
        for event in page.events:
            assert event.type.startswith("payment.")
            await self.world.tell(event)  # type: ignore[arg-type] # a payment provider tells nothing of stock


@pytest.fixture
async def shop(client: Client, stripe_port: int, request: pytest.FixtureRequest) -> AsyncIterator[Shop]:
    world = MoneyWorld(client=client, ships=False)
    books = StripeBooks.of_test(stripe_port, request.node.nodeid)
    payments = StripePayments(settings(books.url))
    async with Workers(client, **ports(world) | {"payments": payments}).running():
        yield Shop(client, world, books, payments)
    await payments.close()


def paid_with(token: str, quantity: int) -> Any:
    """An order of so many mugs, paid with a card."""
    order = an_order(mug=quantity)
    tender = Tender(kind=TenderKind.CARD, amount=order.total, token=token)
    payment = Payment(terms=PaymentTerms.CAPTURE_ON_SHIPMENT, tenders=(tender,))
    return order.model_copy(update={"payment": payment, "external_id": new_order().rsplit(":", 1)[1]})


async def test_an_order_in_two_parcels_is_paid_to_the_cent(shop: Shop) -> None:
    order = paid_with("tok_visa", 3)

    handle = await start(shop.client, order)
    await send_in_two_parcels(shop.world, at_first=1)

    assert await shop.world.end(handle) == Headline.COMPLETED
    paid = await shop.books.paid(order.id)
    assert len(paid) == 2
    assert sum(one.captured.amount for one in paid) == order.total.amount
    assert not any(one.capturable for one in paid)
    assert broken(shop.world.postings) == []


async def test_a_cancelled_order_leaves_nothing_set_aside(shop: Shop) -> None:
    order = paid_with("tok_visa", 2)
    handle = await start(shop.client, order)
    await shop.world.until(lambda: bool(shop.world.released))

    await handle.signal("cancel", {"reason": "changed her mind", "actor": "anna"})

    assert await shop.world.end(handle) == Headline.CANCELLED
    assert [(one.capturable, one.captured.amount) for one in await shop.books.paid(order.id)] == [(False, 0)]


async def test_a_declined_card_waits_for_finance_with_the_banks_reason(shop: Shop) -> None:
    order = paid_with("tok_visa_chargeDeclinedInsufficientFunds", 1)

    handle = await start(shop.client, order)
    await shop.world.until_held("payment")
    assert "insufficient_funds" in shop.world.last.holds[0].reason
    await answer(handle, "payment-1")
    await shop.world.until(lambda: len(shop.world.last.holds) > 1)

    assert len(await shop.books.list("payment_intents")) == 2
    assert await shop.books.paid(order.id) == []
    await handle.signal("cancel", {"reason": "never paid", "actor": "anna"})
    assert await shop.world.end(handle) == Headline.CANCELLED


async def test_a_customer_confirms_with_the_bank_and_the_order_goes_on(shop: Shop) -> None:
    order = paid_with("tok_threeDSecure2Required", 1)

    handle = await start(shop.client, order)
    await shop.world.until_held("payment")
    assert shop.world.last.holds[0].waiting_on == "customer"
    (intent,) = await shop.books.list("payment_intents")
    headers = {"Authorization": f"Bearer {KEY}"}
    async with httpx.AsyncClient(base_url=shop.books.url, headers=headers, trust_env=False) as bank:
        made = await bank.post("/v1/payment_methods", data={"type": "card", "card[token]": "tok_visa"})
        await bank.post(f"/v1/payment_intents/{intent['id']}/confirm", data={"payment_method": made.json()["id"]})
    await shop.hear()
    await shop.world.until(lambda: bool(shop.world.released))
    await shop.world.tell(shipped(shop.world.released[0]))
    await shop.world.tell(moved(shop.world.released[0], ShipmentState.DELIVERED))

    assert await shop.world.end(handle) == Headline.COMPLETED
    assert [one.captured for one in await shop.books.paid(order.id)] == [order.total]


async def test_a_disputed_payment_is_on_finances_desk(shop: Shop) -> None:
    order = paid_with("tok_visa_createDisputeProductNotReceived", 1)

    handle = await start(shop.client, order)
    await shop.world.until(lambda: bool(shop.world.released))
    await shop.world.tell(shipped(shop.world.released[0]))
    await shop.world.until(lambda: shop.world.last.money.captured == order.total)
    await shop.hear()
    await shop.world.until_held("dispute")
    hold = shop.world.last.holds[-1]
    assert (hold.owner, f"{order.total} is disputed: product not received" in hold.reason) == ("finance", True)
    await shop.world.tell(moved(shop.world.released[0], ShipmentState.DELIVERED))
    await answer(handle, "dispute-1")

    assert await shop.world.end(handle) == Headline.COMPLETED
