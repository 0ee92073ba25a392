"""The stock ledger under contention: many buyers of one article, beside a bare guarded update that keeps no books.

Then mixed baskets, where buyers meet on several articles at once.
"""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Column, MetaData, String, Table, bindparam, insert, update

from activities.adapters.store.database import Database
from activities.adapters.store.stock.books.audit import audit
from activities.adapters.store.stock.ledger import SqlStockLedger
from models.policy.book import PolicyBook
from models.settings import Settings
from models.stock.demand import Demand, Need
from models.stock.quantities import PROMISED
from models.stock.reservation import ReservationRequest
from ops.bench.baskets import BasketBench, bench_baskets
from ops.bench.crowd import drive
from ops.bench.goods import receive
from ops.migrations.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from ops.bench.crowd import Attempt

_NODE = "bench"
_TURNS = 10
_ATTEMPTS_A_BASKET = 10
"""A basket is much more work than a single piece, and much less often turned away."""


class StockBench(BaseModel):
    """What one run measured. A rate counts attempts a second, granted and refused ones alike."""

    model_config = ConfigDict(frozen=True)

    database: str
    clients: int
    attempts: int
    units: int
    granted: int
    oversold: int
    """Units granted beyond what there was."""
    leaked: int
    """Units by which movements, balances, open reservations and granted answers differ."""
    seconds: float
    rate: float
    bare_rate: float
    """The same attempts as one guarded update each, without key, lines or movements."""
    ratio: float
    """`rate` to `bare_rate`."""
    baskets: BasketBench

    @property
    def is_right(self) -> bool:
        """Whether nothing was promised twice, and nothing lost."""
        return not (self.oversold or self.leaked or self.baskets.oversold or self.baskets.leaked)


async def bench_stock(
    database_url: str, *, clients: int = 64, attempts: int = 10_000, units: int = 1_000
) -> StockBench:
    """Let `clients` buyers make `attempts` for one piece each of an article there are `units` of; then mixed baskets.

    Args:
        database_url: a database to try it on, migrated first where it must be. What the run writes stays there, for
            movements cannot be removed.
        clients: how many buy at the same time.
        attempts: how many there are in all; a tenth as many baskets.
        units: how many pieces there are.
    """
    await asyncio.to_thread(upgrade, database_url)
    database, run = Database(database_url), uuid4().hex
    ledger = SqlStockLedger(database, PolicyBook.load(Settings().policies))
    try:
        await receive(ledger, _NODE, {run: units})
        async with _bare_shelf(database, run, units) as take:
            granted, seconds, bare_s = await _alternate(_buyer(ledger, run), take, clients=clients, attempts=attempts)
        books = await audit(database, run)
        promised = sum(one.level(state) for one in await ledger.balances((run,)) for state in PROMISED)
        baskets = await bench_baskets(database, ledger, run, clients=clients, attempts=attempts // _ATTEMPTS_A_BASKET)
    finally:
        await database.close()
    return StockBench(
        database=database.engine.dialect.name,
        clients=clients,
        attempts=attempts,
        units=units,
        granted=granted,
        oversold=max(granted - units, 0) + books.oversold,
        leaked=books.leaked + books.drifted + abs(promised - granted),
        seconds=seconds,
        rate=attempts / seconds,
        bare_rate=attempts / bare_s,
        ratio=bare_s / seconds,
        baskets=baskets,
    )


def _buyer(ledger: SqlStockLedger, run: str) -> Attempt:
    needs, demand = (Need(line_id="1", sku=run, quantity=1),), Demand(channel="bench")

    async def buy(number: int) -> bool:
        order = f"order:bench:{run}-{number}"
        request = ReservationRequest(key=f"{run}/{number}", order_id=order, needs=needs, demand=demand)
        return (await ledger.reserve(request)).granted

    return buy


@asynccontextmanager
async def _bare_shelf(database: Database, run: str, units: int) -> AsyncIterator[Attempt]:
    """Make a table of one row for the time being; yield how one piece is taken from it."""
    shelf = Table(
        f"bench_{run}",
        MetaData(),
        Column("sku", String(100), primary_key=True),
        Column("on_hand", BigInteger),
        Column("reserved", BigInteger),
    )
    wanted = bindparam("wanted", type_=BigInteger)
    guarded = (
        update(shelf)
        .where(shelf.c.sku == bindparam("of_sku"), shelf.c.on_hand - shelf.c.reserved >= wanted)
        .values(reserved=shelf.c.reserved + wanted)
    )

    async def take(_number: int) -> bool:
        async with database.writing() as connection:
            return (await connection.execute(guarded, {"of_sku": run, "wanted": 1})).rowcount == 1

    async with database.writing() as connection:
        await connection.run_sync(shelf.create)
        await connection.execute(insert(shelf), {"sku": run, "on_hand": units, "reserved": 0})
    try:
        yield take
    finally:
        async with database.writing() as connection:
            await connection.run_sync(shelf.drop)


async def _alternate(buy: Attempt, take: Attempt, *, clients: int, attempts: int) -> tuple[int, float, float]:
    """Drive both by turns, so that whatever else the machine does falls on both.

    Returns:
        How many `buy` was granted, and the seconds that it and `take` took.
    """
    granted, seconds, bare_s = 0, 0.0, 0.0
    for turn in range(_TURNS):
        numbers = range(attempts * turn // _TURNS, attempts * (turn + 1) // _TURNS)
        _, spent = await drive(take, clients, numbers)
        bare_s += spent
        more, spent = await drive(buy, clients, numbers)
        granted, seconds = granted + more, seconds + spent
    return granted, seconds, bare_s
