"""Our own records: orders and their story, articles, quarantine, callbacks, requests and API keys."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)
_WORD = sa.String(32)
_NAME = sa.String(500)
_DIGEST = sa.String(64)


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


def upgrade() -> None:
    _make_orders()
    _make_holds()
    _make_story()
    _make_items()
    _make_quarantine()
    _make_inbox()
    _make_access()


def downgrade() -> None:
    for table in (
        "api_keys",
        "idempotency_keys",
        "inbox",
        "quarantine",
        "items",
        "order_decisions",
        "order_timeline",
        "order_holds",
        "orders",
    ):
        op.drop_table(table)


def _make_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("id", _key(160), primary_key=True),
        sa.Column("channel", _key(32), nullable=False),
        sa.Column("external_id", _key(100), nullable=False),
        sa.Column("number", _NAME),
        sa.Column("customer_id", _key(100)),
        sa.Column("headline", _WORD, nullable=False),
        sa.Column("lifecycle", _WORD, nullable=False),
        sa.Column("waiting_on", _NAME),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("total", sa.BigInteger, nullable=False),
        sa.Column("document", sa.Text, nullable=False),
        sa.Column("content_digest", _DIGEST, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("snapshot", sa.Text),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME),
    )
    op.create_index("orders_by_age", "orders", ["received_at", "id"])
    op.create_index("orders_by_channel", "orders", ["channel", "received_at", "id"])
    op.create_index("orders_by_headline", "orders", ["headline", "received_at", "id"])
    op.create_index("orders_by_customer", "orders", ["customer_id", "received_at", "id"])
    op.create_index("orders_by_external_id", "orders", ["external_id"])
    _partial_index("orders_waiting", "orders", ["waiting_on", "received_at", "id"], "waiting_on IS NOT NULL")
    _partial_index("orders_unstarted", "orders", ["received_at"], "started_at IS NULL")


def _make_holds() -> None:
    op.create_table(
        "order_holds",
        sa.Column("order_id", _key(160), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("hold_id", _NAME, primary_key=True),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("owner", _NAME, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("decided_at", _TIME),
    )
    _partial_index("order_holds_open", "order_holds", ["kind", "order_id"], "state = 'open'")


def _make_story() -> None:
    op.create_table(
        "order_timeline",
        sa.Column("order_id", _key(160), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("actor", _NAME, nullable=False),
    )
    op.create_table(
        "order_decisions",
        sa.Column("order_id", _key(160), sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("position", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("policy_version", _NAME, nullable=False),
        sa.Column("decision", sa.Text, nullable=False),
    )


def _make_items() -> None:
    op.create_table(
        "items",
        sa.Column("sku", _key(100), primary_key=True),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("learned_at", _TIME, nullable=False),
    )


def _make_quarantine() -> None:
    op.create_table(
        "quarantine",
        sa.Column("id", _key(32), primary_key=True),
        sa.Column("channel", _key(32), nullable=False),
        sa.Column("original", sa.LargeBinary, nullable=False),
        sa.Column("payload", sa.LargeBinary, nullable=False),
        sa.Column("errors", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("order_id", _key(160)),
        sa.Column("received_at", _TIME, nullable=False),
    )
    op.create_index("quarantine_by_age", "quarantine", ["received_at", "id"])
    op.create_index("quarantine_by_state", "quarantine", ["state", "received_at", "id"])


def _make_inbox() -> None:
    op.create_table(
        "inbox",
        sa.Column("source", _key(32), primary_key=True),
        sa.Column("event_id", _key(200), primary_key=True),
        sa.Column("event", sa.Text, nullable=False),
        sa.Column("body", sa.LargeBinary, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("reason", sa.Text),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("next_attempt_at", _TIME, nullable=False),
        sa.Column("leased_until", _TIME, nullable=False),
    )
    _partial_index("inbox_waiting", "inbox", ["received_at"], "state = 'waiting'")


def _make_access() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("id", _key(64), primary_key=True),
        sa.Column("body_digest", _DIGEST, nullable=False),
        sa.Column("leased_until", _TIME, nullable=False),
        sa.Column("expires_at", _TIME, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("headers", sa.Text),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("idempotency_keys_by_expiry", "idempotency_keys", ["expires_at"])
    op.create_table(
        "api_keys",
        sa.Column("id", _key(12), primary_key=True),
        sa.Column("name", _NAME, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("created_at", _TIME, nullable=False),
    )


def _partial_index(name: str, table: str, columns: list[str], condition: str) -> None:
    op.create_index(name, table, columns, sqlite_where=sa.text(condition), postgresql_where=sa.text(condition))
