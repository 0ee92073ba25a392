"""A provider that captures an authorisation once only: what leaves later is set aside anew, and nothing is lost."""

from __future__ import annotations

from temporalio.client import Client

from models.ledger.checking import broken
from models.order.headline import Headline
from models.states.fulfilment import ShipmentState
from models.states.payment import PaymentState
from tests.promises.money.counting_house import MoneyWorld
from tests.promises.money.test_stories_of_money import DECLINED, answer, send_in_two_parcels
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start


async def test_two_parcels_are_two_authorisations_and_the_customer_pays_each_once(
    client: Client, world: MoneyWorld
) -> None:
    world.captures_once, world.ships = True, False
    order = an_order(mug=3)

    handle = await start(client, order)
    await send_in_two_parcels(world, at_first=1)

    assert await world.end(handle) == Headline.COMPLETED
    first, second = world.authorised
    assert second.amount == order.total - world.captures[0].amount
    assert (second.token, second.key != first.key) == (first.token, True)
    assert [capture.authorisation for capture in world.captures] == [f"AUTH {first.key}", f"AUTH {second.key}"]
    assert world.money["captured"] == order.total.amount
    assert broken(world.postings) == []
    assert world.last.money.state is PaymentState.CAPTURED


async def test_one_parcel_is_one_authorisation(client: Client, world: MoneyWorld) -> None:
    world.captures_once = True

    handle = await start(client, an_order(mug=3))

    assert await world.end(handle) == Headline.COMPLETED
    assert len(world.authorised) == len(world.captures) == 1


async def test_a_rest_that_is_declined_is_finances_before_it_leaves(client: Client, world: MoneyWorld) -> None:
    world.captures_once, world.ships = True, False
    order = an_order(mug=3)

    async def decline_from_now_on(verb: str) -> None:
        if verb == "authorise" and len(world.authorised) == 0:
            world.faults["authorise"] = [DECLINED]

    world.at_effect = decline_from_now_on
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0], quantity=1, shipment="P1"))
    await world.until_held("payment")
    await answer(handle, "payment-1")
    await world.until(lambda: len(world.authorised) == 2)
    await world.tell(shipped(world.released[0], quantity=2, shipment="P2"))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.authorised[1].key.endswith("~2")
    assert world.money["captured"] == order.total.amount
