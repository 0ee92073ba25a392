"""One process of the stack: started, watched, started again when it dies, ended in good order."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from ops.stack.pids import identity
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from pathlib import Path

    from ops.stack.folder import Folder

_LOOK_EVERY_S = 0.1
_PAUSES_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""How long a child that keeps dying rests before the next start; one that ran a while begins with the shortest."""
_RAN_A_WHILE_S = 60.0
_STARTS_AT_FIRST = 3
"""A child that dies so often before it was ever well has something wrong with it that starting does not mend."""


class State(StrEnum):
    """Where a child is."""

    WAITING = "waiting"
    STARTING = "starting"
    WELL = "well"
    STOPPED = "stopped"
    """Somebody stopped it."""
    RESTING = "resting"
    """It died and is about to be started again."""


@dataclass(frozen=True)
class Spec:
    """What a child is."""

    name: str
    command: tuple[str, ...]
    is_well: Callable[[int], Awaitable[bool]]
    """Whether the process of that number does its work; it may raise where nothing answers yet."""
    environment: Mapping[str, str] = field(default_factory=dict)
    """The whole environment it gets."""
    after: tuple[str, ...] = ()
    """The children and chores that must be well or done before it is started."""
    address: str = ""
    """Where people reach it."""
    folder: Path | None = None
    """Where it is started; none: where we are."""
    start_within_s: float = 90.0
    grace_s: float = 15.0
    """How long it may take to end when it is asked to."""


class Child:
    """A process and what is wanted of it."""

    def __init__(self, spec: Spec, folder: Folder, tell: Callable[[str], None], changed: Callable[[], None]) -> None:
        """Look after a process: `tell` hears what a person should know, `changed` that its number is another."""
        self.spec = spec
        self.state = State.WAITING
        self.restarts = 0
        self.known_as: str | None = None
        self._folder = folder
        self._tell = tell
        self._changed = changed
        self._process: asyncio.subprocess.Process | None = None
        self._watch: asyncio.Task[None] | None = None

    @property
    def pid(self) -> int | None:
        """The number of its process, while it has one."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start it and wait until it is well; a child that runs already is only waited for.

        Raises:
            StackError: it does not come up; says what it said last.
        """
        if self._watch is None or self._watch.done():
            self._watch = asyncio.create_task(self._keep_running(), name=f"watch {self.spec.name}")
        until = time.monotonic() + self.spec.start_within_s
        while self.state is not State.WELL:
            if self._watch.cancelled():
                raise StackError(f"{self.spec.name} was stopped before it was well")
            if self._watch.done():
                await self._watch
            if time.monotonic() > until:
                raise self._trouble(f"was not well within {self.spec.start_within_s:g} s")
            await asyncio.sleep(_LOOK_EVERY_S)

    async def stop(self) -> None:
        """End it and leave it ended: politely first, by force after the grace."""
        if self._watch is not None:
            self._watch.cancel()
            with suppress(asyncio.CancelledError, StackError):
                await self._watch
        await self._end()
        self.state = State.STOPPED
        self._changed()

    async def _keep_running(self) -> None:
        deaths, ever_well = 0, False
        while True:
            began = time.monotonic()
            process = await self._launch()
            code = await self._well_until_it_ends(process)
            ever_well = ever_well or self.state is State.WELL
            if time.monotonic() - began > _RAN_A_WHILE_S:
                deaths = 0
            deaths += 1
            self.state = State.RESTING
            self._changed()
            if not ever_well and deaths >= _STARTS_AT_FIRST:
                raise self._trouble(f"does not start: it {_ended(code)}")
            self._tell(f"{self.spec.name} {_ended(code)}: starting it again")
            self.restarts += 1
            await asyncio.sleep(_PAUSES_S[min(deaths, len(_PAUSES_S)) - 1])

    async def _launch(self) -> asyncio.subprocess.Process:
        self.state = State.STARTING
        log = self._folder.open_log(self.spec.name)
        try:
            # A session of its own: Ctrl-C in the terminal reaches the supervisor only, which ends children in order.
            self._process = await asyncio.create_subprocess_exec(
                *self.spec.command,
                env=dict(self.spec.environment),
                cwd=self.spec.folder,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise StackError(f"{self.spec.name} cannot be started: {error}") from error
        finally:
            os.close(log)
        self.known_as = identity(self._process.pid)
        self._changed()
        return self._process

    async def _well_until_it_ends(self, process: asyncio.subprocess.Process) -> int:
        ended = asyncio.ensure_future(process.wait())
        try:
            while not ended.done() and not await self._is_well(process.pid):
                await asyncio.wait([ended], timeout=_LOOK_EVERY_S)
            if not ended.done():
                self.state = State.WELL
            return await ended
        finally:
            ended.cancel()

    async def _is_well(self, pid: int) -> bool:
        try:
            return await self.spec.is_well(pid)
        except Exception:  # noqa: BLE001 - whatever keeps it from answering, it is not well yet
            return False

    async def _end(self) -> None:
        process = self._process
        if process is None or process.returncode is not None:
            return
        for number in (signal.SIGTERM, signal.SIGKILL):
            with suppress(ProcessLookupError):
                process.send_signal(number)
            with suppress(TimeoutError):
                await asyncio.wait_for(process.wait(), self.spec.grace_s)
                return
            self._tell(f"{self.spec.name} did not end within {self.spec.grace_s:g} s: ending it by force")

    def _trouble(self, what: str) -> StackError:
        name = self.spec.name
        return StackError(
            f"{name} {what}. It said last: {self._folder.last_line(name)} (all of it: {self._folder.log(name)})"
        )


def _ended(code: int) -> str:
    return f"was ended by signal {-code}" if code < 0 else f"ended with exit code {code}"
