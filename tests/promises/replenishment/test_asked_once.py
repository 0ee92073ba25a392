"""What is asked for is written down before, and asked again as it was: no partner finds anything else under a key."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from models.partners.transfers import RequisitionAnswer
from models.stock.events import StockLine, SupplyAnnounced, TransferDispatched
from tests.promises.replenishment import test_demand_and_supply
from tests.promises.replenishment.test_demand_and_supply import ANSWER, Shop

if TYPE_CHECKING:
    from models.stock.replenishment import Proposal

shop = test_demand_and_supply.shop
MOST = 10


async def asked(shop: Shop, node: str = "berlin") -> Proposal | None:
    """What a round asks for, for mugs there."""
    found = await shop.replenishing.to_ask(MOST)
    return next((one for one in found if (one.sku, one.node) == ("MUG", node)), None)


async def test_what_is_in_doubt_is_asked_again_word_for_word_though_more_is_wanted_by_now(shop: Shop) -> None:
    await shop.receive(15)
    first = await asked(shop)
    assert first is not None
    assert first.quantity == 45
    await shop.reserve(10)
    shop.now += timedelta(hours=1)

    again = await asked(shop)

    assert again == first
    assert (await shop.mugs())["berlin"] == first
    await shop.replenishing.ordered(first, ANSWER)
    assert await shop.on_order() == 45, "and not what would be wanted by now"


async def test_a_supply_of_somebody_elses_does_not_let_what_is_in_doubt_be_asked_for_twice(shop: Shop) -> None:
    first = await asked(shop)
    line = StockLine(sku="MUG", quantity=1)
    other = SupplyAnnounced(
        event_id="asn",
        occurred_at=shop.now,
        supply_id="PO-OF-A-BUYER",
        node="berlin",
        lines=(line,),
        expected_at=shop.now + timedelta(days=1),
    )
    await shop.ledger.apply(other, source="erp")

    assert await asked(shop) == first


async def test_what_the_warehouse_has_not_sent_yet_is_not_bought_as_well_nor_promised_to_a_third(shop: Shop) -> None:
    await shop.receive(100)
    await shop.receive(5, node="store")
    moved = await asked(shop, "store")
    assert moved is not None
    assert (moved.from_node, moved.quantity) == ("berlin", 55)
    await shop.reserve(70)
    await shop.sell(5, node="store")

    assert await asked(shop, "store") == moved

    about = {"occurred_at": shop.now, "transfer_id": moved.key, "from_node": "berlin", "to_node": "store"}
    lines = (StockLine(sku="MUG", quantity=moved.quantity),)
    await shop.ledger.apply(TransferDispatched(event_id="gone", lines=lines, **about), source="wms")
    assert await asked(shop, "store") is None


async def test_what_was_refused_rests_and_is_asked_for_anew_as_it_is_wanted_then_under_a_key_of_its_own(
    shop: Shop,
) -> None:
    first = await asked(shop)
    assert first is not None
    await shop.replenishing.turned_down(first, "there is no article MUG")
    await shop.receive(15)

    shop.now += timedelta(hours=5)
    assert await asked(shop) is None
    (refused,) = await shop.replenishing.refused()
    assert (refused.proposal, refused.why) == (first, "there is no article MUG")

    shop.now += timedelta(hours=1)
    again = await asked(shop)
    assert again is not None
    assert again.quantity == 45
    assert again.key != first.key
    assert await shop.replenishing.refused() == ()
    assert await asked(shop) == again


async def test_what_was_answered_lets_the_next_be_asked_for(shop: Shop) -> None:
    first = await asked(shop)
    assert first is not None
    await shop.replenishing.ordered(first, ANSWER)
    assert await asked(shop) is None
    await shop.receive(60, supply="PO-1")
    await shop.reserve(45)

    second = await asked(shop)

    assert second is not None
    assert (second.quantity, second.key != first.key) == (45, True)
    await shop.replenishing.ordered(second, RequisitionAnswer(reference="PO-2"))
    assert await shop.on_order() == 45


async def test_two_rounds_that_begin_at_once_ask_for_the_same(shop: Shop) -> None:
    one, other = await asyncio.gather(shop.replenishing.to_ask(MOST), shop.replenishing.to_ask(MOST))
    assert sorted(proposal.key for proposal in one) == sorted(proposal.key for proposal in other)


@pytest.mark.parametrize("most", [1, 2])
async def test_no_more_is_written_down_than_a_round_asks_for_and_the_rest_is_only_proposed(
    shop: Shop, most: int
) -> None:
    await shop.replenishing.to_ask(most)
    shop.now += timedelta(hours=1)

    later = await shop.replenishing.to_ask(MOST)

    assert len(later) == 3
    written = [one for one in later if one.expected_at < shop.now + timedelta(days=7)]
    assert len(written) == most
