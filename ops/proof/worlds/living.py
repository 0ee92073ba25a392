"""Many random worlds, several at a time on one database; what happens in each follows from its seed alone."""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from contextlib import contextmanager
from typing import TYPE_CHECKING
from uuid import uuid4

from pydantic import BaseModel, ConfigDict
from sqlalchemy import create_engine, make_url

from activities.adapters.store.database import Database, tuned
from models.policy.book import PolicyBook
from models.policy.stock.rules import AvailabilityRules, FenceRule, SourcingRules, StockRules
from models.settings import Settings
from ops.proof.worlds.course import end, live, swept
from ops.proof.worlds.crashing import can_crash
from ops.proof.worlds.log import Broken
from ops.proof.worlds.world import NODES, ROUND, Clock, World

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Engine

_TOGETHER = 20
"""Worlds that share a clock and its sweeps."""
_CONNECTIONS = 4
_SWEEPS = 3
"""Every so many rounds, what has run out is let go."""
_AT_ONCE = 10_000
_BLOCKING = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_STORY = 12
"""So many of the last deeds of a broken world are told."""


class BrokenWorld(BaseModel):
    """A world in which a law did not hold."""

    model_config = ConfigDict(frozen=True)

    seed: int
    law: str
    story: tuple[str, ...]
    """What was done last, the latest at the end."""


class WorldsProof(BaseModel):
    """What a run of worlds came to."""

    model_config = ConfigDict(frozen=True)

    database: str
    first_seed: int
    worlds: int
    deeds: int
    ways: dict[str, int]
    """How many of the deeds were done once, twice, with a crash..."""
    seconds: float
    broken: tuple[BrokenWorld, ...]


async def prove_worlds(
    database_url: str, *, worlds: int, first_seed: int = 1, stop_when_broken: bool = False
) -> WorldsProof:
    """Live so many worlds, on a database with all tables in it; what they write stays there.

    Args:
        database_url: nothing else may use its stock meanwhile, for time passes there as the worlds please.
        worlds: how many.
        first_seed: the seed of the first; each of the others has the next.
        stop_when_broken: whether one broken world is enough, and the others need not live to their end.
    """
    database = Database(database_url, pool_size=_CONNECTIONS)
    address = make_url(database_url).set(drivername=_BLOCKING[database.engine.dialect.name])
    reader = tuned(create_engine(address)).execution_options(reading=True)
    can_crash(database)
    run, began = uuid4().hex[:8], time.perf_counter()
    ways: Counter[str] = Counter()
    broken: list[BrokenWorld] = []
    try:
        for start in range(first_seed, first_seed + worlds, _TOGETHER):
            seeds = range(start, min(start + _TOGETHER, first_seed + worlds))
            group = _Group(database, reader, run, seeds)
            broken += await group.live(stop_when_broken=stop_when_broken)
            ways.update(way for world in group.worlds for way in world.ways)
            if broken and stop_when_broken:
                break
    finally:
        await database.close()
        reader.dispose()
    return WorldsProof(
        database=database.engine.dialect.name,
        first_seed=first_seed,
        worlds=worlds,
        deeds=ways.total(),
        ways=dict(sorted(ways.items())),
        seconds=time.perf_counter() - began,
        broken=tuple(broken),
    )


class _Group:
    """Some worlds under one clock."""

    def __init__(self, database: Database, reader: Engine, run: str, seeds: Sequence[int]) -> None:
        self._database = database
        self._clock = Clock()
        # Every other group sells in parts; in each, two pieces of the articles kept by lot are the web shop's.
        fence = FenceRule(sku=f"{run}-*-lots", node=NODES[0], holder="channel:web", units=2)
        rules = StockRules(
            sourcing=SourcingRules(partial=bool(seeds[0] // _TOGETHER % 2)),
            availability=AvailabilityRules(fences=(fence,)),
        )
        sample = PolicyBook.load(Settings().policies).current
        policies = PolicyBook([sample.model_copy(update={"stock": rules})])
        self.worlds = [World(seed, f"{run}-{seed}", database, reader, policies, self._clock) for seed in seeds]
        self._broken: dict[int, BrokenWorld] = {}

    async def live(self, *, stop_when_broken: bool) -> list[BrokenWorld]:
        """Let every world live to its end; returns those that broke."""
        for number in range(max(world.rounds for world in self.worlds)):
            await self._each(live, [world for world in self.worlds if number < world.rounds])
            self._clock.now += ROUND
            if number % _SWEEPS == 0:
                await self._sweep()
            if self._broken and stop_when_broken:
                return list(self._broken.values())
        await self._each(end, self.worlds)
        return list(self._broken.values())

    async def _sweep(self) -> None:
        keeping = self.worlds[0].keeping
        try:
            await keeping.expire(limit=_AT_ONCE)
            await keeping.fence()
            await keeping.fill(limit=_AT_ONCE)
        except Exception:
            # Books that break a law can stop a sweep; it does not say whose they are, but the law does.
            self._check_books()
            if not self._broken:
                raise
            return
        for world in self._whole(self.worlds):
            with self._guarding(world):
                swept(world)

    def _check_books(self) -> None:
        for world in self._whole(self.worlds):
            with self._guarding(world):
                world.check_books()

    async def _each(self, step: Callable[[World], Awaitable[None]], worlds: Iterable[World]) -> None:
        async def guarded(world: World) -> None:
            with self._guarding(world):
                await step(world)

        if self._database.engine.dialect.name == "postgresql":
            await asyncio.gather(*map(guarded, self._whole(worlds)))
            return
        # SQLite has one writer at a time, and who waits for it sleeps: it is quicker in a row.
        for world in self._whole(worlds):
            await guarded(world)

    def _whole(self, worlds: Iterable[World]) -> list[World]:
        return [world for world in worlds if world.seed not in self._broken]

    @contextmanager
    def _guarding(self, world: World) -> Iterator[None]:
        try:
            yield
        except Broken as law:
            self._break(world, str(law))
        except Exception as error:  # noqa: BLE001 - whatever it is, the world's seed brings it back
            self._break(world, f"{type(error).__name__}: {error}")

    def _break(self, world: World, law: str) -> None:
        self._broken[world.seed] = BrokenWorld(seed=world.seed, law=law, story=tuple(world.story[-_STORY:]))
