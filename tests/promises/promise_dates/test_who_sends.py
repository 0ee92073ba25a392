"""The ledger says with each answer who sends, or may send, so that the order can work its promise out by itself."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from models.order.document import Delivery
from models.policy.promises.sending import likely_senders, senders
from models.policy.stock.rules import SourcingRules
from models.stock.demand import Demand, Need
from models.stock.nodes import Calendar, Lane, Node
from models.stock.reservation import Allocation, ReservationRequest
from tests.promises.backorders.waiting import Waiting

AT = datetime(2026, 11, 2, 9, tzinfo=UTC)
TO_BERLIN = Demand(channel="b2b", country="DE", postal_prefix="101")
NORTH = Node(
    name="north",
    country="DE",
    handling_days=1,
    calendar=Calendar(closed_on=("2026-10-31", "2026-12-25")),
    lanes=(Lane(country="FR", transit_days=9), Lane(country="DE", transit_days=2)),
)
SOUTH = Node(name="south", lanes=(Lane(transit_days=4),))
AWAY = Node(name="away", lanes=(Lane(country="US"),))


def test_whoever_has_it_sends_by_the_lane_that_leads_there():
    had = [Allocation(line_id="1", sku="cup", quantity=1, node="north")]
    (sender,) = senders(TO_BERLIN, [SOUTH, NORTH], had, AT)
    assert (sender.node, sender.country, sender.handling_days, sender.transit_days) == ("north", "DE", 1, 2)
    assert sender.calendar.closed_on == ("2026-12-25",), "days off that are over need not be kept"


def test_whoever_would_be_asked_first_may_send_what_is_to_come_in():
    found = likely_senders(SourcingRules(), TO_BERLIN, [SOUTH, NORTH, AWAY], AT)
    assert [sender.node for sender in found] == ["north", "south"]


def test_what_is_collected_takes_no_way():
    store = NORTH.model_copy(update={"collects": True})
    demand = Demand(channel="pos", delivery=Delivery.PICK_UP, pick_up_at="north", country="DE")
    (sender,) = likely_senders(SourcingRules(), demand, [store, SOUTH], AT)
    assert (sender.node, sender.transit_days) == ("north", None)


@pytest.fixture
def waiting(database):
    return Waiting(database)


def wish(key, sku, quantity):
    needs = (Need(line_id="1", sku=sku, quantity=quantity),)
    return ReservationRequest(key=key, order_id="order:b2b:1", needs=needs, demand=TO_BERLIN)


async def test_the_ledger_names_who_sends_first_and_again_and_who_may(waiting):
    for node in (NORTH, SOUTH):
        await waiting.node(node.name, node.lanes)
    await waiting.receive("cup", 5)
    granted = await waiting.ledger.reserve(wish("r1", "cup", 3))
    again = await waiting.ledger.reserve(wish("r1", "cup", 3))
    assert [(one.node, one.transit_days) for one in granted.senders] == [("north", 2)]
    assert again.senders == granted.senders
    short = await waiting.ledger.reserve(wish("r2", "lid", 3))
    assert not short.granted
    assert [one.node for one in short.senders] == ["north", "south"]
