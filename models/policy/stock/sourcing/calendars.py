"""Calendars: when a node has an order ready, and when its parcel arrives."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol
from zoneinfo import ZoneInfo

from models.order.document import ServiceLevel

if TYPE_CHECKING:
    from models.stock.nodes import Calendar, Lane, Node


class Works(Protocol):
    """A node, or what a promise knows of one."""

    @property
    def calendar(self) -> Calendar:
        """When it works."""

    @property
    def handling_days(self) -> int:
        """Working days it takes."""


_LONGEST_CLOSURE = 366
"""Days after which a node that never works is taken to work all the same, so that a date can be given."""


def ready_at(node: Works, at: datetime, *, more_days: int = 0) -> datetime:
    """When an order that comes now leaves the node's hands, in UTC; `more_days` are working days on top.

    Before the cut-off of a working day the work begins that day, else on the next working day; handling takes working
    days from there. It is ready at the cut-off, when parcels are handed over.
    """
    return _cut_off_of(node.calendar, _ready_on(node, at, more_days))


def after_cut_off(node: Works, at: datetime) -> bool:
    """Whether an order that comes now is too late for today's parcels; on a day off it is not late, only early."""
    local = at.astimezone(ZoneInfo(node.calendar.time_zone))
    return works_on(node.calendar, local.date()) and f"{local:%H:%M}" >= node.calendar.cut_off


def arrives_at(node: Node, lane: Lane, at: datetime, service_level: ServiceLevel) -> datetime:
    """When the parcel of an order that comes now arrives, in UTC; transit takes calendar days, as carriers count.

    They are days of the node's own: where clocks change on the way, it arrives at the same hour by the clock.
    """
    day = _ready_on(node, at) + timedelta(days=transit_days(lane, service_level))
    return _cut_off_of(node.calendar, day)


def transit_days(lane: Lane, service_level: ServiceLevel) -> int:
    """How many days the way takes."""
    return lane.express_days if service_level is ServiceLevel.EXPEDITED else lane.transit_days


def works_on(calendar: Calendar, day: date) -> bool:
    """Whether the node works on a day of its own."""
    if day.isoweekday() not in calendar.working_days:
        return False
    return not calendar.closed_on or day.isoformat() not in calendar.closed_on


def _ready_on(node: Works, at: datetime, more_days: int = 0) -> date:
    calendar = node.calendar
    day = at.astimezone(ZoneInfo(calendar.time_zone)).date()
    if after_cut_off(node, at):
        day += timedelta(days=1)
    day = _working_day_from(calendar, day)
    for _ in range(node.handling_days + more_days):
        day = _working_day_from(calendar, day + timedelta(days=1))
    return day


def _cut_off_of(calendar: Calendar, day: date) -> datetime:
    return _moment(calendar.time_zone, calendar.cut_off, day)


def _working_day_from(calendar: Calendar, day: date) -> date:
    for ahead in range(_LONGEST_CLOSURE):
        found = day + timedelta(days=ahead)
        if works_on(calendar, found):
            return found
    return day


@lru_cache(maxsize=1024)
def _moment(time_zone: str, cut_off: str, day: date) -> datetime:
    """A day's cut-off; the same few are asked for all day long, and conversions between zones are slow."""
    return datetime.fromisoformat(f"{day.isoformat()}T{cut_off}").replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
