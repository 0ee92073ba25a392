"""What partners have written down, how far it has been read, what is still to be compared, and what differs."""

from pydantic import TypeAdapter
from sqlalchemy import BigInteger, Column, Index, String, Table, column

from activities.adapters.store.schema import JsonOf, UtcTime, key, metadata
from models.reconciling.differences import Difference, DifferenceState
from models.reconciling.documents import PartnerDocument
from models.reconciling.runs import RunReport

_WORD = key(32)
_ORDER_ID = key(200)
_NAME = String(500)

documents = Table(
    "reconciliation_documents",
    metadata,
    Column("party", _WORD, primary_key=True),
    Column("kind", _WORD, primary_key=True),
    Column("reference", key(200), primary_key=True),
    Column("order_id", _ORDER_ID, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
    Column("document", JsonOf(TypeAdapter(PartnerDocument)), nullable=False),
    Column("first_read_at", UtcTime, nullable=False),
    Index("reconciliation_documents_of_order", "order_id", "kind"),
)
"""Each of a partner's documents as it stood when it was read last."""

readings = Table(
    "reconciliation_readings",
    metadata,
    Column("party", _WORD, primary_key=True),
    Column("read_to", UtcTime),
    Column("trouble", _NAME),
    Column("tried_at", UtcTime, nullable=False),
)
"""How far each partner's documents have been read; the party ``orderloom`` is our own orders."""

due = Table(
    "reconciliation_due",
    metadata,
    Column("comparison", _WORD, primary_key=True),
    Column("order_id", _ORDER_ID, primary_key=True),
    Column("changed_at", UtcTime, nullable=False),
    Index("reconciliation_due_by_age", "comparison", "changed_at", "order_id"),
)
"""Orders that are to be compared, once what changed last has settled."""

_STANDING = (DifferenceState.OPEN.value, DifferenceState.ASSIGNED.value)
_stands = column("state").in_(_STANDING)

differences = Table(
    "reconciliation_differences",
    metadata,
    Column("id", key(32), primary_key=True),
    Column("comparison", _WORD, nullable=False),
    Column("kind", _WORD, nullable=False),
    Column("party", _WORD, nullable=False),
    Column("document", _WORD, nullable=False),
    Column("order_id", _ORDER_ID, nullable=False),
    Column("state", _WORD, nullable=False),
    Column("owner", key(100), nullable=False),
    Column("currency", String(3)),
    Column("at_stake", BigInteger),
    Column("first_seen_at", UtcTime, nullable=False),
    Column("settled_at", UtcTime),
    Column("tried_in", key(200)),
    Column("difference", JsonOf(TypeAdapter(Difference)), nullable=False),
    Index("reconciliation_differences_by_age", "first_seen_at", "id"),
    Index("reconciliation_differences_by_state", "state", "first_seen_at", "id"),
    Index("reconciliation_differences_by_owner", "owner", "state", "first_seen_at", "id"),
    Index(
        "reconciliation_differences_standing",
        "comparison",
        "first_seen_at",
        "id",
        sqlite_where=_stands,
        postgresql_where=_stands,
    ),
    Index("reconciliation_differences_of_order", "order_id", "comparison"),
)
"""One row a difference, however often it is seen.

`settled_at` is when it was healed or closed, `tried_in` the run that has tried to heal it last.
"""

runs = Table(
    "reconciliation_runs",
    metadata,
    Column("id", key(200), primary_key=True),
    Column("began_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("report", JsonOf(TypeAdapter(RunReport)), nullable=False),
    Index("reconciliation_runs_by_age", "began_at", "id"),
)
"""Each run and what it came to."""
