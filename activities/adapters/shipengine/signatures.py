"""ShipEngine's signatures: RSA (PKCS #1 v1.5) with SHA-256 over the time it was sent, a full stop and the raw body.

Which key signed stands beside the signature. ShipEngine publishes its keys as a JSON Web Key Set (RFC 7517) at
``/jwks``, and advises to refuse a webhook that was sent more than five minutes from now:
https://docs.shipstation.com/apis/docs/guides/webhooks-validation
"""

from __future__ import annotations

import asyncio
import base64
from binascii import Error as NotBase64
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import PartnerHttp
from models.errors import PartnerError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

    from models.settings import PartnerSettings

log = structlog.get_logger()
KEY_ID = "x-shipengine-rsa-sha256-key-id"
SIGNATURE = "x-shipengine-rsa-sha256-signature"
TIMESTAMP = "x-shipengine-timestamp"
_HEADER_MAX = 2000
_TOLERANCE = timedelta(minutes=5)
_KEY_BITS_MIN = 2048
_KEPT_S = 12 * 3600.0
"""For so long keys are used before they are asked for again: one that was withdrawn is not believed for ever."""
_REST_S = 60.0
"""So long at least lies between two questions, whatever keys forgers name."""


class Signed(NamedTuple):
    """What a webhook says of its own signature."""

    key_id: str
    signature: bytes
    timestamp: str

    @classmethod
    def of(cls, headers: Mapping[str, str], now: datetime) -> Signed | None:
        """Read it; none where something of it is missing, malformed, or more than five minutes from now."""
        key_id, signature, timestamp = (headers.get(name, "") for name in (KEY_ID, SIGNATURE, TIMESTAMP))
        if not key_id or max(map(len, (key_id, signature, timestamp))) > _HEADER_MAX:
            return None
        try:
            sent_at = datetime.fromisoformat(timestamp)
            raw = base64.b64decode(signature, validate=True)
        except (ValueError, NotBase64):
            return None
        if sent_at.tzinfo is None or abs(sent_at - now) > _TOLERANCE:
            return None
        return cls(key_id, raw, timestamp)


class _WebKey(ChannelModel):
    kid: str = ""
    kty: str = ""
    use: str | None = None
    n: str = ""
    e: str = ""


class _WebKeys(ChannelModel):
    keys: tuple[_WebKey, ...]


class ShipEngineKeys:
    """The keys ShipEngine signs with now: fetched when one is named that is not known, and every few hours."""

    def __init__(self, settings: PartnerSettings, clock: Callable[[], float]) -> None:
        """Fetch them where the settings say ShipEngine is, not before the first webhook; `clock` is in seconds."""
        self._settings = settings
        self._clock = clock
        self._keys: dict[str, RSAPublicKey] = {}
        self._asked_at: float | None = None
        self._trouble: PartnerError | None = None
        self._one = asyncio.Lock()

    async def fits(self, signed: Signed, body: bytes) -> bool:
        """Whether the key that is named is ShipEngine's and signed this body.

        Raises:
            Unavailable: the key is not known, and ShipEngine cannot be asked.
        """
        key = await self._key(signed.key_id)
        if key is None:
            return False
        try:
            key.verify(signed.signature, signed.timestamp.encode() + b"." + body, PKCS1v15(), SHA256())
        except InvalidSignature:
            return False
        return True

    async def _key(self, key_id: str) -> RSAPublicKey | None:
        if self._is_time(key_id):
            async with self._one:
                if self._is_time(key_id):
                    await self._ask()
        if self._trouble is not None and key_id not in self._keys:
            raise Unavailable("carrier", f"its keys cannot be read: {self._trouble}", retry_after_s=_REST_S)
        return self._keys.get(key_id)

    def _is_time(self, key_id: str) -> bool:
        if self._asked_at is None:
            return True
        rests = _REST_S if self._trouble is not None or key_id not in self._keys else _KEPT_S
        return self._clock() - self._asked_at >= rests

    async def _ask(self) -> None:
        """Fetch the keys; where that fails, those from before stay good until it succeeds."""
        self._asked_at = self._clock()
        http = PartnerHttp("carrier", self._settings)
        try:
            found = http.understood(_WebKeys, await http.exchange("GET", "/jwks"))
        except PartnerError as error:
            self._trouble = error
            log.warning("keys cannot be read", partner="shipengine", error=str(error))
        else:
            self._trouble = None
            self._keys = {key.kid: usable for key in found.keys if (usable := _usable(key)) is not None}
        finally:
            await http.close()


def _usable(key: _WebKey) -> RSAPublicKey | None:
    """The key, if it is one for RSA signatures and strong enough; the set may hold others."""
    if key.kty != "RSA" or key.use not in {None, "sig"} or not key.kid:
        return None
    try:
        usable = RSAPublicNumbers(_number(key.e), _number(key.n)).public_key()
    except ValueError:
        return None
    return usable if usable.key_size >= _KEY_BITS_MIN else None


def _number(spelt: str) -> int:
    """A number as RFC 7518 has it: base64url without padding."""
    return int.from_bytes(base64.urlsafe_b64decode(spelt + "=" * (-len(spelt) % 4)))


def utc_now() -> datetime:
    """The time by which a webhook is late."""
    return datetime.now(UTC)
