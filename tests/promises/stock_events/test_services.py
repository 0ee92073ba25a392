"""A service lies on no shelf, whoever tells that it does."""

from models.catalogue import Component, Item
from models.stock.events import GoodsPicked, GoodsReturned, StockLine
from tests.promises.stock_events.telling import NODE, order

FITTING = Item(sku="fitting", name="Fitting", stocked=False)
CUP = Item(sku="cup", name="Cup")


def came_back(floor, **quantities):
    lines = tuple(StockLine(sku=sku, quantity=quantity) for sku, quantity in quantities.items())
    return floor.event(GoodsReturned, node=NODE, lines=lines)


async def test_of_what_comes_back_only_the_goods_are_stock(floor):
    await floor.learn(FITTING)
    await floor.learn(CUP)

    answer = await floor.tell(came_back(floor, cup=2, fitting=2))

    assert (await floor.shelf()).in_inspection == 2
    assert await floor.balances("fitting") == {}
    assert answer.unexplained == ()
    assert await floor.is_right()


async def test_a_bundle_of_services_alone_is_no_stock_either(floor):
    await floor.learn(FITTING)
    await floor.learn(Item(sku="care", name="Care", components=(Component(sku="fitting", quantity=2),)))

    await floor.tell(came_back(floor, care=1))

    assert await floor.balances("care") == {}


async def test_what_nobody_has_told_us_of_is_goods(floor):
    await floor.tell(came_back(floor, cup=1))

    assert (await floor.shelf()).in_inspection == 1


async def test_nothing_that_is_told_of_a_service_is_written_or_a_difference(floor):
    await floor.learn(FITTING)
    line = StockLine(sku="fitting", quantity=1)

    await floor.receive(3, sku="fitting")
    await floor.sell(1, sku="fitting")
    await floor.set_aside(1, sku="fitting")
    await floor.tell(floor.event(GoodsPicked, node=NODE, order_id=order("a"), lines=(line,)))

    assert await floor.balances("fitting") == {}
    assert await floor.unexplained() == {}
    assert await floor.is_right()


async def test_what_lies_there_of_an_article_that_became_a_service_can_still_leave(floor):
    await floor.receive(3, sku="fitting")
    await floor.learn(FITTING)

    await floor.sell(1, sku="fitting")
    await floor.set_aside(1, sku="fitting")
    await floor.tell(came_back(floor, fitting=4))

    shelf = await floor.shelf(sku="fitting")
    assert (shelf.on_hand, shelf.damaged, shelf.in_inspection) == (2, 1, 0)
    assert await floor.is_right()
