"""What a node cannot or will not send comes from elsewhere by itself, before a person is asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from temporalio.client import Client

from models.order.snapshot import Headline
from models.states.fulfilment import ShipmentState
from models.stock.reservation import RemedyKind
from tests.promises.fulfilment.stage import WORD, Stage, not_found, rules, turned_down
from tests.promises.orders.orders import an_order
from tests.promises.orders.test_short_of_stock import does, fill
from tests.promises.orders.world import moved, shipped, start


async def test_what_a_node_cannot_find_comes_from_another(client: Client, stage: Stage) -> None:
    order = an_order(mug=3)
    handle = await start(client, order)
    first = await stage.until_released()
    await stage.tell(not_found(first, 1))
    second = await stage.until_released(2)
    await stage.tell(shipped(first, quantity=2, shipment="P1"))
    await stage.tell(shipped(second, shipment="P2"))
    for release in (first, second):
        await stage.tell(moved(release, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED
    assert (first.node, second.node) == ("berlin", "rotterdam")
    assert [line.quantity for line in second.lines] == [1]
    assert not stage.last.holds
    assert stage.money["captured"] == stage.money["invoiced"] == order.total.amount
    assert [item.node for item in stage.freed[0].items] == ["berlin"]
    assert any("sourced again without berlin" in text for text in stage.story)
    assert len(stage.last.shipments) == 2


async def test_what_a_node_turns_down_comes_from_another(client: Client, stage: Stage) -> None:
    handle = await start(client, an_order(mug=2, lamp=1))
    first = await stage.until_released()
    await stage.tell(turned_down(first))
    second = await stage.until_released(2)
    await stage.tell(shipped(second))
    await stage.tell(moved(second, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED
    assert second.node == "rotterdam"
    assert [(line.released, line.reserved) for line in stage.last.lines] == [(2, 2), (1, 1)]
    assert stage.stock_at("berlin") == 10
    assert stage.stock_at("rotterdam") == 8


async def test_after_so_many_rounds_a_person_is_asked(client: Client, stage: Stage) -> None:
    stage.rules = rules(resource_rounds=1)
    stage.shelves["store"] = {"MUG": 10}

    handle = await start(client, an_order(mug=2))
    await stage.tell(turned_down(await stage.until_released()))
    await stage.tell(turned_down(await stage.until_released(2)))
    await stage.until_held("inventory")
    assert len(stage.released) == 2
    await handle.signal("approve", WORD)
    third = await stage.until_released(3)
    await stage.tell(shipped(third))
    await stage.tell(moved(third, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED


async def test_what_is_nowhere_else_waits_as_the_rules_of_stock_say(client: Client, stage: Stage) -> None:
    stage.shelves["rotterdam"] = {}
    stage.remedies = does(RemedyKind.BACKORDER)

    handle = await start(client, an_order(mug=3))
    first = await stage.until_released()
    await stage.tell(not_found(first, 1))
    await stage.tell(shipped(first, quantity=2, shipment="P1"))
    await stage.until(lambda: bool(stage.backorders) and stage.last.headline is Headline.PARTIALLY_SHIPPED)
    assert not stage.last.holds
    # Nobody knows what will come: whoever has it first may send it, berlin too.
    assert {request.demand.avoid_nodes for request in stage.backorders.values()} == {()}
    await fill(stage, next(iter(stage.backorders)), mug=1)
    second = await stage.until_released(2)
    await stage.tell(shipped(second, shipment="P2"))
    for release in (first, second):
        await stage.tell(moved(release, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED


async def test_what_is_expected_elsewhere_does_not_come_from_the_node_that_turned_it_down(
    client: Client, stage: Stage
) -> None:
    stage.shelves["rotterdam"] = {}
    stage.remedies = does(RemedyKind.BACKORDER, expected_at=datetime.now(UTC) + timedelta(days=4))

    handle = await start(client, an_order(mug=3))
    await stage.tell(turned_down(await stage.until_released()))
    await stage.until(lambda: bool(stage.backorders))

    assert [request.demand.avoid_nodes for request in stage.backorders.values()] == [("berlin",)]
    await handle.signal("cancel", WORD)
    assert await stage.end(handle) == Headline.CANCELLED


async def test_a_person_closes_what_is_nowhere_to_be_had(client: Client, stage: Stage) -> None:
    stage.shelves["rotterdam"] = {}

    order = an_order(mug=3)
    handle = await start(client, order)
    first = await stage.until_released()
    await stage.tell(not_found(first, 1))
    await stage.until_held("inventory")
    await handle.signal("reject", WORD)
    await stage.tell(shipped(first, quantity=2))
    await stage.tell(moved(first, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED
    assert (stage.last.lines[0].shipped, stage.last.lines[0].cancelled) == (2, 1)
    assert stage.money["captured"] == stage.money["invoiced"] < order.total.amount
