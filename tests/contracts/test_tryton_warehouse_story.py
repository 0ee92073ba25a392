"""What happens in a Tryton's warehouses, whoever does it, reaches us: in order, once, and so that our ledger follows."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta

import pytest

from activities.adapters.tryton.warehouse.documents import TrytonShipments
from activities.adapters.tryton.warehouse.warehouse import TrytonWarehouse
from models.errors import Refused, Uncertain
from models.partners.events import ParcelShipped, PartnerEvent, PickedShort
from models.partners.feeds import FeedQuery
from models.reconciling.documents import DocumentKind, DocumentQuery, Party
from models.stock import events as stock
from models.stock.events import StockEvent
from ops.partners.tryton.contents.wms_set_up import GOODS
from ops.partners.tryton.hands import Care
from ops.sandbox.goods import load_goods
from tests.contracts.between import between
from tests.contracts.warehouses.asks import order, release, transfer, undo
from tests.contracts.warehouses.clerk import Clerk
from tests.contracts.warehouses.hall import Hall, TrytonBooks, hall

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Hall]:
    with hall(tmp_path_factory.mktemp("tryton") / "wms") as running:
        yield running


@pytest.fixture(scope="module")
async def wms(tryton: Hall) -> AsyncIterator[TrytonWarehouse]:
    adapter = TrytonWarehouse(tryton.settings())
    yield adapter
    await adapter.close()


@pytest.fixture(scope="module")
async def books(tryton: Hall, wms: TrytonWarehouse) -> AsyncIterator[TrytonBooks]:
    people = tryton.people()
    yield TrytonBooks(tryton, people, wms)
    await people.close()


@pytest.fixture
def clerk(books: TrytonBooks) -> Clerk:
    return Clerk(books)


def ledger(events: list[PartnerEvent | StockEvent]) -> Counter[tuple[str, str]]:
    """What our ledger makes of events: on hand by node and article, beginning with the samples."""
    goods = load_goods(GOODS)
    held = Counter({(node, item.sku): n for item in goods.items for node, n in item.on_hand.items()})
    for event in events:
        match event:
            case ParcelShipped() | stock.GoodsShipped() | stock.GoodsScrapped():
                held.subtract({(event.node, line.sku): line.quantity for line in event.lines})
            case stock.GoodsReceived() | stock.GoodsReturned():
                held.update({(event.node, line.sku): line.quantity for line in event.lines})
            case stock.GoodsAdjusted():
                for line in event.lines:
                    held[event.node, line.sku] += line.quantity
            case stock.TransferDispatched():
                held.subtract({(event.from_node, line.sku): line.quantity for line in event.lines})
            case stock.TransferReceived():
                held.update({(event.to_node, line.sku): line.quantity for line in event.lines})
            case _:
                pass
    return Counter({place: quantity for place, quantity in held.items() if quantity})


async def counted(wms: TrytonWarehouse) -> Counter[tuple[str, str]]:
    return Counter({(one.node, one.sku): one.quantity for one in await wms.counts() if one.quantity})


async def test_what_lies_there_at_first_is_what_the_samples_say(wms: TrytonWarehouse):
    assert await counted(wms) == ledger([])


async def test_goods_taken_in_are_told_with_the_delivery_they_came_with(books: TrytonBooks, clerk: Clerk):
    await books.listen()
    await clerk.receive("LENS-50", 12, "PO-4711")
    [event] = await books.listen()
    assert isinstance(event, stock.GoodsReceived)
    assert (event.node, event.supply_id, event.state) == ("berlin", "PO-4711", None)
    assert [(line.sku, line.quantity) for line in event.lines] == [("LENS-50", 12)]


async def test_a_count_is_told_by_what_it_changed(books: TrytonBooks, clerk: Clerk):
    await books.listen()
    await clerk.count("TEE-S", 497)
    [event] = await books.listen()
    assert isinstance(event, stock.GoodsAdjusted)
    assert (event.node, event.reason) == ("berlin", "counted")
    assert [(line.sku, line.quantity) for line in event.lines] == [("TEE-S", -3)]


async def test_goods_are_set_aside_cleared_and_thrown_away(books: TrytonBooks, clerk: Clerk):
    await books.listen()
    await clerk.carry("TEE-M", 5, "berlin-sto", "berlin-DAMAGED")
    await clerk.carry("TEE-M", 2, "berlin-DAMAGED", "berlin-QUARANTINED")
    await clerk.carry("TEE-M", 2, "berlin-QUARANTINED", "berlin-sto")
    await clerk.count("TEE-M", 0, "berlin-DAMAGED")
    aside, other, cleared, scrapped = await books.listen()
    assert isinstance(aside, stock.GoodsSetAside)
    assert (aside.state.value, aside.from_state) == ("damaged", None)
    assert isinstance(other, stock.GoodsSetAside)
    assert (other.state.value, other.from_state and other.from_state.value) == ("quarantined", "damaged")
    assert isinstance(cleared, stock.GoodsCleared)
    assert cleared.state.value == "quarantined"
    assert isinstance(scrapped, stock.GoodsScrapped)
    assert (scrapped.state and scrapped.state.value, scrapped.lines[0].quantity) == ("damaged", 3)


async def test_what_a_customer_sends_back_is_told_with_its_order(books: TrytonBooks, clerk: Clerk):
    await books.listen()
    await clerk.take_back("MUG-RED", 1, "order:b2b:W-back")
    [event] = await books.listen()
    assert isinstance(event, stock.GoodsReturned)
    assert (event.node, event.order_id) == ("berlin", "order:b2b:W-back")


async def test_a_transfer_is_told_at_both_ends(books: TrytonBooks, wms: TrytonWarehouse):
    await books.listen()
    asked = transfer(f"transfer/{order()}", quantity=7, sku="PEN-GEL")
    await wms.transfer(asked)
    await books.hands.work(lambda: Care.WHOLE)
    left, came = await books.listen()
    assert isinstance(left, stock.TransferDispatched)
    assert isinstance(came, stock.TransferReceived)
    for event in (left, came):
        assert (event.transfer_id, event.from_node, event.to_node) == (asked.key, "berlin", "store-mitte")
        assert [(line.sku, line.quantity) for line in event.lines] == [("PEN-GEL", 7)]


async def test_each_package_is_a_parcel_of_its_own(books: TrytonBooks, wms: TrytonWarehouse):
    asked = release(order(), ("MUG-BLUE", 5))
    await wms.release(asked)
    await books.send(asked.key, Care.TWO_PARCELS)
    first, second = [one for one in await books.told(asked.order_id) if isinstance(one, ParcelShipped)]
    assert first.shipment_id != second.shipment_id
    assert first.tracking_number == second.tracking_number == asked.tracking_number
    assert [line.quantity for line in (*first.lines, *second.lines)] == [3, 2]


async def test_what_is_there_is_sent_and_the_rest_is_short(books: TrytonBooks, wms: TrytonWarehouse):
    asked = release(order(), ("SCARCE-VASE", 5), ("MUG-RED", 1))
    await wms.release(asked)
    await books.send(asked.key, Care.WHOLE)
    told = await books.told(asked.order_id)
    [parcel] = [one for one in told if isinstance(one, ParcelShipped)]
    [short] = [one for one in told if isinstance(one, PickedShort)]
    assert [(line.line_id, line.quantity) for line in parcel.lines] == [("1", 2), ("2", 1)]
    assert [(line.line_id, line.sku, line.quantity) for line in short.lines] == [("1", "SCARCE-VASE", 3)]


async def test_a_release_names_its_lot_and_the_parcel_tells_it(books: TrytonBooks, wms: TrytonWarehouse, clerk: Clerk):
    await clerk.receive("WINE-RED", 6, "PO-lot", await clerk.lot("WINE-RED", "L-2024/07"))
    asked = release(order(), ("WINE-RED", 2), lot="L-2024/07")
    await wms.release(asked)
    await books.send(asked.key, Care.WHOLE)
    [parcel] = [one for one in await books.told(asked.order_id) if isinstance(one, ParcelShipped)]
    assert [(line.sku, line.quantity, line.lot) for line in parcel.lines] == [("WINE-RED", 2, "L-2024/07")]
    with pytest.raises(Refused) as refused:
        await wms.release(release(order(), ("WINE-RED", 1), lot="NO-SUCH-LOT"))
    assert refused.value.code == "unknown_lot"


async def test_what_was_picked_and_stopped_goes_back_on_the_shelf(books: TrytonBooks, wms: TrytonWarehouse):
    before = await counted(wms)
    asked = release(order(), ("LENS-50", 2))
    await wms.release(asked)
    [shipment] = await books.living("stock.shipment.out", asked.key)
    for action in ("assign_try", "pick"):
        await books.people.act("stock.shipment.out", shipment.id, action)
    assert (await wms.recall(undo(asked))).recalled
    assert await counted(wms) == before


async def test_shipments_are_listed_with_the_events_that_tell_of_them(tryton: Hall, books: TrytonBooks):
    listing = TrytonShipments(tryton.settings(page=2))
    query = DocumentQuery(since=datetime.now(UTC) - timedelta(hours=1))
    found = []
    while True:
        page = await listing.documents(query)
        found += page.documents
        if page.next_cursor is None:
            break
        query = query.model_copy(update={"cursor": page.next_cursor})
    await listing.close()
    await books.listen()
    told = {one.shipment_id: one for one in books.events.values() if isinstance(one, ParcelShipped)}
    assert {one.reference for one in found} == set(told)
    assert {(one.party, one.kind) for one in found} == {(Party.WMS, DocumentKind.SHIPMENT)}
    assert all(one.event == told[one.reference] and one.key == told[one.reference].release_key for one in found)


async def test_reading_on_tells_nothing_twice_and_stands_still_while_nothing_happens(
    books: TrytonBooks, wms: TrytonWarehouse
):
    await books.listen()
    page = await wms.since(FeedQuery(cursor=books.cursor))
    assert (page.events, page.more, page.cursor) == ((), False, books.cursor)


@pytest.mark.parametrize("size", [1, 3])
async def test_small_pages_tell_the_same_as_large_ones(tryton: Hall, books: TrytonBooks, size: int):
    # Goods of one shipment are written in the same moment: there are more of them than fit a page.
    await books.listen()
    adapter = TrytonWarehouse(tryton.settings(page=size))
    told: list[str] = []
    query = FeedQuery()
    while True:
        page = await adapter.since(query)
        told += [event.event_id for event in page.events]
        query = FeedQuery(cursor=page.cursor)
        if not page.more:
            break
    await adapter.close()
    assert len(told) == len(set(told))
    assert set(told) >= {name for name in books.events if not name.endswith("/acknowledged")}


async def test_another_process_reads_on_and_may_only_repeat_itself(tryton: Hall, books: TrytonBooks):
    await books.listen()
    other = TrytonWarehouse(tryton.settings())
    page = await other.since(FeedQuery(cursor=books.cursor))
    await other.close()
    assert {event.event_id for event in page.events} <= set(books.events)


async def test_a_cursor_of_somebody_else_is_for_a_person(wms: TrytonWarehouse):
    with pytest.raises(Uncertain):
        await wms.since(FeedQuery(cursor="eyJwYWdlIjoyfQ=="))


async def test_articles_are_counted_a_page_at_a_time(tryton: Hall, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("activities.adapters.tryton.warehouse.counting._PAGE", 10)
    async with between(tryton.url) as way:
        adapter = TrytonWarehouse(tryton.settings(way.url))
        small = await counted(adapter)
        asked = len(way.sent("GET", "/model/product.product"))
        monkeypatch.undo()
        assert small == await counted(adapter)
        await adapter.close()
    assert asked > len({node for node, _ in small})


async def test_all_that_was_told_comes_to_what_lies_there(books: TrytonBooks, wms: TrytonWarehouse):
    await books.carry_out_all()
    await books.listen()
    assert ledger(list(books.events.values())) == await counted(wms)
