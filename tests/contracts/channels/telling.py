"""Parcels and cancellations: told to the channel once each, whatever becomes of a reply."""

from __future__ import annotations

import pytest

from models.errors import PartnerError, Refused, Transient
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Fault
from tests.contracts.channels.asks import cancellation, parcel
from tests.contracts.channels.books import BookedParcel, Wanted

NAMES = ("さくら急便", "Kurier 🚚", "البريد السريع", "Poste e\u0301le\u0301gante")
"""Japanese, an emoji, right to left, and accents that are characters of their own."""
_ODD = Fault(reaches=True, status=200, body=b"<html>welcome</html>")
_DOUBTS = {"a lost reply": LOST_REPLY, "an answer that is none": _ODD}


async def until_done(shop, ask):
    """Ask as a workflow does: again, after what passes by itself."""
    for _ in range(4):
        try:
            return await shop.tell(ask)
        except Transient:
            continue
    return await shop.tell(ask)


class TellingContract:
    """What was sent and what will not be."""

    async def test_a_parcel_is_shown_with_its_carrier_number_and_goods(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 2), Wanted(books.articles[1], 1))
        told = parcel(books.channel, placed, 2, 1)

        done = await shop.tell(told)

        assert done.reference
        shown = BookedParcel(told.carrier, told.tracking_number, dict(zip(placed.lines, (2, 1), strict=True)))
        assert await books.parcels(placed) == [shown]

    async def test_a_parcel_told_twice_is_shown_once(self, books, shop, afterwards):
        placed = await books.place(Wanted(books.articles[0], 3))
        told = parcel(books.channel, placed, 2)

        assert await shop.tell(told) == await afterwards.tell(told) == await shop.tell(told)

        assert len(await books.parcels(placed)) == 1

    @pytest.mark.parametrize("doubt", _DOUBTS)
    async def test_after_a_doubtful_answer_a_parcel_is_shown_once(self, books, shop, afterwards, way, doubt):
        placed = await books.place(Wanted(books.articles[0], 3))
        told = parcel(books.channel, placed, 1)
        way.faults.append(self.striking(_DOUBTS[doubt], "fulfilment"))

        done = await until_done(shop, told)

        assert not way.faults
        assert done == await afterwards.tell(told)
        assert [dict(each.lines) for each in await books.parcels(placed)] == [{placed.lines[0]: 1}]

    async def test_a_worker_that_died_before_the_answer_came_leaves_one_parcel(self, books, shop, afterwards, way):
        placed = await books.place(Wanted(books.articles[0], 3))
        told = parcel(books.channel, placed, 1)
        # The reply is lost, and so is every look-up of this worker.
        way.faults.extend([self.striking(LOST_REPLY, "fulfilment"), *[LOST_REQUEST] * 8])
        with pytest.raises(PartnerError):
            await shop.tell(told)
        way.faults.clear()

        await afterwards.tell(told)

        assert len(await books.parcels(placed)) == 1

    async def test_a_parcel_whose_request_was_lost_is_shown_when_told_again(self, books, shop, way):
        placed = await books.place(Wanted(books.articles[0]))
        way.faults.append(self.striking(LOST_REQUEST, "fulfilment"))

        await until_done(shop, parcel(books.channel, placed, 1))

        assert not way.faults
        assert len(await books.parcels(placed)) == 1

    async def test_a_line_leaves_in_as_many_parcels_as_it_takes(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 2))
        for quantities in ((1, 0), (1, 2), (1, 0)):
            await shop.tell(parcel(books.channel, placed, *quantities))

        first, second = placed.lines
        shown = [dict(each.lines) for each in await books.parcels(placed)]
        assert shown == [{first: 1}, {first: 1, second: 2}, {first: 1}]

    async def test_more_than_was_ordered_is_refused(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 2))
        await shop.tell(parcel(books.channel, placed, 2))

        with pytest.raises(Refused):
            await shop.tell(parcel(books.channel, placed, 1))

        assert len(await books.parcels(placed)) == 1

    @pytest.mark.parametrize("carrier", NAMES)
    async def test_a_carrier_of_any_name_is_shown_as_it_is(self, books, shop, carrier):
        placed = await books.place(Wanted(books.articles[0]))
        told = parcel(books.channel, placed, 1, carrier=carrier)

        await shop.tell(told)

        assert [each.carrier for each in await books.parcels(placed)] == [told.carrier]

    async def test_a_parcel_of_an_order_the_channel_does_not_know_is_refused(self, books, shop):
        placed = await books.place(Wanted(books.articles[0]))
        told = parcel(books.channel, placed, 1)

        with pytest.raises(Refused):
            await shop.tell(told.model_copy(update={"external_id": "987654321"}))

    async def test_the_whole_order_is_cancelled_once(self, books, shop, afterwards):
        placed = await books.place(Wanted(books.articles[0], 2), Wanted(books.articles[1], 1))
        told = cancellation(books.channel, placed)

        assert await shop.tell(told) == await afterwards.tell(told)

        assert await books.cancelled(placed) == dict(zip(placed.lines, (2, 1), strict=True))

    async def test_after_a_lost_reply_the_whole_order_is_cancelled(self, books, shop, way):
        placed = await books.place(Wanted(books.articles[0], 2))
        way.faults.append(self.striking(LOST_REPLY, "cancellation"))

        await until_done(shop, cancellation(books.channel, placed))

        assert not way.faults
        assert await books.cancelled(placed) == {placed.lines[0]: 2}

    async def test_a_part_is_cancelled_by_line_and_quantity(self, books, shop):
        placed = await books.place(Wanted(books.articles[0], 3), Wanted(books.articles[1], 2))
        await shop.tell(cancellation(books.channel, placed, 2))
        await shop.tell(parcel(books.channel, placed, 1, 2))

        assert await books.cancelled(placed) == {placed.lines[0]: 2}

    async def test_equal_parts_cancelled_one_after_the_other_are_two(self, books, shop, afterwards):
        placed = await books.place(Wanted(books.articles[0], 4))
        once, more = (cancellation(books.channel, placed, 1) for _ in range(2))
        for told in (once, once, more, once):
            await shop.tell(told)
        await afterwards.tell(more)

        assert await books.cancelled(placed) == {placed.lines[0]: 2}

    @pytest.mark.parametrize("doubt", _DOUBTS)
    async def test_after_a_doubtful_answer_a_part_is_cancelled_once(self, books, shop, afterwards, way, doubt):
        placed = await books.place(Wanted(books.articles[0], 4))
        told = cancellation(books.channel, placed, 1, reason="売り切れ")
        way.faults.append(self.striking(_DOUBTS[doubt], "part"))

        await until_done(shop, told)
        await afterwards.tell(told)

        assert not way.faults
        assert await books.cancelled(placed) == {placed.lines[0]: 1}
