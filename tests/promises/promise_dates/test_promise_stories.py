"""A promise lives with its order: made when it is reserved, moved by what happens, told once, and measured."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

import pytest
from temporalio.api.enums.v1 import EventType
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from models.order.document import FulfilmentRequest
from models.order.snapshot import Headline, OrderSnapshot
from models.partners.events import BackorderExpected, ParcelMoved, PickedLine, StockLost
from models.partners.notices import Audience, Notice, NoticeKind
from models.promises.promise import PromiseState
from models.states.fulfilment import ShipmentState
from models.stock.reservation import RemedyKind
from tests.promises.orders.orders import an_order
from tests.promises.orders.shelf import NODE
from tests.promises.orders.test_short_of_stock import does, fill, waiting
from tests.promises.orders.world import FakeBook, World, moved, ports, shipped, start
from tests.promises.promise_dates.promised import BERLIN, RULES
from workers.assembly import Workers

NOW = datetime.now(UTC)


def told(world: World) -> list[Notice]:
    return [notice for notice in world.notices if notice.kind is NoticeKind.PROMISE_CHANGED]


def kinds(world: World) -> Counter[NoticeKind]:
    return Counter(notice.kind for notice in world.notices)


def states(world: World) -> list[PromiseState]:
    """The states the promise went through, each once."""
    return list(dict.fromkeys(shot.promise.state for shot in world.snapshots if shot.promise is not None))


async def test_an_order_is_promised_when_it_is_reserved_and_kept_when_it_is_there(client: Client, world: World) -> None:
    handle = await start(client, an_order(mug=2, lamp=1))

    assert await world.end(handle) == Headline.COMPLETED
    first = next(shot.promise for shot in world.snapshots if shot.promise is not None)
    assert first.state is PromiseState.ON_TRACK
    assert [line.line_id for line in first.lines] == ["1", "2"]
    assert "cut-off 16:00 Europe/Berlin" in first.lines[0].terms[0]
    last = world.last.promise
    assert last is not None
    assert (last.state, last.kept_first) == (PromiseState.KEPT, True)
    assert not told(world)
    timers = [
        event
        for event in (await handle.fetch_history()).events
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED
    ]
    assert len(timers) <= 2, "the promise is watched by the timer the order has anyway"


async def test_an_order_of_which_no_sender_is_known_is_promised_nothing(client: Client, world: World) -> None:
    world.senders = ()
    handle = await start(client, an_order())
    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.promise is None


async def test_a_date_of_the_channels_that_cannot_be_met_is_told_once(client: Client, world: World) -> None:
    world.ships = False
    wish = FulfilmentRequest(deliver_by=NOW + timedelta(hours=1))
    handle = await start(client, an_order(changes={"fulfilment": wish}))
    await world.until(lambda: len(told(world)) == 2 and bool(world.released))
    await world.tell(shipped(world.released[0]))
    await world.tell(moved(world.released[0], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert {notice.audience for notice in told(world)} == set(Audience)
    assert all(notice.deliver_by and notice.deliver_by > NOW for notice in told(world))


async def test_a_delayed_backorder_is_told_once_a_change_and_never_beside_another_notice(
    client: Client, world: World
) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)
    world.supply_at = NOW + timedelta(days=5)
    order = an_order(mug=2)
    handle = await start(client, order)
    key = await waiting(world)
    assert not told(world), "the backorder's own notice has said it"

    late, later = NOW + timedelta(days=20), NOW + timedelta(days=40)
    for number, (expected_at, notices) in enumerate(((late, 2), (late, 2), (later, 4), (late, 4)), start=1):
        event = BackorderExpected(
            event_id=f"e{number}", order_id=order.id, occurred_at=NOW, reservation_key=key, expected_at=expected_at
        )
        await world.tell(event)
        # What is not told yet when the next change comes is told together with it.
        await until_heard(world, number, notices)
    await fill(world, key, mug=2)

    assert await world.end(handle) == Headline.COMPLETED
    dates = [notice.deliver_by for notice in told(world)]
    assert len(set(dates)) == 2
    assert all(date is not None and date > late for date in dates)
    assert len({notice.key for notice in told(world)}) == 4, "two changes, to the customer and to the channel"
    assert kinds(world)[NoticeKind.ORDER_DELAYED] == 0
    assert kinds(world)[NoticeKind.ORDER_BACKORDERED] == 2


async def until_heard(world: World, dates: int, notices: int) -> None:
    """Wait until the order has taken so many dates in, and the customer and the channel have had so many notices."""
    await world.until(
        lambda: sum("expected on" in text for text in world.story) == dates and len(told(world)) == notices
    )


async def test_what_is_sourced_anew_from_a_slower_node_moves_the_promise(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(mug=2)
    world.at_effect = slower(world, order.id)
    handle = await start(client, order)

    await world.until(lambda: bool(told(world)) and bool(world.released))
    promise = world.last.promise
    assert promise is not None
    assert promise.version == 2
    assert "10 working days of handling" in promise.lines[0].terms[0]
    await world.tell(shipped(world.released[-1]))
    await world.tell(moved(world.released[-1], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert len(told(world)) == 2
    assert states(world)[-1] is PromiseState.KEPT


def slower(world: World, order_id: str) -> Callable[[str], Awaitable[None]]:
    """Once the money is there, have what was reserved lost, and found again where more handling is needed."""

    async def lose(verb: str) -> None:
        if verb != "authorise":
            return
        world.senders = (BERLIN.model_copy(update={"handling_days": 10}),)
        lines = (PickedLine(line_id="1", sku="MUG", quantity=2),)
        about = {"event_id": "lost", "order_id": order_id, "occurred_at": NOW, "reservation_key": f"{order_id}/stock"}
        await world.tell(StockLost(**about, lines=lines, node=NODE, reason="it fell"))

    return lose


async def test_a_carriers_own_estimate_and_a_failed_attempt_move_the_promise(client: Client, world: World) -> None:
    world.ships = False
    handle = await start(client, an_order())
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    await world.tell(shipped(release))
    late = moved(release, ShipmentState.IN_TRANSIT).model_copy(update={"estimated_delivery": NOW + timedelta(days=9)})
    await world.tell(late)
    await world.until(lambda: len(told(world)) == 2)
    promise = world.last.promise
    assert promise is not None
    assert promise.deliver is not None
    assert promise.deliver.latest == NOW + timedelta(days=9)

    failed = ParcelMoved(
        event_id="failed",
        order_id=release.order_id,
        occurred_at=NOW + timedelta(days=9),
        tracking_number=release.tracking_number or "none",
        state=ShipmentState.FAILED_ATTEMPT,
    )
    await world.tell(failed)
    await world.until(lambda: len(told(world)) == 4)
    await world.tell(moved(release, ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert states(world)[-1] is PromiseState.KEPT


async def test_a_cancelled_order_promises_nothing_more(client: Client, world: World) -> None:
    world.ships = False
    handle = await start(client, an_order())
    await world.until(lambda: bool(world.released))
    await handle.signal("cancel", {"reason": "no longer wanted", "actor": "anna"})

    assert await world.end(handle) == Headline.CANCELLED
    assert states(world)[-1] is PromiseState.WITHDRAWN
    assert not told(world)


@pytest.mark.slow
async def test_an_order_at_risk_shows_before_its_promise_is_missed(skipping: WorkflowEnvironment) -> None:
    world = World(client=skipping.client, senders=(BERLIN,), promises=RULES, ships=False)
    async with Workers(skipping.client, **ports(world)).running():
        handle = await start(skipping.client, an_order())
        await world.until(lambda: PromiseState.AT_RISK in states(world) and bool(world.released))
        await world.tell(shipped(world.released[0]).model_copy(update={"occurred_at": world.last.at}))
        await world.until(lambda: PromiseState.MISSED in states(world))
        day = world.last.at
        there = moved(world.released[0], ShipmentState.DELIVERED).model_copy(update={"occurred_at": day})
        await world.tell(there)
        assert await world.end(handle) == Headline.COMPLETED

    assert states(world) == [PromiseState.ON_TRACK, PromiseState.AT_RISK, PromiseState.MISSED]
    risky = next(shot for shot in world.snapshots if shot.promise and shot.promise.at_risk)
    assert risky.promise is not None
    assert risky.promise.ship_by is not None
    assert risky.at < risky.promise.ship_by
    assert any("the promise is at risk: it is to leave by" in text for text in world.story)
    last = world.last.promise
    assert last is not None
    assert (last.kept_first, last.delivered_at) == (False, day)


@pytest.mark.slow
async def test_changes_that_follow_one_another_are_one_change_to_the_customer(skipping: WorkflowEnvironment) -> None:
    # Only a long delay is told here, so that the days that are skipped are no news of their own.
    rules = RULES.model_copy(update={"tell_from_days": 60})
    world = World(client=skipping.client, senders=(BERLIN,), promises=rules)
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)
    world.supply_at = NOW + timedelta(days=5)
    order = an_order(mug=2)
    busy = Busy(world)
    async with Workers(skipping.client, **(ports(world) | {"book": busy})).running():
        handle = await start(skipping.client, order)
        await world.until(busy.writing.is_set)
        (key,) = world.backorders
        for number, days in enumerate((100, 200)):
            about = {"event_id": f"e{number}", "order_id": order.id, "occurred_at": NOW, "reservation_key": key}
            await world.tell(BackorderExpected(**about, expected_at=NOW + timedelta(days=days)))
        busy.go_on.set()
        await world.until(lambda: len(told(world)) == 2)
        await fill(world, key, mug=2)
        assert await world.end(handle) == Headline.COMPLETED

    assert {notice.audience for notice in told(world)} == set(Audience)
    assert all(notice.deliver_by and notice.deliver_by > NOW + timedelta(days=200) for notice in told(world))


class Busy(FakeBook):
    """Writes of an order that waits for stock only once it is let go on: what comes meanwhile, comes together."""

    def __init__(self, world: World) -> None:
        super().__init__(world)
        self.writing, self.go_on = asyncio.Event(), asyncio.Event()

    async def record(self, snapshot: OrderSnapshot) -> None:
        await super().record(snapshot)
        if snapshot.headline is Headline.BACKORDERED:
            self.writing.set()
            await self.go_on.wait()
