"""Returns, and what all returns of an order have claimed of it together."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _key(length: int) -> sa.String:
    return sa.String(length).with_variant(VARCHAR(length, collation="C"), "postgresql")


_RETURN, _ORDER, _LINE = _key(170), _key(160), _key(100)
_TIME = sa.DateTime(timezone=True)
_WORD, _NAME = sa.String(32), sa.String(500)


def upgrade() -> None:
    _make_returns()
    _make_accounts()
    _make_money()
    _make_story()


def downgrade() -> None:
    for table in (
        "return_decisions",
        "return_timeline",
        "return_holds",
        "return_replacements",
        "return_money",
        "return_lines",
        "return_balances",
        "return_accounts",
        "returns",
    ):
        op.drop_table(table)


def _make_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", _RETURN, nullable=False),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("channel", _key(32), nullable=False),
        sa.Column("request_key", _key(64)),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("resolution", _WORD, nullable=False),
        sa.Column("waiting_on", _NAME),
        sa.Column("tracking_number", _key(500)),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("snapshot", sa.Text()),
        sa.Column("received_at", _TIME, nullable=False),
        sa.Column("updated_at", _TIME, nullable=False),
        sa.Column("started_at", _TIME),
        sa.PrimaryKeyConstraint("id", name="pk_returns"),
    )
    op.create_index("returns_by_age", "returns", ["received_at", "id"])
    op.create_index("returns_of_order", "returns", ["order_id", "number"], unique=True)
    op.create_index("returns_by_state", "returns", ["state", "received_at", "id"])
    op.create_index("returns_by_request", "returns", ["request_key"], unique=True)
    op.create_index("returns_by_parcel", "returns", ["tracking_number"])
    unstarted = sa.text("started_at IS NULL")
    op.create_index("returns_unstarted", "returns", ["received_at"], sqlite_where=unstarted, postgresql_where=unstarted)


def _make_accounts() -> None:
    amounts = ("card", "channel", "credit", "by_hand", "shipping")
    op.create_table(
        "return_accounts",
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("opened", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), nullable=False) for name in amounts),
        sa.PrimaryKeyConstraint("order_id", name="pk_return_accounts"),
        sa.CheckConstraint(
            " AND ".join(f"{name} >= 0" for name in ("opened", *amounts)), name="return_accounts_never_negative"
        ),
    )
    op.create_table(
        "return_balances",
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("line_id", _LINE, nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.Column("given_units", sa.Integer(), nullable=False),
        sa.Column("given_amount", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("order_id", "line_id", name="pk_return_balances"),
        sa.CheckConstraint(
            "claimed >= 0 AND given_units >= 0 AND given_amount >= 0", name="return_balances_never_negative"
        ),
    )
    op.create_table(
        "return_lines",
        sa.Column("return_id", _RETURN, nullable=False),
        sa.Column("line_id", _LINE, nullable=False),
        sa.Column("claimed", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("return_id", "line_id", name="pk_return_lines"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_lines_return_id"),
    )


def _make_money() -> None:
    op.create_table(
        "return_money",
        sa.Column("key", _key(250), nullable=False),
        sa.Column("return_id", _RETURN, nullable=False),
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("granted", sa.Text(), nullable=False),
        sa.Column("refunded", sa.BigInteger(), nullable=False),
        sa.Column("credited", sa.BigInteger(), nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_return_money"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_money_return_id"),
    )
    op.create_index("return_money_of_order", "return_money", ["order_id"])
    op.create_table(
        "return_replacements",
        sa.Column("order_id", _ORDER, nullable=False),
        sa.Column("return_id", _RETURN, nullable=False),
        sa.PrimaryKeyConstraint("order_id", name="pk_return_replacements"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_replacements_return_id"),
    )


def _make_story() -> None:
    op.create_table(
        "return_holds",
        sa.Column("return_id", _RETURN, nullable=False),
        sa.Column("hold_id", _key(100), nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("owner", _NAME, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("opened_at", _TIME, nullable=False),
        sa.Column("decided_at", _TIME),
        sa.PrimaryKeyConstraint("return_id", "hold_id", name="pk_return_holds"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_holds_return_id"),
    )
    is_open = sa.text("state = 'open'")
    op.create_index(
        "return_holds_open", "return_holds", ["kind", "return_id"], sqlite_where=is_open, postgresql_where=is_open
    )
    op.create_table(
        "return_timeline",
        sa.Column("return_id", _RETURN, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", _TIME, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("actor", _NAME, nullable=False),
        sa.PrimaryKeyConstraint("return_id", "position", name="pk_return_timeline"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_timeline_return_id"),
    )
    op.create_table(
        "return_decisions",
        sa.Column("return_id", _RETURN, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("policy_version", _NAME, nullable=False),
        sa.Column("decision", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("return_id", "position", name="pk_return_decisions"),
        sa.ForeignKeyConstraint(["return_id"], ["returns.id"], name="fk_return_decisions_return_id"),
    )
