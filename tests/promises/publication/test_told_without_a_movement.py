"""What changes a number though no goods move is told as soon as a movement is: nodes, the queue, lots, dates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from activities.adapters.store.stock.keeping.keeping import SqlStockKeeping
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.nodes import known_nodes, put_node
from activities.adapters.store.stock.showing.inventory import SqlInventory
from models.policy.stock.rules import AvailabilityRules, ChannelRule, ExpiryRule
from models.stock.backorders import BackorderRequest
from models.stock.demand import Demand, Need
from models.stock.events import GoodsReceived, LotJudged, StockLine, SupplyAnnounced, SupplyDelayed
from models.stock.lots import LotStatus
from models.stock.nodes import Node
from models.stock.reservation import Freed, ReservationRelease
from tests.promises.publication.conftest import NODE, NOON, book

if TYPE_CHECKING:
    from tests.promises.publication.conftest import Shelf

ORDER = "order:b2b:1"


class Counter:
    """A shop's page with one article on it."""

    def __init__(self, shelf: Shelf) -> None:
        rules = AvailabilityRules(expiry=(ExpiryRule(days=10),))
        self.policies = book(availability=rules, shop=ChannelRule(sells_expected=True))
        self.shelf = shelf
        self.offers = shelf.offers(self.policies)
        self.ledger = SqlStockLedger(shelf.database, self.policies, shelf.clock)

    async def hears(self) -> int | None:
        """What it is told now; none: nothing."""
        if await self.offers.changed() != ("shop",):
            return None
        found = await self.offers.next_batch("shop")
        assert found is not None
        await self.offers.published(found)
        return found.offers[0].quantity

    async def tell(self, event: Any) -> None:
        await self.ledger.apply(event, source="wms")

    async def wait(self, key: str, quantity: int, *, hours: int = 100) -> None:
        need = Need(line_id="1", sku="MUG", quantity=quantity)
        deadline = self.shelf.clock() + timedelta(hours=hours)
        demand = Demand(channel="b2b")
        await self.ledger.backorder(
            BackorderRequest(key=key, order_id=ORDER, needs=(need,), demand=demand, deadline=deadline)
        )


@pytest.fixture
async def counter(shelf: Shelf) -> Counter:
    """Five mugs lie there, and the shop knows it."""
    found = Counter(shelf)
    await shelf.move("MUG", 5)
    assert await found.hears() == 5
    return found


async def test_a_node_that_closes_and_one_that_opens_again(counter: Counter) -> None:
    database = counter.shelf.database
    async with database.reading() as connection:
        await known_nodes(connection)
    # Somebody else's process closes it: what we remember of nodes is older than that.
    async with database.writing() as connection:
        await put_node(connection, Node(name=NODE, down="fire alarm"))
    assert await counter.hears() == 0

    inventory = SqlInventory(database, counter.policies, now=counter.shelf.clock)
    await inventory.put_node(Node(name=NODE))
    assert await counter.hears() == 5
    await inventory.put_node(Node(name=NODE))
    assert await counter.hears() is None


async def test_who_begins_to_wait_wants_less_and_waits_no_longer(counter: Counter) -> None:
    await counter.wait("b1", 8)
    assert await counter.hears() == 0

    less = (Freed(line_id="1", sku="MUG", quantity=1),)
    release = ReservationRelease(reservation_key="b1", order_id=ORDER, reason="less", key="p1", items=less)
    await counter.ledger.release(release)
    assert await counter.hears() is None  # Seven are wanted now, and five are there.

    await counter.ledger.release(ReservationRelease(reservation_key="b1", order_id=ORDER, reason="cancelled"))
    assert await counter.hears() == 5


async def test_who_has_waited_as_long_as_he_may(counter: Counter) -> None:
    await counter.wait("b1", 8, hours=1)
    assert await counter.hears() == 0

    counter.shelf.clock.forward(7200)
    await SqlStockKeeping(counter.shelf.database, counter.policies, counter.shelf.clock).expire(limit=10)
    assert await counter.hears() == 5


async def test_a_lot_that_turns_out_to_be_near_its_end(counter: Counter) -> None:
    line = StockLine(sku="MUG", quantity=4, lot="L1")
    await counter.tell(GoodsReceived(event_id="r", occurred_at=NOON, node=NODE, lines=(line,)))
    assert await counter.hears() == 9

    soon = (NOON + timedelta(days=3)).date()
    dated = LotJudged(event_id="l", occurred_at=NOON, sku="MUG", lot="L1", status=LotStatus.RELEASED, expires_on=soon)
    await counter.tell(dated)
    assert await counter.hears() == 5


@pytest.mark.parametrize("anew", [False, True], ids=["put off", "announced anew"])
async def test_a_supply_that_is_overdue_and_gets_a_new_date(counter: Counter, *, anew: bool) -> None:
    line = StockLine(sku="MUG", quantity=4)
    announced = SupplyAnnounced(
        event_id="a", occurred_at=NOON, supply_id="PO", node=NODE, lines=(line,), expected_at=NOON - timedelta(days=1)
    )
    await counter.tell(announced)
    assert await counter.hears() is None

    later = NOON + timedelta(days=1)
    moved = {"event_id": "d", "occurred_at": NOON, "expected_at": later}
    await counter.tell(announced.model_copy(update=moved) if anew else SupplyDelayed(supply_id="PO", **moved))
    assert await counter.hears() == 9


async def test_whoever_stood_behind_is_served_when_the_one_before_him_goes(counter: Counter) -> None:
    await counter.wait("b1", 8)
    await counter.wait("b2", 3)

    await counter.ledger.release(ReservationRelease(reservation_key="b1", order_id=ORDER, reason="cancelled"))

    (balance,) = await counter.ledger.balances(("MUG",))
    assert balance.allocated == 3


async def test_who_wants_less_gets_it_when_that_is_there(counter: Counter) -> None:
    await counter.wait("b1", 8)

    less = (Freed(line_id="1", sku="MUG", quantity=5),)
    release = ReservationRelease(reservation_key="b1", order_id=ORDER, reason="less", key="p1", items=less)
    await counter.ledger.release(release)

    (balance,) = await counter.ledger.balances(("MUG",))
    assert balance.allocated == 3
