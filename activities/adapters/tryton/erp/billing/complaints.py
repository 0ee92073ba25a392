"""Returns as Tryton's people see them: a complaint about the sale, with the credit note that settled it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from activities.adapters.tryton.erp.selling.sales import SALE
from activities.adapters.tryton.wire import Read
from models.errors import Refused

if TYPE_CHECKING:
    from activities.adapters.tryton.erp.options import ErpOptions
    from activities.adapters.tryton.erp.selling.sales import Sale
    from activities.adapters.tryton.keeping import Keeping
    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values

_COMPLAINT = "sale.complaint"


class Complaints:
    """Complaints about sales."""

    def __init__(self, rest: Rest, options: ErpOptions, keeping: Keeping) -> None:
        """Write them into this database, where a type of complaint is configured for it."""
        self._rest = rest
        self._options = options
        self._keeping = keeping

    async def note(self, sale: Sale, return_id: str, credit_note: str) -> None:
        """Write a return down once, as approved; several credit notes for one return are one complaint."""
        name = self._options.complaint_type
        if name is None:
            return
        number = await self._keeping.make(_COMPLAINT, return_id, lambda: self._values(sale, name, credit_note))
        for action in ("wait", "approve"):
            await self._rest.step(_COMPLAINT, number, action)
        await self._keeping.release(return_id)

    async def _values(self, sale: Sale, name: str, credit_note: str) -> Values:
        kind = await self._rest.first("sale.complaint.type", Read, [["name", "=", name]])
        if kind is None:
            raise Refused(self._rest.partner, f"has no type of complaint {name}", code="unknown_complaint_type")
        return {
            "company": self._options.company,
            "customer": sale.party,
            "type": kind.id,
            "origin": f"{SALE},{sale.id}",
            "date": datetime.now(UTC).date(),
            "description": f"Settled by credit note {credit_note}",
        }
