"""The contract of every carrier: whichever hub or carrier it is, it keeps these promises.

A subclass a partner gives three things: `make`, which connects its adapter to an address; a fixture `books`, which
looks at the partner past the adapter; and `buying`, which says by which request a label is bought.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from typing import ClassVar

import pytest

from activities.adapters.partners import Closing
from activities.ports.partners import Carriers
from models.errors import Refused, Transient, Unavailable, Uncertain
from models.order.document import ServiceLevel
from models.partners.carriers import Label, Redelivery
from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Between, Fault, answering, between, on, slow
from tests.contracts.carriage.books import HOME, NAMES, BookedParcel, CarrierBooks, booking, undo

_HTML = b"<html><body><h1>Bad Gateway</h1></body></html>"
_IMPATIENT_S, _TOO_LATE_S = 0.5, 1.2


def told(label: Label) -> Label:
    """A label without what was said about the choice, which an answer that was looked up need not repeat."""
    return label.model_copy(update={"note": None})


class CarriersContract:
    """All of it."""

    exceptions: ClassVar[Mapping[str, str]] = {}
    """What this partner cannot do: the test's name, and why."""
    buying: ClassVar[tuple[str, str]]
    """Method, and a part of the path, of the request by which a label is bought."""
    voiding: ClassVar[tuple[str, str]]
    """Of the request by which it is given back."""
    impatient_s: ClassVar[float] = _IMPATIENT_S
    """How long an adapter waits that does not wait for a late answer."""

    def make(self, url: str, timeout_s: float) -> Carriers:
        """Connect the adapter to an address."""
        raise NotImplementedError

    def striking(self, fault: Fault, which: tuple[str, str]) -> Fault:
        """Let a fault strike only this request."""
        return on(fault, *which)

    @pytest.fixture(autouse=True)
    def _able(self, request: pytest.FixtureRequest) -> None:
        reason = self.exceptions.get(request.node.originalname or request.node.name)
        if reason is not None:
            pytest.skip(f"{type(self).__name__}: {reason}")

    @pytest.fixture
    async def way(self, books: CarrierBooks) -> AsyncIterator[Between]:
        async with between(books.url) as way:
            yield way

    @pytest.fixture
    async def carriers(self, way: Between) -> AsyncIterator[Carriers]:
        async for adapter in self._made(way.url, 20.0):
            yield adapter

    @pytest.fixture
    async def afterwards(self, way: Between) -> AsyncIterator[Carriers]:
        """The adapter of another worker, which remembers nothing."""
        async for adapter in self._made(way.url, 20.0):
            yield adapter

    @pytest.fixture
    async def impatient(self, way: Between) -> AsyncIterator[Carriers]:
        async for adapter in self._made(way.url, self.impatient_s):
            yield adapter

    async def _made(self, url: str, timeout_s: float) -> AsyncIterator[Carriers]:
        adapter = self.make(url, timeout_s)
        yield adapter
        if isinstance(adapter, Closing):
            await adapter.close()

    async def only(self, books: CarrierBooks, key: str) -> BookedParcel:
        [parcel] = await books.parcels(key)
        return parcel

    # --- once

    async def test_a_parcel_is_booked_with_a_label_and_a_price(self, carriers: Carriers, books: CarrierBooks):
        asked = booking()
        label = await carriers.book(asked)
        parcel = await self.only(books, asked.key)
        assert (label.tracking_number, label.cost) == (parcel.tracking_number, parcel.cost)
        assert label.cost is not None
        assert not parcel.void

    async def test_asked_twice_it_is_one_label(self, carriers: Carriers, afterwards: Carriers, books: CarrierBooks):
        asked = booking()
        first, second = await carriers.book(asked), await carriers.book(asked)
        assert told(first) == told(second) == told(await afterwards.book(asked))
        await self.only(books, asked.key)

    async def test_two_parcels_of_an_order_are_two_labels(self, carriers: Carriers, books: CarrierBooks):
        first = booking()
        second = first.model_copy(update={"key": f"{first.key}~2"})
        assert (await carriers.book(first)).tracking_number != (await carriers.book(second)).tracking_number
        await self.only(books, first.key)
        await self.only(books, second.key)

    async def test_the_same_key_for_another_order_is_left_to_a_person(self, carriers: Carriers, books: CarrierBooks):
        asked = booking()
        await carriers.book(asked)
        with pytest.raises(Uncertain):
            await carriers.book(asked.model_copy(update={"order_id": f"{asked.order_id}x"}))
        await self.only(books, asked.key)

    # --- what the network does

    async def test_a_lost_reply_is_looked_up_and_nothing_is_bought_twice(
        self, carriers: Carriers, way: Between, books: CarrierBooks
    ):
        asked = booking()
        way.faults.append(self.striking(LOST_REPLY, self.buying))
        label = await carriers.book(asked)
        parcel = await self.only(books, asked.key)
        assert (label.tracking_number, label.cost) == (parcel.tracking_number, parcel.cost)

    async def test_what_was_lost_on_its_way_is_bought_by_the_next_attempt(
        self, carriers: Carriers, afterwards: Carriers, way: Between, books: CarrierBooks
    ):
        asked = booking()
        way.faults.append(self.striking(LOST_REQUEST, self.buying))
        with pytest.raises(Transient):
            await carriers.book(asked)
        assert await books.parcels(asked.key) == []
        label = await afterwards.book(asked)
        assert (await self.only(books, asked.key)).tracking_number == label.tracking_number

    async def test_an_answer_that_comes_too_late_is_found(
        self, impatient: Carriers, way: Between, books: CarrierBooks, afterwards: Carriers
    ):
        asked = booking()
        way.faults.append(self.striking(slow(self.impatient_s + _TOO_LATE_S), self.buying))
        try:
            label = await impatient.book(asked)
        except Transient:
            label = await afterwards.book(asked)
        assert (await self.only(books, asked.key)).tracking_number == label.tracking_number

    async def test_garbage_instead_of_an_answer_is_not_believed(
        self, carriers: Carriers, way: Between, books: CarrierBooks
    ):
        asked = booking()
        way.faults.append(self.striking(Fault(reaches=True, status=200, body=b'{"id": 7'), self.buying))
        label = await carriers.book(asked)
        assert (await self.only(books, asked.key)).tracking_number == label.tracking_number

    async def test_while_it_is_down_the_order_waits(self):
        adapter = self.make("http://127.0.0.1:9", 1.0)
        with pytest.raises(Unavailable):
            await adapter.book(booking())

    @pytest.mark.parametrize("status", [429, 503])
    async def test_throttled_it_waits_as_long_as_it_was_told_to(
        self, carriers: Carriers, way: Between, books: CarrierBooks, status: int
    ):
        asked = booking()
        way.faults.append(answering(status, Retry_After="7"))
        with pytest.raises(Unavailable) as caught:
            await carriers.book(asked)
        assert caught.value.retry_after_s == 7
        await carriers.book(asked)
        await self.only(books, asked.key)

    async def test_a_failure_of_theirs_is_tried_again(self, carriers: Carriers, way: Between, books: CarrierBooks):
        asked = booking()
        way.faults.append(self.striking(answering(500, _HTML, Content_Type="text/html"), self.buying))
        with pytest.raises(Transient):
            await carriers.book(asked)
        await carriers.book(asked)
        await self.only(books, asked.key)

    async def test_wrong_credentials_are_our_affair_and_the_order_waits(self, carriers: Carriers, way: Between):
        way.faults.append(answering(401, b'{"errors": [{"code": "authentication_failed", "message": "who are you?"}]}'))
        with pytest.raises(Unavailable):
            await carriers.book(booking())

    # --- what it says no to

    async def test_an_address_without_street_and_town_is_refused(self, carriers: Carriers, books: CarrierBooks):
        nowhere = HOME.model_copy(update={"lines": (), "city": None})
        asked = booking(ship_to=nowhere)
        with pytest.raises(Refused) as caught:
            await carriers.book(asked)
        assert caught.value.code == "address_incomplete"
        assert await books.parcels(asked.key) == []

    async def test_a_parcel_on_its_way_is_delivered_again_or_that_is_refused_with_a_code(self, carriers: Carriers):
        asked = booking()
        label = await carriers.book(asked)
        again = Redelivery(
            key=f"{asked.key}/again", order_id=asked.order_id, tracking_number=label.tracking_number, ship_to=HOME
        )
        try:
            said = (await carriers.deliver_again(again)).reference
        except Refused as refusal:
            said = refusal.code
        assert said

    # --- undoing

    async def test_a_label_is_given_back_once(self, carriers: Carriers, afterwards: Carriers, books: CarrierBooks):
        asked = booking()
        await carriers.book(asked)
        assert (await carriers.void(undo(asked))).happened
        assert (await afterwards.void(undo(asked))).happened
        assert (await self.only(books, asked.key)).void

    async def test_a_void_whose_reply_is_lost_is_asked_again(
        self, carriers: Carriers, way: Between, books: CarrierBooks
    ):
        asked = booking()
        await carriers.book(asked)
        way.faults.append(self.striking(LOST_REPLY, self.voiding))
        try:
            undone = await carriers.void(undo(asked))
        except Transient:
            undone = await carriers.void(undo(asked))
        assert undone.happened
        assert (await self.only(books, asked.key)).void

    async def test_what_never_was_is_said_to_have_been_nothing(self, carriers: Carriers):
        assert not (await carriers.void(undo(booking()))).happened

    async def test_what_was_undone_before_it_was_done_is_not_done_afterwards(
        self, carriers: Carriers, books: CarrierBooks
    ):
        asked = booking()
        await carriers.void(undo(asked))
        with pytest.raises(Refused) as caught:
            await carriers.book(asked)
        assert caught.value.code == "undone_before"
        assert await books.parcels(asked.key) == []

    # --- what is asked arrives

    @pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
    async def test_names_and_towns_arrive_in_every_script(self, carriers: Carriers, books: CarrierBooks, name: str):
        asked = booking(ship_to=HOME.model_copy(update={"name": name, "city": "Łódź"}))
        await carriers.book(asked)
        parcel = await self.only(books, asked.key)
        assert (parcel.to_name, parcel.to_town) == (name, "Łódź")

    async def test_the_way_back_goes_from_the_customer_to_the_node(self, carriers: Carriers, books: CarrierBooks):
        there, back = booking(), booking(way_back=True)
        await carriers.book(there)
        await carriers.book(back)
        sent, returned = await self.only(books, there.key), await self.only(books, back.key)
        assert (sent.from_name, sent.to_name) == (returned.to_name, returned.from_name)
        assert returned.from_name == HOME.name

    async def test_the_weight_arrives(self, carriers: Carriers, books: CarrierBooks):
        asked = booking(weight_grams=1250)
        await carriers.book(asked)
        assert (await self.only(books, asked.key)).grams == 1250

    async def test_what_has_no_weight_is_booked_all_the_same(self, carriers: Carriers, books: CarrierBooks):
        asked = booking(weight_grams=0)
        await carriers.book(asked)
        await self.only(books, asked.key)

    async def test_who_was_promised_it_sooner_gets_a_quicker_service(self, carriers: Carriers):
        standard = await carriers.book(booking())
        expedited = await carriers.book(booking(service_level=ServiceLevel.EXPEDITED))
        assert standard.service != expedited.service
        assert standard.cost is not None
        assert expedited.cost is not None
        assert standard.cost < expedited.cost
