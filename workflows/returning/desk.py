"""A return's desk: what it shows to people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.returns import ReturnActivities
from workflows.desk import HoldDesk
from workflows.own import IN_A_MINUTE, own
from workflows.returning.card import card

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.returns.standing import ReturnStanding


class ReturnDesk(HoldDesk):
    """One return's desk."""

    def __init__(self, standing: ReturnStanding) -> None:
        """Show this return."""
        super().__init__(standing)
        self._standing = standing

    def _card(self) -> str:
        return card(self._standing)

    def _stands(self) -> tuple[str, str | None]:
        return self._standing.state.value, self._standing.waiting_on

    def _recording(self) -> Callable[[], Awaitable[None]]:
        snapshot = self._standing.snapshot()
        return lambda: own(
            ReturnActivities.record, snapshot, summary=f"write down: {snapshot.state.value}", attempts=IN_A_MINUTE
        )
