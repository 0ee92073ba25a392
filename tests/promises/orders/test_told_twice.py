"""What a warehouse tells a second time, under whatever number, counts once."""

from __future__ import annotations

from temporalio.client import Client

from models.order.snapshot import Headline
from models.states.fulfilment import ShipmentState
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, moved, shipped, start


async def test_a_parcel_that_is_reported_again_leaves_once_and_is_paid_for_once(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(mug=3)
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    first = shipped(release, quantity=1, shipment="P1")

    await world.tell(first)
    await world.tell(first.model_copy(update={"event_id": "shipped/again"}))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    assert world.last.lines[0].shipped == 1
    await world.tell(shipped(release, quantity=2, shipment="P2"))
    await world.until(lambda: world.last.headline is Headline.SHIPPED)
    await world.tell(moved(release, ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert [shipment.shipment_id for shipment in world.last.shipments] == [f"P1-{release.node}", f"P2-{release.node}"]
    assert any("reported again: nothing to do" in text for text in world.story)
    assert world.last.holds == ()
    assert world.money["captured"] == order.total.amount
    assert [left for held in world.reserved.values() for left in held.values() if left] == []
