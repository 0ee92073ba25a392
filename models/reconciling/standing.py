"""What becomes of a difference: seen, seen again, gone, healed, given to a person, closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.errors import Conflict
from models.reconciling.differences import DIFFERENCE, RECONCILER, Difference, DifferenceState

if TYPE_CHECKING:
    from datetime import datetime

    from models.reconciling.differences import Finding

_STANDING = frozenset({DifferenceState.OPEN, DifferenceState.ASSIGNED})
_DID_NOT_HELP = "it is there again after it was healed: "


def first_seen(finding: Finding, owner: str, now: datetime) -> Difference:
    """A new one."""
    return Difference(
        id=finding.id, finding=finding, state=DIFFERENCE.initial, owner=owner, first_seen=now, last_seen=now
    )


def seen_again(before: Difference, finding: Finding, now: datetime, settled_before: datetime) -> Difference:
    """One we know is still there, or there again.

    What was healed since `settled_before` is given its time. What comes back after that is not healed a second time.
    What a person has closed stays closed as long as it is the same.
    """
    seen = before.model_copy(update={"finding": finding, "last_seen": now, "times_seen": before.times_seen + 1})
    if before.state in _STANDING:
        return seen
    if before.state is DifferenceState.HEALED:
        if before.settled_at is not None and before.settled_at > settled_before:
            return before
        said = f"{_DID_NOT_HELP}{before.outcome or ''}"[:500]
        again = finding.model_copy(update={"remedy": None})
        return _moved(seen, DifferenceState.OPEN, outcome=said, finding=again)
    if before.actor != RECONCILER and before.finding.substance == finding.substance:
        return seen
    return _moved(seen, DifferenceState.OPEN, outcome=None, assignee=None, actor=None)


def gone(before: Difference, now: datetime) -> Difference:
    """It is not there any more."""
    said = "it went away by itself"
    return _moved(before, DifferenceState.CLOSED, outcome=said, actor=RECONCILER, settled_at=now)


def healed(before: Difference, outcome: str, now: datetime) -> Difference:
    """We have put it right."""
    return _moved(before, DifferenceState.HEALED, outcome=outcome, actor=RECONCILER, settled_at=now)


def left_to_owner(before: Difference, reason: str) -> Difference:
    """A person of the team it belongs to has to look at it."""
    said = before.outcome if before.outcome and before.outcome.startswith(_DID_NOT_HELP) else reason
    return _moved(before, DifferenceState.ASSIGNED, outcome=said, actor=RECONCILER)


def assigned(before: Difference, assignee: str, actor: str) -> Difference:
    """Somebody takes it on, or is given it.

    Raises:
        Conflict: it is settled.
    """
    _check(before)
    return _moved(before, DifferenceState.ASSIGNED, assignee=assignee, actor=actor)


def closed(before: Difference, reason: str, actor: str, now: datetime) -> Difference:
    """A person says why it may stand, or how it was put right.

    Raises:
        Conflict: it is settled.
    """
    _check(before)
    return _moved(before, DifferenceState.CLOSED, outcome=reason, actor=actor, settled_at=now)


def _check(before: Difference) -> None:
    if before.state not in _STANDING:
        raise Conflict("settled_already", f"it is {before.state.value}: {before.outcome or 'nothing is to be done'}")


def _moved(before: Difference, state: DifferenceState, **told: object) -> Difference:
    changes = {"state": DIFFERENCE.move(before.state, state), "settled_at": None} | told
    return before.model_copy(update=changes)
