"""What channels may show is read beside the orders: remembered for a second, and by few connections."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from typing import Any

import pytest

from activities.records.orders import Principal
from api.stock.quick_reads import QuickReads, Remembered
from models.stock.publication import Published
from tests.promises.api.fake_stock import FakeInventory
from tests.promises.api.fakes import FakeApiKeys
from tests.promises.api.stage import Stage, problem

URL = "/v1/availability"
ASKED = {"channel": "shopify", "sku": ["MUG", "CUP"]}


def number(sku: str, quantity: int, *, channel: str = "shopify") -> dict[tuple[str, str], Published]:
    at = datetime(2026, 11, 21, 9, tzinfo=UTC)
    return {(channel, sku): Published(channel=channel, sku=sku, quantity=quantity, version=4, changed_at=at)}


class Clock:
    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


async def test_it_answers_what_was_worked_out_and_says_what_was_not(stage_of_fakes: Stage) -> None:
    stage_of_fakes.inventory.published |= number("MUG", 7) | number("CUP", 1, channel="amazon")

    answer = await stage_of_fakes.http.get(URL, params=ASKED)

    assert answer.status_code == 200
    assert answer.json() == {
        "channel": "shopify",
        "offers": [{"sku": "MUG", "quantity": 7, "version": 4, "changed_at": "2026-11-21T09:00:00Z"}],
        "unknown": ["CUP"],
    }
    assert answer.headers["Cache-Control"] == "max-age=2"


async def test_who_has_the_answer_already_is_told_that_nothing_changed(stage_of_fakes: Stage) -> None:
    stage_of_fakes.inventory.published |= number("MUG", 7)
    tag = (await stage_of_fakes.http.get(URL, params=ASKED)).headers["ETag"]

    for condition in (tag, f'"other", W/{tag}', "*"):
        same = await stage_of_fakes.http.get(URL, params=ASKED, headers={"If-None-Match": condition})
        assert (same.status_code, same.content, same.headers["ETag"]) == (304, b"", tag)
        assert same.headers["Cache-Control"] == "max-age=2"
    for condition in ('"other"', tag.strip('"'), ""):
        answer = await stage_of_fakes.http.get(URL, params=ASKED, headers={"If-None-Match": condition})
        assert answer.status_code == 200


async def test_another_number_has_another_tag() -> None:
    tags = set()
    for quantity in (7, 8):
        stage = Stage()
        stage.inventory.published |= number("MUG", quantity)
        tags.add((await stage.http.get(URL, params=ASKED)).headers["ETag"])
    assert len(tags) == 2


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"sku": "MUG"}, "channel"),
        ({"channel": "shopify"}, "sku"),
        ({"channel": "shopify", "sku": ["x"] * 101}, "sku"),
        ({"channel": "shopify", "sku": " "}, "sku.0"),
    ],
)
async def test_a_bad_question_for_offers_names_the_parameter(
    stage_of_fakes: Stage, asked: dict[str, Any], parameter: str
) -> None:
    document = problem(await stage_of_fakes.http.get(URL, params=asked), 422)
    assert [error["parameter"] for error in document["errors"]] == [parameter]


async def test_a_number_is_read_once_a_second_and_then_afresh() -> None:
    clock, inventory = Clock(), FakeInventory(published=number("MUG", 7))
    reads = QuickReads(inventory, FakeApiKeys(), now=clock)

    for _ in range(3):
        assert [one.quantity for one in await reads.offered("shopify", ("MUG", "CUP"))] == [7]
    inventory.published |= number("MUG", 8)
    clock.at += 0.99
    assert [one.quantity for one in await reads.offered("shopify", ("MUG",))] == [7]
    clock.at += 0.02
    assert [one.quantity for one in await reads.offered("shopify", ("MUG",))] == [8]
    assert inventory.asked == [("MUG", "CUP"), ("MUG",)]


async def test_what_one_channel_may_show_is_no_answer_for_another() -> None:
    inventory = FakeInventory(published=number("MUG", 7) | number("MUG", 1, channel="amazon"))
    reads = QuickReads(inventory, FakeApiKeys())

    assert [(await reads.offered(channel, ("MUG",)))[0].quantity for channel in ("shopify", "amazon")] == [7, 1]


async def test_however_many_ask_at_once_the_database_is_asked_by_two_and_the_rest_share() -> None:
    class Slow(FakeInventory):
        running = most = 0

        async def offered(self, channel: str, skus: tuple[str, ...]) -> tuple[Published, ...]:
            self.running += 1
            self.most = max(self.most, self.running)
            await asyncio.sleep(0.01)
            self.running -= 1
            return await super().offered(channel, skus)

    inventory = Slow(published=number("MUG", 7))
    reads = QuickReads(inventory, FakeApiKeys())

    answers = await asyncio.gather(*(reads.offered("shopify", ("MUG",)) for _ in range(50)))

    assert {one.quantity for (one,) in answers} == {7}
    assert inventory.most <= 2
    assert len(inventory.asked) <= 2


async def test_a_key_is_verified_once_a_second() -> None:
    class Counting(FakeApiKeys):
        verified = 0

        async def verify(self, key: str) -> Principal | None:
            self.verified += 1
            return await super().verify(key)

    clock, keys = Clock(), Counting()
    reads = QuickReads(FakeInventory(), keys, now=clock)

    for _ in range(3):
        assert await reads.verify("bobs") == Principal("p-2", "bob")
        assert await reads.verify("nobodys") is None
    assert keys.verified == 2
    clock.at += 1.1
    keys.holders.clear()
    assert await reads.verify("bobs") is None


def test_what_is_remembered_does_not_grow_for_ever() -> None:
    kept: Remembered[int] = Remembered(1.0, Clock(), most=3)
    for name in range(10):
        kept.put(name, name)
    assert kept.get(9) == (9,)
    assert sum(kept.get(name) is not None for name in range(10)) <= 3
