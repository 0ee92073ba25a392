"""The life of a reservation: what each deed does to its lines and to the balances. Pure, and small enough to search.

The ledger loads a claim, asks here what a deed comes to, and writes exactly that.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from models.errors import Conflict
from models.stock.quantities import StockState
from models.stock.reservation import RESERVATION, ReservationState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

_LIVE = frozenset({ReservationState.HELD, ReservationState.COMMITTED})
_PASSING = frozenset({ReservationState.PENDING, ReservationState.HELD})
_PROMISED = {ReservationState.HELD: StockState.SOFT_RESERVED, ReservationState.COMMITTED: StockState.ALLOCATED}


@dataclass(frozen=True)
class Place:
    """A line's claim on one balance."""

    line_id: str
    sku: str
    node: str
    lot: str = ""


@dataclass(frozen=True)
class ClaimLine:
    """How much was claimed there, and what became of it."""

    place: Place
    quantity: int
    picked: int = 0
    consumed: int = 0
    released: int = 0
    fenced: int = 0
    """How much of what is open came out of the holder's ring-fence."""
    holder: str | None = None

    @property
    def open(self) -> int:
        """What is neither consumed nor released; picked goods are part of it."""
        return self.quantity - self.consumed - self.released

    @property
    def unpicked(self) -> int:
        """What still lies on the shelf for it."""
        return self.open - self.picked


@dataclass(frozen=True)
class Claim:
    """A reservation with its lines."""

    state: ReservationState
    lines: tuple[ClaimLine, ...]
    expires_at: datetime | None = None

    @property
    def open(self) -> int:
        """What is open in all lines."""
        return sum(line.open for line in self.lines)


@dataclass(frozen=True)
class Shift:
    """So many more, or fewer, in one state of one balance."""

    place: Place
    state: StockState
    quantity: int
    holder: str | None = None
    """Whose ring-fence it is, where the state is channel-reserved."""


@dataclass(frozen=True)
class Step:
    """A claim after a deed, and what the deed shifts."""

    claim: Claim
    shifts: tuple[Shift, ...] = ()


def grant(lines: Iterable[ClaimLine], expires_at: datetime | None) -> Step:
    """Open a claim, held until it expires."""
    claim = Claim(ReservationState.HELD, tuple(lines), expires_at)
    shifts: list[Shift] = []
    for line in claim.lines:
        shifts.append(Shift(line.place, StockState.SOFT_RESERVED, line.quantity))
        if line.fenced:
            shifts.append(Shift(line.place, StockState.CHANNEL_RESERVED, -line.fenced, line.holder))
    return Step(claim, tuple(shifts))


def extend(claim: Claim, until: datetime) -> Step:
    """Hold it longer; never shorter, and only while it is held."""
    if claim.state is not ReservationState.HELD or claim.expires_at is None or until <= claim.expires_at:
        return Step(claim)
    return Step(replace(claim, expires_at=until))


def commit(claim: Claim) -> Step:
    """Make it firm, where it is held; what is picked already stays picked."""
    if claim.state is not ReservationState.HELD:
        return Step(claim)
    shifts = [
        Shift(line.place, state, sign * line.unpicked)
        for line in claim.lines
        if line.unpicked
        for state, sign in ((StockState.SOFT_RESERVED, -1), (StockState.ALLOCATED, 1))
    ]
    return Step(_moved(claim, ReservationState.COMMITTED), tuple(shifts))


def expire(claim: Claim, now: datetime) -> Step:
    """Let it go, where it is held or waits and its time has run out."""
    if claim.state not in _PASSING or claim.expires_at is None or now < claim.expires_at:
        return Step(claim)
    return _let_go(claim, lambda line: line.open, ReservationState.EXPIRED)


def release(claim: Claim) -> Step:
    """Give back all that is open; picked goods go back to the shelf, and what waits leaves the queue."""
    if RESERVATION.is_final(claim.state):
        return Step(claim)
    return _let_go(claim, lambda line: line.open, ReservationState.RELEASED)


def release_part(claim: Claim, wanted: dict[Place, int]) -> Step:
    """Give back some of it, what is not picked first; what is not open any more is not given back twice."""
    if claim.state not in _LIVE:
        return Step(claim)
    return _let_go(claim, lambda line: min(wanted.get(line.place, 0), line.open), ReservationState.RELEASED)


def lose(claim: Claim, gone: dict[Place, int]) -> Step:
    """Take from it what is not there any more, or not fit, what is not picked first.

    No ring-fence gets it back, for it is gone. More than is open at a place counts as that.
    """
    if claim.state not in _LIVE:
        return Step(claim)
    shifts: list[Shift] = []
    lines: list[ClaimLine] = []
    for line in claim.lines:
        lost = min(gone.get(line.place, 0), line.open)
        off_shelf = min(lost, line.unpicked)
        shifts += _unless_none(line.place, _PROMISED[claim.state], -off_shelf)
        shifts += _unless_none(line.place, StockState.PICKED, off_shelf - lost)
        kept = replace(line, released=line.released + lost, picked=line.picked - (lost - off_shelf))
        lines.append(replace(kept, fenced=min(line.fenced, kept.open)))
    left = replace(claim, lines=tuple(lines))
    if left.open:
        return Step(left, tuple(shifts))
    consumed = any(line.consumed for line in left.lines)
    return Step(_moved(left, ReservationState.CONSUMED if consumed else ReservationState.RELEASED), tuple(shifts))


def pick(claim: Claim, picked: dict[Place, int]) -> Step:
    """Take goods off the shelf for it; more than is still on the shelf for it counts as that."""
    if claim.state not in _LIVE:
        return Step(claim)
    shifts: list[Shift] = []
    lines: list[ClaimLine] = []
    for line in claim.lines:
        taken = min(picked.get(line.place, 0), line.unpicked)
        lines.append(replace(line, picked=line.picked + taken))
        if taken:
            shifts.append(Shift(line.place, _PROMISED[claim.state], -taken))
            shifts.append(Shift(line.place, StockState.PICKED, taken))
    return Step(replace(claim, lines=tuple(lines)), tuple(shifts))


def consume(claim: Claim, shipped: dict[Place, int]) -> Step:
    """Take what has left out of it and off the shelf, what was picked first.

    Raises:
        Conflict: it is not open there, or not so much of it.
    """
    if claim.state not in _LIVE:
        raise Conflict(f"reservation_{claim.state.value}", f"the reservation is {claim.state.value}")
    known = {line.place for line in claim.lines}
    shifts: list[Shift] = []
    lines: list[ClaimLine] = []
    for line in claim.lines:
        gone = shipped.get(line.place, 0)
        if gone > line.open:
            raise Conflict("not_reserved", f"{gone} shipped of {line.place.sku}, and only {line.open} reserved for it")
        lines.append(_gone(line, gone))
        if gone:
            from_pick = min(gone, line.picked)
            shifts.append(Shift(line.place, StockState.ON_HAND, -gone))
            shifts += _unless_none(line.place, StockState.PICKED, -from_pick)
            shifts += _unless_none(line.place, _PROMISED[claim.state], from_pick - gone)
    if not shipped.keys() <= known:
        raise Conflict("not_reserved", "shipped from where nothing is reserved for it")
    after = replace(claim, lines=tuple(lines))
    return Step(after if after.open else _moved(after, ReservationState.CONSUMED), tuple(shifts))


def relocate(claim: Claim, place: Place, lot: str, quantity: int) -> Step:
    """Claim another lot of the same article at the same node instead; what of the old one was not picked goes first.

    Raises:
        Conflict: it is not open there, or not so much of it.
    """
    old = next((line for line in claim.lines if line.place == place), None)
    if claim.state not in _LIVE or old is None or quantity > old.open:
        raise Conflict("not_reserved", f"less than {quantity} of {place.sku} is reserved there")
    freed, shifts = _freed(old, claim.state, quantity)
    there = replace(place, lot=lot)
    new = next((line for line in claim.lines if line.place == there), ClaimLine(there, 0))
    new = replace(new, quantity=new.quantity + quantity)
    # The claim as a whole is what it was: the old line has become smaller, and is gone where nothing is left of it.
    left = replace(freed, quantity=freed.quantity - quantity, released=old.released)
    lines = [left if line is old else line for line in claim.lines if line.place != there]
    kept = tuple(line for line in (*lines, new) if line.quantity)
    return Step(replace(claim, lines=kept), (*shifts, Shift(there, _PROMISED[claim.state], quantity)))


def _gone(line: ClaimLine, gone: int) -> ClaimLine:
    open_after = line.open - gone
    return replace(
        line,
        consumed=line.consumed + gone,
        picked=line.picked - min(gone, line.picked),
        # What leaves had better be what came out of the fence last: a fence gets back no more than is open.
        fenced=min(line.fenced, open_after),
    )


def _let_go(claim: Claim, how_many: Callable[[ClaimLine], int], end: ReservationState) -> Step:
    shifts: list[Shift] = []
    lines: list[ClaimLine] = []
    for line in claim.lines:
        after_line, freed = _freed(line, claim.state, how_many(line))
        lines.append(after_line)
        shifts += freed
    after = replace(claim, lines=tuple(lines))
    if after.open:
        return Step(after, tuple(shifts))
    consumed = any(line.consumed for line in after.lines) and end is not ReservationState.EXPIRED
    return Step(_moved(after, ReservationState.CONSUMED if consumed else end), tuple(shifts))


def _freed(line: ClaimLine, state: ReservationState, freed: int) -> tuple[ClaimLine, list[Shift]]:
    off_shelf = min(freed, line.unpicked)
    from_pick = freed - off_shelf
    to_fence = min(line.fenced, freed)
    shifts = _unless_none(line.place, _PROMISED[state], -off_shelf)
    shifts += _unless_none(line.place, StockState.PICKED, -from_pick)
    if to_fence:
        shifts.append(Shift(line.place, StockState.CHANNEL_RESERVED, to_fence, line.holder))
    after = replace(
        line,
        released=line.released + freed,
        picked=line.picked - from_pick,
        fenced=line.fenced - to_fence,
    )
    return after, shifts


def _moved(claim: Claim, after: ReservationState) -> Claim:
    return replace(claim, state=RESERVATION.move(claim.state, after))


def _unless_none(place: Place, state: StockState, quantity: int) -> list[Shift]:
    return [Shift(place, state, quantity)] if quantity else []
