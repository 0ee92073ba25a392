"""A file of orders: how it is to be read, how far it is, and what became of its rows."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from models.base import ChannelName, StrictModel, Text
from models.money import Currency
from models.order.order import Digest

SIZE_MAX = 256 * 1024 * 1024
"""Bytes in the largest file we take."""
ORDER_MAX = 1024 * 1024
"""Bytes in the largest order a workflow can be started with."""

BatchId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$")]
"""Of the file's bytes and of how they are to be read: the same file again is the same batch."""


class BatchFormat(StrEnum):
    """What a file is written in."""

    CSV = "csv"
    """One row a line of an order; the columns are those of `activities.adapters.files.csv_columns`."""
    JSON_LINES = "json_lines"
    """One canonical order document a line."""
    X12 = "x12"
    """Interchanges of 850 purchase orders."""
    RETAIL_SALES = "retail_sales"
    """One row a line of an invoice, cancellations and fees among them."""

    @property
    def extension(self) -> str:
        """How such a file's name ends."""
        return {"csv": "csv", "json_lines": "jsonl", "x12": "edi", "retail_sales": "csv"}[self.value]


class FileEncoding(StrEnum):
    """What a file's bytes stand for."""

    UTF_8 = "utf-8"
    WINDOWS_1252 = "windows-1252"


class AnswerKind(StrEnum):
    """What the sender of an X12 850 hears of his order, by the number of its transaction set."""

    CONFIRMATION = "855"
    """What we accept of it."""
    SHIP_NOTICE = "856"
    """What was shipped of it."""
    INVOICE = "810"
    """What was invoiced of it."""


class BatchSource(StrictModel):
    """What a file is, and how it is to be read."""

    format: BatchFormat
    name: Text
    """What the sender calls the file."""
    encoding: FileEncoding = FileEncoding.UTF_8
    channel: ChannelName = "b2b"
    """The channel of orders that do not name one themselves."""
    currency: Currency = "GBP"
    """The currency of prices in a file that does not say."""
    learn: bool = False
    """Whether articles that master data lacks are taken from the file's own descriptions."""


class BatchState(StrEnum):
    """How far a batch is."""

    WAITING = "waiting"
    """The whole file is here, and nothing of it has been read."""
    READING = "reading"
    DONE = "done"
    """Every row has its outcome."""
    CANCELLED = "cancelled"
    """Somebody stopped it; what was taken in before stays taken in."""
    UNREADABLE = "unreadable"
    """It is no file of its format at all; `reason` says why."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more will be read."""
        return self not in {BatchState.WAITING, BatchState.READING}


class RowOutcome(StrEnum):
    """What became of a row; each row has exactly one."""

    ACCEPTED = "accepted"
    """It is part of an order that was taken in."""
    KNOWN = "known"
    """It is part of an order that had been taken in before, with the same content."""
    RECORDED = "recorded"
    """It takes back something sold before: noted beside its sale, and no order."""
    REFUSED = "refused"


class Place(StrictModel):
    """Where reading goes on."""

    offset: Annotated[int, Field(ge=0)] = 0
    """Bytes read."""
    row: Annotated[int, Field(ge=0)] = 0
    """Rows read."""
    context: str = ""
    """What the reader has to know of what came before; its own affair."""


class Counts(StrictModel):
    """Rows and orders by what became of them."""

    rows: int = 0
    rows_accepted: int = 0
    rows_known: int = 0
    rows_recorded: int = 0
    rows_refused: int = 0
    orders_accepted: int = 0
    orders_known: int = 0
    orders_refused: int = 0

    def __add__(self, other: Counts) -> Counts:
        """Count on."""
        mine, theirs = self.model_dump(), other.model_dump()
        return Counts(**{name: mine[name] + theirs[name] for name in mine})


class Progress(StrictModel):
    """How far a batch is, for its workflow."""

    name: str
    state: BatchState
    counts: Counts
    offset: int
    """Bytes read."""
    size: int
    """Bytes in all."""
    reason: str = ""
    """Why it is unreadable."""

    @property
    def sentence(self) -> str:
        """The progress in a line a person reads."""
        counts = self.counts
        rows_in_all = self.size * counts.rows // self.offset if self.offset else 0
        of_all = "" if self.state is BatchState.DONE or not rows_in_all else f" of about {rows_in_all:,}"
        return (
            f"{counts.rows:,}{of_all} rows, {counts.orders_accepted:,} orders taken in, "
            f"{counts.orders_known:,} known before, {counts.rows_refused:,} rows refused"
        )


class BatchStart(StrictModel):
    """What a batch's workflow is started with."""

    batch_id: BatchId
    name: Text


def batch_workflow_id(batch_id: str) -> str:
    """Name a batch's workflow."""
    return f"batch:{batch_id}"


class FileDigest(StrictModel):
    """What names a batch: the bytes, and all that changes what is read in them."""

    digest: Digest
    format: BatchFormat
    encoding: FileEncoding
    channel: ChannelName
    currency: Currency
    learn: bool
