"""One part's life: started when what it needs is there, started again after a crash, ended when asked."""

from __future__ import annotations

import asyncio
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process
from typing import TYPE_CHECKING

from ops.stack.part import Part, PartFailedError, PartState
from ops.stack.processes import Identity, identify, signal_group

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ops.stack.part import Tell

_POLL_S = 0.1
_FIRST_PAUSE_S = 0.5
_LONGEST_PAUSE_S = 10.0
_STEADY_S = 30.0
"""After so long a life a crash counts as the first again."""
_LOG_MAX = 10_000_000
_TAIL = 400


class Keeper:
    """Keeps one part alive."""

    def __init__(self, part: Part, logs: Path, tell: Tell, changed: Callable[[], None]) -> None:
        """Keep `part`; its output goes to a file in `logs`, and `changed` is called when its process is another."""
        self.part = part
        self.state = PartState.WAITING
        self.identity: Identity | None = None
        self._log = logs / f"{part.name}.log"
        self._tell = tell
        self._changed = changed
        self._process: Process | None = None
        self._life: asyncio.Task[None] | None = None
        self._up = asyncio.Event()
        self._wanted = False

    async def start(self) -> None:
        """Start it and wait until it is ready, or done.

        Raises:
            PartFailedError: it ended, or was not ready in time.
        """
        if self._life is not None and not self._life.done():
            await self._up.wait()
            return
        self._wanted = True
        self._up.clear()
        self._life = asyncio.create_task(self._live(), name=f"keep {self.part.name}")
        up = asyncio.create_task(self._up.wait())
        try:
            await asyncio.wait({up, self._life}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            up.cancel()
        if not self._up.is_set():
            await self._life

    async def stop(self) -> None:
        """End it, and wait until it has ended; it is not started again."""
        self._wanted = False
        process = self._process
        if process is not None and process.returncode is None:
            signal_group(process.pid, signal.SIGTERM)
            try:
                await asyncio.wait_for(process.wait(), self.part.grace_s)
            except TimeoutError:
                signal_group(process.pid, signal.SIGKILL)
                await process.wait()
        if self._life is not None:
            self._life.cancel()
            await asyncio.wait({self._life})
        self._up.clear()
        if self.state is not PartState.DONE:
            self._become(PartState.STOPPED)

    def kill(self) -> None:
        """End it at once, without asking."""
        self._wanted = False
        if self._process is not None and self._process.returncode is None:
            signal_group(self._process.pid, signal.SIGKILL)

    async def _live(self) -> None:
        clock = asyncio.get_running_loop().time
        pause = _FIRST_PAUSE_S
        while True:
            began = clock()
            process = await self._spawn()
            failure = await self._come_up(process)
            if failure and not self._up.is_set():
                self.kill()
                await process.wait()
                raise PartFailedError(self.part.name, failure, str(self._log))
            if self.state is PartState.DONE:
                return
            if failure:
                signal_group(process.pid, signal.SIGKILL)
            code = await process.wait()
            if not self._wanted:
                return
            pause = _FIRST_PAUSE_S if clock() - began > _STEADY_S else min(pause * 2, _LONGEST_PAUSE_S)
            self._become(PartState.CRASHED, f"{failure or _ended(code)}; it is started again")
            await asyncio.sleep(pause)

    async def _spawn(self) -> Process:
        self._become(PartState.STARTING)
        if self._log.exists() and self._log.stat().st_size > _LOG_MAX:
            self._log.replace(self._log.with_suffix(".log.1"))
        with self._log.open("ab") as log:
            # A session of its own: Ctrl-C in the terminal reaches the supervisor, which then ends the parts in order.
            self._process = await asyncio.create_subprocess_exec(
                *self.part.argv, stdin=DEVNULL, stdout=log, stderr=STDOUT, env=self.part.env, start_new_session=True
            )
        self.identity = identify(self._process.pid)
        self._changed()
        return self._process

    async def _come_up(self, process: Process) -> str:
        """Wait until it is ready; return what went wrong, if something did."""
        try:
            async with asyncio.timeout(self.part.ready_within_s):
                if self.part.ready is None:
                    code = await process.wait()
                    return self._tail(code) if code else self._arrive(PartState.DONE)
                while process.returncode is None:
                    if await self.part.ready(process.pid):
                        return self._arrive(PartState.READY)
                    await asyncio.sleep(_POLL_S)
                return self._tail(process.returncode)
        except TimeoutError:
            return f"it was not ready within {self.part.ready_within_s:g} s"

    def _arrive(self, state: PartState) -> str:
        self._become(state)
        self._up.set()
        return ""

    def _tail(self, code: int) -> str:
        said = self._log.read_text(errors="replace").strip()[-_TAIL:].splitlines()
        return f"{_ended(code)} ({said[-1].strip()})" if said else _ended(code)

    def _become(self, state: PartState, note: str = "") -> None:
        if state is not self.state or note:
            self.state = state
            self._tell(self.part.name, state, note)


def _ended(code: int) -> str:
    return f"it ended by {signal.Signals(-code).name}" if code < 0 else f"it ended with exit code {code}"
