"""A promise is what a node's cut-off and calendar, and a carrier's days to the customer, allow; and it says so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from models.order.document import ServiceLevel
from models.policy.promises.reckoning import Awaited, OnItsWay, reckon
from models.policy.promises.rules import CarrierCalendar, PromiseRules, TransitRule
from models.policy.promises.transit import Destination
from models.stock.nodes import Calendar
from tests.promises.promise_dates.promised import BERLIN, HOME, PARCELS, RULES, at, promised

EXPRESS = Destination(country="DE", postal_code="10115", service_level=ServiceLevel.EXPEDITED)
ISLAND = Destination(country="DE", postal_code="27498", service_level=ServiceLevel.STANDARD)
ABROAD = Destination(country="NL", postal_code="1011", service_level=ServiceLevel.STANDARD)


@pytest.mark.parametrize(
    ("begins", "leaves", "there_from", "there_by"),
    [
        # Tuesday before the cut-off; the carrier works on Saturdays, the node does not.
        ("2026-11-17T14:59", "2026-11-17T15:00", "2026-11-18T07:00", "2026-11-19T19:00"),
        ("2026-11-17T15:00", "2026-11-18T15:00", "2026-11-19T07:00", "2026-11-20T19:00"),
        ("2026-11-19T09:00", "2026-11-19T15:00", "2026-11-20T07:00", "2026-11-21T19:00"),
        ("2026-11-20T09:00", "2026-11-20T15:00", "2026-11-21T07:00", "2026-11-23T19:00"),
        ("2026-11-20T18:00", "2026-11-23T15:00", "2026-11-24T07:00", "2026-11-25T19:00"),
        # Over Christmas the carrier rests on Friday and Saturday, and on Sunday as ever.
        ("2026-12-23T09:00", "2026-12-23T15:00", "2026-12-24T07:00", "2026-12-28T19:00"),
        # Summer time begins on the 29th of March: 08:00 and 20:00 come an hour sooner in UTC.
        ("2027-03-26T09:00", "2027-03-26T15:00", "2027-03-27T07:00", "2027-03-29T18:00"),
        # And ends on the 25th of October.
        ("2026-10-23T09:00", "2026-10-23T14:00", "2026-10-24T06:00", "2026-10-26T19:00"),
    ],
)
def test_dates_follow_cut_offs_calendars_and_transit(begins, leaves, there_from, there_by):
    line = promised(at(begins))
    assert line.ship is not None
    assert line.deliver is not None
    assert line.ship.latest == at(leaves)
    assert (line.deliver.earliest, line.deliver.latest) == (at(there_from), at(there_by))


def test_the_day_it_is_ready_is_named_as_the_node_has_it():
    # Friday morning in Auckland is Thursday evening in Greenwich.
    auckland = BERLIN.model_copy(update={"calendar": Calendar(time_zone="Pacific/Auckland", cut_off="08:00")})
    line = promised(at("2026-11-19T10:00"), sender=auckland)
    assert line.ship.latest == at("2026-11-19T19:00")
    assert "ready on 2026-11-20 (cut-off 08:00 Pacific/Auckland)" in line.terms[0]


def test_the_first_rule_that_fits_the_way_counts():
    tuesday = at("2026-11-17T09:00")
    assert promised(tuesday, destination=EXPRESS).deliver.latest == at("2026-11-18T19:00")
    assert promised(tuesday, destination=ISLAND).deliver.latest == at("2026-11-23T19:00")


def test_without_a_rule_the_nodes_own_lane_serves_in_calendar_days():
    friday = at("2026-11-20T09:00")
    line = promised(friday, destination=ABROAD)
    assert line.deliver.latest == at("2026-11-22T19:00")
    assert "berlin's own lane" in line.terms[-1]


def test_without_any_way_nobody_knows():
    nowhere = BERLIN.model_copy(update={"transit_days": None, "express_days": None})
    line = promised(at("2026-11-17T09:00"), sender=nowhere, destination=ABROAD)
    assert line.deliver is None


def test_a_rule_may_be_for_one_region_a_parcel_comes_from():
    slow = TransitRule(origin="DE", origin_region="alps", from_days=4, to_days=4, carrier="parcels")
    rules = RULES.model_copy(update={"transit": (slow, *RULES.transit)})
    alps = BERLIN.model_copy(update={"region": "alps"})
    tuesday = at("2026-11-17T09:00")
    assert promised(tuesday, rules=rules).deliver.latest == at("2026-11-19T19:00")
    assert promised(tuesday, rules=rules, sender=alps).deliver.latest == at("2026-11-21T19:00")


def test_what_is_collected_is_there_when_it_is_ready():
    line = promised(at("2026-11-17T09:00"), destination=Destination("DE", "", ServiceLevel.STANDARD, collected=True))
    assert line.deliver == line.ship


def test_handling_and_slack_take_working_days():
    handled = BERLIN.model_copy(update={"handling_days": 2})
    slack = RULES.model_copy(update={"slack_days": 1})
    line = promised(at("2026-11-19T09:00"), rules=slack, sender=handled)
    assert (line.ship.earliest, line.ship.latest) == (at("2026-11-23T15:00"), at("2026-11-24T15:00"))


def test_a_node_that_let_its_day_pass_is_reckoned_with_anew():
    line = promised(at("2026-11-17T09:00"), now=at("2026-11-17T15:00"))
    assert line.ship.latest == at("2026-11-20T15:00")
    assert any("berlin is late" in term for term in line.terms)


def test_supply_that_nobody_expects_has_no_date():
    assert promised(None).deliver is None


def test_what_waits_for_supply_is_promised_from_the_slowest_node_that_may_send_it():
    store = BERLIN.model_copy(update={"node": "store", "handling_days": 3})
    begins = at("2026-12-01T09:00")
    legs = [Awaited("1", begins, (BERLIN, store), supply=True)]
    (line,) = reckon(RULES, HOME, legs, at("2026-11-17T09:00"))
    assert line.ship.latest == at("2026-12-04T15:00")
    assert line.terms[0] == "supply is expected on 2026-12-01"


def test_the_last_of_a_line_counts_and_every_line_has_its_own_date():
    early, late = at("2026-11-17T09:00"), at("2026-11-19T09:00")
    legs = [Awaited("1", early, (BERLIN,)), Awaited("1", late, (BERLIN,)), Awaited("2", early, (BERLIN,))]
    first, second = reckon(RULES, HOME, legs, early)
    assert first.deliver.latest == at("2026-11-21T19:00")
    assert second.deliver.latest == at("2026-11-19T19:00")


def a_parcel(**more):
    return OnItsWay("1", at("2026-11-17T15:30"), BERLIN, "TRK-1", **more)


@pytest.mark.parametrize(
    ("more", "now", "there_by"),
    [
        ({}, "2026-11-17T16:00", "2026-11-19T19:00"),
        ({"estimate": at("2026-11-18T12:00")}, "2026-11-17T16:00", "2026-11-18T12:00"),
        ({"failed_at": at("2026-11-19T17:00")}, "2026-11-19T17:00", "2026-11-20T19:00"),
        ({"failed_at": at("2026-11-21T17:00")}, "2026-11-21T17:00", "2026-11-23T19:00"),
        # It should have been there; two more of the carrier's days are reckoned with.
        ({}, "2026-11-19T20:00", "2026-11-21T19:00"),
        ({"arrived_at": at("2026-11-18T10:00")}, "2026-11-20T16:00", "2026-11-18T10:00"),
    ],
)
def test_a_parcel_on_its_way_goes_by_what_is_known_of_it(more, now, there_by):
    (line,) = reckon(RULES, HOME, [a_parcel(**more)], at(now))
    assert line.deliver.latest == at(there_by)


moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
zones = st.sampled_from(["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"])
days = st.lists(st.integers(1, 7), min_size=1, max_size=7, unique=True).map(tuple)
holidays = st.lists(st.dates(datetime(2026, 1, 1).date(), datetime(2028, 1, 31).date()), max_size=20)  # noqa: DTZ001
clocks = st.sampled_from(["00:30", "02:30", "09:00", "16:00", "23:59"])


@st.composite
def senders(draw):
    closed = tuple(sorted({day.isoformat() for day in draw(holidays)}))
    calendar = Calendar(time_zone=draw(zones), cut_off=draw(clocks), working_days=draw(days), closed_on=closed)
    return BERLIN.model_copy(update={"calendar": calendar, "handling_days": draw(st.integers(0, 5))})


@given(begins=moments, sender=senders())
@settings(max_examples=150)
def test_nothing_leaves_before_the_cut_off_allows(begins, sender):
    line = promised(begins, sender=sender)
    local = line.ship.earliest.astimezone(ZoneInfo(sender.calendar.time_zone))
    assert line.ship.earliest > begins - timedelta(hours=1)  # the hour that does not exist when summer time begins
    assert local.isoweekday() in sender.calendar.working_days
    assert local.date().isoformat() not in sender.calendar.closed_on
    arrives = line.deliver.latest.astimezone(ZoneInfo(PARCELS.time_zone))
    assert line.ship.latest <= line.deliver.earliest <= line.deliver.latest
    assert arrives.isoweekday() in PARCELS.working_days or line.deliver.latest == line.ship.latest


@given(begins=moments, sender=senders(), more=st.integers(1, 5), later=st.timedeltas(timedelta(0), timedelta(days=9)))
@settings(max_examples=150)
def test_more_handling_and_a_later_start_are_never_sooner(begins, sender, more, later):
    slower = sender.model_copy(update={"handling_days": sender.handling_days + more})
    line = promised(begins, sender=sender)
    for other in (promised(begins, sender=slower), promised(begins + later, sender=sender)):
        assert other.ship.latest >= line.ship.latest
        assert other.deliver.earliest >= line.deliver.earliest
        assert other.deliver.latest >= line.deliver.latest


@given(least=st.integers(0, 10), more=st.integers(0, 10), begins=moments)
@settings(max_examples=60)
def test_longer_transit_is_never_sooner(least, more, begins):
    def taking(days):
        rule = TransitRule(from_days=days, to_days=days, carrier="parcels")
        return promised(begins, rules=RULES.model_copy(update={"transit": (rule,)})).deliver

    assert taking(least).latest <= taking(least + more).latest


@pytest.mark.parametrize(
    "wrong",
    [
        {"transit": (TransitRule(from_days=1, to_days=1, carrier="nobody"),)},
        {"carriers": (PARCELS, PARCELS)},
    ],
)
def test_rules_that_cannot_be_followed_are_refused_when_they_are_loaded(wrong):
    with pytest.raises(ValidationError):
        PromiseRules(**wrong)


def test_a_carrier_must_hand_over_between_two_hours_and_in_no_less_than_it_takes():
    with pytest.raises(ValidationError):
        CarrierCalendar(name="x", deliver_from="20:00", deliver_until="08:00")
    with pytest.raises(ValidationError):
        TransitRule(from_days=3, to_days=2, carrier="x")


def test_an_order_keeps_only_the_rules_that_may_concern_it():
    assert len(RULES.towards("DE").transit) == 3
    assert RULES.towards("FR").transit == ()
    assert RULES.towards("FR").carriers == ()
