"""A shelf whose stock moves, channels with rules, and one real Temporal server to tell them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest_asyncio
from sqlalchemy import insert, select
from temporalio.testing import WorkflowEnvironment

from activities.adapters.store.database import Database
from activities.adapters.store.stock.movements import Document, Movement, move, open_balances
from activities.adapters.store.stock.offers.offers import SqlStockOffers
from activities.adapters.store.stock.tables import nodes, publications, reservation_lines, reservations
from activities.adapters.store.stock.transaction import in_transaction
from models.policy.book import PolicyBook
from models.policy.stock.rules import AvailabilityRules, ChannelRule, StockRules
from models.stock.demand import Demand
from models.stock.nodes import Node, NodeKind
from models.stock.publication import Published
from models.stock.quantities import MovementKind, StockState
from tests.promises.orders.conftest import local_server

_SHIPPED = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies").current
NODE = "north"
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is put forward."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


def book(*, availability: AvailabilityRules | None = None, **channels: ChannelRule) -> PolicyBook:
    """Policies with these channels."""
    rules = (availability or AvailabilityRules()).model_copy(update={"channels": channels})
    return PolicyBook([_SHIPPED.model_copy(update={"stock": StockRules(availability=rules)})])


class Shelf:
    """The shelves of a warehouse and a store, and what channels are to be told of it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.clock = Clock()
        self._documents = count(1)

    def offers(self, policies: PolicyBook | None = None, **channels: ChannelRule) -> SqlStockOffers:
        return SqlStockOffers(self.database, policies or book(**channels), self.clock)

    async def move(
        self,
        sku: str,
        quantity: int,
        state: StockState = StockState.ON_HAND,
        kind: MovementKind | None = None,
        *,
        node: str = NODE,
    ) -> None:
        kind = kind or (MovementKind.RECEIPT if quantity > 0 else MovementKind.ADJUSTMENT)
        document = Document(f"document/{next(self._documents)}", kind)

        async def write(connection: object) -> None:
            await open_balances(connection, [(sku, node, "")])
            await move(connection, document, [Movement(sku, node, state, quantity)])

        await in_transaction(self.database, write)

    async def reserve(self, sku: str, quantity: int, *, channel: str) -> None:
        """As the ledger keeps it, without its choice of nodes."""
        key = f"reservation/{next(self._documents)}"
        claim = {"key": key, "order_id": f"order:{channel}:1", "state": "held", "demand": Demand(channel=channel)}
        line = {"reservation_key": key, "line_id": "1", "sku": sku, "node": NODE, "lot": "", "quantity": quantity}
        async with self.database.writing() as connection:
            await connection.execute(insert(reservations).values(**claim, opened_at=self.clock()))
            nothing = dict.fromkeys(("picked", "consumed", "released", "fenced"), 0)
            await connection.execute(insert(reservation_lines).values(**line, **nothing))
        await self.move(sku, quantity, StockState.SOFT_RESERVED, MovementKind.RESERVATION)

    async def told(self, channel: str) -> dict[str, Published]:
        """What the channel has, or is being told, by article."""
        async with self.database.reading() as connection:
            rows = await connection.execute(select(publications).where(publications.c.channel == channel))
            return {row.sku: Published(**row._mapping) for row in rows}


@pytest_asyncio.fixture
async def shelf(database: Database) -> Shelf:
    places = (Node(name=NODE, kind=NodeKind.WAREHOUSE), Node(name="corner", kind=NodeKind.STORE))
    async with database.writing() as connection:
        for node in places:
            await connection.execute(insert(nodes).values(name=node.name, priority=node.priority, node=node))
    return Shelf(database)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env
