"""Nodes: where stock lies, how fast they work, and where they can send to."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Annotated
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, StringConstraints

from models.base import Identifier, StrictModel, Text
from models.order.parties import Country

_MOST = 1_000_000_000
_FARTHEST_KM = 50_000


class NodeKind(StrEnum):
    """Whose it is, and what it is for."""

    WAREHOUSE = "warehouse"
    STORE = "store"
    THIRD_PARTY = "third_party"
    """A 3PL's."""
    SUPPLIER = "supplier"
    """A supplier's own, who sends for us (drop-ship)."""


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError) as error:
        message = "must be an IANA time zone, such as Europe/Berlin"
        raise ValueError(message) from error
    return name


def _weekdays(days: tuple[int, ...]) -> tuple[int, ...]:
    if not days or len(set(days)) != len(days):
        message = "must name at least one day, and each once"
        raise ValueError(message)
    return days


TimeZone = Annotated[str, AfterValidator(_zone)]
TimeOfDay = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
Weekday = Annotated[int, Field(ge=1, le=7)]
"""ISO 8601: Monday is 1."""


class Calendar(StrictModel):
    """When a node works. An order that comes after the cut-off is worked on the next working day."""

    time_zone: TimeZone = "UTC"
    cut_off: TimeOfDay = "16:00"
    working_days: Annotated[tuple[Weekday, ...], AfterValidator(_weekdays)] = (1, 2, 3, 4, 5)
    closed_on: tuple[Annotated[str, StringConstraints(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")], ...] = ()
    """Days on which it does not work although it usually would."""


class Lane(StrictModel):
    """A way from a node to customers; the first that fits counts."""

    country: Country | None = None
    """None: any country."""
    postal_prefix: Annotated[str, StringConstraints(max_length=10)] = ""
    distance_km: Annotated[int, Field(ge=0, le=_FARTHEST_KM)] = 1000
    transit_days: Annotated[int, Field(ge=0, le=90)] = 3
    express_days: Annotated[int, Field(ge=0, le=90)] = 1
    cost: Annotated[int, Field(ge=0, le=_MOST)] = 500
    """Minor units of the policy's own currency, for one parcel."""
    express_cost: Annotated[int, Field(ge=0, le=_MOST)] = 1500


class Node(StrictModel):
    """A place with stock."""

    name: Identifier
    kind: NodeKind = NodeKind.WAREHOUSE
    priority: Annotated[int, Field(ge=0, le=10_000)] = 100
    """The lowest number is preferred, where nothing else decides."""
    title: Text | None = None
    country: Country | None = None
    """Where it stands: carriers take as long as policy says from there."""
    region: Text | None = None
    """The part of the country, in the words of policy: ``south``."""
    active: bool = True
    """Whether new orders may be promised its stock."""
    down: Text | None = None
    """Why it sends nothing at all for now, if so: it takes no new orders, and what it has not begun goes elsewhere."""
    ships: bool = True
    """Whether it sends parcels."""
    collects: bool = False
    """Whether customers can collect there."""
    handling_days: Annotated[int, Field(ge=0, le=90)] = 0
    handling_cost: Annotated[int, Field(ge=0, le=_MOST)] = 0
    """Minor units of the policy's own currency, for one parcel."""
    capacity: Annotated[int, Field(ge=0, le=_MOST)] | None = None
    """Orders it can work on in a day; none: any number."""
    calendar: Calendar = Calendar()
    lanes: Annotated[tuple[Lane, ...], Field(max_length=500)] = (Lane(),)
    """None fits: it cannot send there."""
    replenished_from: Identifier | None = None
    """The node that refills it by transfer, if one does."""

    @property
    def takes_orders(self) -> bool:
        """Whether new orders may be promised its stock, now."""
        return self.active and self.down is None

    def day(self, at: datetime) -> date:
        """What day it is there: a lot is good until its last day has ended where it lies."""
        return at.astimezone(ZoneInfo(self.calendar.time_zone)).date()


class NodeLoad(StrictModel):
    """How much a node has to do today."""

    node: Identifier
    orders: Annotated[int, Field(ge=0)] = 0
