"""The rules of promise dates, as data: transit by way and service, carriers' days, and when a change is told."""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator

from models.base import Identifier, StrictModel, Text
from models.order.document import ServiceLevel
from models.order.parties import Country
from models.stock.nodes import TimeOfDay, TimeZone, Weekday

Days = Annotated[int, Field(ge=0, le=90)]
Hours = Annotated[int, Field(ge=0, le=24 * 30)]
PublicHoliday = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


def _each_once(days: tuple[int, ...]) -> tuple[int, ...]:
    if not days or len(set(days)) != len(days):
        message = "must name at least one day, and each once"
        raise ValueError(message)
    return days


class CarrierCalendar(StrictModel):
    """On which days a carrier moves parcels, and at which hours it hands them over."""

    name: Identifier
    time_zone: TimeZone = "UTC"
    working_days: Annotated[tuple[Weekday, ...], AfterValidator(_each_once)] = (1, 2, 3, 4, 5, 6)
    closed_on: tuple[PublicHoliday, ...] = ()
    deliver_from: TimeOfDay = "08:00"
    deliver_until: TimeOfDay = "20:00"

    @model_validator(mode="after")
    def _has_hours(self) -> Self:
        if self.deliver_from >= self.deliver_until:
            message = "deliver_from must come before deliver_until"
            raise ValueError(message)
        return self


class TransitRule(StrictModel):
    """How many of a carrier's days a parcel takes; what a rule does not name may be anything, and the first counts."""

    origin: Country | None = None
    origin_region: Text | None = None
    destination: Country | None = None
    postal_prefix: Annotated[str, StringConstraints(max_length=10)] = ""
    service_level: ServiceLevel | None = None
    from_days: Days
    to_days: Days
    carrier: Identifier
    """The name of one of the calendars."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.from_days > self.to_days:
            message = "from_days must not be more than to_days"
            raise ValueError(message)
        return self


class PromiseRules(StrictModel):
    """What is promised, when a warning comes, and what is told. Without a transit rule a node's own lane serves."""

    warn_hours_before: Hours = 24
    """How long before a date passes an order shows as at risk; never in the first half of the time it has."""
    tell_from_days: Annotated[int, Field(ge=1, le=90)] = 1
    """From how many days later than he was told the customer hears of it."""
    tell_earlier_from_days: Annotated[int, Field(ge=1, le=90)] | None = None
    """From how many days earlier; none: what comes early is no news."""
    settle_minutes: Annotated[int, Field(ge=0, le=24 * 60)] = 10
    """How long a change rests before it is told: what changes again meanwhile is one change to the customer."""
    slack_days: Days = 0
    """Working days that a node may take longer than it says."""
    late_days: Annotated[int, Field(ge=1, le=30)] = 2
    """Days that are reckoned with anew where a node, or a carrier, has let a date pass; twice as many each time."""
    transit: Annotated[tuple[TransitRule, ...], Field(max_length=500)] = ()
    carriers: Annotated[tuple[CarrierCalendar, ...], Field(max_length=50)] = ()

    @model_validator(mode="after")
    def _carriers_are_known(self) -> Self:
        known = {calendar.name for calendar in self.carriers}
        if len(known) != len(self.carriers):
            message = "each carrier's calendar must have a name of its own"
            raise ValueError(message)
        strange = sorted({rule.carrier for rule in self.transit} - known)
        if strange:
            message = f"no calendar for {', '.join(strange)}"
            raise ValueError(message)
        return self

    def towards(self, country: Country | None) -> Self:
        """Leave out what cannot matter to an order that goes there."""
        transit = tuple(rule for rule in self.transit if country is None or rule.destination in {None, country})
        used = {rule.carrier for rule in transit}
        carriers = tuple(calendar for calendar in self.carriers if calendar.name in used)
        return self.model_copy(update={"transit": transit, "carriers": carriers})
