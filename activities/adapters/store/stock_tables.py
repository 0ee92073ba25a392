"""The stock ledger's tables: nodes, balances, reservations and the movements everything follows from.

`reserved` can never exceed `on_hand`: the database itself refuses it. Movements are append-only: triggers, made by the
migration, refuse to change or remove one.
"""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
)
from sqlalchemy.dialects.postgresql import VARCHAR

from activities.adapters.store.schema import UtcTime, metadata


def _key(length: int) -> String:
    # Byte order, as Python sorts too: rows are locked in this order, so both must agree on it.
    return String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


_NODE, _SKU, _LINE, _DOCUMENT, _ORDER = _key(100), _key(100), _key(100), _key(500), _key(160)
_WORD = String(32)
# SQLite counts up by itself in a column of this very type only.
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")

nodes = Table(
    "nodes",
    metadata,
    Column("name", _NODE, primary_key=True),
    Column("priority", Integer, nullable=False),
)
"""Where stock lies. The lowest priority number is asked first."""

stock_balances = Table(
    "stock_balances",
    metadata,
    Column("sku", _SKU, primary_key=True),
    Column("node", _NODE, ForeignKey("nodes.name"), primary_key=True),
    Column("on_hand", BigInteger, nullable=False),
    Column("reserved", BigInteger, nullable=False),
    CheckConstraint("reserved >= 0", name="stock_balances_reserved_not_negative"),
    CheckConstraint("on_hand >= reserved", name="stock_balances_not_oversold"),
)
"""What the movements add up to, kept beside them."""

reservations = Table(
    "reservations",
    metadata,
    Column("key", _DOCUMENT, primary_key=True),
    Column("order_id", _ORDER, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("digest", String(64)),
    Column("reason", Text),
    Column("opened_at", UtcTime, nullable=False),
    Column("closed_at", UtcTime),
    Index("reservations_by_order", "order_id"),
)
"""A claim on stock. `digest` tells whether a repeat asks for the same; none where the key was released ungranted."""

reservation_lines = Table(
    "reservation_lines",
    metadata,
    Column("reservation_key", _DOCUMENT, ForeignKey("reservations.key"), primary_key=True),
    Column("line_id", _LINE, primary_key=True),
    Column("sku", _SKU, primary_key=True),
    Column("node", _NODE, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Column("consumed", BigInteger, nullable=False),
    Column("released", BigInteger, nullable=False),
    CheckConstraint("quantity > 0 AND consumed >= 0 AND released >= 0", name="reservation_lines_not_negative"),
    CheckConstraint("consumed + released <= quantity", name="reservation_lines_not_overdrawn"),
)
"""What was promised to a line from a node; open is what is neither consumed nor released."""

stock_documents = Table(
    "stock_documents",
    metadata,
    Column("key", _DOCUMENT, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""Shipments and counts that were written, each once: `digest` tells whether a repeat says the same."""

stock_movements = Table(
    "stock_movements",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("sku", _SKU, nullable=False),
    Column("node", _NODE, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("document_key", _DOCUMENT, nullable=False),
    Column("order_id", _ORDER),
    Column("line_id", _LINE),
    Column("reason", Text),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("quantity <> 0", name="stock_movements_move_something"),
    Index("stock_movements_by_balance", "sku", "node"),
    Index("stock_movements_by_document", "document_key"),
)
"""Every change of every balance, in the order it was written; `state` is the quantity it changed."""
