"""One supply while an event changes it: what was said of it, what has come, and what is still expected.

Both can be told in any order, so that what was said is laid over what has come, whichever was there first. All lots of
an article at a node count together: whoever announces goods often does not know their lots.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from activities.adapters.store.stock.events.posting import Overtaken
from activities.adapters.store.stock.events.supply_rows import MOST, Expected, Rows, read, write
from activities.adapters.store.stock.offers.offer_rows import reconsider
from models.stock.quantities import MovementKind, StockState
from models.stock.supply import SUPPLY, SupplyKind, SupplyState

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from activities.adapters.store.stock.events.own_units import Line
    from activities.adapters.store.stock.events.posting import Posting
    from activities.adapters.store.stock.movements import Spot

_STANDS_AS = {SupplyState.ORDERED: StockState.ON_ORDER, SupplyState.IN_TRANSIT: StockState.IN_TRANSIT}


@dataclass
class SupplyBook:
    """What is expected of one supply; `close` writes it."""

    posting: Posting
    id: str
    kind: SupplyKind
    """What it is where nothing is known of it yet."""
    rows: Rows = field(default_factory=dict)
    _before: Rows = field(default_factory=dict)

    @classmethod
    async def open(cls, posting: Posting, supply_id: str, kind: SupplyKind) -> SupplyBook:
        """Lock and read it; to be done before any balance is locked."""
        found = {(one.sku, one.node, one.lot): one for one in await read(posting.connection, supply_id)}
        return cls(posting, supply_id, kind, found, {spot: replace(one) for spot, one in found.items()})

    def of(self, sku: str, node: str) -> list[Expected]:
        """What is expected of an article at a node, lot by lot."""
        return [self.rows[spot] for spot in sorted(self.rows) if spot[:2] == (sku, node)]

    def come(self, lines: Iterable[Line], node: str) -> None:
        """So many have come."""
        for sku, came in by_lot(lines).items():
            rows = self.of(sku, node)
            if any(row.told_at is not None for row in rows):
                _spread(rows, came)
                continue
            for lot, quantity in came.items():
                at = self.posting.occurred_at
                unheard_of = Expected(self.id, sku, node, lot, self.kind, ordered_at=at, quantity=quantity)
                self.rows.setdefault((sku, node, lot), unheard_of).come(quantity)

    def say(  # noqa: PLR0913 - what, where, how many, and how it comes
        self,
        sku: str,
        node: str,
        quantities: Mapping[str, int],
        *,
        kind: SupplyKind,
        on_its_way: bool,
        source: str | None = None,
    ) -> list[Expected]:
        """So many of each lot are to come in all; replaces what was said before, and counts what has come already.

        Returns:
            The new rows, whose dates are for the caller to set.
        """
        at = self.posting.occurred_at
        old = self.of(sku, node)
        first = min(old, key=lambda row: row.ordered_at, default=None)
        fresh = [
            Expected(
                id=self.id,
                sku=sku,
                node=node,
                lot=lot,
                kind=kind,
                ordered_at=at if first is None else min(first.ordered_at, at),
                quantity=min(quantity, MOST),
                state=SupplyState.IN_TRANSIT if on_its_way or _is_on_its_way(old) else SUPPLY.initial,
                source=source or (first.source if first else None),
                expected_at=first.expected_at if first else None,
                first_expected_at=first.first_expected_at if first else None,
                told_at=max(at, last_told(old) or at),
                dated_at=first.dated_at if first else None,
            )
            for lot, quantity in sorted(quantities.items())
        ]
        came = Counter({row.lot: row.received for row in old})
        for row in old:
            del self.rows[row.sku, row.node, row.lot]
        self.rows |= {(row.sku, row.node, row.lot): row for row in fresh}
        _spread(fresh, came)
        return fresh

    async def close(self) -> None:
        """Write it, and have the balances expect what is outstanding now.

        Raises:
            Overtaken: somebody else has told of the same supply for the first time in this very moment.
        """
        if not await write(self.posting.connection, self._before, self.rows):
            raise Overtaken
        spots = self.rows.keys() | self._before.keys()
        touched = {spot[0] for spot in spots if self.rows.get(spot) != self._before.get(spot)}
        # Another date moves nothing, but what is expected, or what a store may run out of, is another.
        await reconsider(self.posting.connection, touched, self.posting.now)
        change = _standing(self.rows.values())
        change.subtract(_standing(self._before.values()))
        for (spot, state), quantity in sorted(change.items()):
            if quantity:
                self.posting.shift(MovementKind.SUPPLY, self.posting.shelves[spot], state, quantity)


def by_lot(lines: Iterable[Line]) -> dict[str, Counter[str]]:
    """Add up what lines are about, by article and lot."""
    found: dict[str, Counter[str]] = {}
    for line in lines:
        found.setdefault(line.sku, Counter())[line.lot] += line.quantity
    return found


def last_told(rows: Iterable[Expected]) -> datetime | None:
    """When it was said last how many come."""
    return max((row.told_at for row in rows if row.told_at is not None), default=None)


def _spread(rows: Sequence[Expected], came: Mapping[str, int]) -> None:
    """Count what has come, by lot, towards the rows: its own lot first, then wherever something is missing.

    More than anybody said is fine; it stands with its own lot, or else with the first.
    """
    left = Counter(came)
    for row in rows:
        part = min(left[row.lot], row.outstanding)
        row.come(part)
        left[row.lot] -= part
    for lot, quantity in sorted(left.items()):
        rest = quantity
        for row in rows:
            part = min(rest, row.outstanding)
            row.come(part)
            rest -= part
        if rest:
            next((row for row in rows if row.lot == lot), rows[0]).come(rest)


def _is_on_its_way(rows: Iterable[Expected]) -> bool:
    return any(row.state is SupplyState.IN_TRANSIT for row in rows)


def _standing(rows: Iterable[Expected]) -> Counter[tuple[Spot, StockState]]:
    """What stands in the balances."""
    found: Counter[tuple[Spot, StockState]] = Counter()
    for row in rows:
        if row.outstanding:
            found[(row.sku, row.node, row.lot), _STANDS_AS[row.state]] += row.outstanding
    return found
