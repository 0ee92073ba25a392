"""Every route through an order's life, told on a real Temporal server."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client, WorkflowHandle

from models.errors import Refused, Transient, Unavailable, Uncertain
from models.messages import HoldDecision, Verdict
from models.order.document import ChannelRisk, Delivery, FulfilledBy, FulfilmentRequest, ServiceLevel
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.partners.events import PickedLine, PickedShort, ReleaseRejected
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.payment import PaymentState
from tests.promises.orders.orders import an_order, euro
from tests.promises.orders.world import World, moved, shipped, start


async def approve(handle: WorkflowHandle[Any, Any], hold: str, verdict: Verdict = Verdict.APPROVE) -> None:
    decision = HoldDecision(hold=hold, verdict=verdict, reason="looked into it", actor="anna")
    await handle.execute_update("decide", decision)


async def test_a_card_order_is_authorised_shipped_captured_invoiced_and_completed(client: Client, world: World) -> None:
    order = an_order(mug=2)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert dict(world.money) == dict.fromkeys(("authorised", "captured", "invoiced"), order.total.amount)
    assert world.last.money.state is PaymentState.CAPTURED
    assert world.last.fulfilment is FulfilmentState.DELIVERED
    assert world.stock["MUG"] == 98
    assert len(world.done("send")) == 3


async def test_a_prepaid_order_skips_credit_and_payment(client: Client, world: World) -> None:
    order = an_order(terms=PaymentTerms.PREPAID, channel="amazon")

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.done("authorise")
    assert not world.done("capture")
    assert world.last.money.captured == order.total
    assert world.last.money.by_channel
    assert world.money["invoiced"] == order.total.amount


async def test_an_account_order_is_checked_for_credit_and_invoiced_on_terms(client: Client, world: World) -> None:
    handle = await start(client, an_order(terms=PaymentTerms.ACCOUNT, channel="b2b", mug=3))

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.done("authorise")
    assert any("stay within the limit" in text for text in world.story)


async def test_an_account_order_over_the_limit_waits_for_finance(client: Client, world: World) -> None:
    world.limit = 100

    handle = await start(client, an_order(terms=PaymentTerms.ACCOUNT, channel="b2b", mug=3))
    await world.until_held("credit")
    assert world.last.waiting_on == "finance"
    await approve(handle, "credit-1")

    assert await world.end(handle) == Headline.COMPLETED


async def test_cash_on_delivery_is_neither_authorised_nor_captured(client: Client, world: World) -> None:
    handle = await start(client, an_order(terms=PaymentTerms.CASH_ON_DELIVERY))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money.keys() == {"invoiced"}


async def test_a_gift_card_pays_first_and_the_card_the_rest(client: Client, world: World) -> None:
    order = an_order(mug=2, gift_card=1000)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["authorised"] == world.money["captured"] == order.total.amount - 1000
    assert world.last.money.captured == order.total


async def test_a_zero_price_order_needs_no_payment(client: Client, world: World) -> None:
    order = an_order(mug=1, shipping=0)
    line = order.lines[0].model_copy(update={"subtotal": euro(0), "taxes": (), "total": euro(0)})
    free = an_order(
        shipping=0,
        changes={"lines": (line,), "total": euro(0), "payment": order.payment.model_copy(update={"tenders": ()})},
    )

    handle = await start(client, free)

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.money.state is PaymentState.NOT_REQUIRED


async def test_a_bundle_is_reserved_by_its_parts_and_shipped_as_one(client: Client, world: World) -> None:
    handle = await start(client, an_order(set=2))

    assert await world.end(handle) == Headline.COMPLETED
    assert (world.stock["LAMP"], world.stock["MUG"]) == (98, 96)
    assert world.last.lines[0].shipped == 2


async def test_a_service_is_settled_without_a_warehouse(client: Client, world: World) -> None:
    order = an_order(warranty=1, shipping=0)

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.done("release")
    assert world.money["captured"] == world.money["invoiced"] == order.total.amount


async def test_what_the_channel_ships_itself_is_recorded_and_invoiced(client: Client, world: World) -> None:
    request = FulfilmentRequest(fulfilled_by=FulfilledBy.CHANNEL)
    order = an_order(terms=PaymentTerms.PREPAID, channel="amazon", changes={"fulfilment": request})

    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.done("release")
    assert not world.done("reserve")
    assert world.money["invoiced"] == order.total.amount


async def test_what_is_collected_needs_no_label(client: Client, world: World) -> None:
    request = FulfilmentRequest(delivery=Delivery.PICK_UP)

    handle = await start(client, an_order(changes={"fulfilment": request, "shipping_address": None}))

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.done("book")
    assert world.done("release")


GONE = an_order().lines[0].model_copy(update={"cancelled": 2})


@pytest.mark.parametrize(
    ("changes", "end", "phrase"),
    [
        ({"test": True}, Headline.CANCELLED, "it is a test order"),
        ({"cancelled_at": datetime.now(UTC)}, Headline.CANCELLED, "the channel cancelled or refunded all of it"),
        ({"lines": (GONE,)}, Headline.COMPLETED, "the channel had delivered all of it"),
    ],
)
async def test_an_order_with_nothing_to_do_is_recorded_and_ends(
    client: Client, world: World, changes: dict[str, Any], end: Headline, phrase: str
) -> None:
    handle = await start(client, an_order(changes=changes))

    assert await world.end(handle) == end
    assert not world.journal
    assert any(phrase in text for text in world.story)


async def test_several_holds_stand_at_once_and_each_wants_its_own_answer(client: Client, world: World) -> None:
    order = an_order(kit=1, changes={"channel_risk": ChannelRisk.HIGH})

    handle = await start(client, order)
    await world.until_held("compliance", "fraud")
    await approve(handle, "fraud-1")
    await world.until_held("compliance")
    await approve(handle, "compliance-1")

    assert await world.end(handle) == Headline.COMPLETED


async def test_a_rejected_hold_ends_the_order_before_anything_was_done(client: Client, world: World) -> None:
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")
    await approve(handle, "fraud-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.REJECTED
    assert {verb for verb, _ in world.journal} == {"send"}


async def test_a_high_value_order_waits_for_approval(client: Client, world: World) -> None:
    handle = await start(client, an_order(terms=PaymentTerms.ACCOUNT, channel="b2b", lamp=99))
    world.stock["LAMP"] = 1000
    world.limit = 10**9

    await handle.execute_update("accept")
    assert await world.end(handle) == Headline.COMPLETED
    big = await start(client, an_order(terms=PaymentTerms.ACCOUNT, channel="b2b", lamp=300))
    await world.until_held("approval")
    await approve(big, "approval-1")
    assert await world.end(big) == Headline.COMPLETED


async def test_an_unknown_article_is_a_data_quality_hold_until_the_erp_knows_it(client: Client, world: World) -> None:
    world.unknown.add("MUG")

    handle = await start(client, an_order(mug=1))
    await world.until_held("data_quality")
    await approve(handle, "data_quality-1")
    await world.until(lambda: "hold data_quality-2 for integration: master data does not know MUG" in world.story)
    world.unknown.clear()
    await approve(handle, "data_quality-2")

    assert await world.end(handle) == Headline.COMPLETED


async def test_an_order_without_an_address_waits_for_service(client: Client, world: World) -> None:
    handle = await start(client, an_order(changes={"shipping_address": None}))
    await world.until_held("address")
    await approve(handle, "address-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.REJECTED


async def test_short_of_stock_waits_and_goes_on_when_there_is_some(client: Client, world: World) -> None:
    world.stock["MUG"] = 1

    handle = await start(client, an_order(mug=2))
    await world.until_held("inventory")
    assert "short of stock: MUG: 1 of 2" in world.last.holds[-1].reason
    world.stock["MUG"] = 5
    await approve(handle, "inventory-1")

    assert await world.end(handle) == Headline.COMPLETED
    assert world.stock["MUG"] == 3


async def test_a_declined_card_waits_and_is_tried_again_under_a_fresh_key(client: Client, world: World) -> None:
    world.faults["authorise"] = [Refused("payment", "the card was declined", code="card_declined")]

    order = an_order()
    handle = await start(client, order)
    await world.until_held("payment")
    assert "card_declined" in world.last.holds[-1].reason
    assert world.last.money.state is PaymentState.DECLINED
    await approve(handle, "payment-1")

    assert await world.end(handle) == Headline.COMPLETED
    assert world.done("authorise") == [f"{order.id}/authorise~2"]
    assert world.money["captured"] == order.total.amount


async def test_a_short_trouble_passes_unseen(client: Client, world: World) -> None:
    world.faults["create_order"] = [Transient("erp", "connection reset")]
    world.lost["capture"] = [Transient("payment", "no reply")]

    order = an_order()
    handle = await start(client, order)

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.last.holds
    assert world.money["captured"] == order.total.amount


async def test_a_partner_that_is_down_parks_the_order_and_takes_it_up_by_itself(client: Client, world: World) -> None:
    world.faults["create_order"] = [Unavailable("erp", "connection refused")]

    handle = await start(client, an_order())

    assert await world.end(handle) == Headline.COMPLETED
    # It is asked again a second later: who looks then may see nothing of it any more.
    parked = next(shot for shot in world.snapshots if any(hold.state == "open" for hold in shot.holds))
    assert [hold.kind for hold in parked.holds] == ["partner_unavailable"]
    assert (parked.waiting_on, parked.headline) == ("erp", Headline.ON_HOLD)
    assert world.last.holds[0].state == "released"
    assert world.last.holds[0].decided_by == "orderloom"


async def test_an_operator_may_have_a_parked_step_tried_at_once(client: Client, world: World) -> None:
    world.faults["create_order"] = [Unavailable("erp", "maintenance", retry_after_s=3600)]

    handle = await start(client, an_order())
    await world.until_held("partner_unavailable")
    await approve(handle, "partner_unavailable-1")

    assert await world.end(handle) == Headline.COMPLETED


async def test_what_nobody_can_be_sure_of_is_asked_of_a_person(client: Client, world: World) -> None:
    world.lost["create_order"] = [Uncertain("erp", "the answer was HTML")]

    order = an_order()
    handle = await start(client, order)
    await world.until_held("other")
    await approve(handle, "other-1")

    assert await world.end(handle) == Headline.COMPLETED
    assert world.done("create_order") == [f"{order.id}/erp-order"]


async def test_a_notification_service_that_is_down_stops_no_parcel(client: Client, world: World) -> None:
    world.faults["send"] = [Unavailable("notification", "down", retry_after_s=3600) for _ in range(3)]

    handle = await start(client, an_order())
    await world.until(lambda: bool(world.snapshots) and world.last.fulfilment is FulfilmentState.DELIVERED)
    await world.until_held(*["partner_unavailable"] * 3)
    for number in (1, 2, 3):
        await approve(handle, f"partner_unavailable-{number}", Verdict.REJECT)

    assert await world.end(handle) == Headline.COMPLETED
    assert not world.done("send")


async def test_two_parcels_are_captured_and_invoiced_each_and_add_up(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(mug=3)
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]

    await world.tell(shipped(release, quantity=1, shipment="P1"))
    await world.until(lambda: world.last.headline is Headline.PARTIALLY_SHIPPED)
    first = world.last.shipments[0].value
    assert 0 < first.amount < order.total.amount
    await world.until(lambda: world.money["captured"] == first.amount)
    await world.tell(shipped(release, quantity=2, shipment="P2"))
    await world.until(lambda: world.last.headline is Headline.SHIPPED)
    await world.tell(moved(release, ShipmentState.DELIVERED))
    await world.tell(moved(release, ShipmentState.DELIVERED).model_copy(update={"event_id": "again"}))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == world.money["invoiced"] == order.total.amount
    assert len(world.done("capture")) == 2


async def test_a_second_parcel_under_a_label_that_has_arrived_has_arrived_too(client: Client, world: World) -> None:
    world.ships = False
    handle = await start(client, an_order(mug=3))
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]

    await world.tell(shipped(release, quantity=1, shipment="P1"))
    await world.until(lambda: len(world.last.shipments) == 1)
    await world.tell(moved(release, ShipmentState.DELIVERED))
    await world.tell(shipped(release, quantity=2, shipment="P2"))

    assert await world.end(handle) == Headline.COMPLETED
    assert [one.state for one in world.last.shipments] == [ShipmentState.DELIVERED] * 2


async def test_a_short_pick_is_reserved_and_sent_again(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(mug=3)
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]

    await world.tell(shipped(release, quantity=2))
    await world.tell(short(release, 1))
    await world.until_held("inventory")
    world.ships = True
    await approve(handle, "inventory-1")
    await world.tell(moved(release, ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.lines[0].shipped == 3
    assert world.money["captured"] == order.total.amount


async def test_a_short_pick_may_be_left_out_and_is_not_paid_for(client: Client, world: World) -> None:
    world.ships = False
    order = an_order(mug=3, shipping=0)
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]

    await world.tell(short(release, 1))
    await world.until_held("inventory")
    await approve(handle, "inventory-1", Verdict.REJECT)
    await world.tell(shipped(release, quantity=2))
    await world.tell(moved(release, ShipmentState.DELIVERED))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == order.total.allocate([2, 1])[0].amount
    assert (world.last.lines[0].shipped, world.last.lines[0].cancelled) == (2, 1)
    assert world.stock["MUG"] == 98


async def test_a_warehouse_that_will_not_send_it_has_a_person_decide(client: Client, world: World) -> None:
    world.ships = False
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]
    event = ReleaseRejected(
        event_id="r1", order_id=order.id, occurred_at=datetime.now(UTC), release_key=release.key, reason="flooded"
    )

    await world.tell(event)
    await world.until_held("inventory")
    await approve(handle, "inventory-1", Verdict.REJECT)

    assert await world.end(handle) == Headline.CANCELLED
    assert world.done("void")
    assert world.stock["MUG"] == 100


async def test_a_lost_parcel_waits_for_service(client: Client, world: World) -> None:
    world.ships = False
    handle = await start(client, an_order())
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]

    await world.tell(shipped(release))
    await world.tell(moved(release, ShipmentState.LOST))
    await world.until_held("other")
    await approve(handle, "other-1")

    assert await world.end(handle) == Headline.COMPLETED


async def test_callbacks_may_come_twice_early_and_out_of_order(client: Client, world: World) -> None:
    world.ships = False
    order = an_order()
    handle = await start(client, order)
    await world.until(lambda: bool(world.done("release")))
    release = world.released[0]

    await world.tell(moved(release, ShipmentState.DELIVERED))
    await world.tell(shipped(release))
    await world.tell(shipped(release))
    await world.tell(shipped(release).model_copy(update={"event_id": "the-same-fact-under-a-new-id"}))

    assert await world.end(handle) == Headline.COMPLETED
    assert world.money["captured"] == order.total.amount
    assert len(world.done("capture")) == 1


async def test_an_expedited_order_takes_the_same_road(client: Client, world: World) -> None:
    handle = await start(client, an_order(service=ServiceLevel.EXPEDITED))

    assert await world.end(handle) == Headline.COMPLETED


def short(release: Any, quantity: int) -> PickedShort:
    return PickedShort(
        event_id=f"short/{release.key}",
        order_id=release.order_id,
        occurred_at=datetime.now(UTC),
        release_key=release.key,
        lines=(PickedLine(line_id="1", sku="MUG", quantity=quantity),),
    )


async def test_a_refusal_in_another_script_is_shown_as_people_read_it(client: Client, world: World) -> None:
    world.faults["authorise"] = [
        Refused("payment", "\u05e1\u05d5\u05e8\u05d1 \u200fVISA\u200e\ufeff\0", code="declined")
    ]
    handle = await start(client, an_order())
    await world.until_held("payment")
    assert world.last.holds[0].reason.endswith("\u05e1\u05d5\u05e8\u05d1 VISA")

    await handle.signal("approve", {"reason": "another card", "actor": "anna"})

    assert await world.end(handle) == Headline.COMPLETED


@pytest.mark.parametrize("said", ["because " * 62, "x" * 500])
async def test_a_warehouse_may_say_at_length_why_it_sends_nothing(client: Client, world: World, said: str) -> None:
    world.ships = False
    handle = await start(client, an_order(mug=2))
    await world.until(lambda: bool(world.released))
    release = world.released[0]
    await world.tell(
        ReleaseRejected(
            event_id="no/" + "e" * 190,
            order_id=release.order_id,
            occurred_at=datetime.now(UTC),
            release_key=release.key,
            reason=said,
        )
    )
    await world.until_held("inventory")
    await handle.signal("reject", {"reason": "so be it", "actor": "anna"})

    assert await world.end(handle) == Headline.CANCELLED
    assert world.stock["MUG"] == 100
