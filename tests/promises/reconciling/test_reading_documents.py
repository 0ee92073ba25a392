"""A partner's documents are read page by page: kept as they come, and marked as read when all of them are here."""

from __future__ import annotations

from typing import Any

import pytest
from temporalio.testing import ActivityEnvironment

from activities.adapters.store.database import Database
from activities.reconciling import DocumentActivities
from models.errors import Unavailable
from models.reconciling.differences import Comparison
from models.reconciling.documents import DocumentPage, DocumentQuery, Party
from models.reconciling.runs import ReadRequest
from tests.promises.reconciling.pictures import INVOICE, SALES_ORDER
from tests.promises.reconciling.shelf import Shelf

FIRST = DocumentPage(documents=(SALES_ORDER,), next_cursor="2")
SECOND = DocumentPage(documents=(INVOICE,))


class Pages:
    """A partner with two pages, which may break down after the first."""

    def __init__(self) -> None:
        self.asked: list[DocumentQuery] = []
        self.broken = False

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        self.asked.append(query)
        if query.cursor is None:
            return FIRST
        if self.broken:
            raise Unavailable("erp", "is not available (503)")
        return SECOND


class Reader:
    """The activity, as a worker runs it."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self.pages = Pages()
        self.beats: list[tuple[Any, ...]] = []

    async def read(self, run: str) -> int:
        await self.shelf.store.begin(run)
        environment = ActivityEnvironment()
        environment.on_heartbeat = lambda *details: self.beats.append(details)
        activities = DocumentActivities({Party.ERP: self.pages}, self.shelf.store)
        count: int = await environment.run(activities.read, ReadRequest(run_id=run, party=Party.ERP))
        return count

    async def read_to(self) -> Any:
        return next(one for one in (await self.shelf.shown.overview()).readings if one.party is Party.ERP)


@pytest.fixture
def reader(database: Database) -> Reader:
    return Reader(Shelf(database))


async def test_all_pages_are_read_and_then_the_next_reading_begins_there(reader: Reader) -> None:
    assert await reader.read("a") == 2

    assert [query.cursor for query in reader.pages.asked] == [None, "2"]
    assert (await reader.read_to()).read_to == reader.shelf.clock()
    assert [beat[1:] for beat in reader.beats] == [("2", 1), (None, 2)]


async def test_what_breaks_in_the_middle_keeps_what_came_and_begins_there_again(reader: Reader) -> None:
    reader.pages.broken = True
    with pytest.raises(Unavailable):
        await reader.read("a")
    broken = await reader.read_to()
    await reader.shelf.run(Comparison.MONEY)
    kept = await reader.shelf.differences()

    reader.pages.broken = False
    assert await reader.read("b") == 2

    assert (broken.read_to, broken.trouble) == (None, "is not available (503)")
    assert [one.finding.reference for one in kept] == ["SO-1"]
    assert reader.pages.asked[0].since == reader.pages.asked[2].since
    assert (await reader.read_to()).trouble is None
