"""On our own database: demand is what was reserved and sold, and what was ordered is expected at once."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from activities.adapters.store.stock.buying.demand import histories
from activities.adapters.store.stock.buying.replenishing import SqlReplenishing
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.nodes import forget_nodes, put_node
from activities.adapters.store.stock.transaction import in_transaction
from models.errors import Conflict, InvalidInput, NotFound
from models.partners.transfers import RequisitionAnswer, TransferLine, TransferOrder
from models.policy.book import PolicyBook
from models.policy.stock.rules import ReplenishmentRule, ReplenishmentRules, StockRules
from models.stock.demand import Demand, Need
from models.stock.events import (
    GoodsReceived,
    GoodsSold,
    StockLine,
    SupplyDelayed,
    TransferDispatched,
    TransferReceived,
)
from models.stock.replenishment import Promotion, Proposal, Scenario
from models.stock.reservation import ReservationRequest
from tests.promises.orders.world import POLICIES
from tests.promises.replenishment.pictures import BERLIN, STORE

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

RULES = ReplenishmentRules(
    rules=(
        ReplenishmentRule(sku="MUG", nodes=("berlin", "store"), reorder_point=20, order_up_to=60, supplier="Nordic"),
        ReplenishmentRule(sku="NEVER-SEEN", nodes=("berlin",), reorder_point=1, order_up_to=5),
    )
)


class Shop:
    """Two nodes and a clock that is set by hand."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.now = datetime(2026, 11, 16, 9, tzinfo=UTC)
        stock = StockRules(replenishment=RULES)
        policies = PolicyBook([POLICIES.current.model_copy(update={"stock": stock})])
        self.ledger = SqlStockLedger(database, policies, lambda: self.now)
        self.replenishing = SqlReplenishing(database, policies, self.ledger, lambda: self.now)
        self._numbers = iter(range(1000))

    async def open(self) -> None:
        for node in (BERLIN, STORE):
            await in_transaction(self.database, lambda connection, node=node: put_node(connection, node))
        forget_nodes()

    async def receive(self, quantity: int, *, node: str = "berlin", supply: str | None = None) -> None:
        lines = (StockLine(sku="MUG", quantity=quantity),)
        event = GoodsReceived(
            event_id=f"r{next(self._numbers)}", occurred_at=self.now, node=node, lines=lines, supply_id=supply
        )
        await self.ledger.apply(event, source="wms")

    async def sell(self, quantity: int, *, node: str) -> None:
        lines = (StockLine(sku="MUG", quantity=quantity),)
        event = GoodsSold(event_id=f"s{next(self._numbers)}", occurred_at=self.now, node=node, lines=lines)
        await self.ledger.apply(event, source="pos")

    async def reserve(self, quantity: int) -> None:
        number = next(self._numbers)
        request = ReservationRequest(
            key=f"order:b2b:{number}/reserve",
            order_id=f"order:b2b:{number}",
            needs=(Need(line_id="1", sku="MUG", quantity=quantity),),
            demand=Demand(channel="b2b"),
        )
        assert (await self.ledger.reserve(request)).allocations

    async def demand(self, days: int = 3) -> dict[str, list[int]]:
        async with self.database.reading() as connection:
            found = await histories(connection, ["MUG"], self.now, days)
        return {node: [day.quantity for day in history.days] for (_, node), history in found.items()}

    async def mugs(self) -> dict[str, Proposal]:
        return {one.node: one for one in await self.replenishing.proposals() if one.sku == "MUG"}

    async def on_order(self) -> int:
        return sum(balance.on_order for balance in await self.ledger.balances(("MUG",)))


@pytest.fixture
async def shop(database: Database) -> Shop:
    shop = Shop(database)
    await shop.open()
    return shop


ANSWER = RequisitionAnswer(reference="PO-1", expected_at=datetime(2026, 11, 20, tzinfo=UTC), supplier="Nordic")


async def test_demand_is_what_was_reserved_and_sold_by_utc_day(shop: Shop) -> None:
    await shop.receive(100)
    await shop.receive(10, node="store")
    shop.now = datetime(2026, 11, 13, 23, 59, tzinfo=UTC)
    await shop.reserve(4)
    shop.now = datetime(2026, 11, 14, 0, 1, tzinfo=UTC)
    await shop.reserve(5)
    await shop.reserve(6)
    shop.now = datetime(2026, 11, 16, 9, tzinfo=UTC)
    await shop.sell(3, node="store")
    assert await shop.demand() == {"berlin": [4, 11, 0, 0], "store": [0, 0, 0, 3]}
    assert await shop.demand(days=2) == {"berlin": [11, 0, 0], "store": [0, 0, 3]}


async def test_what_a_rule_names_is_ordered_though_nobody_has_seen_it(shop: Shop) -> None:
    proposals = await shop.replenishing.proposals()
    assert [(one.sku, one.node, one.quantity) for one in proposals] == [
        ("MUG", "berlin", 60),
        ("MUG", "store", 60),
        ("NEVER-SEEN", "berlin", 5),
    ]


async def test_what_was_ordered_is_expected_at_once_and_not_ordered_again(shop: Shop) -> None:
    await shop.receive(15)
    proposal = (await shop.mugs())["berlin"]
    assert proposal.quantity == 45
    await shop.replenishing.ordered(proposal, ANSWER)
    await shop.replenishing.ordered(proposal, ANSWER)
    assert await shop.on_order() == 45
    assert "berlin" not in await shop.mugs()


async def test_several_that_note_the_same_order_at_once_note_it_once(shop: Shop) -> None:
    proposal = (await shop.mugs())["berlin"]
    await asyncio.gather(*(shop.replenishing.ordered(proposal, ANSWER) for _ in range(4)))
    assert await shop.on_order() == 60


async def test_what_the_erp_has_told_of_an_order_already_is_not_put_back(shop: Shop) -> None:
    proposal = (await shop.mugs())["berlin"]
    await shop.replenishing.ordered(proposal, ANSWER)
    late = SupplyDelayed(
        event_id="late", occurred_at=shop.now, supply_id="PO-1", expected_at=datetime(2026, 12, 1, tzinfo=UTC)
    )
    await shop.ledger.apply(late, source="erp")
    shop.now += timedelta(hours=1)
    await shop.replenishing.ordered(proposal, ANSWER)
    async with shop.database.reading() as connection:
        picture, _ = await shop.replenishing._look(connection, RULES, ["MUG"])
    [supply] = picture.supplies
    assert supply.expected_at == late.expected_at


async def test_an_order_is_tracked_until_it_has_come_and_the_next_has_a_key_of_its_own(shop: Shop) -> None:
    first = (await shop.mugs())["berlin"]
    await shop.replenishing.ordered(first, ANSWER)
    await shop.receive(25, supply="PO-1")
    assert await shop.on_order() == 35
    await shop.receive(35, supply="PO-1")
    assert await shop.on_order() == 0
    assert "berlin" not in await shop.mugs()
    await shop.reserve(45)
    again = (await shop.mugs())["berlin"]
    assert again.quantity == 45
    assert again.key != first.key


async def test_a_store_is_refilled_from_its_warehouse_if_that_has_enough(shop: Shop) -> None:
    await shop.receive(500)
    await shop.receive(5, node="store")
    proposal = (await shop.mugs())["store"]
    assert (proposal.from_node, proposal.quantity) == ("berlin", 55)


async def test_a_scenario_runs_over_what_is_really_there(shop: Shop) -> None:
    await shop.receive(100)
    await shop.reserve(30)
    answer = await shop.replenishing.play(Scenario(sku="MUG", node="berlin", days=5, demand_factor=3.0))
    assert answer.as_it_is.daily_demand > 0
    assert answer.as_it_would_be.days[0].on_hand < answer.as_it_is.days[0].on_hand < 70
    with pytest.raises(NotFound):
        await shop.replenishing.play(Scenario(sku="MUG", node="atlantis"))


async def test_promotions_are_kept_changed_and_held_against_the_stock(shop: Shop) -> None:
    today = shop.now.date()
    promotion = Promotion(id="spring", sku="MUG", starts=today, ends=today + timedelta(days=3), expected=150)
    await shop.receive(100)
    await shop.replenishing.put_promotion(promotion)
    [(kept, short)] = await shop.replenishing.promotions()
    assert kept == promotion
    assert short is not None
    assert short.missing == 50
    await shop.replenishing.put_promotion(promotion.model_copy(update={"expected": 90}))
    [(kept, short)] = await shop.replenishing.promotions()
    assert (kept.expected, short) == (90, None)
    shop.now += timedelta(days=4)
    assert await shop.replenishing.promotions() == ()
    with pytest.raises(InvalidInput):
        await shop.replenishing.put_promotion(promotion.model_copy(update={"ends": today - timedelta(days=1)}))


async def test_a_transfer_may_take_only_what_nobody_was_promised(shop: Shop) -> None:
    await shop.receive(30)
    await shop.reserve(20)
    order = TransferOrder(
        key="t1", from_node="berlin", to_node="store", lines=(TransferLine(sku="MUG", quantity=10),), reason="urgent"
    )
    await shop.replenishing.check_transfer(order)
    twice = order.model_copy(update={"lines": order.lines * 2})
    with pytest.raises(Conflict):
        await shop.replenishing.check_transfer(twice)
    for change in ({"to_node": "berlin"}, {"from_node": "atlantis"}):
        with pytest.raises(InvalidInput):
            await shop.replenishing.check_transfer(order.model_copy(update=change))


async def test_a_transfer_that_has_come_lets_the_next_have_a_key_of_its_own(shop: Shop) -> None:
    await shop.receive(500)
    first = (await shop.mugs())["store"]
    about = {"occurred_at": shop.now, "transfer_id": first.key, "from_node": "berlin", "to_node": "store"}
    lines = (StockLine(sku="MUG", quantity=first.quantity),)
    await shop.ledger.apply(TransferDispatched(event_id="gone", lines=lines, **about), source="wms")
    assert "store" not in await shop.mugs()
    await shop.ledger.apply(TransferReceived(event_id="came", lines=lines, **about), source="wms")
    assert "store" not in await shop.mugs()
    await shop.sell(50, node="store")
    again = (await shop.mugs())["store"]
    assert again.from_node == "berlin"
    assert again.key != first.key
