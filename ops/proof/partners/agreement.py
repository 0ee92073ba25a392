"""Where the ERP's and the warehouse's own books differ from ours, order by order; pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

Amounts = Counter[tuple[str, int]]
"""How many papers of a currency and an amount in its minor units."""


@dataclass(frozen=True)
class Papers:
    """What somebody has written down about one order."""

    sales: int = 0
    """Sales that are not cancelled."""
    parcels: int = 0
    invoices: Amounts = field(default_factory=Counter)
    """Posted."""
    credits: Amounts = field(default_factory=Counter)
    """Credit notes, as positive amounts."""
    moved: Counter[str] = field(default_factory=Counter)
    """Units that left, by SKU."""


def disagreements(ours: Mapping[str, Papers], erp: Mapping[str, Papers], wms: Mapping[str, Papers]) -> list[str]:
    """Compare the books; answers a sentence for each thing that differs, none where all agree."""
    return [sentence for order_id in sorted(ours) for sentence in _order(order_id, ours, erp, wms)]


def _order(
    order_id: str, ours: Mapping[str, Papers], erp: Mapping[str, Papers], wms: Mapping[str, Papers]
) -> Iterator[str]:
    mine, theirs, shelves = (books.get(order_id, Papers()) for books in (ours, erp, wms))
    told = (
        ("sales", mine.sales, theirs.sales),
        ("parcels in the ERP", mine.parcels, theirs.parcels),
        ("parcels in the warehouse", mine.parcels, shelves.parcels),
        ("posted invoices", _sorted(mine.invoices), _sorted(theirs.invoices)),
        ("credit notes", _sorted(mine.credits), _sorted(theirs.credits)),
        ("stock moves in the ERP", _sorted(mine.moved), _sorted(theirs.moved)),
        ("stock moves in the warehouse", _sorted(mine.moved), _sorted(shelves.moved)),
    )
    for what, expected, found in told:
        if expected != found:
            yield f"{order_id}: {what}: ours are {expected}, theirs {found}"


def _sorted(counts: Counter[str] | Amounts) -> list[tuple[object, int]]:
    return sorted((item for item in counts.items() if item[1]), key=repr)
