"""A customer who has to confirm a payment with his bank is waited for, visibly, and not for ever."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from models.messages import Verdict
from models.order.headline import Headline
from models.partners.events import PaymentAuthorised, PaymentFailed
from models.states.lifecycle import Lifecycle
from tests.promises.money.counting_house import MoneyWorld
from tests.promises.money.test_stories_of_money import DECLINED, answer
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import start


def marked(world: MoneyWorld, order_id: str) -> dict[str, object]:
    key = world.authorised[-1].key
    return {
        "event_id": f"evt_{len(world.sent)}",
        "order_id": order_id,
        "occurred_at": datetime.now(UTC),
        "authorisation": f"AUTH {key}",
        "key": key,
    }


async def test_the_order_says_whom_it_waits_for_and_goes_on_by_itself(client: Client, world: MoneyWorld) -> None:
    world.asks_customer = True
    order = an_order(mug=1)

    handle = await start(client, order)
    await world.until_held("payment")
    hold = world.last.holds[0]
    assert hold.waiting_on == "customer"
    assert "confirm the payment of" in hold.reason
    await world.until(lambda: any("https://bank.example/3ds" in (notice.reason or "") for notice in world.notices))
    assert world.released == []

    world.unconfirmed.clear()
    await world.tell(PaymentAuthorised.model_validate(marked(world, order.id)))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.holds[0].state == "released"
    assert len({one.key for one in world.authorised}) == 1
    assert world.money["captured"] == order.total.amount


async def test_where_the_bank_says_no_it_is_a_refusal_like_any_other(client: Client, world: MoneyWorld) -> None:
    world.asks_customer = True
    order = an_order(mug=1)

    handle = await start(client, order)
    await world.until_held("payment")
    world.faults["authorise"] = [DECLINED]
    await world.tell(
        PaymentFailed.model_validate(marked(world, order.id) | {"code": "card_declined", "reason": "declined"})
    )
    await world.until(lambda: "payment-2" in {hold.id for hold in world.last.holds})
    world.asks_customer = False
    await answer(handle, "payment-2")

    assert await world.end(handle) == Headline.COMPLETED
    assert world.authorised[-1].key.endswith("~2")


async def test_an_operator_may_have_the_provider_asked_at_once(client: Client, world: MoneyWorld) -> None:
    world.asks_customer = True

    handle = await start(client, an_order(mug=1))
    await world.until_held("payment")
    world.unconfirmed.clear()
    await answer(handle, "payment-1")

    assert await world.end(handle) == Headline.COMPLETED


async def test_a_provider_that_is_asked_too_early_is_waited_for_and_the_payment_is_not_let_go(
    client: Client, world: MoneyWorld
) -> None:
    world.asks_customer = True
    order = an_order(mug=1)

    handle = await start(client, order)
    await world.until_held("payment")
    await answer(handle, "payment-1")
    await world.until(lambda: "payment-2" in {hold.id for hold in world.last.holds})
    assert world.voids == []
    assert world.last.holds[-1].waiting_on == "customer"
    world.unconfirmed.clear()
    await world.tell(PaymentAuthorised.model_validate(marked(world, order.id)))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.voids == []
    assert len({one.key for one in world.authorised}) == 1


async def test_a_renewal_that_finance_gives_up_can_be_confirmed_no_more(client: Client, world: MoneyWorld) -> None:
    world.expires_in = timedelta(0)

    async def ask_customers_from_now_on(verb: str) -> None:
        world.asks_customer = world.asks_customer or verb == "authorise"

    world.at_effect = ask_customers_from_now_on
    handle = await start(client, an_order(mug=1))
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)
    await world.until(lambda: bool(world.voids))

    assert world.voids[0].key == world.authorised[-1].key != world.authorised[0].key
    await handle.terminate()


async def test_an_order_that_is_cancelled_meanwhile_lets_the_payment_go(client: Client, world: MoneyWorld) -> None:
    world.asks_customer = True

    handle = await start(client, an_order(mug=1))
    await world.until_held("payment")
    await answer(handle, "payment-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.CANCELLED
    assert [void.key for void in world.voids] == [world.authorised[0].key]
    assert world.last.lifecycle is Lifecycle.CANCELLED
