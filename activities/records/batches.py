"""What reading a file of orders and keeping its outcome take: readers answer the first half, the store the second."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from models.batch.batch import RowOutcome

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable, Sequence
    from datetime import datetime

    from activities.records.orders import OrderView, Page
    from models.batch.batch import AnswerKind, BatchFormat, BatchSource, BatchState, Counts, Place, Progress
    from models.catalogue import Item
    from models.order.document import OrderDocument
    from models.order.order import Order

# --- reading ----------------------------------------------------------------------------------------------------------


class Bytes(Protocol):
    """A file, of which any part can be asked for."""

    size: int

    async def read(self, offset: int) -> bytes:
        """Some of what follows the offset, as much as is handy; nothing at the end."""


@dataclass(frozen=True)
class Row:
    """One row of a file: a line, or in X12 a transaction."""

    number: int
    """From 1; a header is not counted."""
    raw: str = ""
    """As it stands in the file, cut off where it is very long; kept where it is refused."""
    refusal: str = ""
    """Why it cannot be taken; empty where nothing is wrong with it."""
    field: str = ""
    """Which column, field or element is wrong."""
    note: str = ""
    """What is to be said of a row that is taken: a fee that became a charge, a sale that is taken back."""
    recorded: bool = False
    """Whether it takes back something sold before, or has nothing to deliver: noted, and part of no order."""


@dataclass(frozen=True)
class TakenBack:
    """So many of an article that a customer had bought before, taken back by one row."""

    row: int
    reference: str
    """Names it: the same one in another file counts once."""
    customer_id: str | None
    sku: str
    quantity: int
    at: datetime


@dataclass(frozen=True)
class Found:
    """What belongs together in a file, most often one order: its rows, and where reading goes on after it."""

    rows: tuple[Row, ...]
    then: Place
    document: OrderDocument | None = None
    """None where a row is refused, or where there is no order in it."""
    payload: bytes = b""
    """The order as it stands in the file."""
    items: tuple[Item, ...] = ()
    """The articles as the file describes them."""
    taken_back: tuple[TakenBack, ...] = ()
    is_order: bool = True
    """Whether it is an order, or was meant to be one; a note of stock or a broken envelope never was."""
    acknowledgement: str = ""
    """What the sender hears of what could be read, where that is complete with this: in X12, a group's 997."""


class Unreadable(Exception):
    """It is no file of this format at all."""


class BatchReader(Protocol):
    """Reads one format."""

    format: BatchFormat

    def read(self, file: Bytes, source: BatchSource, place: Place) -> AsyncIterator[Found]:
        """Read on from a place, with no more of the file in memory than belongs together.

        Raises:
            Unreadable: it is no file of this format.
        """


# --- keeping ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Batch:
    """A file as we have it."""

    id: str
    source: BatchSource
    state: BatchState
    digest: str
    size: int
    place: Place
    counts: Counts
    reason: str
    received_at: datetime
    started_at: datetime | None
    """When its first rows were read."""
    updated_at: datetime


@dataclass(frozen=True)
class BatchRow:
    """A row, and what became of it."""

    number: int
    outcome: RowOutcome
    order_id: str | None
    field: str | None
    reason: str | None
    """Why it is refused, or what is to be said of it."""
    raw: str | None = None
    """As it stands in the file, where it is refused."""


@dataclass(frozen=True)
class Acknowledged:
    """What the sender of a file hears of a part of it."""

    number: int
    """From 1 in each file."""
    text: str


@dataclass(frozen=True)
class Ordered:
    """An order of a file, and how what stood there of it begins."""

    row: int
    """Its first row in the file; 0 where the order alone was asked for."""
    view: OrderView
    beginning: bytes


@dataclass(frozen=True)
class PartTaken:
    """A part of a file that was read and kept."""

    progress: Progress
    new_orders: tuple[Order, ...] = field(default=())
    """To be started now; what a crash leaves unstarted the sweep starts."""


class Uploads(Protocol):
    """Files as they come in."""

    async def take(self, source: BatchSource, body: AsyncIterable[bytes], *, expected: int | None) -> Batch:
        """Keep a file of which never more than a chunk is in memory; the same one again is the same batch.

        Raises:
            models.errors.InvalidInput: it is empty, or shorter than expected.
            FileTooLarge: it is larger than we take.
        """


class FileTooLarge(Exception):
    """A file is larger than we take."""


class Batches(Protocol):
    """Every batch, newest first."""

    async def find(self, batch_id: str) -> Batch:
        """Read one; raises `models.errors.NotFound`."""

    async def page(self, *, cursor: str | None, limit: int) -> Page[Batch]:
        """Read a page; raises `models.errors.InvalidInput` for a cursor that is not ours."""

    async def rows(self, batch_id: str, *, outcome: RowOutcome | None, after: int, limit: int) -> Sequence[BatchRow]:
        """Rows in the file's order, those after row number `after`."""

    async def beginning(self, batch_id: str) -> bytes:
        """The first bytes of the file, as many as are handy."""

    async def acknowledgements(self, batch_id: str, *, after: int, limit: int) -> Sequence[Acknowledged]:
        """What was written to the sender while reading, those after number `after`."""

    async def orders(self, batch_id: str, *, after: int, limit: int) -> Sequence[Ordered]:
        """The orders of accepted and known rows, those whose first row comes after row number `after`."""

    async def ordered(self, order_id: str) -> Ordered:
        """One order, from wherever it came; raises `NotFound`."""

    async def cancel(self, batch_id: str) -> Batch:
        """Stop reading; what was taken in stays. Raises `NotFound`, and `Conflict` where it is over already."""

    async def waiting(self, *, limit: int) -> Sequence[Batch]:
        """Those nobody has begun to read, oldest first."""


class RefusedFile(Protocol):
    """Gives refused rows back."""

    def write(self, batch: Batch, beginning: bytes, rows: AsyncIterator[BatchRow]) -> AsyncIterator[bytes]:
        """Write the rows as a file of the batch's own format, each with its reason."""


class Answering(Protocol):
    """Answers to the senders of files whose format asks for them."""

    def answer(self, kind: AnswerKind, orders: Sequence[Ordered]) -> str:
        """Answer for these orders as a file; empty where there is nothing to say yet, or nobody expects an answer."""


class Importing(Protocol):
    """Taking a batch in, part by part."""

    async def take_part(self, batch_id: str, *, orders: int, beat: Callable[[], None]) -> PartTaken:
        """Read on where the last part ended; rows, orders and the new place are kept in one transaction.

        Raises:
            models.errors.NotFound: there is no such batch.
        """

    async def note_started(self, order_ids: Iterable[str]) -> None:
        """Note that these orders' workflows run."""

    async def cancel(self, batch_id: str) -> None:
        """Stop reading; one that is over stays as it is."""


class OrderStarter(Protocol):
    """Starts orders' workflows."""

    async def start(self, order: Order) -> bool:
        """Start one; whether it certainly runs."""
