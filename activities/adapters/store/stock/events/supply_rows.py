"""What is expected of one supply, row by row, and what of it stands in the balances as on order or in transit.

What was said and what has come can be told in any order: all lots of an article at a node count together.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, select, update

from activities.adapters.store.stock.tables import supplies
from activities.adapters.store.stock.transaction import insert_once
from models.stock.supply import SUPPLY, SupplyKind, SupplyState

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from sqlalchemy import Row
    from sqlalchemy.ext.asyncio import AsyncConnection

MOST = 1_000_000
"""As many as a supply is ever said to bring of an article, or to have brought."""
_s = supplies.c
_ROWS = select(supplies).where(_s.id == bindparam("of_id")).order_by(_s.sku, _s.node, _s.lot).with_for_update()
_is_it = (
    (_s.id == bindparam("of_id"))
    & (_s.sku == bindparam("of_sku"))
    & (_s.node == bindparam("at_node"))
    & (_s.lot == bindparam("of_lot"))
)
_CHANGED = tuple(name for name in _s.keys() if name not in {"id", "sku", "node", "lot"})  # noqa: SIM118 - no dictionary
_CHANGE = update(supplies).where(_is_it).values({name: bindparam(f"new_{name}") for name in _CHANGED})
_DROP = delete(supplies).where(_is_it)


@dataclass
class Expected:
    """So many of an article (and lot) that a supply brings to a node."""

    id: str
    sku: str
    node: str
    lot: str
    kind: SupplyKind
    ordered_at: datetime
    quantity: int
    received: int = 0
    state: SupplyState = SUPPLY.initial
    source: str | None = None
    expected_at: datetime | None = None
    first_expected_at: datetime | None = None
    told_at: datetime | None = None
    """When it was said last how many come; none: some have come, and nobody has said a word."""
    dated_at: datetime | None = None

    @property
    def outstanding(self) -> int:
        """What has not come yet and still may."""
        return 0 if SUPPLY.is_final(self.state) else max(self.quantity - self.received, 0)

    @property
    def is_dispatched(self) -> bool:
        """Whether it is a transfer whose departure was told."""
        return self.kind is SupplyKind.TRANSFER and self.told_at is not None

    def come(self, quantity: int) -> None:
        """So many have come."""
        self.received = min(self.received + quantity, MOST)
        if self.told_at is None:
            self.quantity = self.received
        if self.received >= self.quantity and not SUPPLY.is_final(self.state):
            self.state = SUPPLY.move(self.state, SupplyState.RECEIVED)

    def call_off(self) -> None:
        """What is outstanding will not come."""
        if not SUPPLY.is_final(self.state):
            self.state = SUPPLY.move(self.state, SupplyState.CANCELLED)

    def date(self, expected_at: datetime, said_at: datetime) -> None:
        """It is expected then, unless something else was said since."""
        if self.first_expected_at is None or said_at < self.ordered_at:
            self.first_expected_at = expected_at
        if self.dated_at is None or said_at >= self.dated_at:
            self.expected_at, self.dated_at = expected_at, said_at


Rows = dict[tuple[str, str, str], Expected]
"""By article, node and lot."""


async def read(connection: AsyncConnection, supply_id: str) -> tuple[Expected, ...]:
    """Lock and read what is expected of a supply."""
    return tuple(_expected(row) for row in await connection.execute(_ROWS, {"of_id": supply_id}))


async def write(connection: AsyncConnection, before: Mapping[tuple[str, str, str], Expected], after: Rows) -> bool:
    """Write what differs; False where somebody else has written of the same supply meanwhile."""
    for spot in sorted(before.keys() | after.keys()):
        is_now, was = after.get(spot), before.get(spot)
        if is_now is None:
            await connection.execute(_DROP, _key(before[spot]))
        elif was is None:
            if not await insert_once(connection, supplies, _values(is_now)):
                return False
        elif was != is_now:
            values = _values(is_now)
            changed = {f"new_{name}": values[name] for name in _CHANGED}
            await connection.execute(_CHANGE, _key(is_now) | changed)
    return True


def _expected(row: Row[Any]) -> Expected:
    values = {one.name: getattr(row, one.name) for one in fields(Expected)}
    return Expected(**values | {"kind": SupplyKind(row.kind), "state": SupplyState(row.state)})


def _values(row: Expected) -> dict[str, object]:
    return {one.name: getattr(row, one.name) for one in fields(row)}


def _key(row: Expected) -> dict[str, object]:
    return {"of_id": row.id, "of_sku": row.sku, "at_node": row.node, "of_lot": row.lot}
