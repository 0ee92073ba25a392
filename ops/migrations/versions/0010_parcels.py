"""Which carrier has the parcel that was booked under a key."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


def upgrade() -> None:
    op.create_table(
        "parcels",
        sa.Column("key", _key(250), nullable=False),
        sa.Column("order_id", _key(200), nullable=False),
        sa.Column("holder", sa.String(100)),
        sa.Column("tracking_number", _key(500)),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_parcels"),
    )
    op.create_index("parcels_by_number", "parcels", ["tracking_number"])


def downgrade() -> None:
    op.drop_index("parcels_by_number", "parcels")
    op.drop_table("parcels")
