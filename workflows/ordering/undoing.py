"""Compensation: each deed's undo is noted before the deed, and run in reverse, whatever happens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.order.snapshot import TimelineKind
from workflows.asking import NotDone
from workflows.desk import CancelOrder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.order.standing import Standing


@dataclass(frozen=True)
class Undo:
    """How one deed is taken back."""

    name: str
    """As the timeline tells it: ``cancel the ERP order``."""
    run: Callable[[], Awaitable[str]]
    """Takes it back, and says what came of it; a deed that never happened is no trouble."""


class Undoing:
    """What has to be taken back if the order is cancelled now."""

    def __init__(self, standing: Standing) -> None:
        """Begin with nothing."""
        self._standing = standing
        self._stack: list[Undo] = []

    def note(self, name: str, run: Callable[[], Awaitable[str]]) -> None:
        """Note a deed's undo; to be called before the deed, since a call that seems to fail may have happened."""
        self._stack.append(Undo(name, run))

    async def run(self) -> None:
        """Take everything back, last deed first; what an operator gives up is said, and the rest goes on."""
        while self._stack:
            # Taken off first: what goes on beside may note a deed of its own meanwhile.
            undo = self._stack.pop()
            try:
                outcome = await undo.run()
            except (NotDone, CancelOrder):
                outcome = "not done: an operator gave it up"
            self._standing.tell(f"{undo.name}: {outcome}", kind=TimelineKind.UNDO)
