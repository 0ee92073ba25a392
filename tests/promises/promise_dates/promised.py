"""Senders, ways and rules to work promises out with: Berlin sends, a parcel takes a carrier's working days."""

from __future__ import annotations

from datetime import UTC, datetime

from models.order.document import ServiceLevel
from models.policy.promises.reckoning import Awaited, reckon
from models.policy.promises.rules import CarrierCalendar, PromiseRules, TransitRule
from models.policy.promises.transit import Destination
from models.promises.promise import LinePromise
from models.promises.sender import Sender
from models.stock.nodes import Calendar

BERLIN = Sender(
    node="berlin",
    country="DE",
    calendar=Calendar(time_zone="Europe/Berlin", cut_off="16:00"),
    transit_days=2,
    express_days=1,
)
PARCELS = CarrierCalendar(name="parcels", time_zone="Europe/Berlin", closed_on=("2026-12-25", "2026-12-26"))
RULES = PromiseRules(
    carriers=(PARCELS,),
    transit=(
        TransitRule(destination="DE", service_level=ServiceLevel.EXPEDITED, from_days=1, to_days=1, carrier="parcels"),
        TransitRule(destination="DE", postal_prefix="27498", from_days=3, to_days=5, carrier="parcels"),
        TransitRule(destination="DE", from_days=1, to_days=2, carrier="parcels"),
    ),
)
HOME = Destination(country="DE", postal_code="10115", service_level=ServiceLevel.STANDARD)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def promised(
    begins: datetime | None,
    *,
    rules: PromiseRules = RULES,
    sender: Sender = BERLIN,
    destination: Destination = HOME,
    now: datetime | None = None,
) -> LinePromise:
    """What is promised of one line that one node sends."""
    legs = [Awaited("1", begins, (sender,))]
    return reckon(rules, destination, legs, now or begins or at("2026-11-17T09:00"))[0]
