"""One random world: two articles, two nodes, three orders, and all that is done to them, from one seed.

After every deed the laws are checked in the database, and what the log says must be is compared with what is.
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from activities.adapters.store.stock.keeping.keeping import SqlStockKeeping
from activities.adapters.store.stock.ledger import SqlStockLedger
from models.errors import OrderloomError
from models.stock.lots import LotStatus
from models.stock.reservation import ReservationState
from ops.proof.worlds.crashing import Crash, crash_after
from ops.proof.worlds.laws import check_laws
from ops.proof.worlds.log import Log, insist
from ops.proof.worlds.reading import reconcile

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from sqlalchemy import Engine

    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook

NODES = ("north", "south")
BEGINNING = datetime(2026, 11, 20, 18, tzinfo=UTC)
"""A Friday evening: a world lives past midnight, when its first lots expire."""
ROUND = timedelta(minutes=20)
_LONGEST_FUSE = 30
_ROUNDS = (15, 25)
"""How many deeds a world sees, at least and at most, before it is ended."""


@dataclass(frozen=True)
class Deed:
    """One thing that is asked for, and what must follow from its answer."""

    name: str
    ask: Callable[[], Awaitable[Any]]
    note: Callable[[Any], None] = lambda _answer: None
    """Writes the answer into the log."""
    proof: Callable[[Any], None] = lambda _answer: None
    """What else must hold if nobody else did anything meanwhile."""
    refused: bool = False
    """Whether it must be refused."""


@dataclass
class Clock:
    """The time of all worlds of a run; it moves between their deeds."""

    now: datetime = BEGINNING

    def __call__(self) -> datetime:
        """The time."""
        return self.now


@dataclass
class World:
    """What one world is made of."""

    seed: int
    prefix: str
    """What its articles, orders and documents begin with: worlds share a database."""
    database: Database
    reader: Engine
    """Opens the same database."""
    policies: PolicyBook
    clock: Clock
    log: Log = field(default_factory=Log)
    lots: dict[tuple[str, str], date | None] = field(default_factory=dict)
    """By article and lot: when it expires."""
    judged: dict[tuple[str, str], LotStatus] = field(default_factory=dict)
    """By article and lot: whether it may be sold, where somebody has said so."""
    story: list[str] = field(default_factory=list)
    """What was done, to be read when something broke."""

    def __post_init__(self) -> None:
        """Open the ledger."""
        self.chance = random.Random(self.seed)  # noqa: S311 - a world must come out the same again
        self.ledger = SqlStockLedger(self.database, self.policies, self.clock)
        self.keeping = SqlStockKeeping(self.database, self.policies, self.clock)
        self.skus = (f"{self.prefix}-lots", f"{self.prefix}-plain")
        self.orders = tuple(f"order:{channel}:{self.prefix}" for channel in ("web", "shop", "b2b"))
        self.rounds = self.chance.randint(*_ROUNDS)
        self.ways: list[str] = []
        self._documents = 0

    def document(self, kind: str) -> str:
        """A new key."""
        self._documents += 1
        return f"{self.prefix}/{kind}{self._documents}"

    def may_be_sold(self, sku: str, lot: str) -> bool:
        """Whether nobody has called the lot back."""
        return self.judged.get((sku, lot), LotStatus.RELEASED) is LotStatus.RELEASED

    def expiry(self, sku: str, lot: str) -> date:
        """The last day of a lot; the end of days for what never expires."""
        return self.lots.get((sku, lot)) or date.max

    async def do(self, deed: Deed, beside: Deed | None = None) -> None:
        """Do a deed: once, twice, twice at once, with a crash, or while another is done beside it; then check.

        Raises:
            Broken: a law does not hold.
        """
        if beside is not None:
            self._tell(f"{deed.name} | beside {beside.name}", "beside")
            answers = await asyncio.gather(_asked(deed), _asked(beside))
            # The one beside is new: what the other did to it can only be noted after it.
            for one, answer in ((beside, answers[1]), (deed, answers[0])):
                self._note(one, answer)
        else:
            how = self.chance.choice(_WAYS)
            self._tell(f"{deed.name} | {how.__name__}", how.__name__)
            answer = await how(deed, self.chance)
            self._note(deed, answer)
            if not isinstance(answer, OrderloomError):
                deed.proof(answer)
        self.check()

    async def do_plainly(self, deed: Deed) -> None:
        """Do a deed once; the check is left to the caller.

        Raises:
            Broken: it was not answered as it must be.
        """
        self._tell(f"{deed.name} | at the end", "at_the_end")
        self._note(deed, await _asked(deed))

    def check(self) -> None:
        """Check every law, and the log against the database.

        Raises:
            Broken: something does not hold.
        """
        self.check_books()
        with self.reader.connect() as connection:
            reconcile(connection, self.log, self.skus, self.orders)

    def check_books(self) -> None:
        """Check every law over what is in the database.

        Raises:
            Broken: one does not hold.
        """
        with self.reader.connect() as connection:
            check_laws(connection, self.skus)

    def _tell(self, what: str, way: str) -> None:
        self.story.append(what)
        self.ways.append(way.removeprefix("_"))

    def _note(self, deed: Deed, answer: object) -> None:
        refused = isinstance(answer, OrderloomError)
        insist("log: not answered as it must be", refused is deed.refused, deed.name, repr(answer))
        if not refused:
            deed.note(answer)


async def _asked(deed: Deed) -> Any:  # noqa: ANN401 - every deed has an answer of its own
    try:
        return await deed.ask()
    except OrderloomError as error:
        return error


async def _once(deed: Deed, _chance: random.Random) -> object:
    return await _asked(deed)


async def _twice(deed: Deed, _chance: random.Random) -> object:
    first = await _asked(deed)
    return _same(deed, first, await _asked(deed))


async def _twice_at_once(deed: Deed, _chance: random.Random) -> object:
    return _same(deed, *await asyncio.gather(_asked(deed), _asked(deed)))


async def _crashed_and_asked_again(deed: Deed, chance: random.Random) -> object:
    await _crashed(deed, chance)
    return await _asked(deed)


async def _crashed_while_asked_again(deed: Deed, chance: random.Random) -> object:
    _, answer = await asyncio.gather(_crashed(deed, chance), _asked(deed))
    return _same(deed, answer, await _asked(deed))


async def _crashed(deed: Deed, chance: random.Random) -> None:
    with crash_after(chance.randrange(_LONGEST_FUSE)) as fuse:
        try:
            await _asked(deed)
        except Crash:
            return
        insist("log: work goes on after a crash", not fuse.burnt, deed.name)


_WAYS = (
    *(_once,) * 5,
    _twice,
    _twice_at_once,
    _crashed_and_asked_again,
    _crashed_while_asked_again,
)
_SAME = ("allocations", "displaced", "unexplained", "corrected", "state")
"""What a repeated answer repeats; the rest tells of today."""


def _same(deed: Deed, first: object, second: object) -> object:
    """The answer, once both are found to be the same; a backorder may be filled in between."""
    if getattr(first, "state", None) is ReservationState.PENDING:
        return second
    if getattr(second, "state", None) is ReservationState.PENDING:
        return first
    alike = type(first) is type(second) and all(getattr(first, name, 0) == getattr(second, name, 0) for name in _SAME)
    insist("log: a repeat was answered otherwise", alike, deed.name, repr(first), repr(second))
    return first
