"""Reckoning: the dates of each line from what is reserved, awaited and on its way. Pure, and the same every time."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.policy.promises import transit
from models.policy.stock.sourcing import calendars
from models.promises.promise import LinePromise, Window

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from models.policy.promises.rules import PromiseRules
    from models.policy.promises.transit import Destination
    from models.promises.sender import Sender

_TERMS_MAX = 20


@dataclass(frozen=True)
class Awaited:
    """Some of a line that has not left us: reserved at a node, or still to come in."""

    line_id: str
    begins: datetime | None
    """When work on it can begin: as it was reserved, or as supply is expected; None: nobody knows."""
    senders: tuple[Sender, ...]
    """The node that sends it; where that is not known yet, those that may."""
    supply: bool = False
    """Whether it is to come in first."""


@dataclass(frozen=True)
class OnItsWay:
    """Some of a line in a parcel that has left us."""

    line_id: str
    left_at: datetime
    sender: Sender
    parcel: str
    """Its tracking number."""
    estimate: datetime | None = None
    """The carrier's own, where it gave one."""
    failed_at: datetime | None = None
    """When it was last tried in vain, or stuck."""
    arrived_at: datetime | None = None


@dataclass(frozen=True)
class Dates:
    """When one leg leaves us and arrives, and why; without windows where nobody knows."""

    ship: Window | None
    deliver: Window | None
    terms: tuple[str, ...]


def reckon(
    rules: PromiseRules, destination: Destination, legs: Iterable[Awaited | OnItsWay], at: datetime
) -> tuple[LinePromise, ...]:
    """Work out when each line leaves us and when the customer has it, the last of it counting.

    Args:
        rules: those of the order's policy.
        destination: where it goes, and how fast.
        legs: everything that is still to be sent, or has been.
        at: the moment; what should have happened before it and has not is reckoned anew from it.
    """
    by_line: defaultdict[str, list[Dates]] = defaultdict(list)
    for leg in legs:
        asked = (rules, destination)
        by_line[leg.line_id].append(_awaited(*asked, leg, at) if isinstance(leg, Awaited) else _sent(*asked, leg, at))
    return tuple(_line(line_id, found) for line_id, found in by_line.items())


def together(windows: Sequence[Window | None]) -> Window | None:
    """The window of the last of several; none where one of them is not known."""
    known = [window for window in windows if window is not None]
    if not known or len(known) < len(windows):
        return None
    return Window(earliest=max(one.earliest for one in known), latest=max(one.latest for one in known))


def _line(line_id: str, found: list[Dates]) -> LinePromise:
    terms = dict.fromkeys(term for dates in found for term in dates.terms)
    return LinePromise(
        line_id=line_id,
        ship=together([dates.ship for dates in found]),
        deliver=together([dates.deliver for dates in found]),
        terms=tuple(terms)[:_TERMS_MAX],
    )


def _awaited(rules: PromiseRules, destination: Destination, leg: Awaited, at: datetime) -> Dates:
    if leg.begins is None:
        return Dates(None, None, ("nobody knows when supply comes",))
    said = (f"supply is expected on {leg.begins:%Y-%m-%d}",) if leg.supply else ()
    found = [_from(rules, destination, sender, leg.begins, at) for sender in leg.senders]
    arriving = [dates for dates in found if dates.deliver is not None]
    if len(arriving) < len(found) or not found:
        return Dates(None, None, (*said, "no way there is known"))
    # Which of several nodes will send it is not known yet: the slowest is promised.
    slowest = max(arriving, key=_latest)
    return Dates(slowest.ship, slowest.deliver, (*said, *slowest.terms))


def _latest(dates: Dates) -> tuple[datetime, datetime]:
    if dates.ship is None or dates.deliver is None:
        message = "only known dates are compared"
        raise AssertionError(message)
    return dates.deliver.latest, dates.ship.latest


def _from(rules: PromiseRules, destination: Destination, sender: Sender, begins: datetime, at: datetime) -> Dates:
    ship = Window(
        earliest=calendars.ready_at(sender, begins),
        latest=calendars.ready_at(sender, begins, more_days=rules.slack_days),
    )
    terms = [_ready_said(sender, ship)]
    if ship.latest <= at:
        latest = _anew(
            ship.latest, at, rules.late_days, lambda day, more: calendars.ready_at(sender, day, more_days=more)
        )
        ship = Window(earliest=calendars.ready_at(sender, at), latest=latest)
        terms.append(f"{sender.node} is late: {latest:%Y-%m-%d} is reckoned with")
    if destination.collected:
        return Dates(ship, ship, (*terms, f"it is collected at {sender.node}"))
    found = transit.way(rules, sender, destination)
    if found is None:
        return Dates(ship, None, tuple(terms))
    deliver = Window(
        earliest=transit.arrives_from(found, ship.earliest), latest=transit.arrives_until(found, ship.latest)
    )
    return Dates(ship, deliver, (*terms, found.said))


def _sent(rules: PromiseRules, destination: Destination, leg: OnItsWay, at: datetime) -> Dates:
    ship = Window(earliest=leg.left_at, latest=leg.left_at)
    left = f"parcel {leg.parcel} left {leg.sender.node} on {leg.left_at:%Y-%m-%d}"
    if leg.arrived_at is not None:
        return Dates(ship, Window(earliest=leg.arrived_at, latest=leg.arrived_at), (f"{left} and has arrived",))
    found = transit.way(rules, leg.sender, destination)
    if destination.collected or found is None:
        return Dates(ship, ship if destination.collected else None, (left,))
    terms = [left]
    if leg.estimate is not None:
        deliver = Window(earliest=leg.estimate, latest=leg.estimate)
        terms.append("the carrier's own estimate")
    else:
        deliver = Window(
            earliest=transit.arrives_from(found, leg.left_at), latest=transit.arrives_until(found, leg.left_at)
        )
        terms.append(found.said)
    if leg.failed_at is not None:
        again = transit.days_later(found.calendar, leg.failed_at, 1)
        deliver = Window(earliest=max(deliver.earliest, leg.failed_at), latest=max(deliver.latest, again))
        terms.append("a delivery has failed: the carrier's next day is reckoned with")
    if deliver.latest <= at:
        latest = _anew(
            deliver.latest, at, rules.late_days, lambda day, more: transit.days_later(found.calendar, day, more)
        )
        deliver = Window(earliest=at, latest=latest)
        terms.append(f"it is late: {latest:%Y-%m-%d} is reckoned with")
    return Dates(ship, deliver, tuple(terms))


def _anew(passed: datetime, at: datetime, days: int, later: Callable[[datetime, int], datetime]) -> datetime:
    """A date for what let its date pass: some days later, and twice as many each time that passes too.

    The same until it passes, however often it is asked for: nobody is told of a new day every day.
    """
    while passed <= at:
        passed = later(passed, days)
        days *= 2
    return passed


def _ready_said(sender: Sender, ship: Window) -> str:
    calendar = sender.calendar
    days = f", {sender.handling_days} working days of handling" if sender.handling_days else ""
    cut_off = f"cut-off {calendar.cut_off} {calendar.time_zone}"
    day = ship.latest.astimezone(ZoneInfo(calendar.time_zone)).date()
    return f"{sender.node} has it ready on {day} ({cut_off}{days})"
