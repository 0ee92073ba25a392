"""What goes together comes from one node, so no date is promised from what will lie in two."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from models.policy.book import PolicyBook
from models.policy.stock.queueing import forecast
from models.policy.stock.rules import StockRules
from models.stock.backorders import Backorder
from models.stock.picture import Picture
from models.stock.reservation import RemedyKind, ReservationState
from models.stock.supply import Supply
from tests.promises.sourcing.pictures import (
    TUESDAY,
    demand,
    needs,
    node,
    picture,
    shelf,
    sourced,
    supply,
    when_short,
)

SHIPPED = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies").current
POLICIES = {"waits": SHIPPED.model_copy(update={"stock": StockRules()})}
TOGETHER = demand(ship_together=True)


def seen(*supplies: Supply) -> Picture:
    """Berlin has the lamps; bulbs are expected."""
    return picture([node("berlin"), node("hamburg")], [shelf("berlin", 9)], supplies=supplies, waiting={})


def expected(shelves: Picture, **facts: bool) -> datetime | None:
    waits = Backorder(
        key="waits",
        order_id="order:shopify:1",
        needs=tuple(needs(("LAMP", 1), ("BULB", 1))),
        demand=demand(**facts),
        state=ReservationState.PENDING,
        since=TUESDAY,
    )
    return forecast([waits], shelves, POLICIES)["waits"]


def test_supply_for_another_node_than_the_one_with_the_rest_brings_no_date() -> None:
    elsewhere = seen(supply("hamburg", 9, 4, "BULB"))
    assert expected(elsewhere) == TUESDAY + timedelta(days=4)
    assert expected(elsewhere, ship_together=True) is None


def test_the_date_is_that_of_the_first_node_which_has_all_of_it() -> None:
    both = seen(supply("hamburg", 9, 2, "BULB"), supply("berlin", 9, 6, "BULB", "PO-2"))
    assert expected(both, ship_together=True) == TUESDAY + timedelta(days=6)
    lamps_too = seen(*both.supplies, supply("hamburg", 9, 3, "LAMP", "PO-3"))
    assert expected(lamps_too, ship_together=True) == TUESDAY + timedelta(days=3)


def test_what_lies_at_each_node_counts_there_though_another_is_preferred() -> None:
    shelves = seen(supply("hamburg", 9, 4, "BULB"))
    both = shelves.model_copy(update={"shelves": (*shelves.shelves, shelf("hamburg", 9))})
    assert expected(both, ship_together=True) == TUESDAY + timedelta(days=4)


def test_nobody_is_made_to_wait_for_supply_that_comes_to_another_node() -> None:
    by = when_short("backorder", "hold")
    found = [
        sourced(seen(supply(name, 9, 4, "BULB")), ("LAMP", 1), ("BULB", 1), by=by, for_=TOGETHER).remedies[0].kind
        for name in ("berlin", "hamburg")
    ]
    assert found == [RemedyKind.BACKORDER, RemedyKind.HOLD]
