"""Returns over HTTP, on both databases: opened once, shown whole, told what happened; and every refusal a problem."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx
import pytest
import pytest_asyncio

from activities.adapters.store.database import Database
from activities.adapters.store.idempotency import SqlIdempotencyKeys
from activities.adapters.store.orders import SqlOrders
from api.intake.deliveries import Deliveries
from api.returns.returning import Returning
from models.errors import Conflict, NotFound
from models.order.order import Order
from models.partners.events import ParcelMoved
from models.returns.messages import ReturnAcknowledgement
from models.returns.money import RefundOutcome
from models.returns.standing import ReturnStanding
from models.states.fulfilment import ShipmentState
from models.states.hold import HoldKind, HoldState
from models.states.returning import ReturnState
from tests.promises.api.applications import create_app
from tests.promises.api.fakes import KEY
from tests.promises.api.stage import Stage, problem
from tests.promises.returns.shipped import a_claim, book_in, delivered, returns_in

LINE = {"line_id": "1", "quantity": 1, "reason": "changed_mind", "condition": "unopened"}
LOOSE = {
    "channel": "shopify",
    "reference": "PARCEL-9",
    "currency": "EUR",
    "node": "berlin",
    "lines": [{"sku": "MUG", "quantity": 1, "reason": "other"}],
}


class FakeRunning:
    """Keeps what returns are told."""

    def __init__(self) -> None:
        self.started: list[str] = []
        self.told: list[tuple[str, Any]] = []
        self.certain = True
        self.refusal: Exception | None = None

    async def start(self, case: Any) -> bool:
        self.started.append(case.id)
        return self.certain

    async def receive(self, _message_id: str, return_id: str, message: Any) -> ReturnAcknowledgement:
        return self._said(return_id, message)

    inspect = decide = withdraw = receive

    async def deliver(self, return_id: str, event: Any) -> None:
        self.told.append((return_id, event))

    def _said(self, return_id: str, message: Any) -> ReturnAcknowledgement:
        if self.refusal is not None:
            raise self.refusal
        self.told.append((return_id, message))
        return ReturnAcknowledgement(return_id=return_id, state=ReturnState.RECEIVED, text="noted", expected=1)


class Desk:
    """The API on a real database, with returns that only listen."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.running = FakeRunning()
        self.returning = Returning(returns_in(database), self.running)
        stage = Stage()
        self.services = replace(
            stage.services,
            orders=SqlOrders(database),
            idempotency_keys=SqlIdempotencyKeys(database),
            returning=self.returning,
        )
        self.app = create_app(self.services)
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {KEY}"}
        self.http = httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers)

    async def open(self, order: Order, **changes: Any) -> httpx.Response:
        return await self.http.post(f"/v1/orders/{order.id}/returns", json={"lines": [LINE]} | changes)


@pytest_asyncio.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    desk = Desk(database)
    yield desk
    await desk.http.aclose()


async def test_a_return_is_opened_started_and_shown(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)

    answer = await desk.open(order)

    assert answer.status_code == 202, answer.text
    return_id = f"return:shopify:{order.external_id}:1"
    assert answer.headers["location"] == f"/v1/returns/{return_id}"
    assert desk.running.started == [return_id]
    shown = (await desk.http.get(answer.headers["location"])).json()
    assert (shown["status"], shown["resolution"], shown["lines"][0]["requested"]) == ("requested", "refund", 1)
    assert "example.com" not in str(shown)
    listed = (await desk.http.get("/v1/returns", params={"order_id": order.id})).json()
    assert [one["id"] for one in listed["returns"]] == [return_id]


@pytest.mark.slow
async def test_the_same_key_opens_one_return(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)
    body = {"lines": [LINE]}
    path, key = f"/v1/orders/{order.id}/returns", {"Idempotency-Key": "k-1"}

    first = await desk.http.post(path, json=body, headers=key)
    again = await desk.http.post(path, json=body, headers=key)

    assert first.json() == again.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert len((await desk.http.get("/v1/returns")).json()["returns"]) == 1


async def test_a_return_temporal_did_not_take_is_started_by_the_sweep(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)
    desk.running.certain = False
    await desk.open(order)
    desk.running.certain = True

    assert await desk.returning.sweep(older_than_s=0, limit=10) == 1
    assert await desk.returning.sweep(older_than_s=0, limit=10) == 0
    assert len(desk.running.started) == 2


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"lines": []}, 422),
        ({"lines": [LINE | {"quantity": 3}]}, 422),
        ({"lines": [LINE | {"quantity": 0}]}, 422),
        ({"lines": [LINE | {"line_id": "7"}]}, 422),
        ({"lines": [LINE | {"reason": "no reason"}]}, 422),
        ({"lines": [LINE | {"exchange_for": "LAMP"}]}, 422),
        ({"resolution": "gold"}, 422),
        ({"surprise": 1}, 422),
    ],
)
async def test_what_cannot_come_back_is_refused_with_the_field(
    desk: Desk, changes: dict[str, Any], status: int
) -> None:
    order = await delivered(desk.database, mug=2)

    refused = problem(await desk.open(order, **changes), status)

    assert refused["errors"][0]["pointer"]
    assert desk.running.started == []


async def test_nobody_returns_what_was_not_shipped_or_does_not_exist(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2, shipped=0)

    problem(await desk.open(order), 409, "nothing_shipped")
    problem(await desk.http.post("/v1/orders/order:shopify:none/returns", json={"lines": [LINE]}), 404)
    problem(await desk.http.get("/v1/returns/return:shopify:none:1"), 404)
    problem(await desk.http.get("/v1/returns/nonsense"), 404)
    problem(await desk.http.get("/v1/returns", params={"status": "lost"}), 422)


async def test_goods_of_an_order_nobody_knows_are_opened_without_one(desk: Desk) -> None:
    answer = await desk.http.post("/v1/returns", json=LOOSE)

    assert answer.status_code == 202, answer.text
    shown = (await desk.http.get(answer.headers["location"])).json()
    assert (shown["known_order"], shown["resolution"]) == (False, "store_credit")
    order = await delivered(desk.database, mug=1)
    problem(await desk.http.post("/v1/returns", json=LOOSE | {"reference": order.external_id}), 409, "order_known")


async def test_receipt_inspection_decision_and_withdrawal_reach_the_return(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)
    where = (await desk.open(order)).headers["location"]
    bodies = {
        "receipt": {"receipt_id": "GR-1", "node": "berlin", "lines": [{"sku": "MUG", "quantity": 1}]},
        "inspection": {"inspection_id": "QC-1", "lines": [{"line_id": "1", "grade": "opened", "quantity": 1}]},
        "decision": {"hold": "refund-1", "decision": "approve", "reason": "fine"},
        "withdrawal": {"reason": "he keeps it"},
    }
    for what, body in bodies.items():
        answer = await desk.http.post(f"{where}/{what}", json=body)
        assert answer.status_code == 200, answer.text
        assert answer.json()["message"] == "noted"
        problem(await desk.http.post(f"{where}/{what}", json={}), 422)

    assert [type(message).__name__ for _, message in desk.running.told] == [
        "GoodsReceipt",
        "Inspection",
        "ReturnDecision",
        "Cancellation",
    ]
    assert all(message.actor for _, message in desk.running.told)


async def test_a_return_that_refuses_or_has_ended_says_so(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)
    where = (await desk.open(order)).headers["location"]
    body = {"reason": "he keeps it"}

    desk.running.refusal = Conflict("order_refused", "all of it has come")
    problem(await desk.http.post(f"{where}/withdrawal", json=body), 409)
    desk.running.refusal = NotFound("it does not run")
    problem(await desk.http.post(f"{where}/withdrawal", json=body), 409, "return_not_started")
    problem(await desk.http.post(f"{where}/decision", json={"decision": "approve", "reason": "x"}), 409, "which_hold")


async def test_a_decision_whose_answer_was_lost_is_put_to_the_same_hold_when_it_is_sent_again(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)
    return_id = (await desk.open(order)).json()["id"]
    case = (await returns_in(desk.database).find(return_id)).case
    standing = ReturnStanding(case, lambda: case.opened_at)
    hold = standing.open_hold(HoldKind.REFUND, "give it?")
    standing.close_hold(hold.id, HoldState.APPROVED, actor="ada", reason="fine")
    await book_in(desk.database).record(standing.snapshot())

    decision = {"decision": "approve", "reason": "fine"}
    answer = await desk.http.post(f"/v1/returns/{return_id}/decision", json=decision)

    assert answer.status_code == 200, answer.text
    assert desk.running.told[-1][1].hold == hold.id


async def test_the_order_shows_its_returns_and_what_was_given_back(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2, shipping=0)
    return_id = (await desk.open(order)).json()["id"]
    case = (await returns_in(desk.database).find(return_id)).case
    book = book_in(desk.database)
    granted = await book.claim(a_claim(return_id, order))
    standing = ReturnStanding(case, lambda: case.opened_at)
    standing.goods.authorise()
    standing.goods.keep()
    hold = standing.open_hold(HoldKind.REFUND, "give it?")
    await book.record(standing.snapshot())
    before = (await desk.http.get(f"/v1/orders/{order.id}")).json()
    assert (before["payment"]["refunded"], before["lines"][0]["returned"]) == (0, 1)
    found = (await desk.http.get("/v1/returns", params={"hold": "refund"})).json()["returns"]
    assert [one["holds"][0]["id"] for one in found] == [hold.id]

    await book.settle(RefundOutcome(key=a_claim(return_id, order).key, return_id=return_id, given=granted.ways))
    after = (await desk.http.get(f"/v1/orders/{order.id}")).json()

    assert after["payment"]["refunded"] == 1190
    assert after["payment"]["state"] == "partially_refunded"
    assert [one["id"] for one in after["returns"]] == [return_id]
    story = (await desk.http.get(f"/v1/returns/{return_id}/timeline")).json()["entries"]
    assert story[0]["text"].startswith("hold refund-1")
    assert (await desk.http.get(f"/v1/returns/{return_id}/decisions")).json()["decisions"] == []


async def test_the_carriers_word_about_a_parcel_on_its_way_back_goes_to_its_return(desk: Desk) -> None:
    order = await delivered(desk.database, mug=2)
    return_id = (await desk.open(order)).json()["id"]
    case = (await returns_in(desk.database).find(return_id)).case
    standing = ReturnStanding(case, lambda: case.opened_at)
    standing.tracking_number = "TRK-77"
    await book_in(desk.database).record(standing.snapshot())
    event = ParcelMoved(
        event_id="c-1",
        order_id=order.id,
        occurred_at=case.opened_at,
        tracking_number="TRK-77",
        state=ShipmentState.IN_TRANSIT,
    )
    await desk.services.inbox.receive("carrier", event, b"{}")

    await Deliveries(desk.services).deliver_due()

    assert desk.running.told == [(return_id, event)]
