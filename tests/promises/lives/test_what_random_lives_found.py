"""What random lives have found wrong, and is right since: each as small as it can be told, and the lives themselves."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from models.catalogue import Component
from models.money import Money
from models.returns.disposing import lines_of
from models.returns.handling import Lot
from models.returns.sold import SoldLine
from models.states.fulfilment import FULFILMENT, FulfilmentState
from models.stock.demand import Need
from models.stock.reservation import Allocation, Remedy, RemedyKind, ReservationAnswer
from ops.proof.lives.life import live
from workflows.stocking.leftover import left_over

S = FulfilmentState


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (S.ACKNOWLEDGED, S.RELEASED),  # the rest comes off backorder
        (S.REJECTED, S.SHIPPED),  # another warehouse's parcel
        (S.REJECTED, S.SHORT),
        (S.SHORT, S.REJECTED),
        (S.SHORT, S.DELIVERED),  # what was short is closed, and all else arrives
        (S.RELEASED, S.DELIVERED),  # what was released last is recalled, and all else arrives
    ],
)
def test_one_warehouse_does_not_stop_another(before: FulfilmentState, after: FulfilmentState) -> None:
    assert FULFILMENT.move(before, after) is after


def test_a_bundle_nobody_announced_is_put_aside_as_its_parts() -> None:
    zero = Money.zero("EUR")
    parts = (Component(sku="LAMP", quantity=1), Component(sku="MUG", quantity=2))
    line = SoldLine(line_id="1", sku="SET", quantity=1, total=zero, net=zero, shipped=1, parts=parts)
    case: Any = SimpleNamespace(sold=SimpleNamespace(line=lambda _line_id: line))

    found = lines_of(case, Lot("1", "SET", 3, "berlin"))

    assert [(one.sku, one.quantity) for one in found] == [("LAMP", 3), ("MUG", 6)]


def test_what_goes_together_with_a_short_line_is_not_forgotten() -> None:
    lamp, mug = Need(line_id="1", sku="LAMP", quantity=2), Need(line_id="2", sku="MUG", quantity=5)
    held = Remedy(line_id="1", kind=RemedyKind.HOLD, needs=(lamp,), reason="too little of it")
    answer = ReservationAnswer(granted=False, remedies=(held,))

    assert left_over((lamp, mug), answer) == (mug,)


def test_what_is_granted_is_not_left_over() -> None:
    lamp, mug = Need(line_id="1", sku="LAMP", quantity=2), Need(line_id="2", sku="MUG", quantity=5)
    granted = Allocation(line_id="2", sku="MUG", quantity=5, node="berlin")
    held = Remedy(line_id="1", kind=RemedyKind.HOLD, needs=(lamp,), reason="too little of it")

    assert left_over((lamp, mug), ReservationAnswer(granted=False, allocations=(granted,), remedies=(held,))) == ()


@pytest.mark.parametrize(
    "seed",
    [
        71,  # word from before a parcel was lost found it again
        117,  # an order that goes together forgot the lines that were there
        126,  # a gift card was given back after the card's authorisation was voided
        135,  # a bundle nobody had announced
        161,  # a backorder was filled after the first release was acknowledged
        280,  # a parcel was to be sent once more, and was not
        387,  # an operator gave up a recall that nobody could be sure of
        651,  # a lost parcel could not be sent once more
        744,  # more was authorised when the channel's money had paid for all before
        1236,  # goods were reserved while others were kept longer
        1601,  # a wish to cancel was declined, and what came afterwards was seen to by nobody
        1696,  # goods were moved for an order that was cancelled meanwhile
        11836,  # what no warehouse had any more was still waited for, whatever an operator said
        13931,  # an order was unwound whose parcel had come back, and whose money was taken
        3430,  # an order ended before anybody heeded a wish to cancel
    ],
)
def test_a_life_that_once_broke_a_law_breaks_none(seed: int) -> None:
    assert not live(seed).broken
