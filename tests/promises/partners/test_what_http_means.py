"""Every way an HTTP exchange can end becomes one of four kinds of trouble."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from activities.adapters.http import LostReply, Nonsense, PartnerHttp, retry_after
from activities.adapters.partners import open_partners
from models.errors import PartnerError, Refused, Transient, Unavailable, Uncertain
from models.partners.asking import Done
from models.settings import PartnerSettings, Settings
from tests.promises.partners.listener import Listener, listening

PROBLEM = '{"type": "about:blank", "status": 422, "code": "card_declined", "detail": "Die Karte wurde abgelehnt"}'


@pytest.fixture
async def listener() -> AsyncIterator[Listener]:
    async with listening() as made:
        yield made


async def _trouble(url: str, timeout_s: float = 5.0) -> PartnerError:
    http = PartnerHttp("bank", PartnerSettings(url=url, timeout_s=timeout_s))
    with pytest.raises(PartnerError) as caught:
        http.understood(Done, await http.exchange("POST", "/x", "{}"))
    await http.close()
    assert caught.value.partner == "bank"
    return caught.value


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        *((status, PROBLEM, Refused) for status in (400, 402, 404, 410, 422, 451)),
        *((status, "", Unavailable) for status in (401, 403, 404, 405, 429, 503)),
        (401, PROBLEM, Unavailable),
        (403, PROBLEM, Unavailable),
        *((status, PROBLEM, LostReply) for status in (408, 425, 500, 501, 502, 504, 520)),
        (409, PROBLEM, Uncertain),
        *((status, "<html>", Uncertain) for status in (400, 418, 422)),
        (422, '["code"]', Uncertain),
        *((status, "", Nonsense) for status in (202, 204, 301, 302, 304, 307)),
        (200, "", Nonsense),
        (200, "<html>", Nonsense),
        (200, '{"reference": "SO-1"', Nonsense),
        (200, '{"reference": 1}', Nonsense),
        (200, '{"reference": NaN}', Nonsense),
        (200, '{"reference": "a", "reference": "b"}', Nonsense),
        (200, '{"reference": "a", "more": 1}', Nonsense),
        (200, "null", Nonsense),
        (200, b"\xff\xfe", Nonsense),
        (200, b"\x1f\x8b\x08", Nonsense),
    ],
)
async def test_an_answer_becomes_one_kind_of_trouble(
    listener: Listener, status: int, body: bytes | str, kind: type[PartnerError]
):
    listener.answer(status, body, *(["Location: /elsewhere"] if 300 <= status < 400 else []))
    assert type(await _trouble(listener.url)) is kind
    assert len(listener.received) == 1, "nothing is sent twice or somewhere else"


async def test_a_refusal_carries_code_and_words(listener: Listener):
    listener.answer(422, PROBLEM)
    refusal = await _trouble(listener.url)
    assert (refusal.code, str(refusal)) == ("card_declined", "Die Karte wurde abgelehnt")


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(("value", "least", "most"), [("17", 17, 17), ("0", 0, 0), ("999999999999", 3600, 3600)])
async def test_retry_after_is_read_in_seconds(listener: Listener, status: int, value: str, least: float, most: float):
    listener.answer(status, "", f"Retry-After: {value}")
    seconds = (await _trouble(listener.url)).retry_after_s
    assert seconds is not None
    assert least <= seconds <= most


async def test_retry_after_is_read_as_a_date(listener: Listener):
    listener.answer(503, "", f"Retry-After: {format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)}")
    seconds = (await _trouble(listener.url)).retry_after_s
    assert seconds is not None
    assert 30 < seconds <= 90


@pytest.mark.parametrize("value", ["soon", "-5", "1.5", "", "²"])
async def test_a_retry_after_that_cannot_be_read_is_none(listener: Listener, value: str):
    listener.answers.append(f"HTTP/1.1 503 -\r\nContent-Length: 0\r\nRetry-After: {value}\r\n\r\n".encode("latin-1"))
    assert (await _trouble(listener.url)).retry_after_s is None


async def test_nobody_listening_is_unavailable():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        assert type(await _trouble(f"http://127.0.0.1:{taken.getsockname()[1]}")) is Unavailable


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"HTTP/1.1 200 -\r\nContent-Length: 100\r\n\r\n{",
        b"HTTP/1.1 200 -\r\nContent-Le",
        b"SSH-2.0-OpenSSH\r\n\r\n",
    ],
)
async def test_a_connection_that_breaks_is_a_lost_reply(listener: Listener, answer: bytes):
    listener.answers.append(answer)
    assert type(await _trouble(listener.url)) is LostReply


async def test_an_endless_answer_is_not_read(listener: Listener):
    # Were it read, it would be understood.
    listener.answer(200, b'{"reference": "SO-1"}' + b" " * (9 * 1024 * 1024))
    assert type(await _trouble(listener.url)) is Nonsense


def test_a_date_that_names_no_zone_is_utc():
    assert retry_after({"Retry-After": "Wed, 21 Oct 2015 07:28:00 -0000"}) == 0


async def test_what_escapes_is_of_the_closed_set():
    assert issubclass(LostReply, Transient)
    assert issubclass(Nonsense, Transient)


async def test_an_unknown_kind_of_partner_is_an_error_that_names_the_setting():
    settings = Settings(wms=PartnerSettings(kind="shipbob", url="http://127.0.0.1:1"))
    with pytest.raises(ValueError, match=r"ORDERLOOM_WMS__KIND is 'shipbob'.*sandbox"):
        open_partners(settings)
