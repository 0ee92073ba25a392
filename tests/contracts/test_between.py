"""What stands between an adapter and its partner: it passes on what it gets, and fails exactly when it is told to."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator

import httpx
import pytest

from tests.contracts.between import LOST_REPLY, LOST_REQUEST, Between, Fault, answering, between, on, slow
from tests.contracts.serving import Asked, Reply, serving


class Partner:
    """Remembers what it was asked, and answers how often that was."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []

    def answer(self, asked: Asked) -> Reply:
        self.asked.append(asked)
        return Reply(201, str(len(self.asked)).encode(), {"x-own": "yes"})


@pytest.fixture
def partner() -> Partner:
    return Partner()


@pytest.fixture
async def way(partner: Partner) -> AsyncIterator[Between]:
    async with serving(partner.answer) as url, between(f"{url}/base") as way:
        yield way


@pytest.fixture
async def adapter(way: Between) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(base_url=way.url, trust_env=False) as client:
        yield client


async def test_what_passes_is_passed_on_unchanged_both_ways(partner, adapter):
    answer = await adapter.post("/orders?a=1%2F2", content="Grüße 🎈".encode(), headers={"X-Key": "k-1"})

    (asked,) = partner.asked
    assert (asked.method, asked.target, asked.body.decode()) == ("POST", "/base/orders?a=1%2F2", "Grüße 🎈")
    assert asked.headers["x-key"] == "k-1"
    assert (answer.status_code, answer.content, answer.headers["x-own"]) == (201, b"1", "yes")


async def test_what_was_asked_can_be_counted(way, adapter):
    await adapter.post("/orders")
    await adapter.get("/orders/1")
    await adapter.get("/refunds")

    assert [each.path for each in way.sent("GET")] == ["/base/orders/1", "/base/refunds"]
    assert [each.answer for each in way.sent("GET", "refunds")] == [b"3"]


async def test_a_lost_reply_was_heard_by_the_partner(partner, way, adapter):
    way.faults.append(LOST_REPLY)

    with pytest.raises(httpx.TransportError):
        await adapter.post("/orders")

    assert len(partner.asked) == 1
    assert [each.status for each in way.exchanges] == [0]


async def test_a_lost_request_was_not(partner, way, adapter):
    way.faults.append(LOST_REQUEST)

    with pytest.raises(httpx.TransportError):
        await adapter.post("/orders")

    assert partner.asked == []


async def test_an_answer_in_the_partners_place_has_its_status_body_and_headers(partner, way, adapter):
    way.faults.append(answering(429, b"<html>", Retry_After="7"))

    answer = await adapter.post("/orders")

    assert (answer.status_code, answer.content, answer.headers["retry-after"]) == (429, b"<html>", "7")
    assert partner.asked == []


async def test_the_partner_may_hear_it_and_another_answer_be_given(partner, way, adapter):
    way.faults.append(Fault(reaches=True, status=200, body=b"nonsense"))

    assert (await adapter.post("/orders")).content == b"nonsense"
    assert len(partner.asked) == 1


async def test_a_late_answer_is_the_true_one(way, adapter):
    way.faults.append(slow(0.2))
    began = time.monotonic()

    assert (await adapter.post("/orders")).content == b"1"
    assert time.monotonic() - began >= 0.2


async def test_a_fault_strikes_once_and_faults_strike_in_their_order(way, adapter):
    way.faults.extend([answering(500), answering(502)])

    assert [(await adapter.get("/")).status_code for _ in range(3)] == [500, 502, 201]


async def test_a_fault_may_wait_for_its_request(way, adapter):
    way.faults.append(on(answering(500), "POST", "/refunds", within="twice"))

    answers = [
        await adapter.get("/refunds"),
        await adapter.post("/orders", content=b"twice"),
        await adapter.post("/refunds", content=b"once"),
        await adapter.post("/refunds", content=b"twice"),
        await adapter.post("/refunds", content=b"twice"),
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 201, 500, 201]
