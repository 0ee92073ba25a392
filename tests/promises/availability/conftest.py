"""The API over a real store, and short ways to put things into it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest_asyncio
from sqlalchemy import insert, update

from activities.adapters.store.database import Database
from activities.adapters.store.stock.ledger import SqlStockLedger
from activities.adapters.store.stock.movements import Document, Movement, move, open_balances
from activities.adapters.store.stock.nodes import ensure_nodes, forget_nodes
from activities.adapters.store.stock.showing.inventory import SqlInventory
from activities.adapters.store.stock.tables import publications, reservation_needs, reservations, stock_differences
from activities.adapters.store.stock.tables import supplies as supplies_table
from models.policy.book import PolicyBook
from models.policy.stock.rules import StockRules
from models.stock.demand import Demand
from models.stock.quantities import MovementKind, StockState
from models.stock.reservation import ReservationState
from tests.promises.api.stage import Stage

POLICIES = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies").current
NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)


@dataclass
class Store:
    """Our own tables, written to without ceremony."""

    database: Database

    async def put(self, sku: str, quantity: int, *, node: str = "north", kind: str = "receipt", **more: Any) -> None:
        """Move so many on hand; `state` says which quantity, else on hand."""
        state = StockState(more.pop("state", "on_hand"))
        lot = more.pop("lot", "")
        document = Document(more.pop("key", f"{sku}/{node}"), MovementKind(kind), actor="wms", **more)
        async with self.database.writing() as connection:
            await ensure_nodes(connection, [node])
            await open_balances(connection, [(sku, node, lot)])
            await move(connection, document, [Movement(sku, node, state, quantity, lot=lot)])
        forget_nodes()

    async def expect(
        self, supply_id: str, sku: str, quantity: int, *, days: int | None, first_days: int | None = None
    ) -> None:
        """Expect so many at the north node in so many days."""
        await self.put(sku, quantity, kind="supply", state="on_order")
        said = first_days if first_days is not None else days
        row = {
            "id": supply_id,
            "sku": sku,
            "node": "north",
            "lot": "",
            "kind": "purchase",
            "state": "ordered",
            "source": "Potteries",
            "quantity": quantity,
            "received": 0,
            "ordered_at": NOW - timedelta(days=9),
            "expected_at": None if days is None else NOW + timedelta(days=days),
            "first_expected_at": None if said is None else NOW + timedelta(days=said),
        }
        async with self.database.writing() as connection:
            await connection.execute(insert(supplies_table), row)

    async def wait(self, key: str, *needs: tuple[str, int], hours: int = 0, **demand: Any) -> None:
        """Have an order wait, since so many hours; each need is an article and a quantity."""
        row = {
            "key": key,
            "order_id": f"order:b2b:{key}",
            "state": ReservationState.PENDING.value,
            "demand": Demand(channel="b2b", **demand),
            "opened_at": NOW - timedelta(hours=hours),
        }
        wants = [
            {"reservation_key": key, "line_id": str(at), "sku": sku, "quantity": n} for at, (sku, n) in enumerate(needs)
        ]
        async with self.database.writing() as connection:
            await connection.execute(insert(reservations), row)
            await connection.execute(insert(reservation_needs), wants)

    async def give_up(self, key: str, at: datetime) -> None:
        """Set a backorder's deadline."""
        async with self.database.writing() as connection:
            await connection.execute(update(reservations).where(reservations.c.key == key).values(expires_at=at))

    async def offer(self, channel: str, sku: str, quantity: int, version: int = 1) -> None:
        """Work a number out for a channel, in place of the one it had."""
        row = {"channel": channel, "sku": sku, "quantity": quantity, "version": version, "changed_at": NOW}
        async with self.database.writing() as connection:
            table = publications
            await connection.execute(table.delete().where(table.c.channel == channel, table.c.sku == sku))
            await connection.execute(insert(table), row)

    async def differ(
        self, name: str, *, state: str = "open", minutes: int = 0, kind: str = "warehouse", seen_times: int = 2
    ) -> None:
        """Write down a difference, seen so many minutes later than others."""
        seen = NOW + timedelta(minutes=minutes)
        row = {
            "id": name,
            "kind": kind,
            "state": state,
            "sku": "MUG",
            "node": "north",
            "lot": "",
            "what": "on_hand",
            "ours": 2,
            "theirs": 1,
            "orders": ("order:b2b:1",),
            "first_seen": NOW,
            "last_seen": seen,
            "times_seen": seen_times,
        }
        async with self.database.writing() as connection:
            await connection.execute(insert(stock_differences), row)

    def policies(self, rules: StockRules | None = None) -> PolicyBook:
        return PolicyBook([POLICIES.model_copy(update={"stock": rules or StockRules()})])

    def inventory(self, rules: StockRules | None = None) -> SqlInventory:
        """Look at it by these rules, or by none."""
        return SqlInventory(self.database, self.policies(rules), now=lambda: NOW)

    def stage(self, rules: StockRules | None = None) -> Stage:
        """The API over it."""
        ledger = SqlStockLedger(self.database, self.policies(rules))
        return Stage(stock=ledger, inventory=self.inventory(rules))


@pytest_asyncio.fixture
async def store(database: Database) -> AsyncIterator[Store]:
    yield Store(database)
    forget_nodes()


@pytest_asyncio.fixture
async def stage_of_fakes() -> AsyncIterator[Stage]:
    stage = Stage()
    yield stage
    await stage.http.aclose()
    await stage.stranger.aclose()
