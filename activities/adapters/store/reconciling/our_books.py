"""What our own tables say of some orders: their books, and what partners have written down about them."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sqlalchemy import select

from activities.adapters.store.tables.orders import orders
from activities.adapters.store.tables.reconciling import documents
from activities.adapters.store.tables.returns import returns
from models.reconciling.books import order_books, unknown_books
from models.reconciling.comparing.classification import COMPARED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.order.snapshot import OrderSnapshot
    from models.reconciling.books import OrderBooks
    from models.reconciling.differences import Comparison
    from models.reconciling.documents import PartnerDocument
    from models.returns.snapshot import ReturnSnapshot

_o, _r, _d = orders.c, returns.c, documents.c
_NO_CURRENCY = "EUR"
"""Of an order nobody knows and nothing was given for: there is nothing to add up."""


@dataclass
class OwnBooks:
    """All that is known of one order."""

    order_id: str
    snapshot: OrderSnapshot | None = None
    changed_at: datetime | None = None
    """When it changed last here, returns included."""
    returned: list[ReturnSnapshot] = field(default_factory=list)
    documents: list[PartnerDocument] = field(default_factory=list)
    unwritten: bool = False
    """Whether we have the order, but its workflow has not written anything yet."""

    def books(self) -> OrderBooks:
        """What we expect partners to have."""
        if self.snapshot is not None:
            return order_books(self.snapshot, self.returned)
        amounts = [found.amount for found in self.documents if found.amount]
        currency = amounts[0].currency if amounts else _NO_CURRENCY
        return unknown_books(self.order_id, currency, self.returned)

    def changes(self, moment: datetime | None) -> None:
        """Take note of a change."""
        if moment is not None and (self.changed_at is None or self.changed_at < moment):
            self.changed_at = moment


async def read_books(
    connection: AsyncConnection, order_ids: Sequence[str], comparison: Comparison
) -> dict[str, OwnBooks]:
    """Read the books of some orders, with the documents that a comparison looks at."""
    found = {order_id: OwnBooks(order_id) for order_id in order_ids}
    kinds = [kind.value for kind in COMPARED[comparison]]
    for row in await connection.execute(select(_o.id, _o.snapshot, _o.updated_at).where(_o.id.in_(order_ids))):
        found[row.id].snapshot = row.snapshot
        found[row.id].unwritten = row.snapshot is None
        found[row.id].changes(row.updated_at)
    back = select(_r.order_id, _r.snapshot, _r.updated_at).where(_r.order_id.in_(order_ids)).order_by(_r.id)
    for returned in await connection.execute(back):
        if returned.snapshot is not None:
            found[returned.order_id].returned.append(returned.snapshot)
        found[returned.order_id].changes(returned.updated_at)
    theirs = select(_d.order_id, _d.document).where(_d.order_id.in_(order_ids), _d.kind.in_(kinds))
    by_order: dict[str, list[PartnerDocument]] = defaultdict(list)
    for their in await connection.execute(theirs.order_by(_d.changed_at, _d.reference)):
        by_order[their.order_id].append(their.document)
    for order_id, listed in by_order.items():
        found[order_id].documents = listed
    return found
