"""Orders as accepted, where each stands, and its story."""

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text, column

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.order.order import Order
from models.order.snapshot import OrderSnapshot
from models.policy.decision import Decision
from models.states.hold import HoldState

_ORDER_ID = key(160)
_WORD = String(32)
_NAME = String(500)

orders = Table(
    "orders",
    metadata,
    Column("id", _ORDER_ID, primary_key=True),
    Column("channel", key(32), nullable=False),
    Column("external_id", key(100), nullable=False),
    Column("number", _NAME),
    Column("customer_id", key(100)),
    Column("headline", _WORD, nullable=False),
    Column("lifecycle", _WORD, nullable=False),
    Column("waiting_on", _NAME),
    Column("currency", String(3), nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("document", JsonOf(TypeAdapter(Order)), nullable=False),
    Column("content_digest", String(64), nullable=False),
    Column("payload", LargeBinary, nullable=False),
    Column("version", Integer, nullable=False),
    Column("snapshot", JsonOf(TypeAdapter(OrderSnapshot))),
    Column("received_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Column("promise", _WORD),
    Column("unposted_since", UtcTime),
    Column("unposted", BigInteger),
    # Each filter of the list reads its own index in the list's order, and stops after a page.
    Index("orders_by_age", "received_at", "id"),
    Index("orders_by_channel", "channel", "received_at", "id"),
    Index("orders_by_headline", "headline", "received_at", "id"),
    Index("orders_by_customer", "customer_id", "received_at", "id"),
    Index("orders_by_external_id", "external_id"),
    Index(
        "orders_waiting",
        "waiting_on",
        "received_at",
        "id",
        sqlite_where=column("waiting_on").is_not(None),
        postgresql_where=column("waiting_on").is_not(None),
    ),
    Index(
        "orders_by_promise",
        "promise",
        "received_at",
        "id",
        sqlite_where=column("promise").is_not(None),
        postgresql_where=column("promise").is_not(None),
    ),
    Index("orders_by_change", "updated_at", "id"),
    Index(
        "orders_unposted",
        "unposted_since",
        "id",
        sqlite_where=column("unposted_since").is_not(None),
        postgresql_where=column("unposted_since").is_not(None),
    ),
    Index(
        "orders_unstarted",
        "received_at",
        sqlite_where=column("started_at").is_(None),
        postgresql_where=column("started_at").is_(None),
    ),
)
"""One row an order. `total` is in minor units; `version` is 0 until the workflow has written its first snapshot.

`promise` is how that stands, where one was made.
`unposted` is what the ERP's books lack of it, in minor units, and `unposted_since` when that began; none: nothing.
"""

_still_open = column("state") == HoldState.OPEN.value

order_holds = Table(
    "order_holds",
    metadata,
    Column("order_id", _ORDER_ID, ForeignKey("orders.id"), primary_key=True),
    Column("hold_id", _NAME, primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("owner", _NAME, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    Index("order_holds_open", "kind", "order_id", sqlite_where=_still_open, postgresql_where=_still_open),
)
"""The holds of each order's latest snapshot, to find orders by; the snapshot itself says the rest."""

order_timeline = Table(
    "order_timeline",
    metadata,
    Column("order_id", _ORDER_ID, ForeignKey("orders.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("text", Text, nullable=False),
    Column("actor", _NAME, nullable=False),
)
"""What happened to each order; written once, never changed."""

order_decisions = Table(
    "order_decisions",
    metadata,
    Column("order_id", _ORDER_ID, ForeignKey("orders.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", _WORD, nullable=False),
    Column("policy_version", _NAME, nullable=False),
    Column("decision", JsonOf(TypeAdapter(Decision)), nullable=False),
)
"""What was decided about each order; written once, never changed."""
