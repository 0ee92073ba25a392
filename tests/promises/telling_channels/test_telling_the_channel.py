"""A connected channel hears what became of its order: every parcel, what will not come, and what is given back (R28)."""

from __future__ import annotations

import pytest
from temporalio.client import Client

from models.errors import Refused, Transient, Unavailable
from models.messages import Cancellation, HoldDecision, Verdict
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.partners.channels import ChannelFulfilment
from models.partners.events import ParcelShipped
from models.partners.notices import Audience, NoticeKind
from models.partners.warehouse import Release
from models.policy.fulfilment import FulfilmentPolicy, WhenUndeliverable
from models.states.fulfilment import ShipmentState
from tests.promises.changing.wishes import settled, wish
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start
from tests.promises.telling_channels.shop import ConnectedWorld

CANCEL = Cancellation(reason="sold out", actor="anna")


def part(release: Release, number: int, **skus: int) -> ParcelShipped:
    """A parcel with some of a release in it."""
    whole = shipped(release, shipment=f"P{number}")
    lines = [line.model_copy(update={"quantity": skus[line.sku]}) for line in whole.lines if line.sku in skus]
    return whole.model_copy(update={"lines": tuple(lines), "tracking_number": f"TRK-{number}"})


async def test_a_parcel_is_told_with_its_lines_and_not_noticed(client: Client, world: ConnectedWorld) -> None:
    order = an_order(mug=2, lamp=1)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    (told,) = world.told
    assert isinstance(told, ChannelFulfilment)
    assert (told.channel, told.external_id, told.carrier) == ("shopify", order.external_id, "Swift")
    assert world.parcels == [{"1": 2, "2": 1}]
    assert world.noticed(Audience.CHANNEL) == []
    assert NoticeKind.ORDER_SHIPPED in world.noticed(Audience.CUSTOMER)


async def test_each_parcel_says_what_is_in_it_and_a_bundle_comes_with_the_parcel_that_completes_it(
    client: Client, world: ConnectedWorld
) -> None:
    world.ships = False
    handle = await start(client, an_order(set=1, mug=3))
    await world.until(lambda: bool(world.released))
    (release,) = world.released
    in_the_set, alone = (line.quantity for line in release.lines if line.sku == "MUG")

    await world.tell(part(release, 1, LAMP=1))
    await world.tell(part(release, 2, MUG=1))
    await world.until(lambda: len(world.last.shipments) == 2 and world.parcels == [{"2": 1}])
    rest = shipped(release, shipment="P3")
    mugs = [line for line in rest.lines if line.sku == "MUG"]
    left = [line.model_copy(update={"quantity": line.quantity - 1}) for line in mugs]
    await world.tell(rest.model_copy(update={"lines": tuple(left), "tracking_number": "TRK-3"}))
    for number in (1, 2, 3):
        arrived = moved(release, ShipmentState.DELIVERED)
        await world.tell(arrived.model_copy(update={"tracking_number": f"TRK-{number}", "event_id": f"d{number}"}))

    assert await world.end(handle) == Headline.COMPLETED
    assert (in_the_set, alone) == (2, 3)
    # The lamp alone is no set: the customer and the channel's notice hear of it, the channel's books do not.
    assert world.parcels == [{"2": 1}, {"1": 1, "2": 2}]
    assert world.noticed(Audience.CHANNEL) == [NoticeKind.ORDER_SHIPPED]


async def test_what_is_cancelled_is_told_whole_with_what_is_to_be_given_back(
    client: Client, world: ConnectedWorld
) -> None:
    world.ships = False
    order = an_order(terms=PaymentTerms.PREPAID)
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))

    await handle.execute_update("cancel", CANCEL)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.cancelled == [(True, {"1": 2})]
    assert world.given_back == [(order.total.amount, True)]
    assert NoticeKind.ORDER_CANCELLED not in world.noticed(Audience.CHANNEL)


async def test_what_was_never_taken_is_not_to_be_given_back(client: Client, world: ConnectedWorld) -> None:
    world.ships = False
    handle = await start(client, an_order())
    await world.until(lambda: bool(world.released))

    await handle.execute_update("cancel", CANCEL)

    assert await world.end(handle) == Headline.CANCELLED
    assert (world.cancelled, world.given_back) == ([(True, {"1": 2})], [])


async def test_a_part_that_is_cancelled_is_told_by_line_and_the_rest_leaves(
    client: Client, world: ConnectedWorld
) -> None:
    world.ships = False
    handle = await start(client, an_order(mug=3, lamp=1, terms=PaymentTerms.PREPAID))
    await world.until(lambda: bool(world.released))

    await wish(handle, "cancel_quantity", line_id="1", quantity=2)
    await settled(world)
    await world.until(lambda: len(world.released) == 2)
    await world.tell(shipped(world.released[-1]))
    await world.tell(moved(world.released[-1], ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.cancelled == [(False, {"1": 2})]
    assert world.given_back == [(2 * 1190, True)]
    assert world.parcels == [{"1": 1, "2": 1}]


async def test_what_is_closed_short_is_told_once_it_is_known(client: Client, world: ConnectedWorld) -> None:
    world.ships = False
    handle = await start(client, an_order(mug=2, lamp=1))
    await world.until(lambda: bool(world.released))
    (release,) = world.released
    await world.tell(part(release, 1, MUG=2))
    await world.until(lambda: bool(world.last.shipments))

    await handle.execute_update("cancel", CANCEL)
    arrived = moved(release, ShipmentState.DELIVERED)
    await world.tell(arrived.model_copy(update={"tracking_number": "TRK-1"}))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.parcels == [{"1": 2}]
    assert world.cancelled == [(False, {"2": 1})]


async def test_money_that_our_own_provider_gave_back_is_noted_there(client: Client, world: ConnectedWorld) -> None:
    lost = FulfilmentPolicy(
        ship_within_hours=72,
        expedited_ship_within_hours=24,
        deliver_within_days=14,
        lost=WhenUndeliverable.REFUND,
    )
    world.ships, world.rules = False, lost
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.released))
    await world.tell(shipped(world.released[0]))
    await world.tell(moved(world.released[0], ShipmentState.LOST))

    await world.end(handle)

    assert world.given_back == [(order.total.amount, False)]


async def test_what_the_channel_refuses_is_a_hold_with_an_owner_and_is_told_again(
    client: Client, world: ConnectedWorld
) -> None:
    world.faults["tell"] = [Refused("shopify", "the line is not fulfillable", code="not_fulfillable")]
    handle = await start(client, an_order())
    await world.until_held("status_update")
    (hold,) = [hold for hold in world.last.holds if hold.state == "open"]
    assert hold.owner == "integration"
    assert "the channel shopify refused (not_fulfillable)" in hold.reason

    await handle.execute_update(
        "decide", HoldDecision(hold=hold.id, verdict=Verdict.APPROVE, reason="corrected there", actor="ivo")
    )

    assert await world.end(handle) == Headline.COMPLETED
    assert len(world.told) == 1


async def test_what_cannot_be_told_at_all_is_left_untold_and_the_order_ends(
    client: Client, world: ConnectedWorld
) -> None:
    world.faults["tell"] = [Refused("shopify", "no such order", code="unknown_order")]
    handle = await start(client, an_order())
    await world.until_held("status_update")

    await handle.signal("reject", {"reason": "put right by hand", "actor": "ivo"})

    assert await world.end(handle) == Headline.COMPLETED
    assert world.told == []


@pytest.mark.parametrize("trouble", [Unavailable("shopify", "asks us to slow down", retry_after_s=1)])
async def test_a_channel_that_is_away_keeps_no_parcel_and_hears_of_it_when_it_is_back(
    client: Client, world: ConnectedWorld, trouble: Unavailable
) -> None:
    world.faults["tell"] = [trouble] * 2
    handle = await start(client, an_order())

    assert await world.end(handle) == Headline.COMPLETED
    (parked,) = world.last.holds
    assert (parked.kind, parked.waiting_on, parked.state) == ("partner_unavailable", "channel-shopify", "released")
    assert len(world.parcels) == 1


async def test_a_lost_reply_is_asked_again_under_the_same_key(client: Client, world: ConnectedWorld) -> None:
    world.lost["tell"] = [Transient("shopify", "the connection broke")]

    handle = await start(client, an_order())

    assert await world.end(handle) == Headline.COMPLETED
    assert len(world.told) == 1
