"""Keeping a promise: its dates and their changes, when it is at risk, missed or kept, and what the customer is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from models.policy.promises.reckoning import together
from models.promises.promise import CHANGES_KEPT, OPEN_STATES, Promise, PromiseChange, PromiseState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from models.policy.promises.rules import PromiseRules
    from models.promises.promise import LinePromise, Window


@dataclass(frozen=True)
class Wishes:
    """What the channel has told the customer before we were asked."""

    ship_by: datetime | None = None
    deliver_by: datetime | None = None


@dataclass(frozen=True)
class Progress:
    """How far an order's goods have come."""

    all_shipped: bool = False
    nearly_there: bool = False
    """Whether every parcel is out for delivery, or its carrier says that it comes in time."""
    lost: bool = False
    """Whether something that was sent will not arrive."""
    delivered_at: datetime | None = None
    """When the last of it arrived; none before."""


def begun(wishes: Wishes, lines: Sequence[LinePromise], at: datetime, reason: str) -> Promise:
    """Promise for the first time: the customer goes by the channel's date, else by ours."""
    ship, deliver = _of_all(lines)
    ours = deliver.latest if deliver else None
    return Promise(
        version=1,
        at=at,
        reason=reason,
        ship=ship,
        deliver=deliver,
        lines=tuple(lines),
        since=at,
        first_deliver_by=ours,
        deliver_by=wishes.deliver_by or ours,
        ship_by=wishes.ship_by or (ship.latest if ship else None),
        changes=(PromiseChange(version=1, at=at, deliver=deliver, reason=reason),),
    )


def renewed(promise: Promise, lines: Sequence[LinePromise], at: datetime, reason: str) -> Promise:
    """Take new dates; it is another version where the last day of delivery is another."""
    ship, deliver = _of_all(lines)
    dates: dict[str, object] = {"ship": ship, "deliver": deliver, "lines": tuple(lines)}
    if deliver and promise.first_deliver_by is None:
        dates["first_deliver_by"] = deliver.latest
    if promise.ship_by is None and promise.deliver_by is not None and ship:
        dates["ship_by"] = ship.latest
    if _day(deliver) == _day(promise.deliver):
        return promise.model_copy(update=dates)
    version = promise.version + 1
    change = PromiseChange(version=version, at=at, deliver=deliver, reason=reason)
    changes = (*promise.changes, change)[-CHANGES_KEPT:]
    return promise.model_copy(update=dates | {"version": version, "at": at, "reason": reason, "changes": changes})


def judged(rules: PromiseRules, promise: Promise, progress: Progress, at: datetime) -> Promise:
    """Say how it stands at a moment."""
    if promise.delivered_at is not None:
        return promise
    if progress.delivered_at is not None:
        return _closed(promise, progress.delivered_at)
    due = promise.missed_at or promise.deliver_by
    if due is not None and at >= due:
        said = {"state": PromiseState.MISSED, "missed_at": due, "risk": f"it was to be there by {_spoken(due)}"}
        return promise.model_copy(update=said)
    risk = _risk(rules, promise, progress, at)
    return promise.model_copy(update={"state": PromiseState.AT_RISK if risk else PromiseState.ON_TRACK, "risk": risk})


def ended(promise: Promise, progress: Progress) -> Promise:
    """Promise nothing more: what was lost on the way was missed, and what was not sent at all is wanted no longer."""
    if promise.state not in OPEN_STATES:
        return promise
    if progress.lost:
        return promise.model_copy(update={"state": PromiseState.MISSED, "kept_first": False})
    return promise.model_copy(update={"state": PromiseState.WITHDRAWN, "risk": None})


def matters(rules: PromiseRules, promise: Promise) -> bool:
    """Whether the dates differ so much from those the customer goes by that he is to be told."""
    if promise.deliver is None or promise.delivered_at is not None or promise.told_version >= promise.version:
        return False
    if promise.deliver_by is None:
        return True
    later = (promise.deliver.latest.date() - promise.deliver_by.date()).days
    sooner = rules.tell_earlier_from_days
    return later >= rules.tell_from_days or (sooner is not None and -later >= sooner)


def told(promise: Promise, at: datetime) -> Promise:
    """Note that the customer goes by these dates from now on."""
    new = {"told_version": promise.version, "since": at}
    if promise.deliver is not None:
        new |= {"deliver_by": promise.deliver.latest, "ship_by": promise.ship.latest if promise.ship else None}
    return promise.model_copy(update=new)


def next_look(rules: PromiseRules, promise: Promise, progress: Progress, at: datetime) -> datetime | None:
    """When it has to be judged anew though nothing has happened: before a date passes, and when it does."""
    if promise.delivered_at is not None or promise.state is PromiseState.WITHDRAWN:
        return None
    moments: list[datetime] = []
    if not progress.all_shipped:
        moments += [_warning(rules, promise, promise.ship_by), promise.ship_by] if promise.ship_by else []
        moments += [promise.ship.latest] if promise.ship else []
    elif promise.deliver is not None:
        moments.append(promise.deliver.latest)
    if promise.deliver_by is not None and promise.missed_at is None:
        moments += [_warning(rules, promise, promise.deliver_by), promise.deliver_by]
    return min((moment for moment in moments if moment > at), default=None)


def _closed(promise: Promise, delivered_at: datetime) -> Promise:
    # Word of a delivery may come late: what counts is when it was there.
    due = promise.missed_at or promise.deliver_by
    kept = due is None or delivered_at <= due
    first = promise.first_deliver_by
    return promise.model_copy(
        update={
            "state": PromiseState.KEPT if kept else PromiseState.MISSED,
            "risk": None if kept or due is None else f"it was to be there by {_spoken(due)}",
            "missed_at": None if kept else due,
            "delivered_at": delivered_at,
            "kept_first": first is None or delivered_at <= first,
        }
    )


def _risk(rules: PromiseRules, promise: Promise, progress: Progress, at: datetime) -> str | None:
    """Why it will probably not be kept, if so."""
    due, ship_by = promise.deliver_by, promise.ship_by
    if progress.lost:
        return "a parcel will not arrive"
    if promise.deliver is None:
        return "nobody knows when it comes"
    if due is not None and promise.deliver.latest > due:
        return f"it is to be there by {_spoken(due)}, and is expected by {_spoken(promise.deliver.latest)}"
    if ship_by is not None and not progress.all_shipped and at >= _warning(rules, promise, ship_by):
        return f"it {'was' if at >= ship_by else 'is'} to leave by {_spoken(ship_by)}, and has not"
    if due is not None and not progress.nearly_there and at >= _warning(rules, promise, due):
        return f"it is to be there by {_spoken(due)}, and has not arrived"
    return None


def _warning(rules: PromiseRules, promise: Promise, due: datetime) -> datetime:
    """When to warn; a date that is close from the start must not warn of itself at once."""
    halfway = promise.since + (due - promise.since) / 2
    return max(due - timedelta(hours=rules.warn_hours_before), halfway).replace(second=0, microsecond=0)


def _of_all(lines: Sequence[LinePromise]) -> tuple[Window | None, Window | None]:
    return together([line.ship for line in lines]), together([line.deliver for line in lines])


def _day(window: Window | None) -> object:
    return window.latest.date() if window else None


def _spoken(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M} UTC"
