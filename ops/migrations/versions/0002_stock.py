"""The stock ledger: nodes, balances, reservations, documents, and movements that cannot be changed."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KEYS = sa.String(100).with_variant(VARCHAR(100, collation="C"), "postgresql")
_DOCUMENT = sa.String(500).with_variant(VARCHAR(500, collation="C"), "postgresql")
_ORDER = sa.String(160).with_variant(VARCHAR(160, collation="C"), "postgresql")
_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_TIME = sa.DateTime(timezone=True)

_APPEND_ONLY = {
    "sqlite": [
        """
        CREATE TRIGGER stock_movements_keep_update BEFORE UPDATE ON stock_movements
        BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END
        """,
        """
        CREATE TRIGGER stock_movements_keep_delete BEFORE DELETE ON stock_movements
        BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END
        """,
        # INSERT OR REPLACE removes a row without asking the trigger above.
        """
        CREATE TRIGGER stock_movements_keep_replace BEFORE INSERT ON stock_movements
        WHEN EXISTS (SELECT 1 FROM stock_movements WHERE id = NEW.id)
        BEGIN SELECT RAISE(ABORT, 'stock movements are append-only'); END
        """,
    ],
    "postgresql": [
        """
        CREATE FUNCTION stock_movements_append_only() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION 'stock movements are append-only' USING ERRCODE = 'restrict_violation'; END $$
        """,
        """
        CREATE TRIGGER stock_movements_keep_rows BEFORE UPDATE OR DELETE ON stock_movements
        FOR EACH ROW EXECUTE FUNCTION stock_movements_append_only()
        """,
        """
        CREATE TRIGGER stock_movements_keep_table BEFORE TRUNCATE ON stock_movements
        FOR EACH STATEMENT EXECUTE FUNCTION stock_movements_append_only()
        """,
    ],
}


def upgrade() -> None:
    _make_balances()
    _make_reservations()
    _make_movements()


def downgrade() -> None:
    for table in (
        "stock_movements",
        "stock_documents",
        "reservation_lines",
        "reservations",
        "stock_balances",
        "nodes",
    ):
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION stock_movements_append_only()")


def _make_balances() -> None:
    op.create_table(
        "nodes",
        sa.Column("name", _KEYS, primary_key=True),
        sa.Column("priority", sa.Integer, nullable=False),
    )
    op.create_table(
        "stock_balances",
        sa.Column("sku", _KEYS, primary_key=True),
        sa.Column("node", _KEYS, sa.ForeignKey("nodes.name"), primary_key=True),
        sa.Column("on_hand", sa.BigInteger, nullable=False),
        sa.Column("reserved", sa.BigInteger, nullable=False),
        sa.CheckConstraint("reserved >= 0", name="stock_balances_reserved_not_negative"),
        sa.CheckConstraint("on_hand >= reserved", name="stock_balances_not_oversold"),
    )


def _make_reservations() -> None:
    op.create_table(
        "reservations",
        sa.Column("key", _DOCUMENT, primary_key=True),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("digest", sa.String(64)),
        sa.Column("reason", sa.Text),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("closed_at", _TIME),
    )
    op.create_index("reservations_by_order", "reservations", ["order_id"])
    op.create_table(
        "reservation_lines",
        sa.Column("reservation_key", _DOCUMENT, sa.ForeignKey("reservations.key"), primary_key=True),
        sa.Column("line_id", _KEYS, primary_key=True),
        sa.Column("sku", _KEYS, primary_key=True),
        sa.Column("node", _KEYS, primary_key=True),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("consumed", sa.BigInteger, nullable=False),
        sa.Column("released", sa.BigInteger, nullable=False),
        sa.CheckConstraint("quantity > 0 AND consumed >= 0 AND released >= 0", name="reservation_lines_not_negative"),
        sa.CheckConstraint("consumed + released <= quantity", name="reservation_lines_not_overdrawn"),
    )


def _make_movements() -> None:
    op.create_table(
        "stock_documents",
        sa.Column("key", _DOCUMENT, primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("at", _TIME, nullable=False),
    )
    op.create_table(
        "stock_movements",
        sa.Column("id", _SERIAL, primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("sku", _KEYS, nullable=False),
        sa.Column("node", _KEYS, nullable=False),
        sa.Column("quantity", sa.BigInteger, nullable=False),
        sa.Column("document_key", _DOCUMENT, nullable=False),
        sa.Column("order_id", _ORDER),
        sa.Column("line_id", _KEYS),
        sa.Column("reason", sa.Text),
        sa.Column("at", _TIME, nullable=False),
        sa.CheckConstraint("quantity <> 0", name="stock_movements_move_something"),
    )
    op.create_index("stock_movements_by_balance", "stock_movements", ["sku", "node"])
    op.create_index("stock_movements_by_document", "stock_movements", ["document_key"])
    for statement in _APPEND_ONLY[op.get_bind().dialect.name]:
        op.execute(statement)
