"""The explained availability answer: does it take longer where there are a hundred times as many articles?"""

from __future__ import annotations

import asyncio
import random
import statistics
import time
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, make_url, text

from activities.adapters.store.clock import utc_now
from activities.adapters.store.database import Database
from activities.adapters.store.stock.showing.inventory import SqlInventory
from models.policy.book import PolicyBook
from models.settings import Settings
from models.stock.availability import AvailabilityQuestion
from ops.bench.shelves import NODES, fill, sku
from ops.migrations.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

_WARM_UP = 30
_CHANNEL = "shopify"
_AHEAD = timedelta(days=14)


class AvailabilityBench(BaseModel):
    """What one run measured; milliseconds are medians of single answers, asked by turns."""

    model_config = ConfigDict(frozen=True)

    database: str
    nodes: int
    few_skus: int
    many_skus: int
    questions: int
    """To each."""
    few_ms: float
    many_ms: float
    ratio: float
    """`many_ms` to `few_ms`."""


async def bench_availability(
    server: str = "", *, few: int = 1_000, many: int = 100_000, questions: int = 500
) -> AvailabilityBench:
    """Ask about articles at random, by turns in a database with few of them and in one with many.

    Args:
        server: a PostgreSQL address under whose name databases may be made; two are, and dropped afterwards. Empty: two
            new SQLite files.
        few: articles in the one, each at every node.
        many: articles in the other.
        questions: how many are put to each.
    """
    policies = PolicyBook.load(Settings().policies)
    async with _filled(server, few) as small, _filled(server, many) as large:
        fast, slow = await _ask_by_turns(
            (SqlInventory(small, policies), few), (SqlInventory(large, policies), many), questions
        )
        name = small.engine.dialect.name
    return AvailabilityBench(
        database=name,
        nodes=NODES,
        few_skus=few,
        many_skus=many,
        questions=questions,
        few_ms=fast,
        many_ms=slow,
        ratio=slow / fast,
    )


async def _ask_by_turns(
    small: tuple[SqlInventory, int], large: tuple[SqlInventory, int], questions: int
) -> tuple[float, float]:
    """Median milliseconds of either; by turns, so that whatever else the machine does falls on both."""
    chance = random.Random(20261121)  # noqa: S311 - which article is asked about is no secret
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(questions + _WARM_UP):
        for (inventory, skus), times in zip((small, large), spent, strict=True):
            question = AvailabilityQuestion(
                sku=sku(chance.randrange(skus)), channel=_CHANNEL, at=utc_now() + _AHEAD if number % 2 else None
            )
            began = time.perf_counter()
            await inventory.availability(question)
            times.append((time.perf_counter() - began) * 1000)
    few, many = (statistics.median(times[_WARM_UP:]) for times in spent)
    return few, many


@asynccontextmanager
async def _filled(server: str, skus: int) -> AsyncIterator[Database]:
    """A database with so many articles on every shelf, there for the time being."""
    with TemporaryDirectory(prefix="orderloom-bench-") as folder:
        address = _created(server) if server else f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        try:
            await asyncio.to_thread(upgrade, address)
            database = Database(address)
            try:
                await fill(database, skus)
                yield database
            finally:
                await database.close()
        finally:
            if server:
                _run(server, f"DROP DATABASE IF EXISTS {make_url(address).database}")


def _created(server: str) -> str:
    name = f"orderloom_bench_{uuid4().hex[:12]}"
    _run(server, f"CREATE DATABASE {name}")
    return make_url(server).set(database=name).render_as_string(hide_password=False)


def _run(server: str, statement: str) -> None:
    engine = create_engine(server, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(statement))
    finally:
        engine.dispose()
