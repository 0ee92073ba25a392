"""Many lives, one after the other or on several processes: which broke, and how often each kind of thing happened."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import TYPE_CHECKING

from models.base import StrictModel
from ops.proof.lives.life import live

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ops.proof.lives.world.memory import World

_CHUNK = 50
ENOUGH = 2_000
"""In so many lives everything has to happen at least once."""
SOMETIMES = (
    *("fault: lost on the way", "fault: done, and the answer lost", "fault: answered too late", "fault: throttled"),
    *("fault: refused", "fault: unclear, and done", "fault: unclear, and not done", "fault: down"),
    *("callback", "callback late", "callback again", "callback under a new id", "callback after the end"),
    *("floor: whole", "floor: two parcels", "floor: short", "floor: rejected", "floor: late", "recalled too late"),
    *("carrier: delivered", "carrier: failed_attempt", "carrier: lost", "carrier: returned_to_sender"),
    *("cancelled by update", "cancelled by signal", "cancelled by temporal", "cancelled too late"),
    *("operator: approve", "operator: reject", "operator: too late", "nonsense", "nonsense after the end"),
    *("changed by update", "changed by signal", "changed too late", "a change is withdrawn"),
    *("a rival reserves", "a rival finds nothing", "a count finds less", "a backorder is filled"),
    *("authorise", "capture", "void", "refund", "invoice", "credit memo", "release", "recall", "transfer"),
    *("create order", "cancel order", "change order", "book", "void label"),
    *("a return", "goods are back", "goods inspected", "nothing is sent back", "withdrawn", "return: approve"),
    *("return: reject", "return's parcel"),
)
"""What a life may bring; a proof in which one of these never happened has proved less than it says."""


class BrokenLife(StrictModel):
    """A life that broke a law: `seed` lives it again."""

    seed: int
    laws: tuple[str, ...]
    story: tuple[str, ...]
    """Its last deeds."""


class LivesProof(StrictModel):
    """What came of so many lives."""

    lives: int
    first_seed: int
    orders: int
    returns: int
    seconds: float
    broken: tuple[BrokenLife, ...]
    times: dict[str, int]
    """How often each kind of thing happened."""
    never: tuple[str, ...]
    """What should have happened and did not."""

    @property
    def holds(self) -> bool:
        """Whether nothing broke and nothing was left out."""
        return not self.broken and not self.never


def prove_lives(lives: int, *, first_seed: int = 1, processes: int = 1) -> LivesProof:
    """Live so many lives, each from the next seed."""
    began = time.monotonic()
    seeds = range(first_seed, first_seed + lives)
    chunks = [seeds[start : start + _CHUNK] for start in range(0, lives, _CHUNK)]
    if processes == 1:
        parts: Iterable[LivesProof] = map(_live_all, chunks)
        return _together(parts, lives, first_seed, began)
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return _together(pool.map(_live_all, chunks), lives, first_seed, began)


def _live_all(seeds: range) -> LivesProof:
    return sum_up((live(seed) for seed in seeds), first_seed=seeds.start)


def sum_up(worlds: Iterable[World], *, first_seed: int) -> LivesProof:
    """Say what came of these lives, each judged already."""
    times: Counter[str] = Counter()
    broken: list[BrokenLife] = []
    lives = orders = returns = 0
    for world in worlds:
        lives, orders, returns = lives + 1, orders + len(world.orders), returns + len(world.cases)
        times += world.times
        if world.broken:
            broken.append(BrokenLife(seed=world.seed, laws=tuple(world.broken), story=tuple(world.deeds)))
    return LivesProof(
        lives=lives,
        first_seed=first_seed,
        orders=orders,
        returns=returns,
        seconds=0.0,
        broken=tuple(broken),
        times=dict(sorted(times.items())),
        never=(),
    )


def _together(parts: Iterable[LivesProof], lives: int, first_seed: int, began: float) -> LivesProof:
    times: Counter[str] = Counter()
    broken: list[BrokenLife] = []
    orders = returns = 0
    for part in parts:
        times.update(part.times)
        broken += part.broken
        orders, returns = orders + part.orders, returns + part.returns
    return LivesProof(
        lives=lives,
        first_seed=first_seed,
        orders=orders,
        returns=returns,
        seconds=time.monotonic() - began,
        broken=tuple(broken),
        times=dict(sorted(times.items())),
        never=tuple(_never(times)) if lives >= ENOUGH else (),
    )


def _never(times: Counter[str]) -> Iterator[str]:
    for kind in SOMETIMES:
        if not times[kind]:
            yield kind
