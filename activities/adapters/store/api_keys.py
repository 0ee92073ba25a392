"""Who may call: keys that can be read once, and of which only a keyed hash is kept."""

from __future__ import annotations

import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import exists, insert, select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.tables.access import api_keys
from activities.records.orders import Principal
from models.errors import NotFound

if TYPE_CHECKING:
    from datetime import datetime

    from activities.adapters.store.database import Database

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_ID_LENGTH = 12
_SECRET_BYTES, _SECRET_LENGTH = 32, 43
_CHECK_LENGTH = 6
_KEY = re.compile(
    rf"(ol_live_([0-9A-Za-z]{{{_ID_LENGTH}}})_[0-9A-Za-z]{{{_SECRET_LENGTH}}})_([0-9A-Za-z]{{{_CHECK_LENGTH}}})"
)
_a = api_keys.c
_FORGOTTEN = b""
"""In the place of a hash: no key has it."""


@dataclass(frozen=True)
class MadeKey:
    """A key as it is kept: whose it is, and not what it is."""

    id: str
    name: str
    created_at: datetime
    revoked: bool


class SqlApiKeys:
    """`activities.records.orders.ApiKeys` on our own database.

    A key is ``ol_live_<id>_<secret>_<check>``: the prefix lets scanners of leaked secrets know it, the check (CRC-32)
    turns typing errors away before the database is asked, and the secret has 256 random bits.
    """

    def __init__(self, database: Database, pepper: bytes, *, now: Clock = utc_now) -> None:
        """Hash keys with this pepper, which is kept outside the database and must stay the same.

        Raises:
            ValueError: the pepper is empty.
        """
        if not pepper:
            message = "the pepper of API keys is empty"
            raise ValueError(message)
        self._database = database
        self._pepper = pepper
        self._now = now

    async def create(self, name: str) -> str:
        """Make a key; this is the only time it can be read."""
        key_id = "".join(secrets.choice(_BASE62) for _ in range(_ID_LENGTH))
        secret = _base62(int.from_bytes(secrets.token_bytes(_SECRET_BYTES)), _SECRET_LENGTH)
        body = f"ol_live_{key_id}_{secret}"
        key = f"{body}_{_check(body)}"
        row = {"id": key_id, "name": name, "hash": self._hash(key), "created_at": self._now()}
        async with self._database.writing() as connection:
            await connection.execute(insert(api_keys), row)
        return key

    async def verify(self, key: str) -> Principal | None:
        """Who holds this key; None for nobody."""
        parts = _KEY.fullmatch(key)
        if parts is None or _check(parts[1]) != parts[3]:
            return None
        known = select(_a.id, _a.name, _a.hash).where(_a.id == parts[2])
        async with self._database.reading() as connection:
            row = (await connection.execute(known)).one_or_none()
        if row is None or not hmac.compare_digest(self._hash(key), row.hash):
            return None
        return Principal(id=row.id, name=row.name)

    async def made(self) -> tuple[MadeKey, ...]:
        """Every key that was ever made, the oldest first."""
        asked = select(_a.id, _a.name, _a.created_at, (_a.hash == _FORGOTTEN).label("revoked"))
        async with self._database.reading() as connection:
            rows = await connection.execute(asked.order_by(_a.created_at, _a.id))
            return tuple(MadeKey(row.id, row.name, row.created_at, bool(row.revoked)) for row in rows)

    async def revoke(self, key_id: str) -> MadeKey:
        """Let nobody call with a key any more: its hash is forgotten, who had it is not; done again, nothing changes.

        Raises:
            NotFound: no key of this id was ever made.
        """
        async with self._database.writing() as connection:
            await connection.execute(update(api_keys).where(_a.id == key_id).values(hash=_FORGOTTEN))
        revoked = next((key for key in await self.made() if key.id == key_id), None)
        if revoked is None:
            raise NotFound(f"there is no API key {key_id}")
        return revoked

    async def was_revoked(self, key: str) -> bool:
        """Whether this was a key of ours, and is none any more."""
        parts = _KEY.fullmatch(key)
        return parts is not None and any(made.revoked for made in await self.made() if made.id == parts[2])

    async def any_exist(self) -> bool:
        """Whether a first key has been made."""
        async with self._database.reading() as connection:
            return bool(await connection.scalar(select(exists().select_from(api_keys))))

    def _hash(self, key: str) -> bytes:
        return hmac.digest(self._pepper, key.encode(), "sha256")


def _check(body: str) -> str:
    return _base62(zlib.crc32(body.encode()), _CHECK_LENGTH)


def _base62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_BASE62))
        digits.append(_BASE62[digit])
    return "".join(reversed(digits))
