"""Whatever has become of a file on its way: each row of it has an outcome, and reading never stops on one."""

from __future__ import annotations

import asyncio
import re
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.adapters.files.formats import readers
from activities.records.batches import Found, Unreadable
from models.batch.batch import BatchFormat, BatchSource, Place
from tests.promises.batches.table import SAMPLES

FILES = {
    BatchFormat.CSV: "orders.csv",
    BatchFormat.JSON_LINES: "orders.jsonl",
    BatchFormat.RETAIL_SALES: "retail-sales.csv",
    BatchFormat.X12: "purchase-orders.edi",
}
HUGE = st.just(b"999999999")
SPOILT = (
    HUGE
    | st.sampled_from([b"", b"-1", b"1E9", b"NaN", b"\xff", b"\0", "\u200b".encode(), b"*", b"~", b",", b'"', b"\n"])
    | st.binary(max_size=4)
)


class Whole:
    """A file in memory."""

    def __init__(self, body: bytes) -> None:
        self.size = len(body)
        self._body = body

    async def read(self, offset: int) -> bytes:
        return self._body[offset : offset + 1000]


async def read(format_: BatchFormat, body: bytes) -> list[Found]:
    source = BatchSource(format=format_, name="orders", currency="EUR", learn=True)
    found = []
    with suppress(Unreadable):
        async for each in readers()[format_].read(Whole(body), source, Place()):
            found.append(each)  # noqa: PERF401 - what was read before it broke off counts
    return found


@pytest.mark.slow
@pytest.mark.parametrize("format_", FILES)
@settings(max_examples=100)
@given(data=st.data())
def test_a_mangled_file_is_read_to_its_end_or_said_to_be_none(format_: BatchFormat, data: st.DataObject) -> None:
    words = re.split(rb"([\w.-]+)", (SAMPLES / FILES[format_]).read_bytes())
    for _ in range(data.draw(st.integers(1, 5))):
        # Some words in a row, so that a quantity and its price are spoilt together.
        at, count = data.draw(st.integers(0, len(words) - 1)), 2 * data.draw(st.integers(1, 4))
        words[at : at + count : 2] = [data.draw(SPOILT)] * len(words[at : at + count : 2])
    body = b"".join(words)
    found = asyncio.run(read(format_, body))
    rows = [row for each in found for row in each.rows]
    assert [row.number for row in rows] == list(range(1, len(rows) + 1))
    for each in found:
        # What is no order says why, or is recorded as something else.
        assert each.document is not None or all(row.refusal or row.recorded for row in each.rows)
