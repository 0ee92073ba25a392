"""A node's day ends at its own cut-off, in its own time zone, and it works on its own working days."""

from datetime import UTC, datetime, timedelta

import pytest

from models.order.document import ServiceLevel
from models.policy.stock.sourcing.calendars import after_cut_off, arrives_at, ready_at
from models.stock.nodes import Calendar, Lane, Node
from tests.promises.sourcing.pictures import picture, shelf, sourced

BERLIN = Calendar(time_zone="Europe/Berlin", cut_off="16:00")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def ready(calendar: Calendar, moment: str, handling_days: int = 0) -> datetime:
    return ready_at(Node(name="n", calendar=calendar, handling_days=handling_days), at(moment))


def test_before_the_cut_off_it_is_ready_today():
    assert ready(BERLIN, "2026-11-17T14:59") == at("2026-11-17T15:00")


def test_at_the_cut_off_it_is_too_late_for_today():
    assert ready(BERLIN, "2026-11-17T15:00") == at("2026-11-18T15:00")


def test_the_cut_off_is_the_nodes_own_time_of_day():
    moment = "2026-11-17T15:30"
    assert ready(BERLIN, moment).day == 18
    assert ready(Calendar(time_zone="America/New_York", cut_off="16:00"), moment).day == 17


def test_the_day_is_the_nodes_own_day():
    # Monday evening in Greenwich is Tuesday morning in Tokyo.
    tokyo = Calendar(time_zone="Asia/Tokyo", cut_off="12:00")
    assert ready(tokyo, "2026-11-16T20:00") == at("2026-11-17T03:00")


def test_the_cut_off_follows_summer_time():
    assert ready(BERLIN, "2026-07-14T13:59") == at("2026-07-14T14:00")
    assert ready(BERLIN, "2026-07-14T14:00") == at("2026-07-15T14:00")


def test_friday_evening_is_monday():
    assert ready(BERLIN, "2026-11-20T18:00") == at("2026-11-23T15:00")


def test_an_order_on_a_day_off_is_early_and_not_late():
    saturday = at("2026-11-21T20:00")
    assert ready(BERLIN, "2026-11-21T20:00") == at("2026-11-23T15:00")
    assert not after_cut_off(Node(name="n", calendar=BERLIN), saturday)


def test_a_closed_day_is_skipped():
    closed = Calendar(cut_off="16:00", closed_on=("2026-12-25", "2026-12-28"))
    assert ready(closed, "2026-12-24T17:00") == at("2026-12-29T16:00")


def test_handling_takes_working_days():
    assert ready(BERLIN, "2026-11-20T09:00", handling_days=2) == at("2026-11-24T15:00")


def test_a_node_that_works_every_day_works_at_the_weekend():
    every = Calendar(cut_off="16:00", working_days=(1, 2, 3, 4, 5, 6, 7))
    assert ready(every, "2026-11-21T09:00") == at("2026-11-21T16:00")


def test_a_node_that_is_always_closed_still_has_a_date():
    days = tuple((datetime(2026, 11, 17, tzinfo=UTC) + timedelta(days=n)).date().isoformat() for n in range(400))
    assert ready(Calendar(closed_on=days), "2026-11-17T09:00") == at("2026-11-17T16:00")


@pytest.mark.parametrize(("level", "days"), [(ServiceLevel.STANDARD, 4), (ServiceLevel.EXPEDITED, 1)])
def test_transit_is_in_calendar_days_and_shorter_when_expedited(level, days):
    node = Node(name="n", calendar=BERLIN)
    lane = Lane(transit_days=4, express_days=1)
    moment = at("2026-11-19T09:00")
    assert arrives_at(node, lane, moment, level) == at("2026-11-19T15:00") + timedelta(days=days)


@pytest.mark.parametrize(
    ("sent", "arrives"), [("2026-03-27T10:00", "2026-03-29T21:30"), ("2026-10-23T10:00", "2026-10-25T22:30")]
)
def test_a_parcel_arrives_at_the_same_hour_by_the_clock_when_clocks_change(sent: str, arrives: str):
    late = Calendar(time_zone="Europe/Berlin", cut_off="23:30", working_days=(1, 2, 3, 4, 5, 6, 7))
    berlin = Node(name="berlin", calendar=late)
    assert arrives_at(berlin, Lane(transit_days=2), at(sent), ServiceLevel.STANDARD) == at(arrives)


def test_the_record_names_the_day_where_the_node_stands():
    # It is Tuesday night there; the next cut-off is on Wednesday morning, which is Tuesday still in Greenwich.
    auckland = Calendar(time_zone="Pacific/Auckland", cut_off="08:00", working_days=(1, 2, 3, 4, 5, 6, 7))
    nodes = [Node(name="auckland", calendar=auckland, lanes=(Lane(transit_days=1),))]
    assert "arrives 2026-11-19" in sourced(picture(nodes, [shelf("auckland", 5)])).decision.reasons
