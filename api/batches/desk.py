"""Files of orders, as the API works on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from models.batch.batch import BatchStart
from models.errors import PartnerError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from activities.records.batches import Answering, Batch, Batches, BatchRow, RefusedFile, Uploads
    from models.batch.batch import AnswerKind, RowOutcome

log = structlog.get_logger()
_AT_ONCE = 20
_PAGE = 500


@dataclass(frozen=True)
class BatchDesk:
    """What files of orders take."""

    uploads: Uploads
    kept: Batches
    refused: RefusedFile
    answering: Answering
    start: Callable[[BatchStart], Awaitable[None]]
    """Has a file read; does nothing where it is being read, or was. Raises `Unavailable`."""

    async def begin(self, batch: Batch) -> None:
        """Have a file read; if Temporal is not there now, the next round does it."""
        if batch.state.is_over:
            return
        try:
            await self.start(BatchStart(batch_id=batch.id, name=batch.source.name))
        except PartnerError as error:
            log.warning("batch not started yet", batch_id=batch.id, error=str(error))

    async def round(self) -> None:
        """Have read what nobody has begun to read: its start was lost, or Temporal was not there."""
        for batch in await self.kept.waiting(limit=_AT_ONCE):
            await self.begin(batch)

    async def rows(self, batch_id: str, outcome: RowOutcome | None) -> AsyncIterator[BatchRow]:
        """Every row with this outcome, a page in memory at a time."""
        after = 0
        while rows := await self.kept.rows(batch_id, outcome=outcome, after=after, limit=_PAGE):
            for row in rows:
                yield row
            after = rows[-1].number

    async def answers(self, batch_id: str, kind: AnswerKind) -> AsyncIterator[bytes]:
        """What the sender hears of each of his orders by now, a page in memory at a time."""
        after = 0
        while orders := await self.kept.orders(batch_id, after=after, limit=_PAGE):
            yield self.answering.answer(kind, orders).encode()
            after = orders[-1].row
