"""The stock ledger under contention: many buyers of one article, beside a bare guarded update that keeps no books."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import BigInteger, Column, MetaData, String, Table, bindparam, insert, update

from activities.adapters.store.database import Database
from activities.adapters.store.stock_audit import audit
from activities.adapters.store.stock_ledger import SqlStockLedger
from models.stock import MovementKind, Need, ReservationRequest, StockCount
from ops.migrations.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    Attempt = Callable[[int], Awaitable[bool]]

_NODE = "bench"


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


async def bench_stock(
    database_url: str, *, clients: int = 64, attempts: int = 10_000, units: int = 1_000
) -> StockBench:
    """Let `clients` buyers make `attempts` for one piece each of an article there are `units` of.

    Args:
        database_url: a database to try it on, migrated first where it must be. What the run writes stays there, for
            movements cannot be removed.
        clients: how many buy at the same time.
        attempts: how many there are in all.
        units: how many pieces there are.
    """
    await asyncio.to_thread(upgrade, database_url)
    database = Database(database_url)
    try:
        _, bare_s = await _bare(database, clients, attempts, units)
        return await _ledger(database, bare_s, clients=clients, attempts=attempts, units=units)
    finally:
        await database.close()


async def _ledger(database: Database, bare_s: float, *, clients: int, attempts: int, units: int) -> StockBench:
    ledger, run = SqlStockLedger(database), uuid4().hex
    stock = StockCount(
        key=f"{run}/receipt", node=_NODE, sku=run, quantity=units, kind=MovementKind.RECEIPT, reason="benchmark"
    )
    await ledger.count(stock)

    async def buy(number: int) -> bool:
        need = Need(line_id="1", sku=run, quantity=1)
        key = f"{run}/{number}"
        answer = await ledger.reserve(
            ReservationRequest(key=key, order_id=f"order:bench:{run}-{number}", needs=(need,))
        )
        return answer.granted

    granted, seconds = await _drive(buy, clients, attempts)
    books = await audit(database, run)
    (balance,) = await ledger.balances((run,))
    return StockBench(
        database=database.engine.dialect.name,
        clients=clients,
        attempts=attempts,
        units=units,
        granted=granted,
        oversold=max(granted - units, 0) + books.oversold,
        leaked=books.leaked + books.drifted + abs(balance.reserved - granted),
        seconds=seconds,
        rate=attempts / seconds,
        bare_rate=attempts / bare_s,
        ratio=bare_s / seconds,
    )


async def _bare(database: Database, clients: int, attempts: int, units: int) -> tuple[int, float]:
    shelf = Table(
        f"bench_{uuid4().hex}",
        MetaData(),
        Column("sku", String(100), primary_key=True),
        Column("on_hand", BigInteger),
        Column("reserved", BigInteger),
    )
    take = (
        update(shelf)
        .where(
            shelf.c.sku == bindparam("of_sku"),
            shelf.c.on_hand - shelf.c.reserved >= bindparam("wanted", type_=BigInteger),
        )
        .values(reserved=shelf.c.reserved + bindparam("wanted", type_=BigInteger))
    )

    async def buy(_number: int) -> bool:
        async with database.writing() as connection:
            return (await connection.execute(take, {"of_sku": "hot", "wanted": 1})).rowcount == 1

    async with database.writing() as connection:
        await connection.run_sync(shelf.create)
        await connection.execute(insert(shelf), {"sku": "hot", "on_hand": units, "reserved": 0})
    try:
        return await _drive(buy, clients, attempts)
    finally:
        async with database.writing() as connection:
            await connection.run_sync(shelf.drop)


async def _drive(attempt: Attempt, clients: int, attempts: int) -> tuple[int, float]:
    """Share the attempts among the clients; return how many were granted, and the seconds it took."""
    numbers = iter(range(attempts))

    async def client() -> int:
        return sum([await attempt(number) for number in numbers])

    began = time.perf_counter()
    granted = sum(await asyncio.gather(*(client() for _ in range(clients))))
    return granted, time.perf_counter() - began
