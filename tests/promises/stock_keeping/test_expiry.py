"""What nobody committed in time, and what is too old to be sold, is let go by itself."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

from activities.adapters.store.stock.nodes import forget_nodes, put_node
from models.policy.stock.rules import AvailabilityRules, FenceRule, StockRules
from models.stock.events import GoodsReceived, StockLine
from models.stock.nodes import Calendar, Node
from models.stock.quantities import MovementKind
from models.stock.reservation import ReservationCommit, ReservationState
from tests.promises.backorders.waiting import MONDAY, order

if TYPE_CHECKING:
    from tests.promises.backorders.waiting import Waiting


async def test_a_reservation_past_its_time_gives_its_goods_back(shop: Waiting) -> None:
    await shop.receive("MUG", 5)
    assert await shop.reserve("slow", ("MUG", 3), hours=1)
    assert await shop.keeping.expire(limit=10) == 0
    shop.clock.pass_by(hours=1)
    assert await shop.keeping.expire(limit=10) == 1
    assert await shop.keeping.expire(limit=10) == 0
    balance = await shop.balance("MUG")
    assert (balance.soft_reserved, balance.available) == (0, 5)
    assert MovementKind.EXPIRE in await shop.kinds("MUG")


async def test_what_expires_goes_to_those_who_wait(shop: Waiting) -> None:
    await shop.receive("MUG", 3)
    assert await shop.reserve("slow", ("MUG", 3), hours=1)
    await shop.wait_for("patient", ("MUG", 2))
    shop.clock.pass_by(hours=2)
    await shop.keeping.expire(limit=10)
    assert await shop.filled() == ["patient"]


async def test_a_firm_reservation_never_expires(shop: Waiting) -> None:
    await shop.receive("MUG", 3)
    await shop.reserve("sure", ("MUG", 3), hours=1)
    answer = await shop.ledger.commit(ReservationCommit(reservation_key="sure", order_id=order("sure")))
    assert answer.state is ReservationState.COMMITTED
    shop.clock.pass_by(days=30)
    assert await shop.keeping.expire(limit=10) == 0
    assert (await shop.balance("MUG")).allocated == 3


async def test_no_more_are_let_go_at_once_than_asked_for_and_the_oldest_first(shop: Waiting) -> None:
    await shop.receive("MUG", 9)
    for number in range(3):
        await shop.reserve(f"r{number}", ("MUG", number + 1), hours=number + 1)
    shop.clock.pass_by(days=1)
    assert await shop.keeping.expire(limit=2) == 2
    assert (await shop.balance("MUG")).soft_reserved == 3
    assert await shop.keeping.expire(limit=2) == 1


async def test_two_keepers_at_once_let_each_go_once(shop: Waiting) -> None:
    await shop.receive("MUG", 9)
    for number in range(5):
        await shop.reserve(f"r{number}", ("MUG", 1), hours=1)
    shop.clock.pass_by(days=1)
    counts = await asyncio.gather(*(shop.keeping.expire(limit=10) for _ in range(3)))
    assert sum(counts) == 5
    assert (await shop.balance("MUG")).available == 9


async def test_an_expired_lot_lies_in_quarantine_and_not_among_what_is_available(shop: Waiting) -> None:
    last_day = MONDAY.date() + timedelta(days=1)
    line = StockLine(sku="MILK", quantity=10, lot="L1", expires_on=last_day)
    await shop.tell(GoodsReceived(event_id="r/1", occurred_at=MONDAY, node="north", lines=(line,)))
    assert await shop.reserve("drinker", ("MILK", 4), hours=240)

    shop.clock.pass_by(days=1)
    await shop.keeping.expire(limit=10)
    assert (await shop.balance("MILK")).available == 6

    shop.clock.pass_by(days=1)
    await shop.keeping.expire(limit=10)
    await shop.keeping.expire(limit=10)
    balance = await shop.balance("MILK")
    assert (balance.available, balance.quarantined, balance.soft_reserved) == (0, 6, 4)


async def test_a_lots_last_day_ends_by_the_clock_of_the_node_it_lies_at(shop: Waiting) -> None:
    """At nine on Monday by UTC it is Sunday still in Honolulu; an hour later it is Tuesday on Kiritimati."""
    zones = {"north": "UTC", "beach": "Pacific/Honolulu", "isle": "Pacific/Kiritimati"}
    await put_nodes(shop, zones)
    for lot, last_day in (("SUN", MONDAY - timedelta(days=1)), ("MON", MONDAY)):
        line = StockLine(sku="MILK", quantity=1, lot=lot, expires_on=last_day.date())
        for node in zones:
            event_id = f"{node}/{lot}"
            await shop.tell(GoodsReceived(event_id=event_id, occurred_at=MONDAY, node=node, lines=(line,)))

    async def quarantined() -> set[tuple[str, str]]:
        await shop.keeping.expire(limit=10)
        return {(one.node, one.lot) for one in await shop.ledger.balances(("MILK",)) if one.quarantined}

    assert await quarantined() == {("north", "SUN"), ("isle", "SUN")}
    shop.clock.pass_by(hours=1)
    assert await quarantined() == {("north", "SUN"), ("isle", "SUN"), ("beach", "SUN"), ("isle", "MON")}


async def test_a_fence_is_made_of_what_is_good_by_the_clock_of_its_node(shop: Waiting) -> None:
    await put_nodes(shop, {"north": "Pacific/Honolulu"})
    rule = FenceRule(sku="MILK", node="north", holder="class:dealer", units=2)
    shop.rule(StockRules(availability=AvailabilityRules(fences=(rule,))))
    line = StockLine(sku="MILK", quantity=5, lot="SUN", expires_on=(MONDAY - timedelta(days=1)).date())
    await shop.tell(GoodsReceived(event_id="r/1", occurred_at=MONDAY, node="north", lines=(line,)))

    assert await shop.keeping.fence() == 2


async def put_nodes(shop: Waiting, zones: dict[str, str]) -> None:
    async with shop.database.writing() as connection:
        for name, zone in zones.items():
            await put_node(connection, Node(name=name, calendar=Calendar(time_zone=zone)))
    forget_nodes()
