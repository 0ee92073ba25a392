"""One import in a process of its own: ``python -m ops.bench.importing FILE DATABASE``. Says in JSON what it took.

Reading, mapping, keeping and the activity are the real ones; only the orders' workflows are not started.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from temporalio.testing import ActivityEnvironment

from activities.adapters.files.formats import readers
from activities.adapters.store.batches.importing import SqlImporting
from activities.adapters.store.batches.uploads import SqlUploads
from activities.adapters.store.database import Database
from activities.batches import BatchActivities
from models.batch.batch import BatchFormat, BatchSource

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from models.order.order import Order

_PIECE = 64 * 1024
_KILO = 1024


class NoStarter:
    """Starts nothing, and says that it did."""

    async def start(self, order: Order) -> bool:  # noqa: ARG002 - the port's signature
        """Do nothing."""
        return True


async def main(file: Path, address: str) -> None:
    """Take the file in, and print what that took."""
    database = Database(address)
    verbs = BatchActivities(SqlImporting(database, readers()), NoStarter())
    at_rest = _peak_mb()
    source = BatchSource(format=BatchFormat.CSV, name=file.name)
    batch = await SqlUploads(database).take(source, _pieces(file), expected=None)
    environment = ActivityEnvironment()
    while True:
        progress = await environment.run(verbs.take_part, batch.id)
        if progress.state.is_over:
            break
    await database.close()
    counts = progress.counts
    said = {"rows": counts.rows, "orders": counts.orders_accepted, "refused": counts.rows_refused}
    sys.stdout.write(json.dumps({**said, "peak_memory_mb": _peak_mb(), "at_rest_mb": at_rest}))


async def _pieces(file: Path) -> AsyncIterator[bytes]:
    with file.open("rb") as opened:
        while piece := opened.read(_PIECE):
            yield piece


def _peak_mb() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILO, 1)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2]))
