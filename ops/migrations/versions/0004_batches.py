"""Files of orders: their bytes, how far they are read, what became of each row."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


_BATCH_ID, _UPLOAD_ID, _ORDER_ID = _key(24), _key(32), _key(160)
_TIME = sa.DateTime(timezone=True)
_WORD, _NAME = sa.String(32), sa.String(500)


def upgrade() -> None:
    _make_files()
    _make_outcomes()
    _make_sales()


def _make_files() -> None:
    op.create_table(
        "batch_chunks",
        sa.Column("upload_id", _UPLOAD_ID, primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("bytes", sa.LargeBinary, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
    )
    op.create_table(
        "batches",
        sa.Column("id", _BATCH_ID, primary_key=True),
        sa.Column("upload_id", _UPLOAD_ID, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("bytes_read", sa.BigInteger, nullable=False),
        sa.Column("place", sa.Text, nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("reason", sa.Text, nullable=False),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.UniqueConstraint("upload_id"),
    )
    op.create_index("batches_by_age", "batches", ["received_at", "id"])
    waiting = sa.text("state = 'waiting'")
    op.create_index("batches_waiting", "batches", ["received_at"], sqlite_where=waiting, postgresql_where=waiting)


def _make_outcomes() -> None:
    op.create_table(
        "batch_rows",
        sa.Column("batch_id", _BATCH_ID, sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("order_id", _ORDER_ID),
        sa.Column("field", _NAME),
        sa.Column("reason", sa.Text),
        sa.Column("raw", sa.Text),
    )
    op.create_index("batch_rows_by_outcome", "batch_rows", ["batch_id", "outcome", "number"])
    op.create_table(
        "batch_answers",
        sa.Column("batch_id", _BATCH_ID, sa.ForeignKey("batches.id"), primary_key=True),
        sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
    )


def _make_sales() -> None:
    op.create_table(
        "sold_lines",
        sa.Column("order_id", _ORDER_ID, sa.ForeignKey("orders.id"), primary_key=True),
        sa.Column("sku", _key(100), primary_key=True),
        sa.Column("channel", _key(32), nullable=False),
        sa.Column("customer_id", _key(100), nullable=False),
        sa.Column("invoice", _NAME, nullable=False),
        sa.Column("sold_at", _TIME, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("taken_back", sa.BigInteger, nullable=False),
    )
    op.create_table(
        "taken_back",
        sa.Column("channel", _key(32), primary_key=True),
        sa.Column("reference", _key(300), primary_key=True),
        sa.Column("note", sa.Text, nullable=False),
    )
    op.create_index("sold_lines_by_customer", "sold_lines", ["channel", "customer_id", "sku", "sold_at"])


def downgrade() -> None:
    for table in ("taken_back", "sold_lines", "batch_answers", "batch_rows", "batches", "batch_chunks"):
        op.drop_table(table)
