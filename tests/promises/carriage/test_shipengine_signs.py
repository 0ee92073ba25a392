"""A webhook of ShipEngine's counts only with ShipEngine's signature; its keys are fetched, and change without a stop."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
import pytest_asyncio
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256, SHA512

from activities.adapters.shipengine.callbacks import SECRET_HEADER, ShipEngineCallbacks
from activities.adapters.shipengine.signatures import KEY_ID, SIGNATURE, TIMESTAMP
from models.errors import Unavailable
from models.settings import PartnerSettings
from tests.contracts.serving import Asked, Reply, serving

BODY = b'{"resource_type": "API_TRACK", "data": {}}'
NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
DAY_S = 86_400.0
ELLIPTIC = {"kid": "k1", "kty": "EC", "crv": "P-256", "x": "AA", "y": "AA"}


@cache
def key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One private key a name."""
    del name
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


def spelt(number: int) -> str:
    return base64.urlsafe_b64encode(number.to_bytes((number.bit_length() + 7) // 8)).decode().rstrip("=")


def published(name: str, private: rsa.RSAPrivateKey | None = None, **more: Any) -> dict[str, Any]:
    numbers = (private or key(name)).public_key().public_numbers()
    return {
        "kid": name,
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "n": spelt(numbers.n),
        "e": spelt(numbers.e),
    } | more


def signed(name: str = "k1", body: bytes = BODY, at: str = "2026-11-21T12:00:00Z", **more: Any) -> dict[str, str]:
    signature = (more.get("by") or key(name)).sign(f"{at}.".encode() + body, PKCS1v15(), more.get("digest", SHA256()))
    return {KEY_ID: name, SIGNATURE: base64.b64encode(signature).decode(), TIMESTAMP: at}


class ShipEngine:
    """Publishes its keys, and counts who asks for them."""

    def __init__(self) -> None:
        self.keys: list[dict[str, Any]] = [published("k1")]
        self.away = False
        self.asked = 0
        self.url = ""
        self.seconds = 0.0
        """How late it is on the clock of our copy of the keys."""

    def __call__(self, asked: Asked) -> Reply:
        assert (asked.method, asked.target) == ("GET", "/jwks")
        self.asked += 1
        return Reply(503) if self.away else Reply(200, json.dumps({"keys": self.keys}).encode())

    def callbacks(self, now: datetime = NOON, secret: str = "") -> ShipEngineCallbacks:
        settings = PartnerSettings.model_validate({"kind": "shipengine", "url": self.url, "callback_secret": secret})
        return ShipEngineCallbacks(settings, now=lambda: now, clock=lambda: self.seconds)


@pytest_asyncio.fixture
async def there() -> AsyncIterator[ShipEngine]:
    engine = ShipEngine()
    async with serving(engine) as engine.url:
        yield engine


async def test_what_shipengine_signed_is_genuine_and_its_keys_are_asked_for_once(there: ShipEngine) -> None:
    callbacks = there.callbacks()
    assert await callbacks.signer(BODY, signed()) is callbacks
    assert await callbacks.signer(BODY, signed(at="2026-11-21T11:56:00.1234567Z")) is callbacks
    assert there.asked == 1


Forging = Callable[[dict[str, str]], dict[str, str]]
FORGED: dict[str, Forging] = {
    "nothing at all": lambda _: {},
    "no signature": lambda good: {name: value for name, value in good.items() if name != SIGNATURE},
    "no time": lambda good: {name: value for name, value in good.items() if name != TIMESTAMP},
    "no key": lambda good: {name: value for name, value in good.items() if name != KEY_ID},
    "another body's": lambda _: signed(body=BODY + b" "),
    "another time's": lambda good: good | {TIMESTAMP: "2026-11-21T12:00:01Z"},
    "another key's": lambda _: signed(by=key("forger")),
    "a key nobody published": lambda _: signed("forger"),
    "another digest": lambda _: signed(digest=SHA512()),
    "no base64": lambda good: good | {SIGNATURE: "%%%"},
    "an empty signature": lambda good: good | {SIGNATURE: ""},
    "an endless signature": lambda good: good | {SIGNATURE: "A" * 100_000},
    "no ASCII": lambda good: good | {SIGNATURE: "é"},
    "a time without a zone": lambda _: signed(at="2026-11-21T12:00:00"),
    "a time in words": lambda _: signed(at="noon"),
    "too old": lambda _: signed(at="2026-11-21T11:54:59Z"),
    "too far ahead": lambda _: signed(at="2026-11-21T12:05:01Z"),
}


@pytest.mark.parametrize("case", FORGED)
async def test_a_forged_webhook_is_nobodys(there: ShipEngine, case: str) -> None:
    assert await there.callbacks().signer(BODY, FORGED[case](signed())) is None


@pytest.mark.parametrize(
    "keys",
    [
        [ELLIPTIC],
        [published("k1", use="enc")],
        [published("k1", n="%")],
        [published("k1", e="AQ")],
        [published("weak", key("weak", 1024)) | {"kid": "k1"}],
        [],
    ],
    ids=["elliptic", "for encryption", "no number", "an exponent of one", "weak", "none"],
)
async def test_a_key_that_is_none_for_such_signatures_signs_nothing(
    there: ShipEngine, keys: list[dict[str, Any]]
) -> None:
    there.keys = keys
    for private in (key("k1"), key("weak", 1024)):
        assert await there.callbacks().signer(BODY, signed(by=private)) is None


async def test_a_key_that_is_new_is_fetched_and_the_old_one_is_good_as_long_as_it_is_published(
    there: ShipEngine,
) -> None:
    callbacks = there.callbacks()
    there.keys = [ELLIPTIC, published("k1")]
    assert await callbacks.signer(BODY, signed())
    there.keys = [published("k1"), published("k2")]
    there.seconds = 61.0
    assert await callbacks.signer(BODY, signed("k2"))
    assert await callbacks.signer(BODY, signed("k1"))
    there.keys = [published("k2")]
    there.seconds += DAY_S
    assert await callbacks.signer(BODY, signed("k1")) is None
    assert there.asked == 3


async def test_however_many_keys_forgers_name_shipengine_is_asked_once_a_minute(there: ShipEngine) -> None:
    callbacks = there.callbacks()
    for number in range(20):
        assert await callbacks.signer(BODY, signed("k1") | {KEY_ID: f"forged-{number}"}) is None
    assert there.asked == 1


async def test_while_the_keys_cannot_be_fetched_the_webhook_is_to_come_again_and_then_is_taken(
    there: ShipEngine,
) -> None:
    callbacks, there.away = there.callbacks(), True
    for _ in range(3):
        with pytest.raises(Unavailable):
            await callbacks.signer(BODY, signed())
    assert there.asked == 1
    there.away, there.seconds = False, 61.0
    assert await callbacks.signer(BODY, signed()) is callbacks


async def test_keys_that_cannot_be_fetched_anew_stay_good(there: ShipEngine) -> None:
    callbacks = there.callbacks()
    assert await callbacks.signer(BODY, signed())
    there.away, there.seconds = True, DAY_S
    assert await callbacks.signer(BODY, signed()) is callbacks
    assert there.asked == 2


async def test_where_there_is_a_secret_as_well_both_count(there: ShipEngine) -> None:
    callbacks = there.callbacks(secret="old new")
    for shown in ("old", "new"):
        assert await callbacks.signer(BODY, signed() | {SECRET_HEADER: shown}) is callbacks
    assert await callbacks.signer(BODY, signed()) is None
    assert await callbacks.signer(BODY, {SECRET_HEADER: "new"}) is None


async def test_it_is_late_by_the_time_it_is_now(there: ShipEngine) -> None:
    assert await there.callbacks(NOON + timedelta(minutes=5)).signer(BODY, signed())
    assert await there.callbacks(NOON + timedelta(minutes=5, seconds=1)).signer(BODY, signed()) is None
