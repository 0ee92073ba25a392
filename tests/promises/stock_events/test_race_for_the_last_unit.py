"""An online order, a sale in the shop and a damage report meet at the last unit: never oversold, and the loser hears."""

import asyncio
import random
from itertools import permutations

import pytest

TURNS = list(permutations(["order", "sale", "damage"]))
ROUNDS = 24


def race(floor, sku="cup", name="online"):
    """The three, each to be told at its turn."""
    return {
        "order": lambda: floor.reserve(name, 1, sku=sku, firm=True),
        "sale": lambda: floor.tell(floor.sale(1, sku=sku), "till"),
        "damage": lambda: floor.tell(floor.damage(1, sku=sku), "wms"),
    }


async def ends_well(floor, answers, sku="cup", name="online"):
    """Whoever was too late knows it: the order hears that it has lost the unit, and the difference list has the rest."""
    shelf = await floor.shelf(sku=sku)
    assert shelf.available == 0
    # Sold, or broken, and not both: the other one cannot be explained.
    assert shelf.on_hand == shelf.damaged
    assert sorted(len(answers[who].unexplained) for who in ("sale", "damage")) == [0, 1]
    assert await floor.open_of(name) == 0
    granted = answers["order"].granted
    displaced = [one.order_id for who in ("sale", "damage") for one in answers[who].displaced]
    assert displaced == ([f"order:b2b:{name}"] if granted else [])
    assert (await floor.told()).get(name, 0) == int(granted)


@pytest.mark.parametrize("turns", TURNS, ids="-".join)
async def test_one_after_the_other(floor, turns):
    await floor.receive(1)
    deeds = race(floor)

    answers = {turn: await deeds[turn]() for turn in turns}

    await ends_well(floor, answers)
    assert answers["order"].granted is (turns[0] == "order")
    first, second = (turn for turn in turns if turn != "order")
    assert not answers[first].unexplained
    assert answers[second].unexplained
    assert sum(abs(number) for number in (await floor.unexplained()).values()) == 1
    assert await floor.is_right()


@pytest.mark.slow
async def test_all_at_once_again_and_again(floor):
    chance = random.Random(7)  # noqa: S311 - chance, not a secret
    for number in range(ROUNDS):
        sku, name = f"cup-{number}", f"online-{number}"
        await floor.receive(1, sku=sku)
        deeds = race(floor, sku, name)
        turns = chance.choice(TURNS)

        answers = dict(zip(turns, await asyncio.gather(*(deeds[turn]() for turn in turns)), strict=True))

        await ends_well(floor, answers, sku, name)
    assert await floor.is_right()


@pytest.mark.slow
async def test_many_sales_and_orders_at_once_never_take_more_than_there_is(floor):
    await floor.receive(20)
    orders = [floor.reserve(f"o{number}", 1, firm=True) for number in range(15)]
    sales = [floor.tell(floor.sale(1), "till") for _ in range(15)]

    answers = await asyncio.gather(*(one for pair in zip(orders, sales, strict=True) for one in pair))

    granted = sum(one.granted for one in answers[::2])
    displaced = [one for answer in answers[1::2] for one in answer.displaced]
    assert not any(answer.unexplained for answer in answers[1::2])
    shelf = await floor.shelf()
    assert shelf.on_hand == 5
    assert shelf.allocated == granted - len(displaced) <= 5
    assert sum((await floor.told()).values()) == len(displaced)
    assert await floor.is_right()
