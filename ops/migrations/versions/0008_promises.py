"""How the promise of each order stands, to find orders by."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_made = sa.column("promise").is_not(None)


def upgrade() -> None:
    op.add_column("orders", sa.Column("promise", sa.String(32)))
    op.create_index(
        "orders_by_promise",
        "orders",
        ["promise", "received_at", "id"],
        sqlite_where=_made,
        postgresql_where=_made,
    )


def downgrade() -> None:
    op.drop_index("orders_by_promise", "orders")
    op.drop_column("orders", "promise")
