"""Whether the ledger is right, in three numbers: for tests and benchmarks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.store.stock.books.discrepancies import discrepancies
from activities.adapters.store.stock.books.snapshots import snapshot
from models.stock.differences import DifferenceKind

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

_PROMISES = frozenset({DifferenceKind.RESERVATIONS, DifferenceKind.FENCES})
_SUMS = frozenset({DifferenceKind.MOVEMENTS, DifferenceKind.SUPPLY})


@dataclass(frozen=True)
class StockAudit:
    """What is wrong, counted in units; all zero where the ledger is right."""

    oversold: int
    """Promised beyond what is on hand."""
    leaked: int
    """Promised in a balance without an open reservation line or a ring-fence for it, or the other way round."""
    drifted: int
    """Between a balance and the sum of its movements, or what is outstanding of its supplies."""

    @property
    def is_right(self) -> bool:
        """Whether nothing is wrong."""
        return not (self.oversold or self.leaked or self.drifted)


async def audit(database: Database, sku: str | None = None) -> StockAudit:
    """Compare the books of one article, or of all, as they stand at one moment."""
    async with snapshot(database) as connection:
        found = await discrepancies(connection, sku)
    return StockAudit(
        oversold=sum(one.units for one in found if one.kind is DifferenceKind.OVERSOLD),
        leaked=sum(one.units for one in found if one.kind in _PROMISES),
        drifted=sum(one.units for one in found if one.kind in _SUMS),
    )
