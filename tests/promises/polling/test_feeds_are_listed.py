"""Whoever asks how the feeds are sees each of them, when it was read, and what is wrong with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx

from activities.records.feeds import FeedStanding
from api.app import create_app
from tests.promises.api.fakes import KEY
from tests.promises.api.stage import Stage


class Book:
    """One feed that is read, one that cannot be, one that nobody reads."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    async def standing(self) -> list[FeedStanding]:
        long_ago = self._now - timedelta(hours=1)
        return [
            FeedStanding("feed-erp", long_ago, self._now, None, None),
            FeedStanding("feed-wms", long_ago, long_ago, "is not available (503)", long_ago),
            FeedStanding("orders-vendure", long_ago, None, None, None),
        ]


async def test_each_feed_is_listed_with_what_is_wrong_with_it() -> None:
    services = replace(Stage().services, feeds=Book(datetime.now(UTC)))
    transport = httpx.ASGITransport(create_app(services))
    async with httpx.AsyncClient(transport=transport, base_url="http://api.test") as http:
        stranger = await http.get("/v1/feeds")
        answer = await http.get("/v1/feeds", headers={"Authorization": f"Bearer {KEY}"})

    assert stranger.status_code == 401
    well, troubled, forgotten = answer.json()["feeds"]
    assert (well["name"], well["problem"]) == ("feed-erp", None)
    assert "is not available (503)" in troubled["problem"]
    assert "nobody has read orders-vendure" in forgotten["problem"]


async def test_where_nothing_is_polled_the_list_is_empty() -> None:
    answer = await Stage().http.get("/v1/feeds")
    assert (answer.status_code, answer.json()) == (200, {"feeds": []})
