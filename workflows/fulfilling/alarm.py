"""One timer for all the deadlines of an order's goods: the nearest is set, the others wait their turn."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta

from temporalio import workflow

_AT_LEAST = timedelta(milliseconds=1)


@dataclass(frozen=True)
class _Deadline:
    at: datetime
    says: str


class Alarm:
    """Deadlines by name. One that has passed rings until it is unset; setting it again postpones it."""

    def __init__(self) -> None:
        """Begin with none."""
        self._deadlines: dict[str, _Deadline] = {}
        self._passed: set[str] = set()
        self._timer: asyncio.Task[None] | None = None
        self._until: datetime | None = None

    def set(self, name: str, at: datetime, says: str) -> None:
        """Expect something by a time; `says` is what the timer shows in Temporal's Web UI."""
        self._deadlines[name] = _Deadline(at, says)
        self._passed.discard(name)
        self._arm()

    def unset(self, name: str) -> None:
        """It has come, or matters no longer."""
        self._deadlines.pop(name, None)
        self._passed.discard(name)
        if len(self._passed) == len(self._deadlines):
            self._stop()

    def passed(self, name: str) -> bool:
        """Whether a deadline has passed."""
        return name in self._passed

    def all_passed(self, prefix: str) -> list[str]:
        """The deadlines so named that have passed, the first one first."""
        found = [name for name in self._passed if name.startswith(prefix)]
        return sorted(found, key=lambda name: (self._deadlines[name].at, name))

    def end(self) -> None:
        """Expect nothing any more."""
        self._deadlines.clear()
        self._passed.clear()
        self._stop()

    def _arm(self) -> None:
        """Have the timer run to the nearest deadline; one that would go off too early is left: it costs nothing."""
        coming = [deadline for name, deadline in self._deadlines.items() if name not in self._passed]
        if not coming:
            return
        nearest = min(coming, key=lambda deadline: deadline.at)
        if self._timer is not None and self._until is not None and self._until <= nearest.at:
            return
        self._stop()
        self._until = nearest.at
        self._timer = asyncio.ensure_future(self._run(nearest))

    async def _run(self, deadline: _Deadline) -> None:
        await workflow.sleep(max(deadline.at - workflow.now(), _AT_LEAST), summary=deadline.says)
        self._timer = self._until = None
        self._passed |= {name for name, one in self._deadlines.items() if one.at <= deadline.at}
        self._arm()

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._until = None
