"""Watching a partner whose word we wait for: when it is late, somebody is told, and we go on waiting."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.messages import Cancellation
from models.order.standing import PLATFORM
from models.states.hold import Hold, HoldKind, HoldState
from workflows.fulfilling.alarm import Alarm

if TYPE_CHECKING:
    from datetime import timedelta

    from workflows.ordering.run import Run
    from workflows.queues import Partner


class Watch:
    """A deadline, and the hold that opens when it passes."""

    def __init__(self, run: Run, partner: Partner, within: timedelta, what: str, alarm: Alarm | None = None) -> None:
        """Expect `what` (``the parcel's delivery``) of a partner within some time; of several, by one `alarm`."""
        self._run = run
        self._partner = partner
        self._within = within
        self._what = what
        self._hold: Hold | None = None
        self._alarm = alarm or Alarm()
        self._set_alarm()

    def _set_alarm(self) -> None:
        self._alarm.set(self._what, workflow.now() + self._within, f"{self._what} expected by then")

    @property
    def calls(self) -> bool:
        """Whether `look` has something to do: the time is up, or the hold was answered."""
        return self._alarm.passed(self._what) if self._hold is None else self._state() is not HoldState.OPEN

    def _state(self) -> HoldState:
        return HoldState.RELEASED if self._hold is None else self._run.standing.holds[self._hold.id].state

    async def look(self) -> None:
        """Open the hold when time is up; after its answer wait on, or have the order cancelled if that was refused."""
        if self._hold is None:
            self._hold = self._run.standing.open_hold(
                HoldKind.UNKNOWN_DELIVERY_DATE,
                f"{self._partner.called} has not reported {self._what} within {_spoken(self._within)}",
                waiting_on=self._partner.value,
                release_rule=f"{self._what}, or an answer from the warehouse's team",
            )
            await self._run.desk.show()
            return
        answered = self._run.standing.holds[self._hold.id]
        if answered.state is HoldState.REJECTED:
            self._run.desk.wish = Cancellation(
                reason=answered.decision_reason or "rejected", actor=answered.decided_by or PLATFORM
            )
        self._hold = None
        self._set_alarm()

    def end(self) -> None:
        """Stop watching: it has come, or no longer matters."""
        self._alarm.unset(self._what)
        if self._hold is not None and self._state() is HoldState.OPEN:
            self._run.standing.close_hold(
                self._hold.id, HoldState.RELEASED, actor=PLATFORM, reason=f"{self._what} came"
            )


def _spoken(duration: timedelta) -> str:
    hours = int(duration.total_seconds() // 3600)
    return f"{hours // 24} days" if hours >= 48 and hours % 24 == 0 else f"{hours} hours"  # noqa: PLR2004 - two days
