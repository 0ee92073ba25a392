"""A Tryton's warehouse is read a page at a time: a reading comes to its end, leaves nothing out, tells nothing twice."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import count
from typing import Any, cast

from hypothesis import example, given
from hypothesis import strategies as st

from activities.adapters.tryton.rest import Rest
from activities.adapters.tryton.warehouse.feed import WarehouseFeed
from activities.adapters.tryton.warehouse.masters import Masters, Place
from activities.adapters.tryton.warehouse.options import WarehouseOptions
from models.partners.feeds import FeedQuery
from tests.promises.partners.tryton_books import StandIn

_OUT, _INTERNAL, _MOVE = _MODELS = "stock.shipment.out", "stock.shipment.internal", "stock.move"
_TOLD_BY = {_OUT: 1, _INTERNAL: 2, _MOVE: 1}
"""Events that each record of ours tells: a transfer is told at both ends."""
_SHELF, _SUPPLIER, _STORE = 1, 2, 3
_PLACES = {
    _SHELF: Place("storage", "berlin", None),
    _SUPPLIER: Place("supplier", None, None),
    _STORE: Place("storage", "store-mitte", None),
}
_OVERLAP_S = 10
_ENOUGH = 200
"""Pages after which a reading that has not come to its end never will."""


class Places:
    async def places(self, numbers: Sequence[int]) -> dict[int, Place]:
        return {number: _PLACES[number] for number in numbers}


class Hall(StandIn):
    """A warehouse's books."""

    def __init__(self) -> None:
        super().__init__()
        self.told_by = 0
        """Events that all that happened tells."""
        self._releases = count(1)

    def happen(self, model: str, begun: int, lasting: int = 0) -> None:
        self.write(model, begun, lasting, **_values(model))
        self.told_by += _TOLD_BY[model]
        if model == _OUT:
            number = next(self._releases)
            label = {"order_id": f"order:b2b:{number}", "node": "berlin", "lines": [], "tracking_number": "SBX-1"}
            self.write(
                "ir.note", 0, 0, resource=f"{_OUT},{number}", message=json.dumps({"orderloom": "", "key": "k"} | label)
            )


def _values(model: str) -> dict[str, Any]:
    goods = {"product": {"id": 1, "code": "MUG"}, "internal_quantity": 1.0, "lot": None, "state": "done"}
    ends = (_SUPPLIER, _SHELF) if model == _MOVE else (_SHELF, _STORE)
    way = dict(zip(("from_location", "to_location"), ends, strict=True))
    paper = {"number": "1", "reference": None, "partially_assigned": False, "shipment": None, "origin": None}
    return {**goods, **way, **paper, "outgoing_moves": [], "moves": [{"id": 1, **goods, **way}]}


def feed_of(hall: Hall, page: int) -> WarehouseFeed:
    options = WarehouseOptions(company=1, overlap_s=_OVERLAP_S, page=page)
    return WarehouseFeed(cast("Rest", hall), cast("Masters", Places()), options)


async def read_on(feed: WarehouseFeed, cursor: str | None) -> tuple[list[str], str | None]:
    """Read until no more is waiting."""
    told: list[str] = []
    for _ in range(_ENOUGH):
        page = await feed.since(FeedQuery(cursor=cursor))
        told += [event.event_id for event in page.events]
        cursor = page.cursor
        if not page.more:
            return told, cursor
    raise AssertionError("it reads the same again and again")


many = st.lists(st.integers(0, 30), max_size=7)


# The last seconds of two models take several pages: these never come to their ends together.
@example(moments=([], [11, 0], [1, 22, 0, 6, 10]), page=1)
# All are in the midst of them at once, and what lies before is wanted again none the less.
@example(moments=([11], [2, 0], [0, 3, 10, 2, 1]), page=2)
@given(moments=st.tuples(many, many, many), page=st.integers(1, 3))
async def test_all_is_told_once_however_small_the_pages(moments: tuple[list[int], ...], page: int):
    hall = Hall()
    for model, seconds in zip(_MODELS, moments, strict=True):
        for second in seconds:
            hall.happen(model, second)
    hall.now = 100
    feed = feed_of(hall, page)
    told, cursor = await read_on(feed, None)
    assert len(told) == len(set(told)) == hall.told_by
    assert (await read_on(feed, cursor))[0] == []


transactions = st.lists(st.tuples(st.sampled_from(_MODELS), st.integers(0, 60), st.integers(0, _OVERLAP_S - 1)))


# Begun at 1 and ended at 9: not in sight when the first page was full, and long past when the second is read.
@example(written=[(_MOVE, 1, 8), (_MOVE, 2, 0), (_MOVE, 40, 0)], gaps=[2, 40], page=1)
@given(
    written=transactions,
    gaps=st.lists(st.integers(0, 20), max_size=12),
    page=st.integers(1, 3),
)
async def test_what_comes_into_sight_late_is_told_all_the_same(
    written: list[tuple[str, int, int]], gaps: list[int], page: int
):
    hall = Hall()
    for model, begun, lasting in written:
        hall.happen(model, begun, lasting)
    feed, cursor, told = feed_of(hall, page), None, list[str]()
    for gap in gaps:
        hall.now += gap
        found = await feed.since(FeedQuery(cursor=cursor))
        told += [event.event_id for event in found.events]
        cursor = found.cursor
    hall.now = 100
    for _ in range(2):
        # The first comes to the end of a reading that may have begun long ago, the second looks back from there.
        rest, cursor = await read_on(feed, cursor)
        told += rest
    assert len(told) == len(set(told)) == hall.told_by
