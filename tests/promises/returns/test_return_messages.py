"""Whatever is sent to a return by hand is answered or noted: the return is never wedged, and nothing counts twice."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest
from temporalio.client import Client, WorkflowFailureError, WorkflowUpdateFailedError
from temporalio.exceptions import ApplicationError

from models.partners.events import ParcelMoved
from models.policy.returns import ReturnRules
from models.returns.messages import ReturnStart
from models.returns.request import ReturnReason
from models.states.fulfilment import ShipmentState
from tests.promises.orders.test_messages import BAD, failure_of
from tests.promises.returns.world import (
    WORD,
    ReturnWorld,
    a_case,
    come_and_pass,
    fine,
    inspection,
    receipt,
    start,
    withdrawal,
)

SIGNALS = ("receive", "inspect", "approve", "reject", "withdraw", "partner_event", "no_such_signal")


async def refused(handle: Any, update: str, message: Any) -> str:
    with pytest.raises(WorkflowUpdateFailedError) as told:
        await handle.execute_update(update, message)
    cause = told.value.cause
    assert isinstance(cause, ApplicationError)
    return cause.message


async def test_no_bad_payload_wedges_a_return(world: ReturnWorld) -> None:
    handle = await start(world, a_case())
    await world.until_state("authorised")
    for signal in SIGNALS:
        for payloads in BAD.values():
            await handle.signal(signal, args=payloads)
    sent = len(SIGNALS) * len(BAD)
    await world.until(lambda: sum("refused" in text for text in world.story) >= sent)

    await come_and_pass(handle)
    assert await world.end(handle) == "closed"
    assert world.refunded == 1190


@pytest.mark.parametrize("update", ["receive", "inspect", "decide", "withdraw"])
async def test_a_bad_update_is_refused_and_changes_nothing(world: ReturnWorld, update: str) -> None:
    handle = await start(world, a_case())
    await world.until_state("authorised")
    for payloads in BAD.values():
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(update, args=payloads)

    await come_and_pass(handle)
    assert await world.end(handle) == "closed"


async def test_a_bad_start_fails_and_says_why(client: Client, world: ReturnWorld) -> None:
    assert world.client is client
    ends = await asyncio.gather(
        *(failure_of(client, "ReturnWorkflow", f"return:shopify:bad-{kind}:1", BAD[kind]) for kind in BAD)
    )

    assert dict(zip(BAD, ends, strict=True)) == dict.fromkeys(BAD, "invalid")


async def test_a_return_is_not_carried_out_under_another_name(client: Client, world: ReturnWorld) -> None:
    assert world.client is client
    handle = await client.start_workflow(
        "ReturnWorkflow", ReturnStart(case=a_case()), id="return:shopify:other:1", task_queue="orders"
    )

    with pytest.raises(WorkflowFailureError):
        await handle.result()


async def test_the_same_receipt_and_inspection_count_once(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    for _ in range(2):
        await handle.execute_update("receive", receipt(1, mug=1))
        await handle.signal("receive", receipt(1, mug=1))
    for _ in range(2):
        await handle.execute_update("inspect", inspection(1, fine(1)))
    await world.until_state("refunded")
    assert world.now.lines[0].received == 1
    await handle.execute_update("withdraw", withdrawal())

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190


async def test_what_people_may_do_from_the_web_ui_is_the_whole_of_it(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=1))
    await world.until_state("authorised")
    await handle.signal("receive", receipt(mug=1).model_dump(mode="json"))
    await handle.signal("inspect", inspection().model_dump(mode="json"))

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190


async def test_more_than_was_received_cannot_have_been_inspected(world: ReturnWorld) -> None:
    handle = await start(world, a_case(mugs=2))
    await world.until_state("authorised")
    await handle.execute_update("receive", receipt(mug=1))

    assert "more than the 1" in await refused(handle, "inspect", inspection(1, fine(2)))
    assert "no line of this return" in await refused(handle, "inspect", inspection(1, fine(1, "9")))
    unsaid = fine(accepted=False)
    assert "say why" in await refused(handle, "inspect", inspection(1, unsaid))


async def test_nothing_is_received_before_the_return_is_authorised_nor_after_its_end(world: ReturnWorld) -> None:
    world.rules = ReturnRules(ask_above={"EUR": 0})
    handle = await start(world, a_case())
    await world.until_held("return")
    assert "not authorised yet" in await refused(handle, "receive", receipt(mug=1))
    await handle.signal("reject", WORD)

    assert await world.end(handle) == "declined"


async def test_what_the_carrier_has_brought_back_is_the_warehouses_turn(world: ReturnWorld) -> None:
    handle = await start(world, a_case(reason=ReturnReason.DAMAGED))
    await world.until(lambda: world.now.tracking_number is not None)
    await world.until_state("authorised")
    assert world.now.waiting_on != "warehouse"

    await handle.signal("partner_event", parcel(world, ShipmentState.DELIVERED))
    await world.until(lambda: world.now.waiting_on == "warehouse")
    await come_and_pass(handle)

    assert await world.end(handle) == "closed"


async def test_finance_cannot_give_more_than_the_rules_do(world: ReturnWorld) -> None:
    world.rules = ReturnRules(refund_above={"EUR": 0})
    handle = await start(world, a_case())
    await world.until_state("authorised")
    await come_and_pass(handle)
    await world.until_held("refund")
    word = {"hold": "refund-1", "verdict": "approve", **WORD}

    assert "more than the" in await refused(handle, "decide", word | {"amount": {"amount": 1191, "currency": "EUR"}})
    assert "positive amount" in await refused(handle, "decide", word | {"amount": {"amount": 5, "currency": "USD"}})
    assert "no open hold" in await refused(handle, "decide", word | {"hold": "refund-2"})
    await handle.execute_update("decide", word)

    assert await world.end(handle) == "closed"


async def test_the_carriers_word_moves_the_return_and_a_lost_parcel_asks_a_person(world: ReturnWorld) -> None:
    handle = await start(world, a_case(reason=ReturnReason.DAMAGED))
    await world.until(lambda: world.now.tracking_number is not None)
    await handle.signal("partner_event", parcel(world, ShipmentState.IN_TRANSIT))
    await handle.signal("partner_event", parcel(world, ShipmentState.IN_TRANSIT))
    await world.until_state("in_transit")
    await handle.signal("partner_event", parcel(world, ShipmentState.LOST))
    await world.until_held("return")
    await handle.signal("approve", WORD)

    assert await world.end(handle) == "closed"
    assert world.refunded == 1190 + 60
    assert world.told == []
    assert sum("in transit" in text for text in world.story) == 1


async def test_another_returns_parcel_is_noted_and_changes_nothing(world: ReturnWorld) -> None:
    handle = await start(world, a_case())
    await world.until_state("authorised")
    await handle.signal("partner_event", parcel(world, ShipmentState.LOST, "TRK-OTHER"))
    await world.until(lambda: any("no parcel of this return" in text for text in world.story))

    assert world.now.state == "authorised"
    await handle.execute_update("withdraw", withdrawal())
    assert await world.end(handle) == "closed"


def parcel(world: ReturnWorld, state: ShipmentState, tracking: str | None = None) -> ParcelMoved:
    return ParcelMoved(
        event_id=f"{state.value}/1",
        order_id=world.now.order_id,
        occurred_at=datetime.now(UTC),
        tracking_number=tracking or world.now.tracking_number or "none",
        state=state,
    )
