"""Operators act by name, with a reason, and hear what the order made of it."""

from __future__ import annotations

from typing import Any

import pytest

from models.errors import Conflict, NotFound, Unavailable
from models.order.snapshot import Headline
from models.states.lifecycle import Lifecycle
from tests.promises.api.stage import Stage, problem
from tests.promises.api.test_showing_orders import a_snapshot

HOLD = "holds/fraud-1/decision"
APPROVE = {"decision": "approve", "reason": "The customer was called."}
BODIES: dict[str, Any] = {HOLD: APPROVE, "cancellation": {"reason": "The customer changed her mind."}}


@pytest.mark.parametrize("verdict", ["approve", "reject"])
async def test_a_hold_is_decided_in_the_callers_name(stage: Stage, verdict: str) -> None:
    order_id = await stage.submit()
    answer = await stage.http.post(f"/v1/orders/{order_id}/{HOLD}", json=APPROVE | {"decision": verdict})
    assert answer.status_code == 200
    assert answer.json() == {
        "id": order_id,
        "status": "accepted",
        "message": f"hold fraud-1 {verdict}",
        "location": f"/v1/orders/{order_id}",
    }
    _, told, decision = stage.running.decisions[0]
    assert (told, decision.hold, decision.actor, decision.reason) == (order_id, "fraud-1", "ada", APPROVE["reason"])


async def test_a_wish_to_cancel_is_accepted_in_the_callers_name(stage: Stage) -> None:
    order_id = await stage.submit()
    answer = await stage.http.post(f"/v1/orders/{order_id}/cancellation", json=BODIES["cancellation"])
    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/orders/{order_id}"
    assert answer.json()["status"] == "cancelled"
    assert stage.running.wishes[0][2].actor == "ada"


async def test_a_cancellation_that_takes_its_time_is_accepted_all_the_same(stage: Stage) -> None:
    order_id = await stage.submit()
    stage.running.slow_to_cancel = True
    answer = await stage.http.post(f"/v1/orders/{order_id}/cancellation", json=BODIES["cancellation"])
    assert (answer.status_code, answer.json()["status"]) == (202, None)


@pytest.mark.parametrize("action", BODIES)
async def test_what_the_order_refuses_is_a_conflict_in_its_own_words(stage: Stage, action: str) -> None:
    order_id = await stage.submit()
    stage.running.refuses = Conflict("order_refused", "hold fraud-1 was approved already")
    document = problem(await stage.http.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action]), 409)
    assert document["detail"] == "hold fraud-1 was approved already"


@pytest.mark.parametrize("action", BODIES)
async def test_an_unknown_order_is_not_found(stage: Stage, action: str) -> None:
    problem(await stage.http.post(f"/v1/orders/order:b2b:nobody/{action}", json=BODIES[action]), 404)


@pytest.mark.parametrize("action", BODIES)
async def test_an_order_long_over_has_ended(stage: Stage, action: str) -> None:
    order_id = await stage.submit()
    stage.orders.snapshots[order_id] = a_snapshot(order_id, lifecycle=Lifecycle.COMPLETED, headline=Headline.COMPLETED)
    stage.running.refuses = NotFound("no such workflow")
    problem(await stage.http.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action]), 409, "order_ended")


@pytest.mark.parametrize("action", BODIES)
async def test_an_order_that_was_not_started_yet_says_so(stage: Stage, action: str) -> None:
    order_id = await stage.submit()
    stage.running.refuses = NotFound("no such workflow")
    problem(await stage.http.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action]), 409, "order_not_started")


@pytest.mark.parametrize("action", BODIES)
async def test_with_temporal_away_the_caller_is_asked_to_come_again(stage: Stage, action: str) -> None:
    order_id = await stage.submit()
    stage.running.refuses = Unavailable("temporal", "answered UNAVAILABLE", retry_after_s=2)
    answer = await stage.http.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action])
    problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"


@pytest.mark.parametrize("action", BODIES)
@pytest.mark.parametrize("reason", [None, "", 7, "x" * 4001, "a\u202eb", ["because"]])
async def test_a_reason_is_required_and_readable(stage: Stage, action: str, reason: object) -> None:
    order_id = await stage.submit()
    document = problem(
        await stage.http.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action] | {"reason": reason}), 422
    )
    assert document["errors"][0]["pointer"] == "/reason"


@pytest.mark.parametrize("action", BODIES)
@pytest.mark.parametrize(
    ("content", "status"),
    [(b"", 400), (b"{", 400), (b"[]", 422), (b"{}", 422), (b"null", 422), (b'{"reason":"a","reason":"b"}', 400)],
)
async def test_a_body_that_says_nothing_is_refused(stage: Stage, action: str, content: bytes, status: int) -> None:
    order_id = await stage.submit()
    answer = await stage.http.post(
        f"/v1/orders/{order_id}/{action}", content=content, headers={"content-type": "application/json"}
    )
    problem(answer, status)


@pytest.mark.parametrize("extra", [{"actor": "somebody else"}, {"force": True}])
@pytest.mark.parametrize("action", BODIES)
async def test_nobody_acts_in_anothers_name(stage: Stage, action: str, extra: dict[str, Any]) -> None:
    order_id = await stage.submit()
    problem(await stage.http.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action] | extra), 422)
    assert stage.running.decisions == stage.running.wishes == []


@pytest.mark.parametrize("decision", ["maybe", "APPROVE", "", None, True])
async def test_a_verdict_is_approve_or_reject(stage: Stage, decision: object) -> None:
    order_id = await stage.submit()
    problem(await stage.http.post(f"/v1/orders/{order_id}/{HOLD}", json=APPROVE | {"decision": decision}), 422)


@pytest.mark.parametrize("action", BODIES)
async def test_a_stranger_decides_nothing(stage: Stage, action: str) -> None:
    order_id = await stage.submit()
    problem(await stage.stranger.post(f"/v1/orders/{order_id}/{action}", json=BODIES[action]), 401)
