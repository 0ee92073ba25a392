"""What a part of the stack is, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    Ready = Callable[[int], Awaitable[bool]]
    """Whether the part with this process number does its work yet."""
    Tell = Callable[[str, "PartState", str], None]
    """Told of every change: which part, how it stands now, and a sentence where there is something to say."""


class PartState(StrEnum):
    """How a part stands."""

    WAITING = "waiting"
    """Not started: something it needs is not there yet."""
    STARTING = "starting"
    READY = "ready"
    DONE = "done"
    """It had one thing to do, and did it."""
    STOPPED = "stopped"
    """On purpose."""
    CRASHED = "crashed"
    """By itself; it is started again."""


@dataclass(frozen=True)
class Part:
    """One process of the stack."""

    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str] = field(default_factory=dict)
    needs: tuple[str, ...] = ()
    """Parts that must be ready, or done, before it is started."""
    ready: Ready | None = None
    """None for a part that does one thing and ends: it is done when it ends well."""
    ready_within_s: float = 60.0
    grace_s: float = 10.0
    """How long it may take to end when asked."""


class PartFailedError(Exception):
    """A part did not come up."""

    def __init__(self, name: str, why: str, log: str) -> None:
        """Say which and why, and where the rest can be read."""
        super().__init__(f"{name} did not start: {why}; see {log}")
