"""Orders, read by poll: what a lost webhook would have told is found, page by page, and nothing is passed over."""

from __future__ import annotations

import pytest

from models.errors import Transient
from models.money import Money
from models.partners.feeds import FeedQuery
from tests.contracts.between import LOST_REPLY
from tests.contracts.channels.asks import parcel
from tests.contracts.channels.books import Wanted

_PAGES_MAX = 60


async def swept(shop, cursor):
    """Every payload from a cursor on, and the cursor after them."""
    payloads = []
    for _ in range(_PAGES_MAX):
        page = await shop.orders(FeedQuery(cursor=cursor))
        payloads += page.payloads
        cursor = page.cursor
        if not page.more:
            return payloads, cursor
    raise AssertionError("reading on comes to no end")


class ReadingContract:
    """Orders, inwards."""

    @pytest.fixture
    async def now(self, shop):
        """Where reading stands when everything that was there has been read."""
        _, cursor = await swept(shop, None)
        return cursor

    @pytest.fixture
    def found(self, books, shop):
        """Everything that is new since a cursor, as our documents by external id, and the cursor after it."""

        async def read_on(cursor):
            payloads, after = await swept(shop, cursor)
            documents = [books.read(payload) for payload in payloads]
            return {document.external_id: document for document in documents}, after

        return read_on

    async def test_an_order_whose_webhook_was_lost_is_found(self, books, now, found):
        placed = await books.place(Wanted(books.articles[0], 2, 1250), Wanted(books.articles[1], 1, 99))

        documents, _ = await found(now)

        document = documents[placed.external_id]
        assert [(line.id, line.sku, line.quantity) for line in document.lines] == [
            (line, wanted.sku, wanted.quantity) for line, wanted in zip(placed.lines, placed.wanted, strict=True)
        ]
        assert document.total == placed.total
        assert [line.cancelled for line in document.lines] == [0, 0]

    async def test_what_was_read_is_not_read_again(self, books, now, found):
        await books.place(Wanted(books.articles[0]))
        _, after = await found(now)

        assert (await found(after))[0] == {}

    async def test_an_order_that_was_changed_is_read_again(self, books, now, found):
        placed = await books.place(Wanted(books.articles[0]))
        other = await books.place(Wanted(books.articles[1]))
        _, after = await found(now)
        await books.touch(placed)

        documents, _ = await found(after)

        assert placed.external_id in documents
        assert other.external_id not in documents

    async def test_many_orders_come_page_by_page(self, books, now, found):
        placed = [await books.place(Wanted(books.articles[0], number)) for number in range(1, 31)]

        documents, after = await found(now)

        assert {each.external_id for each in placed} <= documents.keys()
        assert (await found(after))[0] == {}

    async def test_orders_changed_at_one_moment_are_all_read(self, books, now, found):
        placed = await books.together(40)

        documents, after = await found(now)

        assert {each.external_id for each in placed} <= documents.keys()
        late = await books.place(Wanted(books.articles[0]))
        assert late.external_id in (await found(after))[0]

    async def test_what_happens_between_two_pages_is_not_passed_over(self, books, now, shop):
        placed = [await books.place(Wanted(books.articles[0])) for _ in range(25)]
        page = await shop.orders(FeedQuery(cursor=now))
        # One that was read and one that was not are changed, and one is new: the rest move up by a place.
        await books.touch(placed[0])
        await books.touch(placed[-1])
        late = await books.place(Wanted(books.articles[1]))

        rest, _ = await swept(shop, page.cursor) if page.more else ([], None)

        read = {books.read(payload).external_id for payload in (*page.payloads, *rest)}
        assert {each.external_id for each in (*placed, late)} <= read

    @pytest.mark.parametrize("buyer", ["山田 太郎", "Zoë 🎈 Müller", "سارة الحسن", "Ame\u0301lie"])
    async def test_a_buyer_of_any_name_is_read(self, books, now, found, buyer):
        placed = await books.place(Wanted(books.articles[0]), buyer=buyer)

        documents, _ = await found(now)

        address = documents[placed.external_id].shipping_address
        assert address is not None
        assert address.name is not None
        assert address.name.split()[-1] in {buyer.split()[-1], "Am\u00e9lie"}

    async def test_a_reading_that_was_lost_is_repeated(self, books, now, shop, way, found):
        placed = await books.place(Wanted(books.articles[0]))
        way.faults.append(self.striking(LOST_REPLY, "orders"))
        with pytest.raises(Transient):
            await shop.orders(FeedQuery(cursor=now))

        assert placed.external_id in (await found(now))[0]

    async def test_what_the_channel_cancelled_itself_is_read(self, books, now, found):
        placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 2))
        await found(now)
        await books.cancel(placed, 1, 0)

        documents, _ = await found(now)

        lines = documents[placed.external_id].lines
        assert [(line.cancelled, line.shipped) for line in lines] == [(1, 0), (0, 0)]
        assert documents[placed.external_id].cancelled_at is None

    async def test_what_we_told_was_sent_is_not_read_as_cancelled(self, books, shop, now, found):
        placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 1))
        await shop.tell(parcel(books.channel, placed, 2, 0))
        await books.touch(placed)

        documents, _ = await found(now)

        lines = documents[placed.external_id].lines
        assert [line.cancelled - line.shipped for line in lines] == [0, 0]
        assert lines[1].open_quantity == 1

    async def test_an_order_the_channel_cancelled_whole_is_read_as_that(self, books, now, found):
        placed = await books.place(Wanted(books.articles[0], 3))
        await books.cancel(placed)

        documents, _ = await found(now)

        assert documents[placed.external_id].cancelled_at is not None

    async def test_what_the_channel_gave_back_itself_is_read(self, books, now, found):
        placed = await books.place(Wanted(books.articles[0], 3, 1000))
        await books.give_back(placed, 1234)

        documents, _ = await found(now)

        assert documents[placed.external_id].payment.refunded == Money(amount=1234, currency=placed.currency)
