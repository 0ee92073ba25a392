"""Keys and event ids fit what carries them, however long the names are that others gave; and differ as those do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from temporalio.client import Client

from models.ids import effect_key, event_id, first_key, order_id
from models.order.snapshot import Headline
from models.partners.asking import Ask
from models.partners.carriers import Booking, Label
from models.partners.events import ReleaseRejected
from models.states.fulfilment import ShipmentState
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import FakeCarriers, World, moved, ports, shipped, start
from tests.promises.promise_dates.promised import BERLIN, RULES
from workers.assembly import Workers

NAMES = st.text(alphabet="abcXYZ019._~-", min_size=1, max_size=100)
KEY = TypeAdapter(Ask.model_fields["key"].rebuild_annotation())
EVENT_ID = TypeAdapter(ReleaseRejected.model_fields["event_id"].rebuild_annotation())


@given(
    external=NAMES,
    part=st.text(alphabet="abc/:~-09", max_size=200),
    suffix=st.sampled_from(["", "/label", "/purchase"]),
)
def test_every_key_can_travel(external: str, part: str, suffix: str) -> None:
    key = effect_key(order_id("x" * 32, external), "refunded-channel", part)

    KEY.validate_python(f"{key}{suffix}~12")
    EVENT_ID.validate_python(event_id("asked", f"{key}{suffix}"))
    EVENT_ID.validate_python(event_id("e" * 200, "delivered"))


@given(one=st.text(max_size=300), other=st.text(max_size=300))
def test_what_is_told_apart_stays_so(one: str, other: str) -> None:
    assert (effect_key("order:b2b:1", "release", one) == effect_key("order:b2b:1", "release", other)) is (one == other)


def test_a_key_that_can_travel_is_as_it_ever_was() -> None:
    assert effect_key("order:b2b:1", "erp-order") == "order:b2b:1/erp-order"
    assert effect_key("order:b2b:1", "release", "berlin") == "order:b2b:1/release/berlin"
    assert event_id("asked", "order:b2b:1/release/berlin") == "asked/order:b2b:1/release/berlin"
    assert first_key("order:b2b:1/release/berlin~2") == "order:b2b:1/release/berlin"


class Wordy(FakeCarriers):
    """A carrier whose every word is as long as one may be."""

    async def book(self, booking: Booking) -> Label:
        label = Label(
            reference="R" * 500, carrier="C" * 500, service="S" * 500, tracking_number="T" * 500, note="N" * 500
        )
        return await self.world.effect("book", booking.key, lambda: label)


@pytest.mark.parametrize("lost", [False, True])
async def test_no_word_is_too_long_for_an_order(plain: Client, lost: bool) -> None:  # noqa: FBT001 - a case
    world = World(client=plain, ships=False, senders=(BERLIN,), promises=RULES)
    order = an_order(mug=1)

    async with Workers(plain, **ports(world) | {"carriers": Wordy(world)}).running():
        handle = await start(plain, order)
        await world.until(lambda: bool(world.released))
        await world.tell(shipped(world.released[0], shipment="P" * 90))
        if lost:
            await world.tell(moved(world.released[0], ShipmentState.LOST))
            await world.until_held("other")
            await handle.signal("approve", {"reason": "w" * 4000, "actor": "a" * 500})
        else:
            await world.tell(moved(world.released[0], ShipmentState.DELIVERED))
        assert await world.end(handle) == Headline.COMPLETED
