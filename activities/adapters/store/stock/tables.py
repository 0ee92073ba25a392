"""The stock ledger's tables: nodes, lots, balances, reservations, supply, and the movements everything follows from.

The database itself refuses a balance that promises more than is on hand. Movements are append-only: triggers, made by
the migration, refuse to change or remove one.
"""

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    column,
    text,
)

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.ids import OrderId
from models.stock.demand import Demand
from models.stock.events import StockEventAnswer
from models.stock.nodes import Node
from models.stock.quantities import PARTS_OF_ON_HAND, StockState
from models.stock.replenishment import Promotion
from models.stock.reservation import ReservationState

_NODE, _SKU, _LINE, _LOT, _DOCUMENT, _ORDER = key(100), key(100), key(100), key(100), key(500), key(160)
_CHANNEL = key(32)
_WORD = String(32)
# SQLite counts up by itself in a column of this very type only.
_SERIAL = BigInteger().with_variant(Integer(), "sqlite")

nodes = Table(
    "nodes",
    metadata,
    Column("name", _NODE, primary_key=True),
    Column("priority", Integer, nullable=False),
    Column("node", JsonOf(TypeAdapter(Node)), nullable=False),
)
"""Where stock lies. `priority` stands in `node` too."""

lots = Table(
    "lots",
    metadata,
    Column("sku", _SKU, primary_key=True),
    Column("lot", _LOT, primary_key=True),
    Column("expires_on", Date),
    Column("status", _WORD, nullable=False),
    Column("judged_at", UtcTime),
)
"""What is known of lots; a lot without a row has no expiry and is released. `judged_at`: its last judgement's time."""

stock_balances = Table(
    "stock_balances",
    metadata,
    Column("sku", _SKU, primary_key=True),
    Column("node", _NODE, ForeignKey("nodes.name"), primary_key=True),
    Column("lot", _LOT, primary_key=True),
    *(Column(state.value, BigInteger, nullable=False) for state in StockState),
    Column("counted_at", UtcTime),
    CheckConstraint(
        " AND ".join(f"{state.value} >= 0" for state in StockState), name="stock_balances_nothing_below_nothing"
    ),
    CheckConstraint(
        f"on_hand >= {' + '.join(state.value for state in PARTS_OF_ON_HAND)}", name="stock_balances_not_oversold"
    ),
)
"""What the movements add up to, kept beside them: a column a state, a row a lot (an empty lot: not kept by lot).

`counted_at` is when it was last counted: what happened before that and is told later, the count has seen already.
"""

ring_fences = Table(
    "ring_fences",
    metadata,
    Column("sku", _SKU, primary_key=True),
    Column("node", _NODE, primary_key=True),
    Column("lot", _LOT, primary_key=True),
    Column("holder", _NODE, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("quantity >= 0", name="ring_fences_nothing_below_nothing"),
)
"""Whose the channel-reserved quantity of a balance is; what is left of it."""

_is_pending = column("state") == ReservationState.PENDING.value
_is_held = column("state") == ReservationState.HELD.value
_is_unconfirmed = column("state").in_([ReservationState.PENDING.value, ReservationState.HELD.value])

reservations = Table(
    "reservations",
    metadata,
    Column("key", _DOCUMENT, primary_key=True),
    Column("order_id", _ORDER, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("digest", String(64)),
    Column("demand", JsonOf(TypeAdapter(Demand))),
    Column("policy_version", String(64)),
    Column("reason", Text),
    Column("opened_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("expected_at", UtcTime),
    Column("closed_at", UtcTime),
    Index("reservations_by_order", "order_id"),
    Index("reservations_by_opening", "opened_at"),
    Index("reservations_by_age", "opened_at"),
    Index("reservations_waiting", "opened_at", sqlite_where=_is_pending, postgresql_where=_is_pending),
    Index(
        "reservations_unconfirmed", "opened_at", "key", sqlite_where=_is_unconfirmed, postgresql_where=_is_unconfirmed
    ),
    Index("reservations_expiring", "expires_at", sqlite_where=_is_held, postgresql_where=_is_held),
)
"""A claim on stock. `digest` tells whether a repeat asks for the same; none where the key was released ungranted.

`expires_at` is the end of a held one, and the deadline of a pending one; `expected_at` is for pending ones.
"""

reservation_needs = Table(
    "reservation_needs",
    metadata,
    Column("reservation_key", _DOCUMENT, ForeignKey("reservations.key"), primary_key=True),
    Column("line_id", _LINE, primary_key=True),
    Column("sku", _SKU, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    CheckConstraint("quantity > 0", name="reservation_needs_want_something"),
    Index("reservation_needs_by_sku", "sku"),
)
"""What a backorder waits for; kept after it is filled."""

reservation_lines = Table(
    "reservation_lines",
    metadata,
    Column("reservation_key", _DOCUMENT, ForeignKey("reservations.key"), primary_key=True),
    Column("line_id", _LINE, primary_key=True),
    Column("sku", _SKU, primary_key=True),
    Column("node", _NODE, primary_key=True),
    Column("lot", _LOT, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Column("picked", BigInteger, nullable=False),
    Column("consumed", BigInteger, nullable=False),
    Column("released", BigInteger, nullable=False),
    Column("fenced", BigInteger, nullable=False),
    Column("holder", _NODE),
    CheckConstraint(
        "quantity > 0 AND picked >= 0 AND consumed >= 0 AND released >= 0 AND fenced >= 0",
        name="reservation_lines_not_negative",
    ),
    CheckConstraint("picked + consumed + released <= quantity", name="reservation_lines_not_overdrawn"),
    Index("reservation_lines_by_balance", "sku", "node", "lot"),
)
"""What was promised to a line from a balance; open is what is neither consumed nor released, picked is part of it.

`fenced` came out of `holder`'s ring-fence, and goes back there if it is released.
"""

stock_documents = Table(
    "stock_documents",
    metadata,
    Column("key", _DOCUMENT, primary_key=True),
    Column("digest", String(64), nullable=False),
    Column("answer", JsonOf(TypeAdapter(StockEventAnswer))),
    Column("at", UtcTime, nullable=False),
)
"""Shipments and events that were written, each once: `digest` tells whether a repeat says the same."""

IS_DEMAND = text("kind IN ('reservation', 'sale')")
"""Movements that say what was wanted; written out, so that the database knows its index by it."""

stock_movements = Table(
    "stock_movements",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("sku", _SKU, nullable=False),
    Column("node", _NODE, nullable=False),
    Column("lot", _LOT, nullable=False),
    Column("quantity", BigInteger, nullable=False),
    Column("document_key", _DOCUMENT, nullable=False),
    Column("actor", String(100), nullable=False),
    Column("order_id", _ORDER),
    Column("line_id", _LINE),
    Column("reason", Text),
    Column("occurred_at", UtcTime, nullable=False),
    Column("at", UtcTime, nullable=False),
    CheckConstraint("quantity <> 0", name="stock_movements_move_something"),
    Index("stock_movements_by_balance", "sku", "node", "lot"),
    Index("stock_movements_by_document", "document_key"),
    Index("stock_movements_of_demand", "sku", "occurred_at", sqlite_where=IS_DEMAND, postgresql_where=IS_DEMAND),
)
"""Every change of every balance, in the order it was written; `state` is the quantity it changed.

`occurred_at` is when it happened, `at` when we were told; `actor` is the partner, the person or ourselves.
"""

supplies = Table(
    "supplies",
    metadata,
    Column("id", _DOCUMENT, primary_key=True),
    Column("sku", _SKU, primary_key=True),
    Column("node", _NODE, primary_key=True),
    Column("lot", _LOT, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("source", Text),
    Column("quantity", BigInteger, nullable=False),
    Column("received", BigInteger, nullable=False),
    Column("ordered_at", UtcTime, nullable=False),
    Column("expected_at", UtcTime),
    Column("first_expected_at", UtcTime),
    Column("told_at", UtcTime),
    Column("dated_at", UtcTime),
    CheckConstraint("quantity > 0 AND received >= 0", name="supplies_not_negative"),
    Index("supplies_by_sku", "sku", "node"),
)
"""What is expected. What is outstanding of it stands in the balance as on order or in transit.

`told_at` and `dated_at` are the times of the events that said last how many, and when: an older one told later changes
neither. What has only come so far, and was not announced, has none.
"""

stock_changes = Table(
    "stock_changes",
    metadata,
    Column("id", _SERIAL, primary_key=True),
    Column("sku", _SKU, nullable=False),
    Column("at", UtcTime, nullable=False),
)
"""Articles whose stock has changed and of which the channels have not been told: rows are removed once they are."""

publications = Table(
    "publications",
    metadata,
    Column("channel", _CHANNEL, primary_key=True),
    Column("sku", _SKU, primary_key=True),
    Column("quantity", BigInteger, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("published_at", UtcTime),
    Index("publications_by_age", "channel", "published_at"),
)
"""What each channel may show: what it was told last, or is being told. The read path answers from here."""

stock_differences = Table(
    "stock_differences",
    metadata,
    Column("id", _DOCUMENT, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("sku", _SKU, nullable=False),
    Column("node", _NODE, nullable=False),
    Column("lot", _LOT, nullable=False),
    Column("what", String(64), nullable=False),
    Column("ours", BigInteger, nullable=False),
    Column("theirs", BigInteger, nullable=False),
    Column("orders", JsonOf(TypeAdapter(tuple[OrderId, ...])), nullable=False),
    Column("first_seen", UtcTime, nullable=False),
    Column("last_seen", UtcTime, nullable=False),
    Column("times_seen", Integer, nullable=False),
    Index("stock_differences_by_state", "state", "last_seen", "id"),
)
"""Where books differ; the id follows from what is compared, so that the same difference is one row."""

promotions = Table(
    "promotions",
    metadata,
    Column("id", _NODE, primary_key=True),
    Column("sku", _SKU, nullable=False),
    Column("ends", Date, nullable=False),
    Column("promotion", JsonOf(TypeAdapter(Promotion)), nullable=False),
    Index("promotions_by_end", "ends"),
)
"""Campaigns whose stock is watched."""
