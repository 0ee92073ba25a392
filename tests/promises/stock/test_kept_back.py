"""What is kept back stays back: safety stock from everybody, ring-fenced stock from all but its holder."""

import pytest
from sqlalchemy import insert

from activities.adapters.store.stock.movements import Document, Movement, move
from activities.adapters.store.stock.tables import ring_fences
from models.policy.stock.rules import AvailabilityRules, SafetyRule, SourcingRules, StockRules
from models.stock.demand import Demand
from models.stock.quantities import MovementKind, StockState

DEALER = Demand(channel="b2b", customer_class="dealer")
ANYBODY = Demand(channel="shopify")
SAFE = StockRules(availability=AvailabilityRules(safety=(SafetyRule(units=2),)))
IN_PARTS = StockRules(sourcing=SourcingRules(partial=True))


@pytest.fixture
async def fenced(shop):
    """Ten cups, six of them set aside for dealers."""
    await shop.receive("cup", 10)
    async with shop.database.writing() as connection:
        fence = {"sku": "cup", "node": "north", "lot": "", "holder": "class:dealer", "quantity": 0}
        await connection.execute(insert(ring_fences), fence)
        set_aside = Movement("cup", "north", StockState.CHANNEL_RESERVED, 6, holder="class:dealer")
        await move(connection, Document("fence", MovementKind.RESERVATION), [set_aside])
    return shop


async def fence_of(shop):
    async with shop.database.reading() as connection:
        return (await connection.execute(ring_fences.select())).one().quantity


async def test_safety_stock_is_promised_to_nobody(shop):
    shop.rule(SAFE)
    await shop.receive("cup", 5)

    assert not (await shop.reserve("r1", ("1", "cup", 4))).granted
    assert (await shop.reserve("r2", ("1", "cup", 3))).granted
    assert not (await shop.reserve("r3", ("1", "cup", 1))).granted
    assert await shop.shelf("cup") == (5, 3)


async def test_what_is_set_aside_is_not_for_others(fenced):
    assert not (await fenced.reserve("r1", ("1", "cup", 5), demand=ANYBODY)).granted
    assert (await fenced.reserve("r2", ("1", "cup", 4), demand=ANYBODY)).granted
    assert not (await fenced.reserve("r3", ("1", "cup", 1), demand=ANYBODY)).granted
    assert (await fenced.audit()).is_right


async def test_its_holder_gets_what_is_set_aside_and_what_is_free(fenced):
    assert (await fenced.reserve("r1", ("1", "cup", 10), demand=DEALER)).granted

    assert await fenced.shelf("cup") == (10, 10)
    assert await fence_of(fenced) == 0
    assert (await fenced.audit()).is_right


async def test_what_its_holder_gives_back_is_set_aside_again(fenced):
    await fenced.reserve("r1", ("1", "cup", 10), demand=DEALER)
    await fenced.release_part("p1", "r1", ("1", "cup", 5))
    await fenced.release("r1")

    assert await fence_of(fenced) == 6
    assert (await fenced.balance("cup")).channel_reserved == 6
    assert (await fenced.audit()).is_right


async def test_what_its_holder_was_sent_is_set_aside_no_longer(fenced):
    await fenced.reserve("r1", ("1", "cup", 10), demand=DEALER)
    await fenced.consume("s1", "r1", ("1", "cup", 10))
    await fenced.release("r1")

    assert await fence_of(fenced) == 0
    assert await fenced.shelf("cup") == (0, 0)
    assert (await fenced.audit()).is_right


async def test_where_policy_lets_it_what_is_there_goes_ahead_and_the_rest_gets_a_remedy(shop):
    shop.rule(IN_PARTS)
    await shop.receive("cup", 5)

    answer = await shop.reserve("r1", ("1", "cup", 5), ("2", "pot", 2))

    assert not answer.granted
    assert [(one.line_id, one.quantity) for one in answer.allocations] == [("1", 5)]
    assert [(one.line_id, [(need.sku, need.quantity) for need in one.needs]) for one in answer.remedies] == [
        ("2", [("pot", 2)])
    ]
    assert await shop.shelf("cup") == (5, 5)


async def test_a_part_granted_asked_again_is_the_same_part_with_what_is_to_be_done_today(shop):
    shop.rule(IN_PARTS)
    await shop.receive("cup", 5)
    needs = (("1", "cup", 5), ("2", "pot", 2))
    first = await shop.reserve("r1", *needs)

    again = await shop.reserve("r1", *needs)
    await shop.receive("pot", 2)
    later = await shop.reserve("r1", *needs)

    assert again == first.model_copy(update={"decision": None})
    assert later.allocations == first.allocations
    assert [(one.line_id, one.kind.value) for one in later.remedies] == [("2", "backorder")]
    assert await shop.shelf("pot") == (2, 0)
