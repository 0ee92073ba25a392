"""Changes over the API: what is read, refused by its field, shown and taken back."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest

from api.orders import change_examples as examples
from api.orders.change_views import ChangeAnswer, ChangeBody
from api.orders.examples import CANONICAL_ORDER
from models.changes.progress import ChangeProgress
from models.changes.request import CHANGE_REQUEST, ChangeProposal, ChangeReceipt, ChangeWithdrawal
from models.errors import Conflict, FieldError, InvalidInput, NotFound
from models.order.standing import Standing
from models.states.changing import ChangeState
from models.states.lifecycle import Lifecycle
from tests.promises.api.stage import Stage, problem

NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)


@dataclass
class FakeChanges:
    """Orders at work, which remember what was wished of them."""

    wished: list[tuple[str, ChangeProposal]] = field(default_factory=list)
    withdrawn: list[tuple[str, ChangeWithdrawal]] = field(default_factory=list)
    refuses: Exception | None = None
    slow: bool = False

    async def propose(self, _message_id: str, order_id: str, proposal: ChangeProposal) -> ChangeReceipt:
        if self.refuses:
            raise self.refuses
        self.wished.append((order_id, proposal))
        return ChangeReceipt(order_id=order_id, change="change-1", state=ChangeState.PROPOSED, text="proposed")

    async def withdraw(self, _message_id: str, order_id: str, withdrawal: ChangeWithdrawal) -> ChangeReceipt | None:
        if self.refuses:
            raise self.refuses
        self.withdrawn.append((order_id, withdrawal))
        if self.slow:
            return None
        return ChangeReceipt(order_id=order_id, change="change-1", state=ChangeState.WITHDRAWN, text="withdrawn")


@pytest.fixture
def changes() -> FakeChanges:
    return FakeChanges()


@pytest.fixture
async def stage(changes: FakeChanges) -> Stage:
    made = Stage(changing=changes)
    await made.submit()
    return made


ORDER = "order:b2b:PO-2026-0042"
PATH = f"/v1/orders/{ORDER}/changes"
LINE = CANONICAL_ORDER["lines"][0]
QUANTITY = {"kind": "quantity", "line_id": LINE["id"], "quantity": LINE["quantity"] + 1, "reason": "one more"}


def shown(stage: Stage, *changes: ChangeProgress, **known: Any) -> None:
    """Have the order written its state."""
    standing = Standing(stage.orders.kept[ORDER], lambda: NOW)
    standing.changes = {change.id: change for change in changes}
    stage.orders.snapshots[ORDER] = standing.snapshot().model_copy(update=known)


def a_change(**known: Any) -> ChangeProgress:
    request = CHANGE_REQUEST.validate_json(json.dumps(examples.CHANGE_ADDRESS))
    about = {"id": "change-1", "request": request, "proposed_at": NOW, "proposed_by": "anna", "take_up_by": NOW}
    return ChangeProgress(**about).model_copy(update=known)


async def test_a_wish_is_handed_to_the_order_in_the_caller_s_name(stage: Stage, changes: FakeChanges) -> None:
    answer = await stage.http.post(PATH, json=QUANTITY)

    assert answer.status_code == 202
    assert answer.headers["location"] == answer.json()["location"] == f"{PATH}/change-1"
    [(order_id, proposal)] = changes.wished
    assert order_id == ORDER
    assert proposal.request.reason == "one more"
    assert proposal.actor


@pytest.mark.parametrize(
    ("wrong", "pointer"),
    [
        ({"line_id": "99"}, "/line_id"),
        ({"quantity": 0}, "/quantity"),
        ({"quantity": -1}, "/quantity"),
        ({"quantity": 1_000_001}, "/quantity"),
        ({"quantity": 1.5}, "/quantity"),
        ({"quantity": LINE["quantity"]}, "/quantity"),
        ({"kind": "cancel_quantity", "quantity": LINE["quantity"] + 1}, "/quantity"),
        ({"reason": ""}, "/reason"),
        ({"gift": True}, "/gift"),
        ({"kind": "paint"}, ""),
        ({"kind": "shipping_address"}, "/address"),
        ({"kind": "shipping_service", "service_level": "yesterday"}, "/service_level"),
    ],
)
async def test_what_cannot_be_names_its_field(
    stage: Stage, changes: FakeChanges, wrong: dict[str, Any], pointer: str
) -> None:
    shown(stage)
    document = problem(await stage.http.post(PATH, json=QUANTITY | wrong), 422, "invalid")
    assert pointer in {error["pointer"] for error in document["errors"]}
    assert changes.wished == []


@pytest.mark.parametrize(
    ("address", "pointer"),
    [
        ({"country": "XX"}, "/address/country"),
        ({"lines": []}, "/address"),
        ({"city": ""}, "/address/city"),
        ({"planet": "Mars"}, "/address/planet"),
    ],
)
async def test_an_address_that_cannot_be_names_its_field(stage: Stage, address: dict[str, Any], pointer: str) -> None:
    shown(stage)
    wish = examples.CHANGE_ADDRESS | {"address": examples.CHANGE_ADDRESS["address"] | address}
    document = problem(await stage.http.post(PATH, json=wish), 422, "invalid")
    assert [error["pointer"] for error in document["errors"]] == [pointer]


async def test_an_order_nobody_knows_cannot_be_changed(stage: Stage) -> None:
    unknown = "/v1/orders/order:b2b:NOBODY/changes"
    problem(await stage.http.post(unknown, json=QUANTITY), 404)
    problem(await stage.http.get(unknown), 404)
    problem(await stage.http.get(f"{unknown}/change-1"), 404)
    problem(await stage.http.get(f"{PATH}/change-1"), 404)
    problem(await stage.http.post(f"{PATH}/change-1/withdrawal", json={"reason": "no"}), 404)


async def test_an_order_that_has_ended_is_not_changed(stage: Stage) -> None:
    shown(stage, lifecycle=Lifecycle.COMPLETED)
    problem(await stage.http.post(PATH, json=QUANTITY), 409, "order_ended")


async def test_a_wish_whose_answer_was_lost_is_put_to_the_order_again(stage: Stage, changes: FakeChanges) -> None:
    """It has been carried out by now: the line is as it was to be. The order knows the request by its key."""
    wish = QUANTITY | {"quantity": LINE["quantity"]}
    shown(stage)

    problem(await stage.http.post(PATH, json=wish), 422, "invalid")
    answer = await stage.http.post(PATH, json=wish, headers={"Idempotency-Key": "again"})

    assert (answer.status_code, len(changes.wished)) == (202, 1)


async def test_taking_back_is_put_to_the_order_again_where_its_answer_was_lost(
    stage: Stage, changes: FakeChanges
) -> None:
    shown(stage, a_change(state=ChangeState.WITHDRAWN))
    path, why = f"{PATH}/change-1/withdrawal", {"reason": "no"}

    problem(await stage.http.post(path, json=why), 409, "change_ended")
    answer = await stage.http.post(path, json=why, headers={"Idempotency-Key": "again"})

    assert (answer.status_code, len(changes.withdrawn)) == (202, 1)


async def test_a_keyed_wish_about_an_order_long_over_is_told_so(stage: Stage, changes: FakeChanges) -> None:
    shown(stage, lifecycle=Lifecycle.COMPLETED)
    changes.refuses = NotFound("Temporal keeps it no longer")

    keyed = {"Idempotency-Key": "late"}
    problem(await stage.http.post(PATH, json=QUANTITY, headers=keyed), 409, "order_ended")


@pytest.mark.parametrize(
    ("refuses", "status", "code"),
    [
        (Conflict("order_refused", "change-1 is still under way"), 409, "order_refused"),
        (NotFound("no such order runs"), 409, "order_not_started"),
        (InvalidInput([FieldError(pointer="/quantity", code="shipped", message="2 have left")]), 422, "invalid"),
    ],
)
async def test_what_the_order_itself_refuses_is_said(
    stage: Stage, changes: FakeChanges, refuses: Exception, status: int, code: str
) -> None:
    changes.refuses = refuses
    problem(await stage.http.post(PATH, json=QUANTITY), status, code)


async def test_a_change_is_shown_with_what_each_said_and_without_the_address(stage: Stage) -> None:
    shown(stage, a_change())

    listed = (await stage.http.get(PATH)).json()["changes"]
    one = await stage.http.get(f"{PATH}/change-1")

    assert listed == [one.json()]
    assert (one.json()["kind"], one.json()["status"], one.json()["proposed_by"]) == (
        "shipping_address",
        "proposed",
        "anna",
    )
    assert "Markt" not in one.text


async def test_a_change_is_taken_back_once(stage: Stage, changes: FakeChanges) -> None:
    shown(stage, a_change())
    answer = await stage.http.post(f"{PATH}/change-1/withdrawal", json={"reason": "he keeps it"})
    assert (answer.status_code, answer.json()["status"]) == (202, "withdrawn")
    assert changes.withdrawn[0][1].reason == "he keeps it"

    changes.slow = True
    answer = await stage.http.post(f"{PATH}/change-1/withdrawal", json={"reason": "he keeps it"})
    assert (answer.status_code, answer.json()["status"]) == (202, "proposed")

    shown(stage, a_change(state=ChangeState.CONFIRMED))
    problem(await stage.http.post(f"{PATH}/change-1/withdrawal", json={"reason": "no"}), 409, "change_ended")


def test_the_examples_of_changes_are_read_and_written() -> None:
    for model, example in (
        (ChangeBody, examples.CHANGE),
        (ChangeBody, examples.CHANGE_ADDRESS),
        (ChangeAnswer, examples.CHANGE_ANSWER),
        (ChangeAnswer, examples.CHANGE_WITHDRAWN),
    ):
        assert model.model_validate_json(json.dumps(example))
