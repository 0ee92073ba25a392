"""An order that goes together waits together: nothing of it is sent before all that is wanted of it can be."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client

from models.messages import Verdict
from models.order.snapshot import Headline
from models.partners.events import BackorderExpired
from models.partners.notices import NoticeKind
from models.stock.demand import Need
from models.stock.reservation import Remedy, RemedyKind
from tests.promises.orders.orders import an_order
from tests.promises.orders.test_short_of_stock import ANNA, decide, does, fill, told, waiting
from tests.promises.orders.world import World, start

NOW = datetime.now(UTC)
FAR, FARTHER = NOW + timedelta(days=5), NOW + timedelta(days=9)


@pytest.fixture
def world(world: World) -> World:
    world.together = True
    return world


def each(**remedies: Callable[[Need], Remedy]) -> Callable[[Need], Remedy]:
    """A remedy of its own for each article."""
    return lambda need: remedies[need.sku.lower()](need)


def sent(world: World) -> list[set[tuple[str, int]]]:
    return [{(line.sku, line.quantity) for line in release.lines} for release in world.released]


async def test_what_is_there_waits_with_what_is_short_and_all_of_it_goes_at_once(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER, deadline=FAR)

    handle = await start(client, an_order(mug=2, lamp=1))
    key = await waiting(world)
    request = world.backorders[key]
    assert {need.sku for need in request.needs} == {"MUG", "LAMP"}
    assert request.deadline == FAR
    assert [line.backordered for line in world.last.lines] == [2, 1]
    assert not world.released
    await fill(world, key, mug=2, lamp=1)

    assert await world.end(handle) == Headline.COMPLETED
    assert sent(world) == [{("MUG", 2), ("LAMP", 1)}]
    assert len(told(world, NoticeKind.ORDER_BACKORDERED)) == 2


async def test_several_lines_that_are_short_wait_in_one_place_until_the_first_deadline(
    client: Client, world: World
) -> None:
    world.stock |= {"MUG": 0, "LAMP": 0}
    world.remedies = each(
        mug=does(RemedyKind.BACKORDER, deadline=FARTHER), lamp=does(RemedyKind.BACKORDER, deadline=FAR)
    )

    handle = await start(client, an_order(mug=2, lamp=1))
    key = await waiting(world)
    assert (len(world.backorders), world.backorders[key].deadline) == (1, FAR)
    await fill(world, key, mug=2, lamp=1)

    assert await world.end(handle) == Headline.COMPLETED
    assert len(sent(world)) == 1


async def test_what_goes_instead_goes_with_the_rest(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "CUP": 2, "LAMP": 1}
    instead = (Need(line_id="1", sku="CUP", quantity=2),)
    world.remedies = does(RemedyKind.SUBSTITUTE, substitutes=instead, needs_approval=True)

    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until_held("inventory")
    assert not world.reserved
    await decide(handle, "inventory-1", Verdict.APPROVE)

    assert await world.end(handle) == Headline.COMPLETED
    assert sent(world) == [{("CUP", 2), ("LAMP", 1)}]


async def test_a_line_that_is_closed_holds_nothing_back(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.CANCEL_LINE)

    handle = await start(client, an_order(mug=2, lamp=1))

    assert await world.end(handle) == Headline.COMPLETED
    assert sent(world) == [{("LAMP", 1)}]
    assert world.last.lines[0].cancelled == 2


async def test_an_order_all_of_whose_lines_are_closed_is_cancelled(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 0}
    world.remedies = does(RemedyKind.CANCEL_LINE)

    handle = await start(client, an_order(mug=2, lamp=1))

    assert await world.end(handle) == Headline.CANCELLED
    assert not world.released


async def test_a_person_who_has_it_tried_again_has_all_of_it_tried_again(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.HOLD)

    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until_held("inventory")
    world.stock["MUG"] = 2
    await decide(handle, "inventory-1", Verdict.APPROVE)

    assert await world.end(handle) == Headline.COMPLETED
    assert sent(world) == [{("MUG", 2), ("LAMP", 1)}]


async def test_what_is_brought_from_elsewhere_is_waited_for_with_the_rest(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.TRANSFER, from_node="rotterdam", to_node="berlin", deadline=FAR)

    handle = await start(client, an_order(mug=2, lamp=1))
    key = await waiting(world)
    assert len(world.done("transfer")) == 1
    assert (len(world.backorders[key].needs), world.backorders[key].deadline) == (2, FAR)
    await fill(world, key, mug=2, lamp=1)

    assert await world.end(handle) == Headline.COMPLETED
    assert len(sent(world)) == 1


async def test_what_does_not_come_in_time_is_closed_and_the_rest_goes_without_it(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER, deadline=FAR)

    order = an_order(mug=2, lamp=1)
    handle = await start(client, order)
    key = await waiting(world)
    request = world.backorders.pop(key)
    about = {"event_id": "late/1", "order_id": request.order_id, "occurred_at": NOW}
    await world.tell(BackorderExpired(**about, reservation_key=key))

    assert await world.end(handle) == Headline.COMPLETED
    assert sent(world) == [{("LAMP", 1)}]
    assert world.money["captured"] < order.total.amount


async def test_an_order_that_waits_together_can_be_cancelled(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)

    handle = await start(client, an_order(mug=2, lamp=1))
    await waiting(world)
    await handle.signal("cancel", ANNA)

    assert await world.end(handle) == Headline.CANCELLED
    assert not world.backorders
    assert world.stock["LAMP"] == 1
