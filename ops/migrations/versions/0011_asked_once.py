"""What replenishment has asked for and is not settled; what was said of supplies before they were announced."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_TIME = sa.DateTime(timezone=True)


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "replenishment_asks",
        sa.Column("sku", _key(100), nullable=False),
        sa.Column("node", _key(100), nullable=False),
        sa.Column("key", _key(500), nullable=False),
        sa.Column("proposal", sa.Text(), nullable=False),
        sa.Column("asked_at", _TIME, nullable=False),
        sa.Column("refused_at", _TIME),
        sa.Column("refusal", sa.Text()),
        sa.PrimaryKeyConstraint("sku", "node", name="pk_replenishment_asks"),
    )
    op.create_table(
        "supply_words",
        sa.Column("id", _key(500), nullable=False),
        sa.Column("expected_at", _TIME),
        sa.Column("dated_at", _TIME),
        sa.Column("called_off_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_supply_words"),
    )


def downgrade() -> None:
    op.drop_table("supply_words")
    op.drop_table("replenishment_asks")
