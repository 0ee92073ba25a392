"""The refused rows of a file as a file of the same format, each with its reason, to be corrected and sent again."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from activities.adapters.files.csv_columns import REFUSED_COLUMNS
from activities.adapters.files.delimited import Rows, header
from activities.adapters.files.x12.refused import refused_interchange
from models.batch.batch import BatchFormat, FileEncoding

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from activities.records.batches import Batch, BatchRow

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_PLAIN_NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")


class RefusedRows:
    """`activities.records.batches.RefusedFile` for every format."""

    async def write(self, batch: Batch, beginning: bytes, rows: AsyncIterator[BatchRow]) -> AsyncIterator[bytes]:
        """Write the rows, some bytes at a time; `beginning` is that of the whole file."""
        if not batch.counts.rows_refused:
            # Where nothing could be read, not even the beginning makes sense.
            return
        match batch.source.format:
            case BatchFormat.JSON_LINES:
                async for row in rows:
                    yield _json(row)
            case BatchFormat.X12:
                async for piece in refused_interchange(beginning, rows):
                    yield piece
            case BatchFormat.CSV | BatchFormat.RETAIL_SALES:
                async for piece in _delimited(batch, beginning, rows):
                    yield piece


def harmless(cell: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(_FORMULA) and _PLAIN_NUMBER.fullmatch(cell) is None else cell


async def _delimited(batch: Batch, beginning: bytes, rows: AsyncIterator[BatchRow]) -> AsyncIterator[bytes]:
    head = await header(_Text(beginning), batch.source.encoding)
    kept = [index for index, name in enumerate(head.names) if name not in REFUSED_COLUMNS]
    yield _line([*(head.names[index] for index in kept), *REFUSED_COLUMNS], head.delimiter)
    async for row in rows:
        raw = row.raw or ""
        # What is kept of a row is text by now, whatever the file was written in.
        text = Rows(_Text(raw.encode()), 0, delimiter=head.delimiter, encoding=FileEncoding.UTF_8)
        found = await text.next()
        whole = found is not None and not found.trouble and len(found.cells) == len(head.names)
        cells = [found.cells[index] for index in kept] if found and whole else [raw, *("" for _ in kept[1:])]
        yield _line([*map(harmless, cells), str(row.number), harmless(_why(row))], head.delimiter)


def _line(cells: list[str], delimiter: str) -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return text.getvalue().encode()


def _json(row: BatchRow) -> bytes:
    try:
        order = json.loads(row.raw or "")
    except ValueError:
        order = row.raw
    said = {"refused_row": row.number, "refused_for": _why(row), "order": order}
    return json.dumps(said, ensure_ascii=False).encode("utf-8", "backslashreplace") + b"\n"


def _why(row: BatchRow) -> str:
    return f"{row.field}: {row.reason}" if row.field else row.reason or ""


class _Text:
    """Bytes in memory as a file."""

    def __init__(self, text: bytes) -> None:
        self.size = len(text)
        self._text = text

    async def read(self, offset: int) -> bytes:
        return self._text[offset:]
