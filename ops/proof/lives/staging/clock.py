"""An event loop without a clock: time stands still while anything can run, and then jumps to what comes next."""

from __future__ import annotations

import asyncio
import heapq
from collections import deque
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Generator
    from contextvars import Context

BEGINNING = datetime(2026, 11, 23, 8, tzinfo=UTC)
"""A Monday morning: when every life begins."""


class VirtualLoop(asyncio.AbstractEventLoop):
    """Runs what is ready, in order; one timer at a time, as Temporal brings a workflow one piece of news at a time."""

    def __init__(self) -> None:
        """Begin at the beginning."""
        self._now = 0.0
        self._ready: deque[asyncio.Handle] = deque()
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._set = 0
        self.settled: list[Callable[[], None]] = []
        """Called whenever nothing is ready any more; they may make something ready again."""
        self.failures: list[str] = []
        """What went wrong in a task that nobody waited for."""

    def run(self, *, until: float) -> None:
        """Run until nothing is left to do, or until so many seconds after the beginning."""
        outer = asyncio._get_running_loop()  # noqa: SLF001 - a loop has to say that it runs
        asyncio._set_running_loop(self)  # noqa: SLF001 - the same
        try:
            self._drain()
            while (timer := self._next(until)) is not None:
                self._ready.append(timer)
                self._drain()
        finally:
            asyncio._set_running_loop(outer)  # noqa: SLF001 - the same

    def _drain(self) -> None:
        while self._ready:
            while self._ready:
                handle = self._ready.popleft()
                if not handle.cancelled():
                    handle._run()  # noqa: SLF001 - it is how a loop runs a handle
            for settle in self.settled:
                settle()

    def _next(self, until: float) -> asyncio.TimerHandle | None:
        while self._timers and self._timers[0][0] <= until:
            at, _, timer = heapq.heappop(self._timers)
            if not timer.cancelled():
                self._now = max(self._now, at)
                return timer
        return None

    @property
    def now(self) -> datetime:
        """The time of day."""
        return BEGINNING + timedelta(seconds=self._now)

    # --- what asyncio asks of a loop ----------------------------------------------------------------------------------

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def call_soon(
        self, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.Handle:
        """Run it after what is ready already."""
        handle = asyncio.Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def call_later(
        self, delay: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run it so many seconds from now."""
        return self.call_at(self._now + delay, callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[..., object], *args: object, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """Run it then; of two at the same moment the one first asked for goes first."""
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._set += 1
        heapq.heappush(self._timers, (when, self._set, timer))
        return timer

    def create_future(self) -> asyncio.Future[Any]:
        """Make a future of this loop."""
        return asyncio.Future(loop=self)

    def create_task(
        self,
        coro: Generator[Any, None, Any] | Coroutine[Any, Any, Any],
        *,
        name: str | None = None,
        context: Context | None = None,
    ) -> asyncio.Task[Any]:
        """Make a task of this loop."""
        return asyncio.Task(coro, loop=self, name=name, context=context)

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Keep what went wrong: a life in which something did is a broken one."""
        error = context.get("exception")
        self.failures.append(f"{context.get('message')}: {error!r}")

    def get_debug(self) -> bool:
        """Never: it is slow."""
        return False

    def is_running(self) -> bool:
        """Whether it runs now."""
        return asyncio._get_running_loop() is self  # noqa: SLF001 - a loop has to know

    def is_closed(self) -> bool:
        """Never: it has nothing to close."""
        return False

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Leave it in the heap: it is passed over when its time comes."""
