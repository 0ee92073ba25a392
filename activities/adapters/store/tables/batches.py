"""Files of orders: their bytes, how far they are read, what became of each row."""

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, column

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.batch.batch import BatchSource, BatchState, Counts, Place

_BATCH_ID = key(24)
_UPLOAD_ID = key(32)
_WORD = String(32)
_NAME = String(500)

batch_chunks = Table(
    "batch_chunks",
    metadata,
    Column("upload_id", _UPLOAD_ID, primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("bytes", LargeBinary, nullable=False),
    Column("received_at", UtcTime, nullable=False),
)
"""A file in pieces of one size, the last one apart. Those of an upload that no batch names are left over."""

_nobody_reads = column("state") == BatchState.WAITING.value

batches = Table(
    "batches",
    metadata,
    Column("id", _BATCH_ID, primary_key=True),
    Column("upload_id", _UPLOAD_ID, nullable=False, unique=True),
    Column("source", JsonOf(TypeAdapter(BatchSource)), nullable=False),
    Column("state", _WORD, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("bytes_read", BigInteger, nullable=False),
    Column("place", JsonOf(TypeAdapter(Place)), nullable=False),
    Column("counts", JsonOf(TypeAdapter(Counts)), nullable=False),
    Column("reason", Text, nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("updated_at", UtcTime, nullable=False),
    Index("batches_by_age", "received_at", "id"),
    Index("batches_waiting", "received_at", sqlite_where=_nobody_reads, postgresql_where=_nobody_reads),
)
"""One row a file. `bytes_read` is where reading goes on, as in `place`: who moves it on has read what lies before."""

batch_rows = Table(
    "batch_rows",
    metadata,
    Column("batch_id", _BATCH_ID, ForeignKey("batches.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("outcome", _WORD, nullable=False),
    Column("order_id", key(160)),
    Column("field", _NAME),
    Column("reason", Text),
    Column("raw", Text),
    Index("batch_rows_by_outcome", "batch_id", "outcome", "number"),
)
"""What became of each row; written once, never changed. `raw` stands with refused rows only."""

batch_answers = Table(
    "batch_answers",
    metadata,
    Column("batch_id", _BATCH_ID, ForeignKey("batches.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    Column("kind", _WORD, nullable=False),
    Column("text", Text, nullable=False),
)
"""Acknowledgements made while reading, numbered from 1 in each file."""

sold_lines = Table(
    "sold_lines",
    metadata,
    Column("order_id", key(160), ForeignKey("orders.id"), primary_key=True),
    Column("sku", key(100), primary_key=True),
    Column("channel", key(32), nullable=False),
    Column("customer_id", key(100), nullable=False),
    Column("invoice", _NAME, nullable=False),
    Column("sold_at", UtcTime, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("taken_back", BigInteger, nullable=False),
    Index("sold_lines_by_customer", "channel", "customer_id", "sku", "sold_at"),
)
"""What customers bought by files of sales, and how much of it they have given back since."""

taken_back = Table(
    "taken_back",
    metadata,
    Column("channel", key(32), primary_key=True),
    Column("reference", key(300), primary_key=True),
    Column("note", Text, nullable=False),
)
"""What was taken back, by the document's number, article and place: the same row in another file counts once."""
