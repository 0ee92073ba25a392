"""The journals of orders and returns: every posting, written once and never changed."""

from sqlalchemy import BigInteger, Column, ForeignKey, Index, Integer, String, Table

from activities.adapters.store.schema import UtcTime, key, metadata

_WORD = String(32)
_NAME = String(500)


def _postings(name: str, owner: str, owners: str, length: int) -> Table:
    return Table(
        name,
        metadata,
        Column(owner, key(length), ForeignKey(f"{owners}.id"), primary_key=True),
        Column("position", Integer, primary_key=True, autoincrement=False),
        Column("entry", Integer, nullable=False),
        Column("at", UtcTime, nullable=False),
        Column("kind", _WORD, nullable=False),
        Column("account", _WORD, nullable=False),
        Column("amount", BigInteger, nullable=False),
        Column("currency", String(3), nullable=False),
        Column("tax", _NAME),
        Column("entity", _NAME, nullable=False),
        Column("reference", _NAME),
        # A period's balances of an account are read by its index alone.
        Index(f"{name}_by_account", "account", "at"),
    )


order_postings = _postings("order_postings", "order_id", "orders", 160)
"""One row a posting of an order. `amount` is in minor units: a debit is positive, a credit negative."""

return_postings = _postings("return_postings", "return_id", "returns", 170)
"""The same of a return."""
