"""An order that is short of stock waits, takes something else, or closes what cannot be had; the rest goes ahead."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from models.errors import Conflict, Refused
from models.messages import HoldDecision, Verdict
from models.order.snapshot import Headline
from models.partners.events import BackorderExpected, BackorderExpired, BackorderFilled, PickedLine, StockLost
from models.partners.notices import Audience, NoticeKind
from models.stock.demand import Need
from models.stock.reservation import Remedy, RemedyKind
from tests.promises.orders.orders import an_order
from tests.promises.orders.shelf import NODE, FakeStock
from tests.promises.orders.test_stories import short
from tests.promises.orders.world import World, start

NOW = datetime.now(UTC)
ANNA = {"reason": "she agrees", "actor": "anna"}


def does(kind: RemedyKind, **more: Any) -> Callable[[Need], Remedy]:
    return lambda need: Remedy(line_id=need.line_id, kind=kind, needs=(need,), reason=f"{need.sku} is short", **more)


async def decide(handle: WorkflowHandle[Any, Any], hold: str, verdict: Verdict) -> None:
    await handle.execute_update("decide", HoldDecision(hold=hold, verdict=verdict, reason="looked", actor="anna"))


async def waiting(world: World) -> str:
    await world.until(lambda: bool(world.backorders) and world.last.headline is Headline.BACKORDERED)
    return next(iter(world.backorders))


async def fill(world: World, key: str, **stock: int) -> None:
    world.stock |= {sku.upper(): quantity for sku, quantity in stock.items()}
    request = world.backorders.pop(key)
    allocations = FakeStock(world).fill(request)
    about = {"event_id": f"fill/{key}", "order_id": request.order_id, "occurred_at": NOW}
    await world.tell(BackorderFilled(**about, reservation_key=key, allocations=allocations))


def told(world: World, kind: NoticeKind) -> list[Audience]:
    return [notice.audience for notice in world.notices if notice.kind is kind]


async def test_a_backorder_waits_without_taking_money_and_goes_on_when_stock_comes(
    client: Client, world: World
) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)

    order = an_order(mug=2)
    handle = await start(client, order)
    key = await waiting(world)
    assert not world.done("authorise")
    assert world.last.lines[0].backordered == 2
    assert world.last.waiting_on == "stock"
    await fill(world, key, mug=2)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == order.total.amount
    assert set(told(world, NoticeKind.ORDER_BACKORDERED)) == {Audience.CHANNEL, Audience.CUSTOMER}


async def test_what_is_there_goes_ahead_while_the_rest_waits(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)

    order = an_order(mug=2, lamp=1)
    handle = await start(client, order)
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    assert [line.sku for line in world.released[0].lines] == ["LAMP"]
    (key,) = world.backorders
    await fill(world, key, mug=2)

    assert await world.end(handle) == Headline.COMPLETED
    assert [line.sku for line in world.released[1].lines] == ["MUG"]
    assert world.money["captured"] == order.total.amount


async def test_a_backorder_that_ran_out_of_time_closes_its_line_and_the_rest_is_settled(
    client: Client, world: World
) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)

    order = an_order(mug=2, lamp=1)
    handle = await start(client, order)
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    (key,) = world.backorders
    await world.tell(BackorderExpired(event_id="late", order_id=order.id, occurred_at=NOW, reservation_key=key))

    assert await world.end(handle) == Headline.COMPLETED
    assert (world.last.lines[0].cancelled, world.last.lines[1].shipped) == (2, 1)
    assert world.money["captured"] < order.total.amount
    assert world.money["captured"] == world.money["invoiced"]


async def test_an_order_of_which_nothing_came_in_time_is_cancelled(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)

    order = an_order(mug=2)
    handle = await start(client, order)
    key = await waiting(world)
    await world.tell(BackorderExpired(event_id="late", order_id=order.id, occurred_at=NOW, reservation_key=key))

    assert await world.end(handle) == Headline.CANCELLED
    assert not world.done("authorise")
    assert not world.backorders


async def test_a_later_date_is_told_once_and_an_earlier_one_is_not(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)
    order = an_order(mug=2)
    handle = await start(client, order)
    key = await waiting(world)

    late, later = NOW + timedelta(days=10), NOW + timedelta(days=20)
    for number, expected_at in enumerate((late, late, later, late)):
        event = BackorderExpected(
            event_id=f"e{number}", order_id=order.id, occurred_at=NOW, reservation_key=key, expected_at=expected_at
        )
        await world.tell(event)
    await world.until(lambda: sum("expected on" in text for text in world.story) == 4)
    assert world.last.expected_at == late
    await fill(world, key, mug=2)

    assert await world.end(handle) == Headline.COMPLETED
    dates = [notice.expected_at for notice in world.notices if notice.kind is NoticeKind.ORDER_DELAYED]
    assert sorted(set(dates)) == [late, later]
    assert len(dates) == 4, "each change that matters once, to the customer and to the channel"
    assert world.last.expected_at is None


async def test_cancelling_while_it_waits_leaves_the_queue(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0}
    world.remedies = does(RemedyKind.BACKORDER)
    handle = await start(client, an_order(mug=2))
    await waiting(world)

    await handle.signal("cancel", ANNA)

    assert await world.end(handle) == Headline.CANCELLED
    assert not world.backorders


async def test_cancelling_what_waits_after_a_part_was_sent_keeps_what_was_sent(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.BACKORDER)
    order = an_order(mug=2, lamp=1)
    handle = await start(client, order)
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)

    await handle.signal("cancel", ANNA)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.lines[0].cancelled == 2
    assert not world.backorders


@pytest.mark.parametrize("verdict", Verdict)
async def test_a_substitute_goes_only_if_a_person_agrees(client: Client, world: World, verdict: Verdict) -> None:
    world.stock |= {"MUG": 0, "LAMP": 5}
    world.remedies = does(
        RemedyKind.SUBSTITUTE, needs_approval=True, substitutes=(Need(line_id="1", sku="LAMP", quantity=2),)
    )

    order = an_order(mug=2)
    handle = await start(client, order)
    await world.until_held("inventory")
    assert "send 2 of LAMP instead" in world.last.holds[-1].reason
    await decide(handle, "inventory-1", verdict)

    ended = await world.end(handle)
    if verdict is Verdict.APPROVE:
        assert ended == Headline.COMPLETED
        assert [(line.sku, line.quantity) for line in world.released[0].lines] == [("LAMP", 2)]
        assert world.money["captured"] == order.total.amount
    else:
        assert ended == Headline.CANCELLED
        assert world.stock["LAMP"] == 5


async def test_goods_are_moved_to_where_the_customer_collects_them(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.TRANSFER, from_node="rotterdam", to_node=NODE)

    handle = await start(client, an_order(mug=2))
    key = await waiting(world)
    assert len(world.done("transfer")) == 1
    await fill(world, key, mug=2)

    assert await world.end(handle) == Headline.COMPLETED


@pytest.mark.parametrize(
    ("silence", "ends"), [(RemedyKind.CANCEL_LINE, Headline.CANCELLED), (RemedyKind.BACKORDER, Headline.COMPLETED)]
)
async def test_a_customer_who_does_not_answer_is_taken_at_policys_word(
    client: Client, world: World, silence: RemedyKind, ends: Headline
) -> None:
    world.stock["MUG"] = 0
    soon = datetime.now(UTC) + timedelta(seconds=2)
    world.remedies = does(RemedyKind.ASK_CUSTOMER, deadline=soon, silence=silence)

    handle = await start(client, an_order(mug=2))
    # It may be over by the time anybody looks.
    await world.until(lambda: any(hold.kind == "customer_request" for hold in world.last.holds))
    if silence is RemedyKind.BACKORDER:
        await fill(world, await waiting(world), mug=2)

    assert await world.end(handle) == ends
    assert told(world, NoticeKind.QUESTION) == [Audience.CUSTOMER]


async def test_a_customer_who_agrees_waits(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.ASK_CUSTOMER, deadline=NOW + timedelta(days=2), silence=RemedyKind.CANCEL_LINE)

    handle = await start(client, an_order(mug=2))
    await world.until_held("customer_request")
    await handle.signal("approve", ANNA)
    await fill(world, await waiting(world), mug=2)

    assert await world.end(handle) == Headline.COMPLETED


async def test_a_line_that_policy_closes_is_not_charged(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.CANCEL_LINE)

    order = an_order(mug=2, lamp=1)
    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.lines[0].cancelled == 2
    assert world.money["authorised"] == world.money["captured"] < order.total.amount


async def test_a_person_decides_where_policy_knows_nothing_to_do(client: Client, world: World) -> None:
    world.stock |= {"MUG": 0, "LAMP": 1}
    world.remedies = does(RemedyKind.HOLD)

    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until_held("inventory")
    world.stock["MUG"] = 2
    await decide(handle, "inventory-1", Verdict.APPROVE)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.stock["MUG"] == 0


async def test_a_reservation_that_has_expired_is_made_again_before_anything_is_sent(
    client: Client, world: World
) -> None:
    order = an_order(mug=2)
    world.lapsed.add(f"{order.id}/stock")

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.stock["MUG"] == 98
    assert len(world.released) == 1
    assert any("the reservation is expired" in text for text in world.story)


async def test_stock_is_kept_while_somebody_has_to_think(client: Client, world: World) -> None:
    world.faults["authorise"] = [Refused("payment", "the card was declined", code="card_declined")]
    order = an_order(mug=2)

    handle = await start(client, order)
    await world.until_held("payment")
    await world.until(lambda: bool(world.kept_until))
    assert world.kept_until[f"{order.id}/stock"] > datetime.now(UTC) + timedelta(days=6)
    await handle.signal("approve", ANNA)

    assert await world.end(handle) == Headline.COMPLETED


async def test_goods_the_ledger_had_to_take_away_are_reserved_again_before_they_are_released(
    client: Client, world: World
) -> None:
    order = an_order(mug=2)

    async def broken(verb: str) -> None:
        if verb == "authorise":
            key = f"{order.id}/stock"
            world.reserved[key]["1", "MUG", NODE] -= 1
            line = PickedLine(line_id="1", sku="MUG", quantity=1)
            about = {"event_id": "lost-1", "order_id": order.id, "occurred_at": NOW, "reservation_key": key}
            await world.tell(StockLost(**about, lines=(line,), node=NODE, reason="damaged"))

    world.at_effect = broken
    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert sum(line.quantity for release in world.released for line in release.lines) == 2
    assert sum("stock reserved" in text for text in world.story) == 2
    assert world.stock["MUG"] == 97, "one broke, two were sent"


async def test_what_a_warehouse_could_not_find_is_free_for_others(client: Client, world: World) -> None:
    world.ships = False
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: bool(world.released))
    await world.tell(short(world.released[0], 1))
    await world.until_held("inventory")

    assert [(item.sku, item.quantity) for item in world.freed[0].items] == [("MUG", 1)]
    await handle.signal("cancel", ANNA)
    assert await world.end(handle) == Headline.CANCELLED


async def test_what_our_own_books_refuse_waits_for_a_person_and_does_not_end_the_order(
    client: Client, world: World
) -> None:
    world.own_refusals["consume"] = [Conflict("key_reused", "the key was used for something else")]

    handle = await start(client, an_order(mug=2))
    await world.until_held("other")
    assert "our own books refused" in world.last.holds[-1].reason
    await handle.signal("approve", {"reason": "corrected", "actor": "anna"})

    assert await world.end(handle) == Headline.COMPLETED


async def test_a_parcel_of_goods_that_were_lost_to_us_is_settled_all_the_same(client: Client, world: World) -> None:
    world.own_refusals["consume"] = [Conflict("not_reserved", "1 shipped, and nothing reserved for it")]

    order = an_order(mug=2)
    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert len(world.done("beyond")) == 1
    assert world.money["captured"] == order.total.amount


async def test_nobody_is_told_a_date_that_has_passed(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    world.remedies = does(RemedyKind.BACKORDER)
    world.supply_at = NOW - timedelta(days=4)

    handle = await start(client, an_order(mug=2))
    await fill(world, await waiting(world), mug=2)

    assert await world.end(handle) == Headline.COMPLETED
    told_of = [notice for notice in world.notices if notice.kind is NoticeKind.ORDER_BACKORDERED]
    assert {notice.expected_at for notice in told_of} == {None}


async def test_who_agrees_to_wait_waits_as_long_as_policy_has_it(client: Client, world: World) -> None:
    world.stock["MUG"] = 0
    until = NOW + timedelta(days=30)
    world.remedies = does(RemedyKind.ASK_CUSTOMER, deadline=NOW + timedelta(days=2), waits_until=until)

    handle = await start(client, an_order(mug=2))
    await world.until_held("customer_request")
    await handle.signal("approve", ANNA)
    key = await waiting(world)
    assert world.backorders[key].deadline == until
    await fill(world, key, mug=2)

    assert await world.end(handle) == Headline.COMPLETED
