"""A model of two balances and the claims on them: small enough to visit every state it can ever be in.

One article at one node: three pieces of one lot, one of them set aside for a channel, a piece of another lot where
lots may be swapped, and orders that want more. Whatever the pure rules of `models.stock.life` say a deed shifts is
shifted here, under the same guard as in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from models.errors import Conflict
from models.stock.quantities import StockState
from models.stock.reservation import ReservationState
from ops.proof.life.deeds import HOURS, LOTS, all_deeds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from models.stock.life import Claim, Step
    from ops.proof.life.deeds import Scene, Verbs

    Levels = tuple[int, ...]

ON_HAND, FENCED, SPARE = 3, 1, 1
LEVELS = (
    StockState.ON_HAND,
    StockState.SOFT_RESERVED,
    StockState.ALLOCATED,
    StockState.PICKED,
    StockState.CHANNEL_RESERVED,
)
_FENCE = LEVELS.index(StockState.CHANNEL_RESERVED)
LIVE = frozenset({ReservationState.HELD, ReservationState.COMMITTED})
_MOST = 1
"""How often a piece is received, and how often one is lost."""


class State(NamedTuple):
    """All there is in the model at one moment."""

    claims: tuple[int, ...]
    """Each claim's number in the model's book."""
    levels: Levels
    """The balances, lot by lot, each in the order of `LEVELS`."""
    written: int = 0
    """The documents that were written: a bit each."""
    clock: int = 0
    received: int = 0
    lost: int = 0

    @property
    def lots(self) -> tuple[Levels, ...]:
        """Each lot's balance."""
        return self.levels[: len(LEVELS)], self.levels[len(LEVELS) :]


class Model:
    """What each deed makes of a state."""

    def __init__(self, scene: Scene, verbs: Verbs) -> None:
        """Set the scene, under these rules."""
        self._verbs = verbs
        self._book: list[Claim | None] = [None]
        self._numbers: dict[Claim | None, int] = {None: 0}
        self._known: dict[tuple[int, int, int], tuple[int, Levels] | None] = {}
        self.deeds = all_deeds(scene, verbs)
        self.spare = SPARE if scene.swaps else 0
        self.start = State(claims=(0,) * len(scene.orders), levels=(ON_HAND, 0, 0, 0, FENCED, self.spare, 0, 0, 0, 0))

    def claim(self, number: int) -> Claim | None:
        """The claim by its number in the book; none: neither granted nor released."""
        return self._book[number]

    def after(self, state: State, deed: int) -> State | None:
        """Do a deed; none where it is refused. A crash is a deed not done, and leaves the state as it was.

        Raises:
            IllegalTransition: the rules want a move that a reservation cannot make.
        """
        wanted = self.deeds[deed]
        if wanted.document & state.written and self._verbs.knows_documents:
            return state
        step = self._step(state.claims[wanted.claim], deed, state.clock)
        if step is None:
            return None
        number, change = step
        if number == state.claims[wanted.claim] and not any(change):
            # A document that changed nothing is as good as one that never came, and may still come.
            return state
        levels = _sum(state.levels, change)
        claims = _replaced(state.claims, wanted.claim, number)
        written = state.written | wanted.document
        after = State(claims, levels, written, state.clock, state.received, state.lost)
        refused = wanted.guarded and (min(levels) < 0 or any(available(lot) < 0 for lot in after.lots))
        return None if refused else after

    def happenings(self, state: State) -> Iterator[tuple[str, State]]:
        """What happens by itself: time passes, a piece comes in, a piece is lost."""
        if state.clock < len(HOURS) - 1:
            yield "an hour passes", state._replace(clock=state.clock + 1)
        if state.received < _MOST:
            yield "receive 1", _shelved(state, 1)._replace(received=state.received + 1)
        if state.lost < _MOST:
            for whose, after in self._made_available(state):
                yield f"lose 1{whose}", _shelved(after, -1)._replace(lost=state.lost + 1)

    def _made_available(self, state: State) -> Iterator[tuple[str, State]]:
        """Goods that are gone are gone: a free piece, else one of the fence, else one that any order was promised."""
        lot, _other = state.lots
        if available(lot) > 0:
            yield "", state
        elif lot[_FENCE] > 0:
            yield " of the fence", _fenced(state, lot[_FENCE] - 1)
        else:
            yield from self._displaced(state)

    def _displaced(self, state: State) -> Iterator[tuple[str, State]]:
        for at, number in enumerate(state.claims):
            claim = self._book[number]
            if claim is None or claim.state not in LIVE:
                continue
            for place in (line.place for line in claim.lines if line.open and line.place.lot == LOTS[0]):
                step = self._verbs.release_part(claim, {place: 1})
                claims = _replaced(state.claims, at, self._number(step.claim))
                after = state._replace(claims=claims, levels=_sum(state.levels, _change(step)))
                # A piece that went back to the fence is the one that is gone.
                yield f" of {place.line_id}", _fenced(after, 0)

    def _step(self, number: int, deed: int, clock: int) -> tuple[int, Levels] | None:
        question = number, deed, clock
        if question not in self._known:
            try:
                step = self.deeds[deed].work(self._book[number], HOURS[clock])
            except Conflict:
                step = None
            self._known[question] = None if step is None else (self._number(step.claim), _change(step))
        return self._known[question]

    def _number(self, claim: Claim) -> int:
        if claim not in self._numbers:
            self._numbers[claim] = len(self._book)
            self._book.append(claim)
        return self._numbers[claim]


def available(lot: Levels) -> int:
    """What nobody has been promised."""
    return lot[0] - sum(lot[1:])


def _change(step: Step) -> Levels:
    return tuple(
        sum(shift.quantity for shift in step.shifts if (shift.place.lot, shift.state) == (lot, level))
        for lot in LOTS
        for level in LEVELS
    )


def _sum(levels: Levels, change: Levels) -> Levels:
    return tuple([level + more for level, more in zip(levels, change, strict=True)])


def _replaced(claims: tuple[int, ...], at: int, number: int) -> tuple[int, ...]:
    return (*claims[:at], number, *claims[at + 1 :])


def _shelved(state: State, quantity: int) -> State:
    on_hand, *parts = state.levels
    return state._replace(levels=(on_hand + quantity, *parts))


def _fenced(state: State, quantity: int) -> State:
    return state._replace(levels=(*state.levels[:_FENCE], quantity, *state.levels[_FENCE + 1 :]))
