"""How far partners' feeds and channels' orders are read."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "feeds",
        sa.Column("name", sa.String(64).with_variant(VARCHAR(64, collation="C"), "postgresql"), nullable=False),
        sa.Column("cursor", sa.Text()),
        sa.Column("polled", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True)),
        sa.Column("trouble", sa.Text()),
        sa.Column("troubled_since", sa.DateTime(timezone=True)),
        sa.PrimaryKeyConstraint("name", name="pk_feeds"),
    )


def downgrade() -> None:
    op.drop_table("feeds")
