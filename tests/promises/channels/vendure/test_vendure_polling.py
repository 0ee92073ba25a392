"""A Vendure shop's orders are found by when they were placed as well as by when it wrote on them."""

from __future__ import annotations

import json
from datetime import datetime

from activities.adapters.vendure.shop.channel import VendureChannel
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from tests.contracts.serving import Reply, serving


def order(number, placed, updated):
    day = "2026-11-20T12:"
    return {
        "id": str(number),
        "code": f"C{number}",
        "orderPlacedAt": f"{day}{placed}Z",
        "updatedAt": f"{day}{updated}Z",
    }


def _at(moment):
    return datetime.fromisoformat(moment)


def shop(orders):
    """Answer as Vendure does: one of its two times is asked for, in order, so many at once."""

    def answer(asked):
        options = json.loads(asked.body)["variables"]["options"]
        periods = [each for each in options["filter"]["_and"] if "active" not in each]
        (by,) = {name for period in periods for name in period}
        bounds = {name: _at(moment) for period in periods for name, moment in period[by].items()}
        found = [
            each
            for each in sorted(orders, key=lambda each: (each[by], int(each["id"])))
            if bounds.get("after", _at("2000-01-01T00:00:00Z")) < _at(each[by]) < bounds["before"]
        ]
        listed = {"totalItems": len(found), "items": found[: options["take"]]}
        data = {"orders": listed, "globalSettings": {"serverConfig": {"moneyStrategyPrecision": 2}}}
        return Reply(200, json.dumps({"data": data}).encode())

    return serving(answer)


async def swept(url, cursor):
    channel = VendureChannel("vendure", PartnerSettings(url=url, key="k", options={"page_size": 2}))
    codes, more = [], True
    while more:
        page = await channel.orders(FeedQuery(cursor=cursor))
        codes += [json.loads(payload)["data"]["order"]["code"] for payload in page.payloads]
        cursor, more = page.cursor, page.more
    await channel.close()
    return codes, cursor


async def test_a_basket_that_was_paid_long_after_it_was_filled_is_found():
    orders = [order(1, "00:01", "00:01"), order(2, "30:00", "29:59")]
    async with shop(orders) as url:
        _, cursor = await swept(url, None)
        orders.append(order(3, "45:00.500", "10:00"))

        assert (await swept(url, cursor))[0] == ["C3"]


async def test_an_order_that_was_written_on_is_read_again_and_then_not():
    orders = [order(number, f"00:{number:02}", f"00:{number:02}") for number in range(1, 8)]
    async with shop(orders) as url:
        first, cursor = await swept(url, None)
        orders[0] = order(1, "00:01", "50:00")
        again, cursor = await swept(url, cursor)

        assert first == [f"C{number}" for number in range(1, 8)]
        assert again == ["C1"]
        assert (await swept(url, cursor))[0] == []


async def test_more_orders_of_one_second_than_a_page_holds_are_all_read():
    orders = [order(number, "00:07", "00:05") for number in range(1, 8)]
    async with shop(orders) as url:
        codes, cursor = await swept(url, None)

    assert set(codes) == {f"C{number}" for number in range(1, 8)}
    assert datetime.fromisoformat(cursor.partition("/")[0]).second == 7
