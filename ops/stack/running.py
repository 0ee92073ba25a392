"""A whole stack, from its folder to its end: clear up, start, say where everything is, obey, stop."""

from __future__ import annotations

import asyncio
import fcntl
import os
import secrets
import signal
import threading
import time
from contextlib import asynccontextmanager, contextmanager
from dataclasses import asdict
from typing import IO, TYPE_CHECKING

from ops.stack.control import ChildLine, Control, Request
from ops.stack.parts import stay_with
from ops.stack.pids import identity
from ops.stack.ports import choose, wished
from ops.stack.record import ProcessRecord, StackRecord, end_left_overs, write_record
from ops.stack.secrets_kept import callback_secrets
from ops.stack.seeding import child_settings, migrate, seed
from ops.stack.services import MIGRATIONS, PARTNERS, Plan, api_spec, partner_specs, real_specs, workers_spec
from ops.stack.supervisor import Chore, Supervisor
from ops.stack.temporal import temporal_spec
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from ops.stack.folder import Folder
    from ops.stack.parts import Part

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stack:
    """A stack that is running."""

    def __init__(self, plan: Plan, tell: Callable[[str], None]) -> None:
        """Put it together; nothing is started yet."""
        self.plan = plan
        self.stopping = asyncio.Event()
        """Set once somebody wants it to end."""
        environment = plan.environment()
        settings = child_settings(environment)
        real = real_specs(plan)
        self._control = Control(secrets.token_urlsafe(32), self._obey)
        self._control_port = 0
        self._supervisor = Supervisor(
            [
                temporal_spec(plan.folder, plan.ports, environment),
                *partner_specs(plan),
                *real,
                workers_spec(plan),
                api_spec(plan),
            ],
            plan.folder,
            tell,
            chores=[
                Chore(MIGRATIONS, lambda: migrate(settings, tell)),
                Chore(
                    "seeding",
                    lambda: seed(settings, plan.folder, same_goods="wms" in plan.real()),
                    after=(MIGRATIONS, *self._sources(), *(spec.name for spec in real)),
                ),
            ],
            changed=self._write,
        )

    @property
    def api_url(self) -> str:
        """Where the API is."""
        return self.plan.api_url

    @property
    def ui_url(self) -> str:
        """Where the Temporal Web UI is."""
        return self.plan.url("ui")

    async def start(self) -> None:
        """Start everything.

        Raises:
            StackError: something does not come up.
        """
        self._control_port = await self._control.open()
        self._write()
        await self._supervisor.start()

    async def stop(self) -> None:
        """End everything, and the record of it."""
        await self._supervisor.stop()
        self._control.close()
        self.plan.folder.record.unlink(missing_ok=True)

    def _sources(self) -> tuple[str, ...]:
        return tuple(name for name in ("erp", "wms") if name in self.plan.sandboxes())

    async def _obey(self, request: Request) -> tuple[ChildLine, ...]:
        if request.verb == "down":
            self.stopping.set()
        elif request.verb == "stop":
            await self._supervisor.stop_one(request.name)
        elif request.verb == "start":
            await self._supervisor.start_one(request.name)
        return tuple(ChildLine.model_validate(asdict(child)) for child in self._supervisor.status())

    def _write(self) -> None:
        supervisor = ProcessRecord(name="supervisor", pid=os.getpid(), known_as=identity(os.getpid()) or "")
        write_record(
            self.plan.folder,
            StackRecord(
                supervisor=supervisor,
                control_port=self._control_port,
                control_token=self._control.token,
                ports=dict(self.plan.ports),
                api_url=self.plan.api_url,
                ui_url=self.ui_url,
                processes=self._supervisor.processes(),
            ),
        )


@asynccontextmanager
async def running_stack(
    folder: Folder,
    tell: Callable[[str], None],
    *,
    any_ports: bool = False,
    ui_port: int | None = None,
    parts: Sequence[Part] = (),
) -> AsyncIterator[Stack]:
    """Run a stack from this folder until the block is left.

    Ctrl-C, SIGTERM and `orderloom down` set the stack's `stopping`, and it is for the block to leave then.

    Args:
        folder: where it keeps everything; what an earlier stack left there is picked up again.
        tell: hears, a line at a time, what a person should know.
        any_ports: whether to take any free ports, and not the usual ones where they are free.
        ui_port: where the Temporal Web UI is wished for; none: as for the other ports.
        parts: real systems to stand where sandboxes would; installed first where they are not yet.

    Raises:
        StackError: a stack runs from this folder already, or something does not come up, or it is told to stop before.
    """
    began = time.monotonic()
    folder.make()
    with folder.lock.open("w") as lock:
        _claim(lock, folder)
        await asyncio.to_thread(end_left_overs, folder, tell)
        stay_with(folder, parts)
        for part in parts:
            await asyncio.to_thread(part.prepare, tell)
        wishes = wished(any_ports=any_ports, ui_port=ui_port)
        plan = Plan(
            folder=folder,
            ports=choose(wishes | {name: 0 for part in parts for name in part.ports}, tell),
            secrets=callback_secrets(folder, PARTNERS),
            given=dict(os.environ),
            parts=tuple(parts),
        )
        stack = Stack(plan, tell)
        with _signals(stack.stopping):
            try:
                await _unless_stopped(stack)
                tell(f"everything is well after {time.monotonic() - began:.0f} s")
                yield stack
            finally:
                await stack.stop()


async def _unless_stopped(stack: Stack) -> None:
    starting = asyncio.create_task(stack.start())
    stopping = asyncio.create_task(stack.stopping.wait())
    try:
        await asyncio.wait((starting, stopping), return_when=asyncio.FIRST_COMPLETED)
        if not starting.done():
            raise StackError("stopped before everything was well")
        await starting
    finally:
        for task in (starting, stopping):
            task.cancel()
        await asyncio.gather(starting, stopping, return_exceptions=True)


@contextmanager
def _signals(stopping: asyncio.Event) -> Iterator[None]:
    """Let the usual signals mean: end in good order. They reach the main thread only."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    for number in _ENDING:
        loop.add_signal_handler(number, stopping.set)
    try:
        yield
    finally:
        for number in _ENDING:
            loop.remove_signal_handler(number)


def _claim(lock: IO[str], folder: Folder) -> None:
    # The system gives the lock back however its holder ends.
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise StackError(f"a stack runs from {folder.root} already; `orderloom down` ends it") from None
