"""Parcels that do not arrive are made good by policy; carriers that find nobody try again; windows are kept or noted."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from temporalio.client import Client

from models.order.snapshot import Headline
from models.partners.events import ParcelMoved
from models.partners.warehouse import Release
from models.policy.fulfilment import WhenUndeliverable
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.stock.reservation import RemedyKind
from tests.promises.fulfilment.stage import WORD, Stage, about, rules, to_site
from tests.promises.orders.orders import an_order
from tests.promises.orders.test_short_of_stock import does
from tests.promises.orders.world import shipped, start

RESHIP = rules(lost=WhenUndeliverable.RESHIP, returned_to_sender=WhenUndeliverable.RESHIP)
UNDELIVERED = [ShipmentState.LOST, ShipmentState.RETURNED_TO_SENDER]


def is_now(release: Release, state: ShipmentState, at: datetime | None = None) -> ParcelMoved:
    said = about(release, state.value) | {"occurred_at": at or datetime.now(UTC)}
    return ParcelMoved(**said, tracking_number=release.tracking_number or "none", state=state)


@pytest.mark.parametrize("state", UNDELIVERED)
async def test_what_did_not_arrive_is_sent_once_more_at_no_charge(
    client: Client, stage: Stage, state: ShipmentState
) -> None:
    stage.rules = RESHIP
    order = an_order(mug=2)

    handle = await start(client, order)
    first = await stage.until_released()
    await stage.tell(shipped(first, shipment="P1"))
    await stage.tell(is_now(first, state))
    second = await stage.until_released(2)
    await stage.tell(shipped(second, shipment="P2"))
    await stage.tell(is_now(second, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED
    assert second.key != first.key
    assert [line.quantity for line in second.lines] == [2]
    assert stage.money["captured"] == stage.money["invoiced"] == order.total.amount
    assert len(stage.done("capture")) == len(stage.done("post_invoice")) == 1
    assert stage.stock_at("berlin") == 6
    assert stage.last.fulfilment is FulfilmentState.DELIVERED
    assert (stage.last.lines[0].shipped, stage.last.lines[0].delivered) == (2, 2)


async def test_a_parcel_lost_while_others_wait_is_sent_once_more_too(client: Client, stage: Stage) -> None:
    stage.rules = RESHIP
    order = an_order(mug=3)

    handle = await start(client, order)
    first = await stage.until_released()
    await stage.tell(shipped(first, quantity=1, shipment="P1"))
    await stage.tell(is_now(first, ShipmentState.LOST))
    second = await stage.until_released(2)
    assert [line.quantity for line in second.lines] == [1]
    rest = shipped(first, quantity=2, shipment="P2").model_copy(update={"tracking_number": "TRK-REST"})
    await stage.tell(rest)
    await stage.tell(shipped(second, shipment="P3"))
    await stage.tell(is_now(second, ShipmentState.DELIVERED))
    delivered = is_now(first, ShipmentState.DELIVERED)
    await stage.tell(delivered.model_copy(update={"tracking_number": "TRK-REST", "event_id": "rest"}))

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.money["captured"] == stage.money["invoiced"] == order.total.amount


@pytest.mark.parametrize("state", UNDELIVERED)
async def test_the_money_for_what_did_not_arrive_goes_back(client: Client, stage: Stage, state: ShipmentState) -> None:
    stage.rules = rules(lost=WhenUndeliverable.REFUND, returned_to_sender=WhenUndeliverable.REFUND)
    order = an_order(mug=2)

    handle = await start(client, order)
    release = await stage.until_released()
    await stage.tell(shipped(release))
    await stage.tell(is_now(release, state))

    assert await stage.end(handle) == Headline.COMPLETED
    assert len(stage.done("refund")) == 1
    assert stage.last.money.refunded == order.total


async def test_a_person_settles_it_where_policy_says_so(client: Client, stage: Stage) -> None:
    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.tell(shipped(release))
    await stage.tell(is_now(release, ShipmentState.LOST))
    await stage.until_held("other")
    await handle.signal("approve", WORD)

    assert await stage.end(handle) == Headline.COMPLETED


async def test_what_cannot_be_sent_once_more_is_settled_by_a_person(client: Client, stage: Stage) -> None:
    stage.rules, stage.remedies = RESHIP, does(RemedyKind.CANCEL_LINE)
    stage.shelves = {"berlin": {"MUG": 2}}

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.tell(shipped(release))
    await stage.tell(is_now(release, ShipmentState.LOST))
    await stage.until_held("other")
    assert "cannot be sent once more" in stage.last.holds[0].reason
    await handle.signal("approve", WORD)

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.last.lines[0].cancelled == 0


async def test_after_so_many_failed_attempts_a_person_has_it_tried_again(client: Client, stage: Stage) -> None:
    stage.rules = rules(failed_attempts=2)

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.tell(shipped(release))
    await stage.tell(is_now(release, ShipmentState.FAILED_ATTEMPT))
    await stage.tell(is_now(release, ShipmentState.FAILED_ATTEMPT))
    await stage.until_held("other")
    assert "could not be delivered 2 times" in stage.last.holds[0].reason
    await handle.signal("approve", WORD)
    await stage.until(lambda: bool(stage.done("deliver_again")))
    await stage.tell(is_now(release, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED


async def test_a_delivery_answers_the_question_about_failed_attempts(client: Client, stage: Stage) -> None:
    stage.rules = rules(failed_attempts=1, ask_about_exceptions=True)

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.tell(shipped(release))
    await stage.tell(is_now(release, ShipmentState.EXCEPTION))
    await stage.until_held("other")
    await stage.tell(is_now(release, ShipmentState.FAILED_ATTEMPT))
    await stage.until(lambda: len(stage.last.holds) == 2)
    await stage.tell(is_now(release, ShipmentState.DELIVERED))

    assert await stage.end(handle) == Headline.COMPLETED
    assert [hold.state for hold in stage.last.holds] == ["released", "released"]
    assert not stage.done("deliver_again")


async def test_a_delivery_window_goes_to_warehouse_and_carrier_and_a_miss_is_noted(
    client: Client, stage: Stage
) -> None:
    opens = datetime.now(UTC) + timedelta(days=1)
    window = {"deliver_from": opens, "deliver_by": opens + timedelta(hours=2)}

    handle = await start(client, an_order(mug=2, changes=to_site(**window)))
    release = await stage.until_released()
    assert (release.deliver_from, release.deliver_by) == (opens, opens + timedelta(hours=2))
    assert stage.booked[0].deliver_by == release.deliver_by
    await stage.tell(shipped(release))
    await stage.tell(is_now(release, ShipmentState.DELIVERED, at=opens + timedelta(hours=3)))

    assert await stage.end(handle) == Headline.COMPLETED
    assert any("came after the delivery window" in text for text in stage.story)
