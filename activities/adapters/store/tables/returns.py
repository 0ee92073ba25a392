"""Returns as opened, where each stands, its story; and what all returns of an order have claimed of it together."""

from pydantic import TypeAdapter
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    and_,
    column,
    or_,
)

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.policy.decision import Decision
from models.returns.case import ReturnCase
from models.returns.money import RefundGrant
from models.returns.snapshot import ReturnSnapshot
from models.states.hold import HoldState

_RETURN_ID = key(170)
_ORDER_ID = key(160)
_LINE_ID = key(100)
_WORD = String(32)
_NAME = String(500)
CLAIMED_MONEY = "claimed"
"""A grant of which nobody knows yet what was given."""

returns = Table(
    "returns",
    metadata,
    Column("id", _RETURN_ID, primary_key=True),
    # No reference to the orders: goods come back of orders nobody knows.
    Column("order_id", _ORDER_ID, nullable=False),
    Column("number", Integer, nullable=False),
    Column("channel", key(32), nullable=False),
    Column("request_key", key(64)),
    Column("state", _WORD, nullable=False),
    Column("resolution", _WORD, nullable=False),
    Column("waiting_on", _NAME),
    Column("tracking_number", key(500)),
    Column("document", JsonOf(TypeAdapter(ReturnCase)), nullable=False),
    Column("version", Integer, nullable=False),
    Column("snapshot", JsonOf(TypeAdapter(ReturnSnapshot))),
    Column("received_at", UtcTime, nullable=False),
    Column("updated_at", UtcTime, nullable=False),
    Column("started_at", UtcTime),
    Index("returns_by_age", "received_at", "id"),
    Index("returns_of_order", "order_id", "number", unique=True),
    Index("returns_by_change", "updated_at", "id"),
    Index("returns_by_state", "state", "received_at", "id"),
    Index("returns_by_request", "request_key", unique=True),
    Index("returns_by_parcel", "tracking_number"),
    Index(
        "returns_unstarted",
        "received_at",
        sqlite_where=column("started_at").is_(None),
        postgresql_where=column("started_at").is_(None),
    ),
)
"""One row a return. `request_key` names the request that opened it: sent again, it finds the same return."""

return_accounts = Table(
    "return_accounts",
    metadata,
    Column("order_id", _ORDER_ID, primary_key=True),
    Column("opened", Integer, nullable=False),
    Column("card", BigInteger, nullable=False),
    Column("channel", BigInteger, nullable=False),
    Column("credit", BigInteger, nullable=False),
    Column("by_hand", BigInteger, nullable=False),
    Column("shipping", BigInteger, nullable=False),
    CheckConstraint(
        "opened >= 0 AND card >= 0 AND channel >= 0 AND credit >= 0 AND by_hand >= 0 AND shipping >= 0",
        name="return_accounts_never_negative",
    ),
)
"""What all returns of an order have claimed of what was paid for it, in minor units. Whoever opens a return or claims
money locks the order's row here first: returns of one order take turns, those of different orders do not meet."""

return_balances = Table(
    "return_balances",
    metadata,
    Column("order_id", _ORDER_ID, primary_key=True),
    Column("line_id", _LINE_ID, primary_key=True),
    Column("claimed", Integer, nullable=False),
    Column("given_units", Integer, nullable=False),
    Column("given_amount", BigInteger, nullable=False),
    CheckConstraint("claimed >= 0 AND given_units >= 0 AND given_amount >= 0", name="return_balances_never_negative"),
)
"""How many of an order's line its returns have a claim to, and what was given for how many."""

return_lines = Table(
    "return_lines",
    metadata,
    Column("return_id", _RETURN_ID, ForeignKey("returns.id"), primary_key=True),
    Column("line_id", _LINE_ID, primary_key=True),
    Column("claimed", Integer, nullable=False),
)
"""One return's part of its order's `return_balances`."""

_is_due = or_(column("state").in_([CLAIMED_MONEY]), column("refunded") > 0, column("credited") > 0)
_not_in_finance = and_(column("posted_at").is_(None), _is_due)

return_money = Table(
    "return_money",
    metadata,
    Column("key", key(250), primary_key=True),
    Column("return_id", _RETURN_ID, ForeignKey("returns.id"), nullable=False),
    Column("order_id", _ORDER_ID, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("granted", JsonOf(TypeAdapter(RefundGrant)), nullable=False),
    Column("refunded", BigInteger, nullable=False),
    Column("credited", BigInteger, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("posted_at", UtcTime),
    Index("return_money_of_order", "order_id"),
    Index("return_money_unposted", "at", "key", sqlite_where=_not_in_finance, postgresql_where=_not_in_finance),
)
"""Each grant, by its key: `claimed` until it is known what was given. `refunded` and `credited` count what was.

`posted_at` is when its credit memo was seen in the ERP's books.
"""

return_replacements = Table(
    "return_replacements",
    metadata,
    Column("order_id", _ORDER_ID, primary_key=True),
    Column("return_id", _RETURN_ID, ForeignKey("returns.id"), nullable=False),
)
"""Orders that send something in place of what came back."""

_still_open = column("state") == HoldState.OPEN.value

return_holds = Table(
    "return_holds",
    metadata,
    Column("return_id", _RETURN_ID, ForeignKey("returns.id"), primary_key=True),
    Column("hold_id", key(100), primary_key=True),
    Column("kind", _WORD, nullable=False),
    Column("owner", _NAME, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("decided_at", UtcTime),
    Index("return_holds_open", "kind", "return_id", sqlite_where=_still_open, postgresql_where=_still_open),
)

return_timeline = Table(
    "return_timeline",
    metadata,
    Column("return_id", _RETURN_ID, ForeignKey("returns.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("text", Text, nullable=False),
    Column("actor", _NAME, nullable=False),
)

return_decisions = Table(
    "return_decisions",
    metadata,
    Column("return_id", _RETURN_ID, ForeignKey("returns.id"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("kind", _WORD, nullable=False),
    Column("policy_version", _NAME, nullable=False),
    Column("decision", JsonOf(TypeAdapter(Decision)), nullable=False),
)
