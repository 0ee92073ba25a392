"""Refunds: moved by the channel where it holds the money, noted where we moved it, to the minor unit and once."""

from __future__ import annotations

import pytest

from models.errors import Refused
from tests.contracts.between import LOST_REPLY, LOST_REQUEST
from tests.contracts.channels.asks import refund
from tests.contracts.channels.books import BookedRefund, Wanted
from tests.contracts.channels.telling import NAMES, until_done

_ODD = {"EUR": (1999, 1001), "JPY": (1999, 1001), "KWD": (12_345, 7)}
"""What an article costs, and what goes back: amounts that any rounding would change."""


class RefundingContract:
    """Money that goes back."""

    def pytest_generate_tests(self, metafunc: pytest.Metafunc) -> None:
        if "currency" in metafunc.fixturenames:
            metafunc.parametrize("currency", self.currencies)

    async def test_the_channel_gives_back_what_it_holds(self, books, shop, currency):
        price, back = _ODD[currency]
        placed = await books.place(Wanted(books.articles[0], 1, price), currency=currency)
        told = refund(books.channel, placed, back)

        await shop.tell(told)

        assert await books.refunds(placed) == [BookedRefund(told.amount, moved=True)]

    async def test_what_we_gave_back_is_noted_and_not_moved(self, books, shop, currency):
        price, back = _ODD[currency]
        placed = await books.place(Wanted(books.articles[0], 1, price), currency=currency)
        told = refund(books.channel, placed, back, held=False)

        await shop.tell(told)

        assert await books.refunds(placed) == [BookedRefund(told.amount, moved=False)]

    @pytest.mark.parametrize("held", [True, False])
    async def test_a_refund_told_twice_is_one(self, books, shop, afterwards, held):
        placed = await books.place(Wanted(books.articles[0], 2))
        told = refund(books.channel, placed, 500, held=held)

        assert await shop.tell(told) == await afterwards.tell(told)

        assert len(await books.refunds(placed)) == 1

    @pytest.mark.parametrize("held", [True, False])
    async def test_two_refunds_of_the_same_amount_are_two(self, books, shop, held):
        placed = await books.place(Wanted(books.articles[0], 2))
        for _ in range(2):
            await shop.tell(refund(books.channel, placed, 500, held=held))

        assert [each.amount.amount for each in await books.refunds(placed)] == [500, 500]

    @pytest.mark.parametrize("fault", [LOST_REPLY, LOST_REQUEST], ids=["reply", "request"])
    async def test_what_is_lost_on_the_way_leaves_one_refund(self, books, shop, afterwards, way, fault):
        placed = await books.place(Wanted(books.articles[0], 2))
        told = refund(books.channel, placed, 700, 1)
        way.faults.append(self.striking(fault, "refund"))

        await until_done(shop, told)
        await afterwards.tell(told)

        assert not way.faults
        assert [each.amount.amount for each in await books.refunds(placed)] == [700]

    async def test_more_than_was_paid_is_refused(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 1, 1000))
        await shop.tell(refund(books.channel, placed, 600))

        with pytest.raises(Refused):
            await shop.tell(refund(books.channel, placed, 401))

        assert [each.amount.amount for each in await books.refunds(placed)] == [600]

    async def test_all_of_it_goes_back_in_parts(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 3, 1111))
        for amount in (1, 1110, 2222):
            await shop.tell(refund(books.channel, placed, amount))

        assert sum(each.amount.amount for each in await books.refunds(placed)) == placed.total.amount

    @pytest.mark.parametrize("reason", NAMES)
    async def test_a_reason_may_be_in_any_script(self, books, shop, afterwards, reason):
        placed = await books.place(Wanted(books.articles[0]))
        told = refund(books.channel, placed, 10, reason=reason)

        await shop.tell(told)
        await afterwards.tell(told)

        assert len(await books.refunds(placed)) == 1
