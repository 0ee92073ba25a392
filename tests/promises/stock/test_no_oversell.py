"""However many buy at once, what is granted is what there was, and every unit of it is accounted for."""

import asyncio
import json
import random
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import text

from models.errors import Conflict
from ops.bench.stock import bench_stock

CLIENTS = 64


async def among_clients(jobs):
    """Have the clients do the jobs, each the next one when it is through with its own."""
    queue = iter(jobs)

    async def client():
        return [await job for job in queue]

    return [result for results in await asyncio.gather(*(client() for _ in range(CLIENTS))) for result in results]


@pytest.mark.slow
async def test_many_buyers_of_few_units_get_exactly_those(shop):
    await shop.receive("hot", 40)

    answers = await among_clients(
        shop.reserve(f"r{number}", ("1", "hot", 1), order=f"order:b2b:{number}") for number in range(300)
    )

    assert sum(answer.granted for answer in answers) == 40
    assert await shop.shelf("hot") == (40, 40)
    assert (await shop.audit()).is_right


@pytest.mark.slow
async def test_three_thousand_attempts_on_three_hundred_units_grant_exactly_three_hundred(shop):
    await shop.receive("hot", 300)

    answers = await among_clients(
        shop.reserve(f"r{number}", ("1", "hot", 1), order=f"order:b2b:{number}") for number in range(3_000)
    )

    assert sum(answer.granted for answer in answers) == 300
    assert await shop.shelf("hot") == (300, 300)
    assert (await shop.audit()).is_right


@pytest.mark.slow
async def test_the_measured_race_grants_exactly_what_there_is_too(database_url):
    measured = await bench_stock(database_url, clients=CLIENTS, attempts=400, units=40)

    assert (measured.granted, measured.oversold, measured.leaked) == (40, 0, 0)
    assert (measured.baskets.oversold, measured.baskets.leaked, measured.baskets.deadlocks) == (0, 0, 0)
    assert 0 < measured.baskets.granted < measured.baskets.attempts


async def test_the_same_request_from_many_at_once_is_one_reservation(shop):
    await shop.receive("hot", 100)

    answers = await among_clients(shop.reserve("r1", ("1", "hot", 3), ("2", "hot", 4)) for _ in range(CLIENTS))

    assert all(answer.granted and answer.allocations == answers[0].allocations for answer in answers)
    assert await shop.shelf("hot") == (100, 7)


@pytest.mark.slow
async def test_mixed_baskets_in_any_order_neither_block_each_other_nor_leak(shop):
    skus = ["a", "b", "c", "d", "e"]
    for sku in skus:
        for node in ("north", "south"):
            await shop.receive(sku, 30, node=node)
    chance = random.Random(7)  # noqa: S311 - the same baskets every time

    async def live(number):
        basket = chance.sample(skus, k=3)
        needs = [(str(line), sku, chance.randint(1, 3)) for line, sku in enumerate(basket)]
        answer = await shop.reserve(f"r{number}", *needs)
        fate = chance.random()
        if answer.granted and fate < 0.3:
            await shop.commit(f"r{number}")
        elif answer.granted and fate < 0.5:
            await shop.release(f"r{number}")
        elif answer.granted and fate < 0.8:
            one = answer.allocations[0]
            await shop.consume(f"s{number}", f"r{number}", (one.line_id, one.sku, one.quantity), node=one.node)
        return answer.granted

    granted = await among_clients(live(number) for number in range(240))

    assert any(granted)
    assert not all(granted)
    assert (await shop.audit()).is_right


@pytest.mark.slow
async def test_a_release_racing_its_own_reservation_never_leaves_stock_held(shop):
    await shop.receive("hot", 1_000)

    async def reserve(key):
        with suppress(Conflict):  # where the release came first
            await shop.reserve(key, ("1", "hot", 1))

    keys = [f"r{number}" for number in range(60)]
    await among_clients(job for key in keys for job in (reserve(key), shop.release(key)))

    assert await shop.shelf("hot") == (1_000, 0)
    assert (await shop.audit()).is_right


async def test_a_shipment_told_by_many_at_once_leaves_the_shelf_once(shop):
    await shop.receive("hot", 10)
    await shop.reserve("r1", ("1", "hot", 5))

    await among_clients(shop.consume("s1", "r1", ("1", "hot", 2)) for _ in range(16))

    assert await shop.shelf("hot") == (8, 3)
    assert (await shop.audit()).is_right


@pytest.mark.slow
async def test_several_processes_share_the_last_units_exactly(shop, database_url):
    await shop.receive("hot", 60)
    buyer = Path(__file__).with_name("buyer_process.py")
    command = [sys.executable, str(buyer), database_url]

    started = [
        await asyncio.create_subprocess_exec(*command, f"p{number}", "50", stdout=subprocess.PIPE)
        for number in range(3)
    ]
    outputs = [(await process.communicate())[0] for process in started]

    assert sum(json.loads(output)["granted"] for output in outputs) == 60
    assert await shop.shelf("hot") == (60, 60)
    assert (await shop.audit()).is_right


@pytest.mark.slow
async def test_the_audit_catches_a_naive_look_then_write_overselling(shop):
    await shop.receive("hot", 40)
    look = text("SELECT on_hand - soft_reserved FROM stock_balances WHERE sku = 'hot'")
    promise = text(
        "INSERT INTO reservations (key, order_id, state, opened_at) VALUES (:key, 'order:b2b:1', 'held', '2026-11-01')"
    )
    line = text(
        "INSERT INTO reservation_lines"
        " (reservation_key, line_id, sku, node, lot, quantity, picked, consumed, released, fenced)"
        " VALUES (:key, '1', 'hot', 'north', '', 1, 0, 0, 0, 0)"
    )
    write = text("UPDATE stock_balances SET soft_reserved = on_hand - :left WHERE sku = 'hot'")

    async def naive(key):
        async with shop.database.reading() as connection:
            left = (await connection.execute(look)).scalar_one()
        if left < 1:
            return False
        async with shop.database.writing() as connection:
            await connection.execute(promise, {"key": key})
            await connection.execute(line, {"key": key})
            await connection.execute(write, {"left": left - 1})
        return True

    granted = await among_clients(naive(f"r{number}") for number in range(200))

    assert sum(granted) > 40
    assert (await shop.audit()).oversold > 0


@pytest.mark.parametrize(
    ("damage", "found"),
    [
        ("UPDATE stock_balances SET soft_reserved = soft_reserved + 1", "leaked"),
        ("UPDATE reservation_lines SET released = 1", "leaked"),
        ("UPDATE stock_balances SET on_hand = on_hand + 1", "drifted"),
        ("DELETE FROM stock_balances", "drifted"),
    ],
)
async def test_the_audit_finds_a_row_changed_by_hand(shop, damage, found):
    await shop.receive("cup", 5)
    await shop.reserve("r1", ("1", "cup", 2))
    assert (await shop.audit()).is_right

    async with shop.database.writing() as connection:
        await connection.execute(text(damage))

    assert getattr(await shop.audit(), found) > 0
