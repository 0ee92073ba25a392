"""Files as they come in: in pieces, so that no more than one is ever in memory."""

from __future__ import annotations

import hashlib
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, select

from activities.adapters.store.batches.listing import SHOWN, as_batch
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.tables.batches import batch_chunks, batches
from activities.records.batches import FileTooLarge
from models.batch.batch import SIZE_MAX, BatchState, Counts, FileDigest, Place
from models.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import AsyncIterable

    from activities.adapters.store.database import Database
    from activities.records.batches import Batch
    from models.batch.batch import BatchSource

CHUNK = 256 * 1024
"""Bytes in each piece but the last."""
_LEFT_OVER_AFTER = timedelta(days=1)
_c = batch_chunks.c


class SqlUploads:
    """`activities.records.batches.Uploads` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now, largest: int = SIZE_MAX) -> None:
        """Keep files of at most `largest` bytes in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        self._largest = largest
        self._insert = insert_missing(database, batches)

    async def take(self, source: BatchSource, body: AsyncIterable[bytes], *, expected: int | None) -> Batch:
        """Keep a file; the same one, to be read in the same way, is the same batch.

        Raises:
            InvalidInput: it is empty, or shorter than expected.
            FileTooLarge: it is larger than we take.
        """
        await self._clear_left_overs()
        upload_id = uuid.uuid4().hex
        try:
            size, digest = await self._keep(upload_id, body)
            _check(size, expected)
            return await self._begin(upload_id, source, size, digest)
        except BaseException:
            # Whatever ended it, even that the sender went away: what came of it is not kept.
            await self._forget(upload_id)
            raise

    async def _keep(self, upload_id: str, body: AsyncIterable[bytes]) -> tuple[int, str]:
        """Write the pieces down as they come; answers the size and the digest."""
        digest, held, size, number = hashlib.sha256(), bytearray(), 0, 0
        async for piece in body:
            size += len(piece)
            if size > self._largest:
                raise FileTooLarge(f"a file may have at most {self._largest} bytes")
            digest.update(piece)
            held += piece
            while len(held) >= CHUNK:
                await self._write(upload_id, number, bytes(held[:CHUNK]))
                del held[:CHUNK]
                number += 1
        if held:
            await self._write(upload_id, number, bytes(held))
        return size, digest.hexdigest()

    async def _write(self, upload_id: str, number: int, piece: bytes) -> None:
        row = {"upload_id": upload_id, "number": number, "bytes": piece, "received_at": self._now()}
        async with self._database.writing() as connection:
            await connection.execute(batch_chunks.insert(), row)

    async def _begin(self, upload_id: str, source: BatchSource, size: int, digest: str) -> Batch:
        now = self._now()
        batch_id = _name(source, digest)
        row = {
            "id": batch_id,
            "upload_id": upload_id,
            "source": source,
            "state": BatchState.WAITING.value,
            "digest": digest,
            "size": size,
            "bytes_read": 0,
            "place": Place(),
            "counts": Counts(),
            "reason": "",
            "received_at": now,
            "updated_at": now,
        }
        async with self._database.writing() as connection:
            await connection.execute(self._insert, row)
            found = (
                await connection.execute(select(*SHOWN, batches.c.upload_id).where(batches.c.id == batch_id))
            ).one()
            if found.upload_id != upload_id:
                await connection.execute(delete(batch_chunks).where(_c.upload_id == upload_id))
        return as_batch(found)

    async def _forget(self, upload_id: str) -> None:
        async with self._database.writing() as connection:
            await connection.execute(delete(batch_chunks).where(_c.upload_id == upload_id))

    async def _clear_left_overs(self) -> None:
        """Let go of what a crash left of uploads that never became a batch."""
        before = self._now() - _LEFT_OVER_AFTER
        named = select(batches.c.upload_id)
        async with self._database.reading() as connection:
            old = select(_c.upload_id).where(_c.number == 0, _c.received_at < before, _c.upload_id.not_in(named))
            left_over = list(await connection.scalars(old))
        for upload_id in left_over:
            await self._forget(upload_id)


def _name(source: BatchSource, digest: str) -> str:
    said = source.model_dump(exclude={"name"})
    whole = FileDigest(digest=digest, **said).model_dump_json()
    return hashlib.sha256(whole.encode()).hexdigest()[:24]


def _check(size: int, expected: int | None) -> None:
    if not size:
        raise InvalidInput.at("", "empty", "the file is empty")
    if expected is not None and size != expected:
        raise InvalidInput.at("", "cut_off", f"only {size} of {expected} bytes came: send the file again")
