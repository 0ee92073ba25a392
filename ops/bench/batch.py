"""What importing a file takes: memory must not grow with the file. Each import is a process of its own."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from ops.migrations.upgrade import upgrade

if TYPE_CHECKING:
    from collections.abc import Iterator

_ROWS_AN_ORDER = 4
_BAD_EVERY = 500
_HEAD = (
    "order_id,placed_at,currency,customer_id,customer_name,address_1,city,postal_code,country,"
    "sku,name,quantity,unit_price\n"
)
RATIO_MAX = 1.3
"""Peak memory of the larger file by that of the smaller one, at most."""


class Import(BaseModel):
    """One file, taken in by a process of its own."""

    model_config = ConfigDict(frozen=True)

    rows: int
    megabytes: float
    """Of the file."""
    orders: int
    """Taken in."""
    refused: int
    """Rows."""
    seconds: float
    rows_per_second: float
    peak_memory_mb: float
    """The process's largest resident set."""
    at_rest_mb: float
    """The same before the first row was read."""


class BatchBench(BaseModel):
    """A small file beside a large one."""

    model_config = ConfigDict(frozen=True)

    small: Import
    large: Import
    memory_ratio: float
    """Peak of the large one by the small one's; promised is at most 1.3."""

    @property
    def is_right(self) -> bool:
        """Whether memory stays bounded, and every row was counted."""
        return self.memory_ratio <= RATIO_MAX


async def bench_batch(small: int, large: int) -> BatchBench:
    """Import a file of so many rows, and one of more, and compare."""
    imports = []
    for rows in (small, large):
        with TemporaryDirectory(prefix="orderloom-bench-") as folder:
            imports.append(await _measured(Path(folder), rows))
    ratio = imports[1].peak_memory_mb / imports[0].peak_memory_mb
    return BatchBench(small=imports[0], large=imports[1], memory_ratio=round(ratio, 3))


async def _measured(folder: Path, rows: int) -> Import:
    file = folder / "orders.csv"
    with file.open("w", encoding="utf-8") as opened:
        opened.writelines(_lines(rows))
    address = f"sqlite+aiosqlite:///{folder / 'bench.db'}"
    await asyncio.to_thread(upgrade, address)
    begun = time.perf_counter()
    child = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ops.bench.importing", str(file), address), stdout=asyncio.subprocess.PIPE
    )
    told, _ = await child.communicate()
    if child.returncode:
        message = f"the import of {rows} rows ended with {child.returncode}"
        raise RuntimeError(message)
    seconds = time.perf_counter() - begun
    said = json.loads(told)
    if said["rows"] != rows:
        message = f"{said['rows']} of {rows} rows have an outcome: the run measures nothing"
        raise RuntimeError(message)
    return Import(
        **said,
        megabytes=round(file.stat().st_size / 1e6, 1),
        seconds=round(seconds, 2),
        rows_per_second=round(rows / seconds, 1),
    )


def _lines(rows: int) -> Iterator[str]:
    """A file of orders of four lines; here and there a row is bad."""
    yield _HEAD
    for row in range(rows):
        order = row // _ROWS_AN_ORDER
        quantity = "none" if row % _BAD_EVERY == 1 else row % 9 + 1
        buyer, article = order % 5000, row % 3000
        yield (
            f"BENCH-{order},2026-11-20T09:00:00Z,EUR,C-{buyer},Buyer {buyer},Long Street {order % 200},Berlin,10115,DE,"
            f"SKU-{article},Article number {article},{quantity},{row % 40 + 1}.50\n"
        )
