"""Around a body (RELIABILITY 3.1): its size, pace, coding and type; and addresses that lead nowhere."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest

from api.http.body import BodyGate
from api.orders.examples import CANONICAL_ORDER
from tests.promises.api.stage import Stage, as_json, problem

JSON = {"content-type": "application/json"}
GOOD = as_json(CANONICAL_ORDER)


async def test_a_body_over_one_mebibyte_is_refused_by_its_length_alone(stage: Stage) -> None:
    async def never() -> Any:
        raise AssertionError("was read")
        yield b""

    headers = JSON | {"content-length": str(1024 * 1024 + 1)}
    problem(await stage.http.post("/v1/orders", content=never(), headers=headers), 413, "too_large")


async def test_a_body_over_one_mebibyte_is_refused_in_chunks_too(stage: Stage) -> None:
    sent = 0

    async def chunks() -> Any:
        nonlocal sent
        for _ in range(100):
            sent += 64 * 1024
            yield b" " * 64 * 1024

    for path in ("/v1/orders", "/v1/channels/shopify/orders", "/v1/callbacks/wms"):
        sent = 0
        problem(await stage.http.post(path, content=chunks(), headers=JSON), 413, "too_large")
        assert sent <= 1024 * 1024 + 2 * 64 * 1024
    assert stage.quarantine.entries == {}


async def test_a_body_that_comes_too_slowly_is_not_waited_for(stage: Stage) -> None:
    async def trickle() -> Any:
        yield b"{"
        await asyncio.Event().wait()

    gate = BodyGate(stage.app, within_s=0.02)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(gate), base_url="http://api.test") as http:
        problem(await http.post("/v1/orders", content=trickle(), headers=JSON), 408, "too_slow")


async def test_a_body_of_exactly_one_mebibyte_is_read(stage: Stage) -> None:
    padded = GOOD + b" " * (1024 * 1024 - len(GOOD))
    assert (await stage.http.post("/v1/orders", content=padded, headers=JSON)).status_code == 202


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "zstd", "x-unknown", "identity, gzip"])
async def test_a_compressed_body_is_refused(stage: Stage, coding: str) -> None:
    answer = await stage.http.post("/v1/orders", content=GOOD, headers=JSON | {"content-encoding": coding})
    problem(answer, 415, "content_encoding")


@pytest.mark.parametrize(
    "kind",
    [
        "",
        "text/plain",
        "text/json",
        "application/xml",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/json; charset=utf-16",
        "application/json; charset=latin-1",
        "application/jsonp",
        "json",
        "application/json, text/plain",
    ],
)
async def test_a_body_that_is_not_declared_as_json_is_refused(stage: Stage, kind: str) -> None:
    answer = await stage.http.post("/v1/orders", content=GOOD, headers={"content-type": kind})
    problem(answer, 415, "content_type")


@pytest.mark.parametrize(
    "kind",
    ["application/json", "Application/JSON", "application/json; charset=UTF-8", "application/vnd.shop.order+json"],
)
async def test_json_by_any_of_its_names_is_taken(stage: Stage, kind: str) -> None:
    assert (await stage.http.post("/v1/orders", content=GOOD, headers={"content-type": kind})).status_code == 202


async def test_no_content_type_at_all_is_refused(stage: Stage) -> None:
    problem(await stage.http.post("/v1/orders", content=GOOD), 415, "content_type")


@pytest.mark.parametrize("length", ["-1", "abc", "1e3", "٣", "9" * 5000])
async def test_a_content_length_that_makes_no_sense_is_refused(stage: Stage, length: str) -> None:
    headers = [(b"content-type", b"application/json"), (b"content-length", length.encode())]
    answer = await stage.http.post("/v1/orders", content=GOOD, headers=headers)
    assert answer.status_code in {400, 413}
    assert stage.orders.kept == {}


@pytest.mark.parametrize("method", ["DELETE", "PUT", "PATCH", "TRACE", "OPTIONS", "BREW"])
async def test_another_method_is_not_allowed(stage: Stage, method: str) -> None:
    answer = await stage.http.request(method, "/v1/orders")
    problem(answer, 405, "method_not_allowed")
    assert answer.headers["allow"]


@pytest.mark.parametrize(
    ("address", "allowed"),
    [("/v1/orders", "GET, POST"), ("/v1/inventory/nodes/north", "GET, PUT"), ("/v1/batches", "GET, POST")],
)
async def test_every_method_that_is_allowed_is_named(stage: Stage, address: str, allowed: str) -> None:
    answer = await stage.http.request("DELETE", address)
    assert answer.headers["allow"] == allowed


async def test_a_method_override_overrides_nothing(stage: Stage) -> None:
    answer = await stage.http.get("/v1/orders", headers={"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 200


@pytest.mark.parametrize("path", ["/", "/v1", "/v1/orders/", "/v2/orders", "/v1/orders/a/b/c/d", "/%00", "/v1/%2e%2e"])
async def test_an_unknown_address_is_not_found(stage: Stage, path: str) -> None:
    problem(await stage.http.get(path), 404, "not_found")


@pytest.mark.parametrize(
    "order_id",
    ["x", "order", "order:b2b", "order:b2b:", "order:B2B:1", "order:b2b:a%00b", "order:b2b:%27", "order:b2b:" + "1" * 200,
     "order:b2b:missing", "%F0%9F%98%80", "order:b2b:a%0Ab"],
)  # fmt: skip
@pytest.mark.parametrize("part", ["", "/timeline", "/decisions"])
async def test_an_order_that_cannot_be_is_not_found(stage: Stage, order_id: str, part: str) -> None:
    problem(await stage.http.get(f"/v1/orders/{order_id}{part}"), 404, "not_found")


@pytest.mark.parametrize(
    "query",
    ["limit=0", "limit=201", "limit=-1", "limit=ten", "limit=1e2", "status=stuck", "hold=maybe", "channel=B2B",
     "channel=", "customer_id=a%20b", "external_id=%00", "waiting_on=%27", "cursor=%00", "cursor=not-ours",
     "cursor=" + "x" * 500, "colour=red", "limit=5&colour=red"],
)  # fmt: skip
async def test_a_query_that_makes_no_sense_is_refused_by_parameter(stage: Stage, query: str) -> None:
    document = problem(await stage.http.get(f"/v1/orders?{query}"), 422)
    assert document["errors"]
    assert json.dumps(document)
