"""What suppliers promise is read from Tryton's purchases as they are confirmed, and none of it is passed over."""

from __future__ import annotations

from datetime import date
from typing import cast

import pytest

from activities.adapters.tryton.erp.buying.supplies import Supplies
from activities.adapters.tryton.erp.options import ErpOptions
from activities.adapters.tryton.rest import Rest
from models.errors import Uncertain
from models.partners.feeds import FeedQuery
from models.stock.events import SupplyAnnounced
from tests.promises.partners.tryton_books import StandIn


class Purchasing(StandIn):
    """Its books: each purchase is of what one requisition asked for."""

    def buy(self, number: int, begun: int, lasting: int = 0, due: date = date(2026, 12, 1)) -> None:
        request = {"id": number, "origin": f"purchase.requisition.line,{number}"}
        line = {"id": number, "product": {"id": 1, "code": "MUG"}, "quantity": 24.0, "delivery_date": due}
        self.write(
            "purchase.purchase",
            begun,
            lasting,
            number=f"P{number}",
            party={"id": 1, "name": "Nordic"},
            warehouse={"id": 1, "code": "berlin"},
            lines=[line | {"requests": [request]}],
        )
        self.write("purchase.requisition.line", 0, 0, requisition={"id": number, "number": f"R{number}"})


@pytest.fixture
def purchasing() -> Purchasing:
    return Purchasing()


def feed_of(purchasing: Purchasing, page: int = 100) -> Supplies:
    needed = {"company": 1, "warehouse": "berlin", "tax_account": "2", "statements": "3", "employee": 1}
    return Supplies(cast("Rest", purchasing), ErpOptions.model_validate(needed | {"page": page}))


async def told(feed: Supplies, cursor: str | None = None) -> tuple[list[str], str | None]:
    """The requisitions of what is told to the end; and the cursor there."""
    found: list[str] = []
    while True:
        page = await feed.since(FeedQuery(cursor=cursor))
        found += [event.supply_id for event in page.events if isinstance(event, SupplyAnnounced)]
        cursor = page.cursor
        if not page.more:
            return found, cursor


async def test_a_purchase_whose_confirming_took_longer_than_a_later_one_is_told(purchasing: Purchasing):
    purchasing.buy(1, begun=10, lasting=5)
    purchasing.buy(2, begun=12)
    feed, purchasing.now = feed_of(purchasing), 13
    first, cursor = await told(feed)
    purchasing.now = 20
    assert (first, (await told(feed, cursor))[0]) == (["R2"], ["R1"])


@pytest.mark.parametrize("page", [1, 2, 100])
async def test_all_are_told_once_however_small_the_pages(purchasing: Purchasing, page: int):
    for number, second in enumerate((3, 3, 3, 20, 25), start=1):
        purchasing.buy(number, second)
    feed, purchasing.now = feed_of(purchasing, page), 30
    found, cursor = await told(feed)
    assert found == ["R1", "R2", "R3", "R4", "R5"]
    assert (await told(feed, cursor))[0] == []


async def test_a_cursor_of_an_earlier_release_is_read_on_from(purchasing: Purchasing):
    for number, second in enumerate((3, 20, 40), start=1):
        purchasing.buy(number, second)
    purchasing.now = 50
    found, _ = await told(feed_of(purchasing), '["2026-11-21T12:00:20+00:00", 2]')
    assert found == ["R2", "R3"]


async def test_a_cursor_of_somebody_else_is_for_a_person(purchasing: Purchasing):
    with pytest.raises(Uncertain):
        await feed_of(purchasing).since(FeedQuery(cursor="page-2"))
