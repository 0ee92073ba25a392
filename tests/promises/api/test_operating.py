"""What a platform engineer asks of the API: health by dependency, metrics, an orderly end."""

from __future__ import annotations

import asyncio

import pytest

from api.app import create_app
from api.http.problems import ALL
from api.intake import deliveries
from api.orders.examples import CANONICAL_ORDER
from api.services import Check, NotTold
from tests.promises.api.stage import Stage, an_event, as_json, problem, sign


async def fine() -> str:
    return "answers"


async def gone() -> str:
    raise ConnectionRefusedError("10.0.0.7 refused")


async def silent() -> str:
    raise NotTold("the server does not say")


async def stuck() -> str:
    await asyncio.Event().wait()
    return "never"


async def test_everything_there_is_ok_and_needs_no_key() -> None:
    stage = Stage(checks={"database": Check(fine, essential=True), "erp": Check(fine)})
    answer = await stage.stranger.get("/v1/health")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "checks": {
            "database": {"status": "ok", "detail": "answers"},
            "erp": {"status": "ok", "detail": "answers"},
        },
    }


async def test_a_partner_that_is_down_degrades_and_is_named_without_its_address() -> None:
    stage = Stage(checks={"database": Check(fine, essential=True), "erp": Check(gone)})
    answer = await stage.stranger.get("/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["checks"]["erp"] == {"status": "down", "detail": "ConnectionRefusedError"}


async def test_without_its_database_the_api_is_down() -> None:
    stage = Stage(checks={"database": Check(gone, essential=True), "erp": Check(fine)})
    answer = await stage.stranger.get("/v1/health")
    assert (answer.status_code, answer.json()["status"]) == (503, "down")


async def test_what_a_dependency_does_not_tell_is_said_to_be_unknown() -> None:
    answer = await Stage(checks={"fairness": Check(silent)}).stranger.get("/v1/health")
    assert answer.json()["checks"]["fairness"] == {"status": "unknown", "detail": "the server does not say"}


@pytest.mark.slow
async def test_a_dependency_that_never_answers_does_not_hold_health_up() -> None:
    answer = await Stage(checks={"wms": Check(stuck)}).stranger.get("/v1/health")
    assert answer.json()["checks"]["wms"]["status"] == "down"


async def test_a_crowd_asking_for_health_asks_the_partner_once() -> None:
    asked = 0

    async def counted() -> str:
        nonlocal asked
        asked += 1
        return "answers"

    stage = Stage(checks={"erp": Check(counted)})
    await asyncio.gather(*(stage.stranger.get("/v1/health") for _ in range(20)))
    assert asked == 1


async def test_what_happens_is_counted_by_route_and_channel(stage: Stage) -> None:
    await stage.submit()
    await stage.http.post("/v1/channels/shopify/orders", json={"x": 1})
    await stage.http.get("/v1/orders/order:b2b:PO-2026-0042")
    await stage.http.get("/v1/no/such/thing")
    body = as_json(an_event())
    await stage.stranger.post("/v1/callbacks/wms", content=body, headers=sign(body))
    await stage.app.state.deliveries.deliver_due()
    counted = (await stage.stranger.get("/metrics")).text.splitlines()
    for line in (
        'orderloom_http_requests_total{method="POST",route="/v1/orders",status="202"} 1.0',
        'orderloom_http_requests_total{method="GET",route="/v1/orders/{order_id}",status="200"} 1.0',
        'orderloom_http_requests_total{method="any",route="none",status="404"} 1.0',
        'orderloom_orders_accepted_total{channel="b2b"} 1.0',
        'orderloom_quarantined_total{channel="shopify"} 1.0',
        'orderloom_callbacks_total{partner="wms"} 1.0',
        'orderloom_inbox_deliveries_total{outcome="delivered"} 1.0',
        "orderloom_inbox_lag_seconds_count 1.0",
    ):
        assert line in counted, line
    assert not any("order:b2b" in line for line in counted)


async def test_every_type_of_problem_can_be_looked_up(stage: Stage) -> None:
    for kind in ALL:
        answer = await stage.stranger.get(f"/problems/{kind.code}")
        assert (answer.status_code, answer.json()["title"]) == (200, kind.title)
    problem(await stage.stranger.get("/problems/none"), 404)


async def test_a_callback_is_delivered_at_once_while_the_application_serves(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    # No round comes by that would deliver it: it is on its way because it came.
    monkeypatch.setattr(deliveries, "_INBOX_EVERY_S", 3600.0)
    app = create_app(stage.services)
    stage.app = app
    async with app.router.lifespan_context(app):
        http = stage.client({"Authorization": "Bearer ol_test_key"})
        order = (await http.post("/v1/orders", json=CANONICAL_ORDER)).json()["id"]
        body = as_json(an_event(order))
        await http.post("/v1/callbacks/wms", content=body, headers=sign(body))
        async with asyncio.timeout(60):
            while not stage.running.delivered:
                await asyncio.sleep(0.01)
        assert order in stage.orders.running


@pytest.mark.slow
async def test_a_background_round_that_fails_is_followed_by_the_next(stage: Stage) -> None:
    failures = 0
    claim = stage.inbox.claim

    async def failing(*, limit: int, lease_s: float) -> list[object]:
        nonlocal failures
        if failures == 0:
            failures += 1
            raise ConnectionError("the database is away")
        found: list[object] = [*await claim(limit=limit, lease_s=lease_s)]
        return found

    stage.inbox.claim = failing  # type: ignore[method-assign,assignment]  # fails once
    app = create_app(stage.services)
    stage.app = app
    body = as_json(an_event())
    async with app.router.lifespan_context(app):
        await stage.client({}).post("/v1/callbacks/wms", content=body, headers=sign(body))
        async with asyncio.timeout(60):
            while not stage.running.delivered:
                await asyncio.sleep(0.02)
    assert failures == 1
