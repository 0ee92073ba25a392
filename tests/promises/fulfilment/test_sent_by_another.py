"""A node that sends what another one was asked for: the order is done with it, and no stock stays reserved for it."""

from __future__ import annotations

from temporalio.client import Client

from models.order.snapshot import Headline
from models.partners.events import PickedLine
from models.states.fulfilment import ShipmentState
from tests.promises.fulfilment.stage import Stage
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start


async def test_what_the_other_node_had_reserved_is_free_again(client: Client, stage: Stage) -> None:
    stage.shelves = {"berlin": {"MUG": 5, "LAMP": 0}, "rotterdam": {"LAMP": 5}}
    order = an_order(mug=1, lamp=1)
    handle = await start(client, order)
    await stage.until_released(2)
    at = {release.node: release for release in stage.released}
    assert stage.stock_at("rotterdam", "LAMP") == 4
    # Berlin had a lamp that nobody knew of.
    next(iter(stage.reserved.values()))["2", "LAMP", "berlin"] = 1
    both = tuple(
        PickedLine(line_id=line.line_id, sku=line.sku, quantity=1) for one in at.values() for line in one.lines
    )

    await stage.tell(shipped(at["berlin"]).model_copy(update={"lines": both}))
    await stage.until(lambda: stage.last.headline is Headline.SHIPPED)
    await stage.tell(moved(at["berlin"], ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.stock_at("rotterdam", "LAMP") == 5
    assert stage.reserved == {}
    assert stage.money["captured"] == order.total.amount
