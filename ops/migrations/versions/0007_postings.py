"""The journals of orders and returns."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_WORD, _NAME = sa.String(32), sa.String(500)


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


def upgrade() -> None:
    _make("order_postings", "order_id", "orders", 160)
    _make("return_postings", "return_id", "returns", 170)


def downgrade() -> None:
    op.drop_table("return_postings")
    op.drop_table("order_postings")


def _make(name: str, owner: str, owners: str, length: int) -> None:
    op.create_table(
        name,
        sa.Column(owner, _key(length), nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("account", _WORD, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("tax", _NAME),
        sa.Column("entity", _NAME, nullable=False),
        sa.Column("reference", _NAME),
        sa.PrimaryKeyConstraint(owner, "position", name=f"pk_{name}"),
        sa.ForeignKeyConstraint([owner], [f"{owners}.id"], name=f"fk_{name}_{owner}"),
    )
    op.create_index(f"{name}_by_account", name, ["account", "at"])
