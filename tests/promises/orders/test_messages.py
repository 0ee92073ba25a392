"""Whatever is sent to an order by hand is answered or noted: the order is never wedged, and nothing gets lost."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from temporalio.api.common.v1 import Payload
from temporalio.client import Client, WorkflowFailureError, WorkflowHandle, WorkflowUpdateFailedError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from models.messages import Cancellation, HoldDecision, OrderStart, Verdict
from models.order.document import ChannelRisk
from models.order.snapshot import Headline
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, start


def raw(data: bytes, encoding: str = "json/plain") -> RawValue:
    return RawValue(Payload(metadata={"encoding": encoding.encode()}, data=data))


BAD: dict[str, list[RawValue]] = {
    "no payload": [],
    "two payloads": [raw(b"{}"), raw(b"{}")],
    "three payloads": [raw(b"1"), raw(b"2"), raw(b"3")],
    "null": [raw(b"null")],
    "binary null": [raw(b"", "binary/null")],
    "binary": [raw(b"\x00\x01", "binary/plain")],
    "unknown encoding": [raw(b"{}", "json/protobuf")],
    "no encoding": [RawValue(Payload(data=b"{}"))],
    "made-up encoding": [raw(b"{}", "rot13")],
    "empty": [raw(b"")],
    "not JSON": [raw(b"approve please")],
    "cut off": [raw(b'{"hold": "fraud-1"')],
    "not UTF-8": [raw(b'{"hold": "\xff\xfe"}')],
    "NaN": [raw(b'{"hold": NaN}')],
    "a number": [raw(b"42")],
    "a text": [raw(b'"fraud-1"')],
    "a list": [raw(b"[1, 2]")],
    "an empty object": [raw(b"{}")],
    "a missing field": [raw(b'{"hold": "fraud-1", "verdict": "approve"}')],
    "a wrong type": [raw(b'{"hold": 7, "verdict": 1, "reason": false, "actor": []}')],
    "a wrong choice": [raw(b'{"hold": "fraud-1", "verdict": "maybe", "reason": "r", "actor": "a"}')],
    "an extra field": [raw(b'{"hold": "fraud-1", "verdict": "approve", "reason": "r", "actor": "a", "x": 1}')],
    "an empty reason": [raw(b'{"hold": "fraud-1", "verdict": "approve", "reason": "", "actor": "a"}')],
    "deep": [raw(b'{"a":' * 200 + b"1" + b"}" * 200)],
    "large": [raw(b'{"hold": "' + b"x" * 100_000 + b'"}')],
    "half a surrogate": [raw(b'{"hold": "\\ud800", "reason": "r", "actor": "a"}')],
    "an invisible mark in a name": [raw('{"reason": "r", "actor": "a", "\u200bextra": 1}'.encode())],
    "NUL in a name": [raw(b'{"reason": "r", "actor": "a", "\\u0000": 1}')],
    "an invisible mark in the reason": [
        raw('{"hold": "fraud-1", "reason": "\u200bok", "actor": "a", "event_id": 1}'.encode())
    ],
    "another order's event": [
        raw(
            b'{"type": "carrier.tracking", "event_id": "e", "order_id": "order:shopify:someone-else",'
            b' "occurred_at": "2026-01-01T00:00:00Z", "tracking_number": "T", "state": "delivered"}'
        )
    ],
}
SIGNALS = ["approve", "reject", "cancel", "partner_event", "no_such_signal"]
UPDATES = ["decide", "cancel", "no_such_update"]


@pytest_asyncio.fixture(loop_scope="session")
async def held(client: Client, world: World) -> AsyncIterator[WorkflowHandle[Any, Any]]:
    """An order held for fraud; when the test is over it must still do as it is told."""
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")
    yield handle
    decision = HoldDecision(hold="fraud-1", verdict=Verdict.APPROVE, reason="fine", actor="anna")
    await asyncio.wait_for(handle.execute_update("decide", decision), 60)
    assert await world.end(handle) == Headline.COMPLETED


@pytest.mark.parametrize("name", SIGNALS)
async def test_a_bad_signal_is_noted_on_the_order(world: World, held: WorkflowHandle[Any, Any], name: str) -> None:
    for payloads in BAD.values():
        await held.signal(name, args=payloads)

    await world.until(lambda: sum(text.startswith(f"signal {name} refused") for text in world.story) == len(BAD))
    assert world.last.headline is Headline.ON_HOLD


@pytest.mark.parametrize(
    ("before", "after", "encoding"),
    [(b"", b" " * 100_000, "json/plain"), (b"", b"", "json/protobuf"), (b'{"state": "lost", ', b"", "json/plain")],
    ids=["large", "of another encoding", "with a field twice"],
)
async def test_an_event_that_would_be_right_but_for_this_is_refused(
    world: World, held: WorkflowHandle[Any, Any], before: bytes, after: bytes, encoding: str
) -> None:
    event = (
        f'{{"type": "carrier.tracking", "event_id": "e", "order_id": "{held.id}", "occurred_at": "2026-01-01T00:00:00Z",'
        ' "tracking_number": "T", "state": "delivered"}'
    ).encode()
    await held.signal("partner_event", args=[raw((before + event[1:] if before else event) + after, encoding)])

    await world.until(lambda: any(text.startswith("signal partner_event refused") for text in world.story))


@pytest.mark.parametrize("name", UPDATES)
async def test_bad_updates_are_refused_to_their_sender(held: WorkflowHandle[Any, Any], name: str) -> None:
    for kind, payloads in BAD.items():
        assert await is_refused(held, name, payloads), kind


async def is_refused(handle: WorkflowHandle[Any, Any], name: str, payloads: list[RawValue]) -> bool:
    """Whether an update is refused; one that is taken, or never answered, is not."""
    try:
        await asyncio.wait_for(handle.execute_update(name, args=payloads), 60)
    except WorkflowUpdateFailedError:
        return True
    except TimeoutError:
        return False
    return False


async def test_a_signal_whose_name_nobody_can_read_is_noted_too(world: World, held: WorkflowHandle[Any, Any]) -> None:
    await held.signal("appr\u200bove\u202e", args=BAD["an empty object"])

    await world.until(lambda: any(text.startswith("signal approve refused") for text in world.story))


async def test_a_reason_with_marks_nobody_sees_is_refused(world: World, held: WorkflowHandle[Any, Any]) -> None:
    await held.signal("approve", {"reason": "fine\u200b\0", "actor": "anna"})

    await world.until(lambda: any("/reason must not contain" in text for text in world.story))


async def test_updates_that_come_too_late_or_twice_say_so(client: Client, world: World) -> None:
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")
    decision = HoldDecision(hold="fraud-1", verdict=Verdict.APPROVE, reason="fine", actor="anna")

    await handle.execute_update("decide", decision, id="first")
    again = await handle.execute_update("decide", decision, id="first")
    with pytest.raises(WorkflowUpdateFailedError) as other:
        await handle.execute_update("decide", decision, id="second")

    assert again["text"] == "hold fraud-1 approved"
    assert isinstance(other.value.cause, ApplicationError)
    assert "approved already" in other.value.cause.message or "ended" in other.value.cause.message
    assert await world.end(handle) == Headline.COMPLETED


async def test_a_person_may_leave_the_hold_out_where_only_one_is_open(client: Client, world: World) -> None:
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")

    await handle.signal("approve", {"reason": "known customer", "actor": "anna"})

    assert await world.end(handle) == Headline.COMPLETED
    assert world.last.holds[0].decided_by == "anna"


async def test_reject_by_signal_cancels(client: Client, world: World) -> None:
    handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("fraud")

    await handle.signal("reject", {"hold": "fraud-1", "reason": "stolen card", "actor": "anna"})

    assert await world.end(handle) == Headline.REJECTED


@pytest.mark.usefixtures("world")
async def test_a_bad_start_fails_and_says_why(client: Client) -> None:
    ends = await asyncio.gather(
        *(failure_of(client, "OrderWorkflow", f"order:shopify:bad-{kind}", BAD[kind]) for kind in BAD)
    )

    assert dict(zip(BAD, ends, strict=True)) == dict.fromkeys(BAD, "invalid")


async def failure_of(client: Client, workflow: str, name: str, payloads: list[RawValue]) -> str | None:
    """How a workflow that is started with these ends: the type of the error it says."""
    handle = await client.start_workflow(workflow, args=payloads, id=name.replace(" ", "-"), task_queue="orders")
    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), 60)
    assert isinstance(failed.value.cause, ApplicationError), name
    return failed.value.cause.type


@pytest.mark.usefixtures("world")
async def test_an_order_under_another_orders_name_is_refused(client: Client) -> None:
    handle = await client.start_workflow(
        "OrderWorkflow", OrderStart(order=an_order()), id="order:shopify:not-this-one", task_queue="orders"
    )

    with pytest.raises(WorkflowFailureError) as failed:
        await asyncio.wait_for(handle.result(), 60)
    assert "this workflow is not that of" in str(failed.value.cause)


@pytest.mark.usefixtures("world")
async def test_a_failed_start_answers_messages_too(client: Client) -> None:
    handle = await client.start_workflow("OrderWorkflow", id="order:shopify:bad-and-asked", task_queue="orders")
    await handle.signal("cancel", Cancellation(reason="r", actor="a"))

    with pytest.raises(WorkflowFailureError):
        await asyncio.wait_for(handle.result(), 60)


async def test_rejecting_one_hold_is_heeded_while_others_are_open(client: Client, world: World) -> None:
    handle = await start(client, an_order(kit=1, changes={"channel_risk": ChannelRisk.HIGH}))
    await world.until_held("compliance", "fraud")
    last = list(world.last.holds)[-1].id

    await handle.signal("reject", {"hold": last, "reason": "not to them", "actor": "anna"})

    assert await world.end(handle) == Headline.REJECTED
    assert all(hold.state != "open" for hold in world.last.holds)
