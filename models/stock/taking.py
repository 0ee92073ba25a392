"""Taking goods that are gone, or not fit, off a shelf: from whom first. Pure arithmetic on a shelf in memory.

Facts are never refused. What nobody was promised goes first, then what was set aside for a channel, then what orders
were promised: of these what was only held before what was committed, and the least deserving first. What a picker has
in his hands goes last.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from models.stock.lots import LotStatus
from models.stock.quantities import PARTS_OF_ON_HAND, PROMISED, SET_ASIDE, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date, datetime

    from models.stock.life import Place


@dataclass
class Share:
    """What one line of an order was promised of a shelf."""

    reservation_key: str
    order_id: str
    place: Place
    state: StockState
    """Where what is not picked stands: soft-reserved, or allocated."""
    priority: int
    opened_at: datetime
    unpicked: int
    picked: int


@dataclass
class Shelf:
    """A balance, as an event finds it and leaves it."""

    sku: str
    node: str
    lot: str
    levels: dict[StockState, int]
    expires_on: date | None = None
    status: LotStatus = LotStatus.RELEASED
    counted_at: datetime | None = None
    fences: dict[str, int] = field(default_factory=dict)
    shares: list[Share] = field(default_factory=list)

    @property
    def spot(self) -> tuple[str, str, str]:
        """Article, node and lot."""
        return self.sku, self.node, self.lot

    @property
    def available(self) -> int:
        """What nobody has been promised and nothing forbids to sell."""
        return self.levels[StockState.ON_HAND] - sum(self.levels[state] for state in PARTS_OF_ON_HAND)

    @property
    def promised(self) -> int:
        """What orders have."""
        return sum(self.levels[state] for state in PROMISED)

    @property
    def for_sale(self) -> int:
        """What lies there and is not set aside as unfit, whoever it was promised to."""
        return self.levels[StockState.ON_HAND] - sum(self.levels[state] for state in SET_ASIDE)


@dataclass(frozen=True)
class Taken:
    """So many of a shelf, which are free now to be written off or set aside."""

    shelf: Shelf
    quantity: int
    state: StockState | None = None
    """The state that they leave; none: they were available."""
    holder: str | None = None
    """Whose ring-fence that was."""
    share: Share | None = None
    """Whom they were promised to."""


def take(shelves: Sequence[Shelf], quantity: int, *, unfit: bool = False) -> tuple[list[Taken], int]:
    """Free so many on these shelves, and change the shelves accordingly.

    Args:
        shelves: in the order in which they are to be taken from.
        quantity: how many are gone or not fit.
        unfit: whether it may be goods that are set aside, where nothing else but picked goods is left.

    Returns:
        What was taken, and how many of it even that cannot explain.
    """
    taken: list[Taken] = []
    for source in _sources(shelves, unfit=unfit):
        part = min(quantity, source.quantity)
        if part > 0:
            taken.append(_leave(source, part))
            quantity -= part
    return taken, quantity


def take_unfit(shelves: Iterable[Shelf], quantity: int, state: StockState) -> tuple[list[Taken], int]:
    """Free so many of what is set aside in one state; the same answers."""
    taken: list[Taken] = []
    for shelf in shelves:
        part = min(quantity, shelf.levels[state])
        if part > 0:
            taken.append(_leave(Taken(shelf, part, state), part))
            quantity -= part
    return taken, quantity


def first_to_expire(shelf: Shelf) -> tuple[bool, bool, date | None, str]:
    """Sort shelves of one article and node: goods not kept by lot, then the lots that expire first."""
    has_date = shelf.expires_on is not None
    return bool(shelf.lot), not has_date, shelf.expires_on, shelf.lot


def _sources(shelves: Sequence[Shelf], *, unfit: bool) -> Iterator[Taken]:
    """All that could be taken, each as much as there is of it, in the order in which it is taken."""
    for shelf in shelves:
        yield Taken(shelf, shelf.available)
    for shelf in shelves:
        for holder, quantity in sorted(shelf.fences.items()):
            yield Taken(shelf, quantity, StockState.CHANNEL_RESERVED, holder)
    shares = sorted(((shelf, share) for shelf in shelves for share in shelf.shares), key=_least_deserving)
    for shelf, share in shares:
        yield Taken(shelf, share.unpicked, share.state, share=share)
    if unfit:
        for shelf in shelves:
            for state in SET_ASIDE:
                yield Taken(shelf, shelf.levels[state], state)
    for shelf, share in shares:
        yield Taken(shelf, share.picked, StockState.PICKED, share=share)


def _least_deserving(held: tuple[Shelf, Share]) -> tuple[bool, int, float, str, str]:
    _, share = held
    is_firm = share.state is StockState.ALLOCATED
    return is_firm, share.priority, -share.opened_at.timestamp(), share.reservation_key, share.place.line_id


def _leave(source: Taken, part: int) -> Taken:
    shelf, share = source.shelf, source.share
    if source.state is not None:
        shelf.levels[source.state] -= part
    if source.holder is not None:
        shelf.fences[source.holder] -= part
    if share is not None and source.state is StockState.PICKED:
        share.picked -= part
    elif share is not None:
        share.unpicked -= part
    return Taken(shelf, part, source.state, source.holder, share)
