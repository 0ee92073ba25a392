"""A promise is shown with its order, and orders are found by how theirs stands."""

from __future__ import annotations

from datetime import timedelta

from models.promises.promise import LinePromise, Promise, PromiseState, Window
from tests.promises.api.fakes import NOW
from tests.promises.api.stage import Stage, problem
from tests.promises.api.test_showing_orders import a_snapshot

DELIVER = Window(earliest=NOW + timedelta(days=1), latest=NOW + timedelta(days=2))


def a_promise(state: PromiseState) -> Promise:
    return Promise(
        version=2,
        at=NOW,
        reason="supply is late",
        ship=Window(earliest=NOW, latest=NOW),
        deliver=DELIVER,
        lines=(LinePromise(line_id="1", ship=None, deliver=DELIVER, terms=("north has it ready",)),),
        since=NOW,
        deliver_by=NOW + timedelta(days=1),
        state=state,
        risk="it is expected later" if state is PromiseState.AT_RISK else None,
    )


async def test_an_order_shows_what_is_promised_and_why(stage: Stage) -> None:
    order_id = await stage.submit()
    assert (await stage.http.get(f"/v1/orders/{order_id}")).json()["promise"] is None
    stage.orders.snapshots[order_id] = a_snapshot(order_id, promise=a_promise(PromiseState.AT_RISK))
    promise = (await stage.http.get(f"/v1/orders/{order_id}")).json()["promise"]
    assert (promise["state"], promise["risk"], promise["version"]) == ("at_risk", "it is expected later", 2)
    assert promise["lines"][0]["terms"] == ["north has it ready"]


async def test_orders_are_found_by_how_their_promise_stands(stage: Stage) -> None:
    risky, kept = await stage.submit(external_id="1"), await stage.submit(external_id="2")
    stage.orders.snapshots[risky] = a_snapshot(risky, promise=a_promise(PromiseState.AT_RISK))
    stage.orders.snapshots[kept] = a_snapshot(kept, promise=a_promise(PromiseState.KEPT))
    for state, order_id in (("at_risk", [risky]), ("kept", [kept]), ("missed", [])):
        found = (await stage.http.get("/v1/orders", params={"promise": state})).json()["orders"]
        assert [order["id"] for order in found] == order_id
    problem(await stage.http.get("/v1/orders", params={"promise": "perhaps"}), 422)
