"""A file that was taken in, read back from its pieces; one piece is in memory at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from activities.adapters.store.batches.uploads import CHUNK
from activities.adapters.store.tables.batches import batch_chunks

if TYPE_CHECKING:
    from activities.adapters.store.database import Database

_c = batch_chunks.c


class KeptFile:
    """`activities.records.batches.Bytes` of an upload."""

    def __init__(self, database: Database, upload_id: str, size: int) -> None:
        """Read this upload."""
        self.size = size
        self._database = database
        self._upload_id = upload_id
        self._number = -1
        self._piece = b""

    async def read(self, offset: int) -> bytes:
        """What follows the offset in its piece; nothing at the end."""
        number, within = divmod(offset, CHUNK)
        if number != self._number:
            self._number, self._piece = number, await self._load(number)
        return self._piece[within:]

    async def _load(self, number: int) -> bytes:
        wanted = select(_c.bytes).where(_c.upload_id == self._upload_id, _c.number == number)
        async with self._database.reading() as connection:
            return await connection.scalar(wanted) or b""
