"""Transit: how long the way from a node to a customer takes, on the days on which its carrier moves parcels."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.order.document import ServiceLevel
from models.policy.promises.rules import CarrierCalendar

if TYPE_CHECKING:
    from models.order.parties import Country
    from models.policy.promises.rules import PromiseRules, TransitRule
    from models.promises.sender import Sender

_LONGEST_STRIKE = 366
"""Days after which a carrier that never works is taken to work all the same, so that a date can be given."""
_EVERY_DAY = CarrierCalendar(name="lane", working_days=(1, 2, 3, 4, 5, 6, 7))


@dataclass(frozen=True)
class Destination:
    """Where an order goes, and how fast."""

    country: Country | None
    postal_code: str
    service_level: ServiceLevel
    collected: bool = False
    """Whether the customer comes for it: there is no way then."""


@dataclass(frozen=True)
class Way:
    """A way from a node to a customer."""

    from_days: int
    to_days: int
    calendar: CarrierCalendar
    said: str
    """What it rests on, in words."""


def way(rules: PromiseRules, sender: Sender, destination: Destination) -> Way | None:
    """The way by the first transit rule that fits, else by the node's own lane; None where neither leads there."""
    for rule in rules.transit:
        if _fits(rule, sender, destination):
            calendar = next(one for one in rules.carriers if one.name == rule.carrier)
            return Way(rule.from_days, rule.to_days, calendar, _said(rule))
    days = sender.express_days if destination.service_level is ServiceLevel.EXPEDITED else sender.transit_days
    if days is None:
        return None
    calendar = _EVERY_DAY.model_copy(update={"time_zone": sender.calendar.time_zone})
    return Way(days, days, calendar, f"{_days(days, days)} on the way by {sender.node}'s own lane")


def arrives_from(way: Way, handed_over: datetime) -> datetime:
    """The earliest a parcel can arrive that the carrier gets at a moment, in UTC."""
    return max(_on(way.calendar, handed_over, way.from_days, way.calendar.deliver_from), handed_over)


def arrives_until(way: Way, handed_over: datetime) -> datetime:
    """The latest it arrives, in UTC."""
    return max(_on(way.calendar, handed_over, way.to_days, way.calendar.deliver_until), handed_over)


def days_later(calendar: CarrierCalendar, at: datetime, days: int) -> datetime:
    """The end of deliveries so many of the carrier's days after a moment's own day, in UTC."""
    return _on(calendar, at, days, calendar.deliver_until)


def moves_on(calendar: CarrierCalendar, day: date) -> bool:
    """Whether the carrier moves parcels on a day of its own."""
    return day.isoweekday() in calendar.working_days and day.isoformat() not in calendar.closed_on


def _on(calendar: CarrierCalendar, at: datetime, days: int, hour: str) -> datetime:
    """An hour of the day that is so many of the carrier's days after the first one on which it has the parcel."""
    day = _next_day(calendar, at.astimezone(ZoneInfo(calendar.time_zone)).date())
    for _ in range(days):
        day = _next_day(calendar, day + timedelta(days=1))
    return _moment(calendar.time_zone, hour, day)


def _next_day(calendar: CarrierCalendar, day: date) -> date:
    for ahead in range(_LONGEST_STRIKE):
        found = day + timedelta(days=ahead)
        if moves_on(calendar, found):
            return found
    return day


@lru_cache(maxsize=1024)
def _moment(time_zone: str, hour: str, day: date) -> datetime:
    local = datetime.fromisoformat(f"{day.isoformat()}T{hour}").replace(tzinfo=ZoneInfo(time_zone))
    return local.astimezone(UTC)


def _fits(rule: TransitRule, sender: Sender, destination: Destination) -> bool:
    return (
        rule.origin in {None, sender.country}
        and rule.origin_region in {None, sender.region}
        and rule.destination in {None, destination.country}
        and destination.postal_code.startswith(rule.postal_prefix)
        and rule.service_level in {None, destination.service_level}
    )


def _said(rule: TransitRule) -> str:
    level = f" {rule.service_level.value}" if rule.service_level else ""
    ends = f"from {rule.origin_region or rule.origin or 'anywhere'} to {rule.destination or 'anywhere'}"
    return f"{rule.carrier}{level} takes {_days(rule.from_days, rule.to_days)} {ends}"


def _days(least: int, most: int) -> str:
    if least != most:
        return f"{least} to {most} days"
    return "1 day" if most == 1 else f"{most} days"
