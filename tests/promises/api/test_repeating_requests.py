"""An Idempotency-Key stands for one request: what is sent again gets the first answer again."""

from __future__ import annotations

import asyncio

import pytest

from activities.records.orders import Answer
from api.orders.examples import CANONICAL_ORDER
from models.errors import Conflict, Unavailable
from tests.promises.api.fakes import FakeKeys
from tests.promises.api.stage import Stage, problem

KEYED = {"Idempotency-Key": "k-1"}
ORDER = "/v1/orders/order:b2b:PO-2026-0042"


async def test_a_repeat_gets_the_answer_again_and_says_so(stage: Stage) -> None:
    first = await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED)
    again = await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED)
    assert (first.status_code, first.content, first.headers["location"]) == (
        again.status_code,
        again.content,
        again.headers["location"],
    )
    assert "idempotency-replayed" not in first.headers
    assert again.headers["idempotency-replayed"] == "true"


async def test_a_refusal_is_an_answer_and_is_given_again(stage: Stage) -> None:
    bad = CANONICAL_ORDER | {"total": {"amount": 1, "currency": "EUR"}}
    first = await stage.http.post("/v1/orders", json=bad, headers=KEYED)
    again = await stage.http.post("/v1/orders", json=bad, headers=KEYED)
    assert problem(first, 422) == problem(again, 422)
    assert again.headers["idempotency-replayed"] == "true"


async def test_another_body_under_the_same_key_is_refused(stage: Stage) -> None:
    await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED)
    other = await stage.http.post("/v1/orders", json=CANONICAL_ORDER | {"external_id": "2"}, headers=KEYED)
    problem(other, 422, "key_reused")
    assert len(stage.orders.kept) == 1


async def test_a_request_that_is_still_running_is_not_done_twice(stage: Stage) -> None:
    at_work, may_end = asyncio.Event(), asyncio.Event()

    class Held(FakeKeys):
        async def finish(self, principal: str, route: str, key: str, answer: Answer) -> None:
            at_work.set()
            await may_end.wait()
            await super().finish(principal, route, key, answer)

    object.__setattr__(stage.services, "idempotency_keys", Held())
    first = asyncio.create_task(stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED))
    await at_work.wait()
    for answer in await asyncio.gather(
        *(stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED) for _ in range(49))
    ):
        problem(answer, 409, "in_progress")
        assert answer.headers["retry-after"] == "1"
    may_end.set()
    assert (await first).status_code == 202
    assert (await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED)).status_code == 202
    assert len(stage.orders.kept) == 1


async def test_the_key_belongs_to_its_caller_and_its_address(stage: Stage) -> None:
    await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED)
    bob = stage.client({"X-Api-Key": "bobs"})
    other = CANONICAL_ORDER | {"external_id": "bobs"}
    assert (await bob.post("/v1/orders", json=other, headers=KEYED)).status_code == 202
    answer = await stage.http.post(f"{ORDER}/cancellation", json={"reason": "x"}, headers=KEYED)
    assert answer.status_code == 202


async def test_what_failed_on_our_side_may_be_tried_again_with_the_key(stage: Stage) -> None:
    stage.orders.broken = True
    problem(await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED), 500)
    stage.orders.broken = False
    assert (await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=KEYED)).status_code == 202


async def test_an_answer_of_503_frees_the_key_too(stage: Stage) -> None:
    await stage.submit()
    stage.running.refuses = Unavailable("temporal", "away", retry_after_s=2)
    answer = await stage.http.post(f"{ORDER}/cancellation", json={"reason": "x"}, headers=KEYED)
    problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "2"
    stage.running.refuses = None
    answer = await stage.http.post(f"{ORDER}/cancellation", json={"reason": "x"}, headers=KEYED)
    assert answer.status_code == 202


async def test_a_keyed_message_to_an_order_has_the_same_id_each_time(stage: Stage) -> None:
    await stage.submit()
    for _ in range(2):
        stage.keys.known.clear()
        await stage.http.post(f"{ORDER}/cancellation", json={"reason": "x"}, headers=KEYED)
    await stage.http.post(f"{ORDER}/cancellation", json={"reason": "x"})
    first, second, unkeyed = (wish_id for wish_id, _, _ in stage.running.wishes)
    assert first == second != unkeyed


async def test_another_body_under_a_key_that_was_freed_is_another_message(stage: Stage) -> None:
    await stage.submit()
    for verdict in ("approve", "reject", "approve"):
        stage.keys.known.clear()
        decision = {"decision": verdict, "reason": "x"}
        await stage.http.post(f"{ORDER}/holds/fraud-1/decision", json=decision, headers=KEYED)
    approved, rejected, again = (decision_id for decision_id, _, _ in stage.running.decisions)
    assert approved == again != rejected


async def test_a_conflict_is_replayed_as_well(stage: Stage) -> None:
    await stage.submit()
    stage.running.refuses = Conflict("order_ended", "the order has ended")
    path = f"{ORDER}/holds/fraud-1/decision"
    decision = {"decision": "approve", "reason": "fine"}
    problem(await stage.http.post(path, json=decision, headers=KEYED), 409, "order_ended")
    stage.running.refuses = None
    problem(await stage.http.post(path, json=decision, headers=KEYED), 409, "order_ended")


@pytest.mark.parametrize("key", ["", "x" * 256, "schlüssel", "tab\there", "\x7f"])
async def test_an_unusable_key_is_refused(stage: Stage, key: str) -> None:
    headers = {b"idempotency-key": key.encode()}
    problem(await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=headers), 400, "bad_idempotency_key")
    assert stage.orders.kept == {}


async def test_two_keys_are_refused(stage: Stage) -> None:
    headers = [("Idempotency-Key", "a"), ("Idempotency-Key", "b")]
    problem(await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers=headers), 400, "bad_idempotency_key")


@pytest.mark.parametrize("key", ["x", "x" * 255, '"8e03978e-40d5"', "a b"])
async def test_any_printable_key_of_up_to_255_will_do(stage: Stage, key: str) -> None:
    answer = await stage.http.post("/v1/orders", json=CANONICAL_ORDER, headers={"Idempotency-Key": key})
    assert answer.status_code == 202
