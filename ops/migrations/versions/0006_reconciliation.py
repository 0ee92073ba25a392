"""Partners' documents, what differs from them, and the lists of what is not in everybody's books yet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


_WORD, _ORDER, _NUMBER = _key(32), _key(200), _key(200)
_TIME = sa.DateTime(timezone=True)
_TABLES = ("documents", "readings", "due", "differences", "runs")
_NOT_IN_FINANCE = "posted_at IS NULL AND (state IN ('claimed') OR refunded > 0 OR credited > 0)"
_INDEXES = (
    ("orders_by_change", "orders", ("updated_at", "id"), None),
    ("orders_unposted", "orders", ("unposted_since", "id"), "unposted_since IS NOT NULL"),
    ("returns_by_change", "returns", ("updated_at", "id"), None),
    ("return_money_unposted", "return_money", ("at", "key"), _NOT_IN_FINANCE),
    ("reservations_unconfirmed", "reservations", ("opened_at", "key"), "state IN ('pending', 'held')"),
)


def upgrade() -> None:
    _make_documents()
    _make_differences()
    op.add_column("orders", sa.Column("unposted_since", _TIME))
    op.add_column("orders", sa.Column("unposted", sa.BigInteger()))
    op.add_column("return_money", sa.Column("posted_at", _TIME))
    for name, table, columns, only in _INDEXES:
        where = sa.text(only) if only else None
        op.create_index(name, table, list(columns), sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    for name, table, _, _ in reversed(_INDEXES):
        op.drop_index(name, table)
    op.drop_column("return_money", "posted_at")
    op.drop_column("orders", "unposted")
    op.drop_column("orders", "unposted_since")
    for table in reversed(_TABLES):
        op.drop_table(f"reconciliation_{table}")


def _make_documents() -> None:
    op.create_table(
        "reconciliation_documents",
        sa.Column("party", _WORD, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("reference", _NUMBER, nullable=False),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("first_read_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("party", "kind", "reference", name="pk_reconciliation_documents"),
    )
    op.create_index("reconciliation_documents_of_order", "reconciliation_documents", ["order_id", "kind"])
    op.create_table(
        "reconciliation_readings",
        sa.Column("party", _WORD, nullable=False),
        sa.Column("read_to", _TIME),
        sa.Column("trouble", sa.String(500)),
        sa.Column("tried_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("party", name="pk_reconciliation_readings"),
    )
    op.create_table(
        "reconciliation_due",
        sa.Column("comparison", _WORD, nullable=False),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("changed_at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("comparison", "order_id", name="pk_reconciliation_due"),
    )
    op.create_index("reconciliation_due_by_age", "reconciliation_due", ["comparison", "changed_at", "order_id"])


def _make_differences() -> None:
    table = "reconciliation_differences"
    op.create_table(
        table,
        sa.Column("id", _WORD, nullable=False),
        *(sa.Column(name, _WORD, nullable=False) for name in ("comparison", "kind", "party", "document")),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("owner", _key(100), nullable=False),
        sa.Column("currency", sa.String(3)),
        sa.Column("at_stake", sa.BigInteger()),
        sa.Column("first_seen_at", _TIME, nullable=False),
        sa.Column("settled_at", _TIME),
        sa.Column("tried_in", _NUMBER),
        sa.Column("difference", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"{table}_by_age", table, ["first_seen_at", "id"])
    op.create_index(f"{table}_by_state", table, ["state", "first_seen_at", "id"])
    op.create_index(f"{table}_by_owner", table, ["owner", "state", "first_seen_at", "id"])
    op.create_index(f"{table}_of_order", table, ["order_id", "comparison"])
    stands = sa.text("state IN ('open', 'assigned')")
    columns = ["comparison", "first_seen_at", "id"]
    op.create_index(f"{table}_standing", table, columns, sqlite_where=stands, postgresql_where=stands)
    op.create_table(
        "reconciliation_runs",
        sa.Column("id", _NUMBER, nullable=False),
        sa.Column("began_at", _TIME, nullable=False),
        sa.Column("ended_at", _TIME),
        sa.Column("report", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reconciliation_runs"),
    )
    op.create_index("reconciliation_runs_by_age", "reconciliation_runs", ["began_at", "id"])
