"""What a Vendure shop answers becomes one of our kinds of error; its settings are checked when it is connected."""

from __future__ import annotations

import json

import pytest

from activities.adapters.http import LostReply, Nonsense
from activities.adapters.vendure.shop.channel import VendureChannel
from activities.adapters.vendure.shop.speaking import Speaking
from models.errors import Refused, Unavailable, Uncertain
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from tests.contracts.channels.asks import offers
from tests.contracts.serving import Reply, serving


def graphql(code, message="no"):
    return {"errors": [{"message": message, "extensions": {"code": code}}], "data": None}


@pytest.fixture
def answered():
    """Ask a shop that always answers so, and give what came of it."""

    async def ask(answer, status=200, call="do"):
        body = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
        async with serving(lambda _asked: Reply(status, body)) as url:
            speaking = Speaking("vendure", PartnerSettings(url=url, key="k"))
            try:
                return await getattr(speaking, call)("mutation { done: it }")
            finally:
                await speaking.close()

    return ask


@pytest.mark.parametrize(
    ("answer", "status", "kind"),
    [
        (graphql("FORBIDDEN"), 200, Unavailable),
        (graphql("UNAUTHORIZED"), 200, Unavailable),
        (graphql("CHANNEL_NOT_FOUND"), 200, Unavailable),
        (graphql("GRAPHQL_VALIDATION_FAILED"), 400, Unavailable),
        (graphql("ENTITY_NOT_FOUND"), 200, Refused),
        (graphql("BAD_USER_INPUT"), 400, Refused),
        (graphql("INTERNAL_SERVER_ERROR"), 200, LostReply),
        (graphql("SOMETHING_NEW"), 200, LostReply),
        ({"errors": ["odd"]}, 200, LostReply),
        ({"data": {"done": {"errorCode": "QUANTITY_TOO_GREAT_ERROR", "message": "too many"}}}, 200, Refused),
        ({"data": {"done": None}}, 200, Nonsense),
        ({"data": None}, 200, Nonsense),
        ([], 200, Nonsense),
        (b"<html>", 200, Nonsense),
        (b"<html>", 400, Uncertain),
        (b"<html>", 404, Unavailable),
    ],
)
async def test_each_answer_has_its_kind(answered, answer, status, kind):
    with pytest.raises(kind):
        await answered(answer, status)


async def test_a_refusal_keeps_vendures_code_and_words(answered):
    with pytest.raises(Refused, match="too many") as caught:
        await answered({"data": {"done": {"errorCode": "QUANTITY_TOO_GREAT_ERROR", "message": "too many"}}})

    assert caught.value.code == "QUANTITY_TOO_GREAT_ERROR"


async def test_what_was_done_is_answered_by_its_id(answered):
    assert await answered({"data": {"done": {"id": 12}}}) == "12"


async def test_where_stock_lies_must_be_said_if_there_are_several_places():
    places = {"data": {"stockLocations": {"items": [{"id": "1"}, {"id": "2"}]}}}
    async with serving(lambda _asked: Reply(200, json.dumps(places).encode())) as url:
        channel = VendureChannel("vendure", PartnerSettings(url=url, key="k"))
        with pytest.raises(Unavailable, match="stock_location"):
            await channel.publish(offers("vendure", ("MUG", 1, 1)))
        await channel.close()


async def test_key_and_channel_go_with_every_request():
    heard = []

    def answer(asked):
        heard.append(asked)
        settings = {"serverConfig": {"moneyStrategyPrecision": 2}}
        data = {"orders": {"totalItems": 0, "items": []}, "globalSettings": settings}
        return Reply(200, json.dumps({"data": data}).encode())

    async with serving(answer) as url:
        options = {"channel_token": "garden", "admin_path": "api/admin"}
        channel = VendureChannel("vendure", PartnerSettings(url=url, key="secret", options=options))
        page = await channel.orders(FeedQuery())
        await channel.close()

    assert page.payloads == ()
    assert [(each.target, each.headers["vendure-api-key"], each.headers["vendure-token"]) for each in heard] == [
        ("/api/admin", "secret", "garden")
    ] * 2


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({}, "ORDERLOOM_SHOPS: vendure: key is missing"),
        ({"key": "k", "options": {"colour": "red"}}, "ORDERLOOM_SHOPS: vendure: options: colour"),
        ({"key": "k", "options": {"version_field": "a b"}}, "options: version_field"),
        ({"key": "k", "options": {"page_size": 0}}, "options: page_size"),
    ],
)
def test_wrong_settings_are_named(settings, said):
    with pytest.raises(ValueError, match=said):
        VendureChannel("vendure", PartnerSettings(url="http://127.0.0.1:1", **settings))
