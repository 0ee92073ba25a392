"""Goods a customer collects: told when ready, reminded, handed over and paid, or put back if nobody comes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from temporalio.client import Client

from models.order.document import Delivery
from models.order.snapshot import Headline
from models.partners.events import GoodsCollected, PickedLine, ReadyToCollect
from models.partners.notices import Audience, NoticeKind
from models.partners.warehouse import Release
from models.states.fulfilment import FulfilmentState
from tests.promises.fulfilment.stage import Stage, about, to_site
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import start

pytestmark = pytest.mark.slow
PICK_UP = to_site(delivery=Delivery.PICK_UP, pick_up_at="berlin")


def ready(release: Release) -> ReadyToCollect:
    return ReadyToCollect(**about(release, "ready"), release_key=release.key, node=release.node)


def collected(release: Release, shipment: str = "C1") -> GoodsCollected:
    return GoodsCollected(
        **about(release, "collected"),
        release_key=release.key,
        shipment_id=shipment,
        node=release.node,
        lines=tuple(PickedLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity) for line in release.lines),
    )


def told(stage: Stage, kind: NoticeKind) -> list[Audience]:
    return sorted(notice.audience for notice in stage.notices if notice.kind is kind)


async def test_goods_lie_ready_and_are_paid_for_when_the_customer_has_them(client: Client, stage: Stage) -> None:
    order = an_order(mug=2, shipping=0, changes=PICK_UP)
    handle = await start(client, order)
    release = await stage.until_released()
    await stage.tell(ready(release))
    await stage.until(lambda: stage.last.fulfilment is FulfilmentState.READY_FOR_PICKUP)
    assert stage.last.waiting_on == "customer"
    assert not stage.money["captured"]
    await stage.tell(collected(release))

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.money["captured"] == stage.money["invoiced"] == order.total.amount
    assert not stage.booked
    assert told(stage, NoticeKind.READY_FOR_PICKUP) == [Audience.CHANNEL, Audience.CUSTOMER]
    assert not told(stage, NoticeKind.PICKUP_REMINDER)
    assert stage.last.fulfilment is FulfilmentState.DELIVERED


async def test_a_person_at_the_counter_may_say_that_it_was_collected(client: Client, stage: Stage) -> None:
    handle = await start(client, an_order(mug=2, changes=PICK_UP))
    release = await stage.until_released()
    await handle.signal("collected", {"actor": "anna"})
    await stage.until(lambda: any("nothing lies ready" in text for text in stage.story))
    await stage.tell(ready(release))
    await stage.until(lambda: stage.last.fulfilment is FulfilmentState.READY_FOR_PICKUP)
    await handle.signal("collected", {"actor": "anna"})

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.last.lines[0].delivered == 2


async def test_a_customer_who_never_comes_is_reminded_and_then_everything_is_undone(
    client: Client, stage: Stage
) -> None:
    handle = await start(client, an_order(mug=2, changes=PICK_UP))
    release = await stage.until_released()
    await stage.tell(ready(release))

    assert await stage.end(handle) == Headline.CANCELLED
    assert told(stage, NoticeKind.PICKUP_REMINDER) == [Audience.CHANNEL, Audience.CUSTOMER]
    assert told(stage, NoticeKind.ORDER_CANCELLED) == [Audience.CHANNEL, Audience.CUSTOMER]
    assert stage.stock_at("berlin") == 10
    assert len(stage.done("recall")) == len(stage.done("void")) == len(stage.done("cancel_order")) == 1
    assert not stage.money["captured"]
    assert not stage.last.holds or all(hold.state != "open" for hold in stage.last.holds)
    until = next(notice.answer_by for notice in stage.notices if notice.kind is NoticeKind.READY_FOR_PICKUP)
    assert until is not None
    assert stage.last.at - until < timedelta(hours=1)


async def test_what_is_not_collected_is_put_back_while_the_rest_stays_sold(client: Client, stage: Stage) -> None:
    stage.shelves = {"berlin": {"MUG": 5}, "rotterdam": {"LAMP": 5}}
    order = an_order(mug=2, lamp=1, changes=PICK_UP)

    handle = await start(client, order)
    await stage.until_released(2)
    mugs, lamp = sorted(stage.released, key=lambda release: release.node)
    await stage.tell(collected(mugs))
    await stage.tell(ready(lamp))

    assert await stage.end(handle) == Headline.COMPLETED
    assert (stage.stock_at("berlin"), stage.stock_at("rotterdam", "LAMP")) == (3, 5)
    assert stage.last.lines[1].cancelled == 1
    assert stage.money["captured"] == stage.money["invoiced"] < order.total.amount


async def test_what_was_collected_at_the_last_moment_is_not_put_back(client: Client, stage: Stage) -> None:
    stage.recalls = False

    handle = await start(client, an_order(mug=2, changes=PICK_UP))
    release = await stage.until_released()
    await stage.tell(ready(release))
    await stage.until(lambda: any("collected after all" in text for text in stage.story))
    await stage.tell(collected(release))

    assert await stage.end(handle) == Headline.COMPLETED
