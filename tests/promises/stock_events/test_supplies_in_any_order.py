"""What suppliers announce, put off, call off and deliver ends in the same books, in whatever order it is told."""

from itertools import permutations

import pytest

from models.stock.quantities import StockState
from models.stock.supply import SupplyState
from tests.promises.stock_events.telling import Floor, hours


async def test_what_is_announced_is_expected_and_no_longer_once_it_has_come(floor):
    await floor.tell(floor.announcement(10))
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.on_order) == (0, 10)

    await floor.receive(4, supply_id="PO-1")
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.on_order) == (4, 6)
    assert [row.state for row in await floor.supply()] == [SupplyState.ORDERED]

    await floor.receive(7, supply_id="PO-1")
    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.on_order) == (11, 0)
    assert [(row.state, row.quantity, row.received) for row in await floor.supply()] == [(SupplyState.RECEIVED, 10, 11)]
    assert await floor.is_right()


async def test_a_despatch_advice_puts_it_in_transit(floor):
    await floor.tell(floor.announcement(10))
    await floor.tell(floor.announcement(8, at=1, dispatched=True))

    shelf = await floor.shelf()
    assert (shelf.on_order, shelf.in_transit) == (0, 8)
    assert await floor.is_right()


async def test_all_lots_of_a_supply_count_together(floor):
    await floor.tell(floor.announcement(10))
    await floor.receive(4, lot="L1", supply_id="PO-1")
    await floor.receive(4, lot="L2", supply_id="PO-1")

    shelves = await floor.balances()
    assert shelves["north", ""].on_order == 2
    assert (shelves["north", "L1"].on_hand, shelves["north", "L2"].on_hand) == (4, 4)
    assert await floor.is_right()


async def test_lots_that_came_before_they_were_announced_count_too(floor):
    await floor.receive(4, lot="L1", supply_id="PO-1")
    await floor.receive(4, lot="L2", supply_id="PO-1", at=1)
    await floor.tell(floor.announcement(10, at=-1))

    shelves = await floor.balances()
    assert sum(shelf.on_order for shelf in shelves.values()) == 2
    assert await floor.is_right()


async def test_goods_may_be_set_aside_on_arrival(floor):
    await floor.receive(4, state=StockState.IN_INSPECTION)

    shelf = await floor.shelf()
    assert (shelf.on_hand, shelf.in_inspection) == (4, 4)


async def test_articles_that_are_not_named_again_stay_as_they_were_said(floor):
    both = floor.announcement(10)
    pots = both.lines[0].model_copy(update={"sku": "pot", "quantity": 5})
    await floor.tell(both.model_copy(update={"lines": (*both.lines, pots)}))

    await floor.tell(floor.announcement(8, at=1, dispatched=True))

    (pot,) = await floor.ledger.balances(("pot",))
    assert pot.on_order == 5


async def test_a_supplier_who_says_more_is_to_come_begins_it_anew(floor):
    await floor.tell(floor.announcement(5))
    await floor.receive(5, supply_id="PO-1")
    await floor.tell(floor.announcement(8, at=1))

    assert (await floor.shelf()).on_order == 3
    await floor.tell(floor.calling_off(at=2))
    assert (await floor.shelf()).on_order == 0
    assert [row.state for row in await floor.supply()] == [SupplyState.CANCELLED]
    assert await floor.is_right()


async def test_the_date_that_was_said_first_stays_beside_the_one_said_last(floor):
    await floor.tell(floor.announcement(5, days=3))
    await floor.tell(floor.delay(9, at=2))
    await floor.tell(floor.delay(6, at=1))

    (row,) = await floor.supply()
    assert (row.first_expected_at, row.expected_at) == (hours(72), hours(9 * 24))

    await floor.tell(floor.announcement(5, days=2, at=-1))
    (row,) = await floor.supply()
    assert (row.first_expected_at, row.expected_at) == (hours(48), hours(9 * 24))


@pytest.mark.parametrize("late", ["delay", "calling_off"])
async def test_whoever_puts_off_or_calls_off_what_nobody_has_heard_of_is_told_so(floor, late):
    event = floor.delay(9) if late == "delay" else floor.calling_off()

    answer = await floor.tell(event)

    assert answer.unheard_of == "PO-1"
    assert await floor.supply() == []
    assert (await floor.tell(floor.announcement(5))).unheard_of is None


async def test_a_delay_told_before_the_announcement_counts_and_a_later_announcement_counts_more(floor):
    await floor.tell(floor.delay(9, at=2))

    await floor.tell(floor.announcement(5, days=3, at=1))
    (row,) = await floor.supply()
    assert (row.first_expected_at, row.expected_at) == (hours(72), hours(9 * 24))

    await floor.tell(floor.announcement(5, days=12, at=3))
    (row,) = await floor.supply()
    assert row.expected_at == hours(12 * 24)


async def test_what_was_called_off_before_it_was_announced_is_not_expected_unless_it_is_announced_anew(floor):
    await floor.tell(floor.calling_off(at=2))

    await floor.tell(floor.announcement(5, at=1))
    assert (await floor.shelf()).on_order == 0

    await floor.tell(floor.announcement(5, at=3))
    assert (await floor.shelf()).on_order == 5
    assert await floor.is_right()


def a_purchase(floor: Floor):
    """Ten ordered, nine on their way, and all of them come: in two lots."""
    return (
        floor.announcement(10, supply_id="PO-1"),
        floor.announcement(9, at=1, dispatched=True),
        floor.receipt(4, at=2, supply_id="PO-1"),
        floor.receipt(5, at=3, supply_id="PO-1", state=StockState.QUARANTINED),
    )


def a_purchase_cut_short(floor: Floor):
    """Ten ordered, put off, four come, and the rest is called off."""
    return (
        floor.announcement(10),
        floor.delay(9, at=0.5),
        floor.receipt(4, at=1, supply_id="PO-1"),
        floor.calling_off(at=2),
    )


def a_purchase_put_off(floor: Floor):
    """Ten ordered, put off twice, and a part of them sent."""
    return (
        floor.announcement(10, days=3),
        floor.delay(9, at=1),
        floor.announcement(8, days=10, at=2, dispatched=True),
        floor.delay(11, at=3),
    )


@pytest.mark.slow
async def test_a_purchase_told_in_any_order_ends_the_same(floor):
    ends = await all_ends(floor, a_purchase)

    assert len(ends) == 1
    ((shelf,),) = ends
    assert (shelf.on_hand, shelf.quarantined, shelf.on_order, shelf.in_transit) == (9, 5, 0, 0)


@pytest.mark.slow
async def test_a_purchase_that_is_called_off_ends_the_same_however_late_the_rest_is_told(floor):
    ends = await all_ends(floor, a_purchase_cut_short)

    assert len(ends) == 1
    ((shelf,),) = ends
    assert (shelf.on_hand, shelf.on_order) == (4, 0)


@pytest.mark.slow
async def test_a_purchase_that_is_put_off_comes_at_the_date_said_last_whatever_is_told_first(floor):
    ends = await all_ends(floor, a_purchase_put_off)

    assert len(ends) == 1
    ((shelf,),) = ends
    assert (shelf.on_order, shelf.in_transit) == (0, 8)
    assert {row.expected_at for row in await floor.supply()} == {hours(11 * 24)}


@pytest.mark.slow
async def test_a_transfer_told_in_any_order_ends_the_same(floor):
    def a_transfer(floor):
        return (
            floor.departure(6, at=1),
            floor.departure(4, at=1.5),
            floor.arrival(3, at=2),
            floor.arrival(5, at=3),
        )

    ends = await all_ends(floor, a_transfer, stock=12)

    assert len(ends) == 1
    ((north, south),) = ends
    assert (north.on_hand, north.in_transit) == (2, 0)
    assert (south.on_hand, south.in_transit) == (8, 2)


async def test_a_transfer_that_has_arrived_before_it_left_leaves_nothing_in_transit(floor):
    await floor.receive(5)
    await floor.tell(floor.arrival(3, at=2))
    shelves = await floor.balances()
    assert (shelves["north", ""].on_hand, shelves["south", ""].on_hand) == (5, 3)

    await floor.tell(floor.departure(3, at=1))
    shelves = await floor.balances()
    assert (shelves["north", ""].on_hand, shelves["south", ""].on_hand) == (2, 3)
    assert shelves["south", ""].in_transit == 0
    assert await floor.is_right()


async def test_a_transfer_takes_what_was_promised_if_nothing_else_is_there(floor):
    await floor.receive(5)
    await floor.reserve("a", 4)

    answer = await floor.tell(floor.departure(3))

    assert [one.quantity for one in answer.displaced] == [2]
    assert (await floor.balances())["south", ""].in_transit == 3
    (row,) = await floor.supply()
    assert (row.kind, row.source, row.state) == ("transfer", "north", SupplyState.IN_TRANSIT)


async def all_ends(floor, events_of, stock=0):
    """The balances that the events lead to, whatever the order, each on an article of its own; none is told twice."""
    ends = set()
    for number, order in enumerate(permutations(range(len(events_of(floor))))):
        sku, supply = f"cup-{number}", f"S-{number}"
        if stock:
            await floor.receive(stock, sku=sku)
        told = events_of(floor)
        for event in (renamed(told[at], sku, supply) for at in order):
            await floor.tell(event)
        ends.add(tuple(one.model_copy(update={"sku": "cup"}) for one in await floor.ledger.balances((sku,))))
    assert await floor.is_right()
    return ends


def renamed(event, sku, supply):
    """The same event, about an article and a supply of its own."""
    names = {"supply_id", "transfer_id"} & type(event).model_fields.keys()
    lines = tuple(line.model_copy(update={"sku": sku}) for line in getattr(event, "lines", ()))
    return event.model_copy(update=dict.fromkeys(names, supply) | ({"lines": lines} if lines else {}))
