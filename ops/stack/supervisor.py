"""Starts children and chores, each as soon as what it needs is there, and ends them in reverse order."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ops.stack.child import Child, Spec, State
from ops.stack.record import ProcessRecord
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from ops.stack.folder import Folder


@dataclass(frozen=True)
class Chore:
    """Something to be done once while starting, such as bringing the database up to date."""

    name: str
    do: Callable[[], Awaitable[None]]
    after: tuple[str, ...] = ()


@dataclass(frozen=True)
class ChildStatus:
    """How a child is."""

    name: str
    state: str
    pid: int | None
    restarts: int
    address: str


class Supervisor:
    """A stack's children, in the order in which they are named."""

    def __init__(
        self,
        specs: Sequence[Spec],
        folder: Folder,
        tell: Callable[[str], None],
        *,
        chores: Sequence[Chore] = (),
        changed: Callable[[], None] = lambda: None,
    ) -> None:
        """Look after these; nothing is started yet. `changed` hears of every process that comes or goes."""
        self._children = {spec.name: Child(spec, folder, tell, changed) for spec in specs}
        self._chores = chores
        self._tell = tell
        self._starting: list[asyncio.Task[None]] = []

    async def start(self) -> None:
        """Start everything, as far as possible side by side.

        Raises:
            StackError: one of them does not come up; the others are left as they are.
        """
        done = {name: asyncio.Event() for name in (*self._children, *(chore.name for chore in self._chores))}
        self._starting = [
            *(asyncio.create_task(self._start_child(child, done)) for child in self._children.values()),
            *(asyncio.create_task(self._do(chore, done)) for chore in self._chores),
        ]
        try:
            await asyncio.gather(*self._starting)
        finally:
            await self._give_up_starting()

    async def stop(self) -> None:
        """End all, the last named first: nothing loses what it stands on while it ends."""
        await self._give_up_starting()
        for child in reversed(self._children.values()):
            if child.state is not State.WAITING:
                await child.stop()

    async def stop_one(self, name: str) -> None:
        """End one and leave it ended, until somebody starts it."""
        await self._named(name).stop()
        self._tell(f"{name} is stopped")

    async def start_one(self, name: str) -> None:
        """Start one that was stopped, and wait until it is well."""
        await self._named(name).start()
        self._tell(f"{name} is well")

    def status(self) -> list[ChildStatus]:
        """How each is."""
        return [
            ChildStatus(child.spec.name, child.state.value, child.pid, child.restarts, child.spec.address)
            for child in self._children.values()
        ]

    def processes(self) -> tuple[ProcessRecord, ...]:
        """Which processes there are, in the order in which they are named."""
        return tuple(
            ProcessRecord(name=child.spec.name, pid=child.pid, known_as=child.known_as)
            for child in self._children.values()
            if child.pid is not None and child.known_as is not None
        )

    def _named(self, name: str) -> Child:
        try:
            return self._children[name]
        except KeyError:
            raise StackError(f"there is no {name}; there are {', '.join(self._children)}") from None

    async def _start_child(self, child: Child, done: dict[str, asyncio.Event]) -> None:
        for name in child.spec.after:
            await done[name].wait()
        await child.start()
        self._tell(f"{child.spec.name} is well")
        done[child.spec.name].set()

    async def _do(self, chore: Chore, done: dict[str, asyncio.Event]) -> None:
        for name in chore.after:
            await done[name].wait()
        await chore.do()
        done[chore.name].set()

    async def _give_up_starting(self) -> None:
        for task in self._starting:
            task.cancel()
        await asyncio.gather(*self._starting, return_exceptions=True)
        self._starting = []
