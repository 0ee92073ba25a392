"""Mixed baskets: many clients want several articles each, at two nodes, and some give them back."""

from __future__ import annotations

import random
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict
from sqlalchemy import event

from activities.adapters.store.stock.books.audit import audit
from models.stock.demand import Demand, Need
from models.stock.quantities import PROMISED
from models.stock.reservation import ReservationCommit, ReservationRelease, ReservationRequest
from ops.bench.crowd import drive
from ops.bench.goods import receive

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import ExceptionContext

    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.ledger import SqlStockLedger

_NODES = ("bench-east", "bench-west")
_ARTICLES = 20
_MOST_ARTICLES = 4
_MOST_PIECES = 3
_RELEASED, _COMMITTED = 0.4, 0.8
"""Of a hundred granted baskets 40 are given back, 40 made firm, and 20 stay held."""
_DEADLOCK = "40P01"


class BasketBench(BaseModel):
    """What the baskets came to."""

    model_config = ConfigDict(frozen=True)

    clients: int
    attempts: int
    articles: int
    granted: int
    oversold: int
    """Units promised beyond what there is."""
    leaked: int
    """Units by which movements, balances, open reservations and the answers differ."""
    deadlocks: int
    """Transactions that the database broke because they waited for each other in a circle."""
    seconds: float
    rate: float


async def bench_baskets(
    database: Database, ledger: SqlStockLedger, run: str, *, clients: int, attempts: int
) -> BasketBench:
    """Let `clients` want `attempts` baskets of two to four articles, about twice of what there is.

    Args:
        database: where the ledger is kept.
        ledger: the ledger.
        run: a name nobody used before.
        clients: how many buy at the same time.
        attempts: how many baskets.
    """
    skus = [f"{run}-{number:02}" for number in range(_ARTICLES)]
    pieces = attempts * (2 + _MOST_ARTICLES) // 2 * (1 + _MOST_PIECES) // 2
    for node in _NODES:
        await receive(ledger, node, dict.fromkeys(skus, pieces // (4 * len(_NODES) * _ARTICLES) + 1))
    shoppers = _Shoppers(ledger, run, skus)
    with _counted_deadlocks(database) as deadlocks:
        granted, seconds = await drive(shoppers.shop, clients, range(attempts))
    books = [await audit(database, sku) for sku in skus]
    balances = await ledger.balances(tuple(skus))
    promised = sum(balance.level(state) for balance in balances for state in PROMISED)
    return BasketBench(
        clients=clients,
        attempts=attempts,
        articles=_ARTICLES,
        granted=granted,
        oversold=sum(one.oversold for one in books),
        leaked=sum(one.leaked + one.drifted for one in books) + abs(promised - shoppers.kept),
        deadlocks=len(deadlocks),
        seconds=seconds,
        rate=attempts / seconds,
    )


class _Shoppers:
    """The same baskets in every run, in whatever order they are asked for."""

    def __init__(self, ledger: SqlStockLedger, run: str, skus: list[str]) -> None:
        self._ledger = ledger
        self._run = run
        self._skus = skus
        self.kept = 0
        """Units that were granted and not given back."""

    async def shop(self, number: int) -> int:
        chance = random.Random(number)  # noqa: S311 - the same baskets every time
        basket = chance.sample(self._skus, k=chance.randint(2, _MOST_ARTICLES))
        needs = tuple(
            Need(line_id=str(line), sku=sku, quantity=chance.randint(1, _MOST_PIECES))
            for line, sku in enumerate(basket, 1)
        )
        key, order = f"{self._run}/basket/{number}", f"order:bench:{self._run}-basket-{number}"
        demand = Demand(channel="bench", ship_together=True)
        answer = await self._ledger.reserve(ReservationRequest(key=key, order_id=order, needs=needs, demand=demand))
        fate = chance.random()
        if answer.allocations and fate < _RELEASED:
            await self._ledger.release(ReservationRelease(reservation_key=key, order_id=order, reason="benchmark"))
            return answer.granted
        if answer.allocations and fate < _COMMITTED:
            await self._ledger.commit(ReservationCommit(reservation_key=key, order_id=order))
        self.kept += sum(one.quantity for one in answer.allocations)
        return answer.granted


@contextmanager
def _counted_deadlocks(database: Database) -> Iterator[list[str]]:
    found: list[str] = []
    engine = database.engine.sync_engine

    def note(context: ExceptionContext) -> None:
        if getattr(context.original_exception, "sqlstate", None) == _DEADLOCK:
            found.append(str(context.original_exception))

    event.listen(engine, "handle_error", note)
    try:
        yield found
    finally:
        event.remove(engine, "handle_error", note)
