"""What every adapter to a warehouse passes, the sandbox's included.

A subclass brings a `warehouse` fixture, which makes a `Stand`; what a system cannot do it names in `exceptions`, with
the reason, and the test says so.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar, TypeVar

import pytest

from models.errors import PartnerError, Refused, Trouble, Uncertain
from models.partners.events import (
    GoodsCollected,
    ParcelShipped,
    PickedShort,
    ReadyToCollect,
    ReleaseAcknowledged,
    ReleaseRejected,
)
from models.partners.warehouse import Release, ReleaseEnquiry, ReleaseState
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Fault, answering, on, slow
from tests.contracts.warehouses.asks import ABROAD, at_last, number_of, order, release, transfer, undo
from tests.contracts.warehouses.stand import Carrying, Stand

Answer = TypeVar("Answer")
_HTML = b"<!doctype html><title>Oops</title><h1>Internal Server Error</h1>"


class WarehouseContract:
    """The tests; each makes an order of its own, so that they may run on one warehouse in any order."""

    exceptions: ClassVar[dict[str, str]] = {}
    """What the system cannot do: the test's name, and why."""

    @pytest.fixture(autouse=True)
    def _excepted(self, request: pytest.FixtureRequest) -> None:
        reason = self.exceptions.get(request.function.__name__)
        if reason is not None:
            pytest.skip(f"a documented exception: {reason}")

    # --- effects are there once ----------------------------------------------------------------------------------

    async def test_a_release_asked_for_twice_is_there_once(self, warehouse: Stand):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        first, again = await warehouse.adapter.release(asked), await warehouse.adapter.release(asked)
        assert first == again
        assert await warehouse.books.releases(asked.key) == 1

    async def test_a_release_asked_for_by_several_at_once_is_there_once(self, warehouse: Stand):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        answers = await asyncio.gather(*(at_last(lambda: warehouse.adapter.release(asked)) for _ in range(3)))
        assert len(set(answers)) == 1
        assert await warehouse.books.releases(asked.key) == 1

    @pytest.mark.parametrize("fault", [LOST_REPLY, LOST_REQUEST], ids=["the reply", "the request"])
    async def test_a_release_is_there_once_though_something_is_lost(self, warehouse: Stand, fault: Fault):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        warehouse.way.faults.append(on(fault, *warehouse.making))
        done = await at_last(lambda: warehouse.adapter.release(asked))
        assert not warehouse.way.faults
        assert await warehouse.adapter.release(asked) == done
        assert await warehouse.books.releases(asked.key) == 1

    async def test_an_answer_that_comes_too_late_leaves_one_release(self, warehouse: Stand):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        warehouse.way.faults.append(on(slow(1.5), *warehouse.making))
        done = await at_last(lambda: warehouse.hasty.release(asked))
        assert await warehouse.adapter.release(asked) == done
        assert await warehouse.books.releases(asked.key) == 1

    async def test_another_release_under_the_same_key_is_for_a_person(self, warehouse: Stand):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        await warehouse.adapter.release(asked)
        with pytest.raises(Uncertain):
            await warehouse.adapter.release(release(asked.order_id, ("MUG-RED", 5), key=asked.key))
        assert await warehouse.books.releases(asked.key) == 1

    @pytest.mark.parametrize("fault", [None, LOST_REPLY, LOST_REQUEST], ids=["well", "the reply", "the request"])
    async def test_a_transfer_is_there_once(self, warehouse: Stand, fault: Fault | None):
        asked = transfer(f"transfer/{order()}")
        if fault is not None:
            warehouse.way.faults.append(on(fault, *warehouse.moving))
        first = await at_last(lambda: warehouse.adapter.transfer(asked))
        assert await warehouse.adapter.transfer(asked) == first
        assert await warehouse.books.transfers(asked.key) == 1

    # --- what goes wrong has one of four meanings ----------------------------------------------------------------

    @pytest.mark.parametrize(
        ("fault", "kind", "wait_s"),
        [
            (answering(503, Retry_After="7"), Trouble.WAIT, 7.0),
            (answering(429, Retry_After="9"), Trouble.WAIT, 9.0),
            (answering(401, _HTML), Trouble.WAIT, None),
            (answering(500, _HTML), Trouble.RETRY, None),
            (answering(502, _HTML), Trouble.RETRY, None),
            (answering(200, b'{"key": "cut'), Trouble.RETRY, None),
            (answering(200, _HTML), Trouble.RETRY, None),
            (answering(302, Location="https://elsewhere.example"), Trouble.RETRY, None),
            (answering(400, _HTML), Trouble.ASK, None),
        ],
        ids=["down", "throttled", "not let in", "500", "502", "cut", "a page", "sent elsewhere", "senseless"],
    )
    async def test_an_error_says_what_follows(
        self, warehouse: Stand, fault: Fault, kind: Trouble, wait_s: float | None
    ):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        warehouse.way.faults.append(fault)
        with pytest.raises(PartnerError) as caught:
            await warehouse.adapter.release(asked)
        assert (caught.value.kind, caught.value.retry_after_s) == (kind, wait_s)
        await at_last(lambda: warehouse.adapter.release(asked))
        assert await warehouse.books.releases(asked.key) == 1

    async def test_unknown_goods_and_places_are_refused(self, warehouse: Stand):
        with pytest.raises(Refused, match="NO-SUCH-THING") as goods:
            await warehouse.adapter.release(release(order(), ("NO-SUCH-THING", 1)))
        with pytest.raises(Refused, match="nowhere") as place:
            await warehouse.adapter.release(release(order(), node="nowhere"))
        assert (goods.value.code, place.value.code) == ("unknown_item", "unknown_node")

    async def test_a_transfer_of_what_is_not_there_is_refused(self, warehouse: Stand):
        asked = transfer(f"transfer/{order()}", quantity=100_000)
        with pytest.raises(Refused) as refused:
            await warehouse.adapter.transfer(asked)
        assert refused.value.code == "not_there"
        assert await warehouse.books.transfers(asked.key) == 0

    # --- recalling -----------------------------------------------------------------------------------------------

    @pytest.mark.parametrize("fault", [None, LOST_REPLY, LOST_REQUEST], ids=["well", "the reply", "the request"])
    async def test_a_release_that_has_not_left_is_recalled(self, warehouse: Stand, fault: Fault | None):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        await warehouse.adapter.release(asked)
        if fault is not None:
            warehouse.way.faults.append(on(fault, *warehouse.stopping))
        answer = await at_last(lambda: warehouse.adapter.recall(undo(asked)))
        assert (answer.recalled, answer.happened) == (True, True)
        assert await warehouse.adapter.recall(undo(asked)) == answer
        assert await self._state(warehouse, asked) is ReleaseState.RECALLED
        assert not await self._told(warehouse, asked, ReleaseRejected)

    async def test_a_release_that_has_left_is_not_recalled(self, warehouse: Stand):
        asked = await self._carried_out(warehouse, release(order()), Carrying.WHOLE)
        answer = await warehouse.adapter.recall(undo(asked))
        assert (answer.recalled, answer.happened) == (False, True)
        assert await self._state(warehouse, asked) is ReleaseState.SHIPPED

    async def test_what_is_recalled_before_it_came_never_comes(self, warehouse: Stand):
        asked = release(order())
        answer = await warehouse.adapter.recall(undo(asked))
        assert (answer.recalled, answer.happened) == (False, False)
        with pytest.raises(Refused) as refused:
            await warehouse.adapter.release(asked)
        assert refused.value.code == "undone_before"
        assert await warehouse.books.releases(asked.key) == 0

    # --- where it stands, and what is told -----------------------------------------------------------------------

    async def test_a_release_it_never_had_is_unknown(self, warehouse: Stand):
        assert await self._state(warehouse, release(order())) is ReleaseState.UNKNOWN

    async def test_a_release_that_nobody_worked_on_is_known(self, warehouse: Stand):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        await warehouse.adapter.release(asked)
        assert await self._state(warehouse, asked) in {ReleaseState.RELEASED, ReleaseState.ACKNOWLEDGED}

    async def test_a_parcel_is_told_with_its_label_and_what_is_in_it(self, warehouse: Stand):
        asked = release(order(), ("MUG-BLUE", 2), ("MUG-RED", 1), ("MUG-BLUE", 3))
        await self._carried_out(warehouse, asked, Carrying.WHOLE)
        told = await warehouse.books.told(asked.order_id)
        assert [type(event) for event in told] == [ReleaseAcknowledged, ParcelShipped]
        [parcel] = await self._told(warehouse, asked, ParcelShipped)
        assert (parcel.release_key, parcel.node) == (asked.key, "berlin")
        assert (parcel.carrier, parcel.tracking_number) == (asked.carrier, asked.tracking_number)
        assert [(line.line_id, line.sku, line.quantity) for line in parcel.lines] == [
            ("1", "MUG-BLUE", 2),
            ("2", "MUG-RED", 1),
            ("3", "MUG-BLUE", 3),
        ]
        assert await self._state(warehouse, asked) is ReleaseState.SHIPPED

    async def test_what_could_not_be_found_is_told_beside_the_parcel(self, warehouse: Stand):
        asked = release(order(), ("MUG-BLUE", 3), ("MUG-RED", 1))
        await self._carried_out(warehouse, asked, Carrying.SHORT)
        told = await warehouse.books.told(asked.order_id)
        assert [type(event) for event in told] == [ReleaseAcknowledged, ParcelShipped, PickedShort]
        [parcel] = await self._told(warehouse, asked, ParcelShipped)
        [short] = await self._told(warehouse, asked, PickedShort)
        assert [(line.line_id, line.quantity) for line in parcel.lines] == [("1", 2), ("2", 1)]
        assert [(line.line_id, line.sku, line.quantity) for line in short.lines] == [("1", "MUG-BLUE", 1)]

    async def test_a_release_the_warehouse_turns_down_is_told(self, warehouse: Stand):
        asked = await self._carried_out(warehouse, release(order()), Carrying.REJECT)
        [rejected] = await self._told(warehouse, asked, ReleaseRejected)
        assert rejected.release_key == asked.key
        assert await self._state(warehouse, asked) is ReleaseState.REJECTED

    async def test_goods_that_are_collected_lie_ready_first(self, warehouse: Stand):
        asked = release(order(), ("MUG-BLUE", 1), node="store-mitte", label=None)
        await self._carried_out(warehouse, asked, Carrying.WHOLE)
        told = await warehouse.books.told(asked.order_id)
        assert [type(event) for event in told] == [ReleaseAcknowledged, ReadyToCollect, GoodsCollected]
        [collected] = await self._told(warehouse, asked, GoodsCollected)
        assert [(line.line_id, line.sku, line.quantity) for line in collected.lines] == [("1", "MUG-BLUE", 1)]

    # --- counting, and words of all the world --------------------------------------------------------------------

    async def test_what_leaves_is_counted_no_more(self, warehouse: Stand):
        before = await warehouse.adapter.counts()
        await self._carried_out(warehouse, release(order(), ("LENS-50", 3)), Carrying.WHOLE)
        after = await warehouse.adapter.counts()
        assert number_of(before, "LENS-50") - number_of(after, "LENS-50") == 3
        others = [one for one in before if one.sku != "LENS-50"]
        assert others == [one for one in after if one.sku != "LENS-50"]

    async def test_names_and_places_arrive_as_they_are_written(self, warehouse: Stand):
        asked = release(order())
        await warehouse.will(Carrying.LEAVE)
        await warehouse.adapter.release(asked)
        written = await warehouse.books.sent_to(asked.key)
        wanted = (ABROAD.name, ABROAD.company, *ABROAD.lines, ABROAD.postal_code, ABROAD.city)
        assert [text for text in wanted if text and text not in written] == []

    async def _carried_out(self, warehouse: Stand, asked: Release, how: Carrying) -> Release:
        await warehouse.will(how)
        await at_last(lambda: warehouse.adapter.release(asked))
        await warehouse.books.carry_out(asked.key, how)
        return asked

    async def _state(self, warehouse: Stand, asked: Release) -> ReleaseState:
        enquiry = ReleaseEnquiry(order_id=asked.order_id, release_key=asked.key, node=asked.node)
        return (await warehouse.adapter.status(enquiry)).state

    async def _told(self, warehouse: Stand, asked: Release, kind: type[Answer]) -> list[Answer]:
        return [event for event in await warehouse.books.told(asked.order_id) if isinstance(event, kind)]
