"""An event is written once, whole or not at all, however often it is told."""

import asyncio
from datetime import timedelta
from typing import get_args

import pytest
from sqlalchemy import select

from activities.adapters.store.schema import metadata
from models.catalogue import Item, Pack
from models.errors import Conflict, InvalidInput
from models.stock.events import (
    AdjustedLine,
    GoodsAdjusted,
    GoodsCleared,
    GoodsPicked,
    GoodsReceived,
    GoodsReturned,
    GoodsScrapped,
    GoodsShipped,
    StockEvent,
    StockLine,
    SupplyCancelled,
    TransferDispatched,
    TransferReceived,
)
from models.stock.lots import LotStatus
from models.stock.quantities import MovementKind, StockState
from tests.promises.stock_events.telling import NOON


async def test_an_event_told_again_changes_nothing_and_gets_the_same_answer(floor):
    await floor.receive(3)
    await floor.reserve("a", 3)
    event = floor.sale(5)

    first = await floor.tell(event)
    again = await floor.tell(event)

    assert first.displaced
    assert first.unexplained
    assert not first.repeated
    assert again == first.model_copy(update={"repeated": True})
    assert (await floor.shelf()).on_hand == 0
    assert await floor.told() == {"a": 3}
    assert await floor.unexplained() == {"on_hand": -2}


async def test_an_id_cannot_stand_for_another_event(floor):
    await floor.receive(3, event_id="e")

    with pytest.raises(Conflict) as refusal:
        await floor.receive(4, event_id="e")
    assert refusal.value.code == "key_reused"
    with pytest.raises(Conflict):
        await floor.sell(3, event_id="e")
    assert (await floor.shelf()).on_hand == 3


async def test_two_senders_may_use_the_same_id(floor):
    await floor.tell(floor.receipt(3, event_id="e"), "wms")
    await floor.tell(floor.receipt(4, event_id="e"), "erp")

    assert (await floor.shelf()).on_hand == 7


async def test_an_event_told_many_times_at_once_is_written_once(floor):
    event = floor.receipt(3)

    answers = await asyncio.gather(*(floor.tell(event) for _ in range(8)))

    assert sorted(answer.repeated for answer in answers) == [False] + [True] * 7
    assert (await floor.shelf()).on_hand == 3


async def test_movements_say_who_told_what_and_when_it_happened(floor):
    await floor.receive(3, at=-5, event_id="e", reason="delivery")

    (receipt,) = await floor.movements(MovementKind.RECEIPT)

    assert (receipt.actor, receipt.document_key, receipt.reason) == ("wms", "wms/e", "delivery")
    assert receipt.occurred_at < NOON


async def test_an_event_with_a_bad_line_leaves_nothing_behind(floor):
    good, bad = StockLine(sku="cup", quantity=3), StockLine(sku="pot", quantity=1, unit="BX")

    with pytest.raises(InvalidInput) as refusal:
        await floor.tell(GoodsReceived(event_id="e", occurred_at=NOON, node="north", lines=(good, bad)))

    assert [error.pointer for error in refusal.value.errors] == ["/lines/1/unit"]
    assert await floor.balances() == {}
    await floor.receive(3, event_id="e")
    assert (await floor.shelf()).on_hand == 3


async def test_every_unit_is_brought_to_the_articles_own(floor):
    await floor.learn(Item(sku="cup", name="Cup", packs=(Pack(unit="BX", holds=12),)))

    await floor.receive(2, unit="BX")
    await floor.receive(1, unit="C62")
    assert (await floor.shelf()).on_hand == 25

    await floor.tell(floor.count(2, unit="BX"))
    await floor.adjust(-1, unit="BX")
    assert (await floor.shelf()).on_hand == 12


async def test_a_unit_nobody_can_convert_is_refused_and_so_is_more_than_a_line_may_be_about(floor):
    await floor.learn(Item(sku="cup", name="Cup", packs=(Pack(unit="PF", holds=1_000_000),)))

    with pytest.raises(InvalidInput) as refusal:
        await floor.receive(2, unit="KGM")
    assert refusal.value.errors[0].pointer == "/lines/0/unit"
    with pytest.raises(InvalidInput) as refusal:
        await floor.receive(2, unit="PF")
    assert refusal.value.errors[0].pointer == "/lines/0/quantity"


async def test_an_article_the_catalogue_does_not_know_is_counted_in_pieces(floor):
    await floor.receive(2)
    await floor.receive(2, unit="C62")

    assert (await floor.shelf()).on_hand == 4
    with pytest.raises(InvalidInput):
        await floor.receive(2, unit="BX")


async def test_a_date_without_a_lot_is_refused_for_it_would_be_lost(floor):
    with pytest.raises(InvalidInput) as refusal:
        await floor.receive(2, expires_on=NOON.date())

    assert [error.pointer for error in refusal.value.errors] == ["/lines/0/expires_on"]


async def test_goods_that_go_to_where_they_are_have_not_left(floor):
    line = StockLine(sku="cup", quantity=1)
    with pytest.raises(InvalidInput) as refusal:
        await floor.tell(
            floor.event(TransferDispatched, transfer_id="T", from_node="north", to_node="north", lines=(line,))
        )

    assert refusal.value.errors[0].pointer == "/to_node"


def everything(floor):
    """An event of each kind, in the order in which they could happen."""
    line = StockLine(sku="cup", quantity=1, lot="L1")
    moved = {"transfer_id": "T", "from_node": "north", "to_node": "south", "lines": (line,)}
    return [
        floor.announcement(9),
        floor.delay(5),
        floor.receipt(8, lot="L1", supply_id="PO-1"),
        floor.event(SupplyCancelled, supply_id="PO-1"),
        floor.event(GoodsPicked, node="north", order_id="order:b2b:a", lines=(line,)),
        floor.sale(1),
        floor.event(GoodsShipped, node="north", lines=(line,)),
        floor.event(GoodsReturned, node="north", lines=(line,)),
        floor.damage(2, lot="L1"),
        floor.event(GoodsCleared, node="north", lines=(line,), state=StockState.DAMAGED),
        floor.event(GoodsScrapped, node="north", lines=(line,), state=StockState.DAMAGED),
        floor.event(TransferDispatched, **moved),
        floor.event(TransferReceived, **moved),
        floor.count(7, lot="L1"),
        floor.event(GoodsAdjusted, node="north", lines=(AdjustedLine(sku="cup", quantity=-2),), reason="broken"),
        floor.judgement(LotStatus.RECALLED),
    ]


@pytest.mark.slow
async def test_an_event_of_any_kind_told_again_writes_nothing_at_all(floor):
    await floor.receive(3)
    await floor.reserve("a", 3, firm=True)
    told = everything(floor)
    assert {type(event) for event in told} == set(get_args(get_args(StockEvent)[0]))

    for event in told:
        first = await floor.tell(event)
        books = await written(floor)
        floor.at += timedelta(minutes=1)

        again = await floor.tell(event)

        assert again == first.model_copy(update={"repeated": True})
        assert await written(floor) == books, event.type
    assert await floor.is_right()


async def written(floor):
    """Every row of every table."""
    async with floor.database.reading() as connection:
        return {
            table.name: [tuple(row) for row in await connection.execute(select(table).order_by(*table.primary_key))]
            for table in metadata.sorted_tables
        }
