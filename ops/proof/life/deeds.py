"""What can be asked for in the model of a reservation's life: each deed, by the rules that are examined."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from models.stock import life
from models.stock.life import Claim, ClaimLine, Place, Step
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    Work = Callable[[Claim | None, datetime], Step | None]
    """What becomes of a claim (none: never granted) at a time; none: refused."""
    PartVerb = Callable[[Claim, dict[Place, int]], Step]

HOURS = tuple(datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hour) for hour in range(3))
"""The clock: now, when claims expire, and when an extended one does."""
_EXPIRY, _EXTENDED = HOURS[1:]
LOTS = "1", "2"
"""The lot that is reserved, and another."""
_HOLDER = "channel:web"

_FENCEABLE = "a"


@dataclass(frozen=True)
class Scene:
    """Who wants what in a model, and the documents that may come: one letter is one piece of that line."""

    orders: tuple[dict[str, int], ...]
    """What each order wants for each of its lines, all of one article."""
    picks: str
    shipments: str
    given_back: str
    swaps: str = ""
    """Of which lines another lot is taken than was reserved."""


PAIR = Scene(({"a": 2}, {"b": 1, "c": 1}), picks="ab", shipments="aabc", given_back="a")
"""Two orders want four pieces: a search of seconds."""
SWAP = Scene(({"a": 2}, {"d": 1}), picks="a", shipments="ad", given_back="a", swaps="ad")
"""Two orders want three pieces, of whichever lot: a search of seconds."""
TRIO = Scene(({"a": 2}, {"b": 1, "c": 1}, {"d": 1}), picks="ab", shipments="aabd", given_back="ac")
"""Three orders want five: a search of a minute."""
SCENES = {"pair": PAIR, "swap": SWAP, "trio": TRIO}


@dataclass(frozen=True)
class Verbs:
    """The rules that are examined; a planted defect takes the place of one of them."""

    grant: Callable[[Iterable[ClaimLine], datetime | None], Step] = life.grant
    extend: Callable[[Claim, datetime], Step] = life.extend
    commit: Callable[[Claim], Step] = life.commit
    expire: Callable[[Claim, datetime], Step] = life.expire
    release: Callable[[Claim], Step] = life.release
    release_part: PartVerb = life.release_part
    pick: PartVerb = life.pick
    consume: PartVerb = life.consume
    relocate: Callable[[Claim, Place, str, int], Step] = life.relocate
    knows_documents: bool = True
    """Whether a document that was written is known when it comes again."""


@dataclass(frozen=True)
class Deed:
    """One thing that can be asked for about one claim."""

    name: str
    claim: int
    work: Work
    document: int = 0
    """The bit of its document, where it has one."""
    ships: int = 0
    """How many pieces leave by it."""
    expires: bool = False
    guarded: bool = False
    """Whether the balance may refuse it; nothing else is refused for want of stock."""


def all_deeds(scene: Scene, verbs: Verbs) -> tuple[Deed, ...]:
    """List every deed of a scene, by these rules."""
    plain = [deed for number in range(len(scene.orders)) for deed in _about_the_whole(scene, number, verbs)]
    papers = [
        *(("pick", verbs.pick, line, 0) for line in scene.picks),
        *(("ship", verbs.consume, line, 1) for line in scene.shipments),
        *(("give back", verbs.release_part, line, 0) for line in scene.given_back),
    ]
    return (
        *plain,
        *(
            Deed(f"{name} 1 of {line}", _claim_of(scene, line), _one_piece(verb, line), 1 << number, ships)
            for number, (name, verb, line, ships) in enumerate(papers)
        ),
        *(
            Deed(f"swap 1 of {line}", _claim_of(scene, line), _swapping(verbs, line), 1 << number, guarded=True)
            for number, line in enumerate(scene.swaps, start=len(papers))
        ),
    )


def _about_the_whole(scene: Scene, number: int, verbs: Verbs) -> Iterator[Deed]:
    wanted = scene.orders[number]
    name = "".join(wanted)
    for fenced in (0, 1) if _FENCEABLE in wanted else (0,):
        yield Deed(f"grant {name}, {fenced} fenced", number, _granting(verbs, wanted, fenced), guarded=True)
    yield Deed(f"extend {name}", number, _if_known(lambda claim, _now: verbs.extend(claim, _EXTENDED)))
    yield Deed(f"commit {name}", number, _if_known(lambda claim, _now: verbs.commit(claim)))
    yield Deed(f"expire {name}", number, _if_known(verbs.expire), expires=True)
    yield Deed(f"release {name}", number, _releasing(verbs))


def _granting(verbs: Verbs, wanted: dict[str, int], fenced: int) -> Work:
    def work(claim: Claim | None, _now: datetime) -> Step:
        # A key that is known gets its first answer; one that was released ungranted stays closed.
        if claim is not None:
            return Step(claim)
        lines = [
            ClaimLine(_place(line), quantity, fenced=fenced, holder=_HOLDER if fenced else None)
            for line, quantity in wanted.items()
        ]
        return verbs.grant(lines, _EXPIRY)

    return work


def _releasing(verbs: Verbs) -> Work:
    def work(claim: Claim | None, _now: datetime) -> Step:
        return Step(Claim(ReservationState.RELEASED, ())) if claim is None else verbs.release(claim)

    return work


def _one_piece(verb: PartVerb, line: str) -> Work:
    return _if_known(lambda claim, _now: verb(claim, {_where(claim, line): 1}))


def _swapping(verbs: Verbs, line: str) -> Work:
    def work(claim: Claim, _now: datetime) -> Step:
        place = _where(claim, line)
        other = next(lot for lot in LOTS if lot != place.lot)
        return verbs.relocate(claim, place, other, 1)

    return _if_known(work)


def _if_known(work: Callable[[Claim, datetime], Step]) -> Work:
    return lambda claim, now: None if claim is None else work(claim, now)


def _claim_of(scene: Scene, line: str) -> int:
    return next(number for number, wanted in enumerate(scene.orders) if line in wanted)


def _place(line: str) -> Place:
    return Place(line, "CUP", "north", LOTS[0])


def _where(claim: Claim, line: str) -> Place:
    """Where something is open for a line, whichever lot it is."""
    return next((one.place for one in claim.lines if one.place.line_id == line and one.open), _place(line))
