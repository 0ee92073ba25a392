"""The sandbox ERP."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from activities.adapters.http import Nonsense
from activities.adapters.sandbox.speaking import Speaking
from activities.adapters.sandbox.wire import Counts, Receipt
from models.partners.asking import Done, Undo, Undone
from models.partners.erp import (
    CataloguePage,
    CreditAnswer,
    CreditEnquiry,
    CreditMemo,
    Invoice,
    ItemAnswer,
    ItemEnquiry,
    SalesOrder,
    SalesOrderChange,
)
from models.partners.purchasing import DropShipOrder
from models.partners.transfers import RequisitionAnswer

if TYPE_CHECKING:
    from models.partners.transfers import PurchaseRequisition
    from models.partners.warehouse import NodeCount
    from models.settings import PartnerSettings

_DONE = Receipt[Done]
_UNDONE = Receipt[Undone]
_REQUISITIONED = Receipt[RequisitionAnswer]


class SandboxErp:
    """Answers the ERP's port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the ERP where the settings say it is."""
        self._speaking = Speaking("erp", settings)

    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        """Look articles up."""
        return await self._speaking.question("POST", "/items/enquiries", ItemAnswer, enquiry)

    async def catalogue(self, cursor: str | None = None) -> CataloguePage:
        """Read all articles, a page at a time."""
        path = f"/items?{urlencode({'cursor': cursor})}" if cursor else "/items"
        return await self._speaking.question("GET", path, CataloguePage)

    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        """Look a customer's account up."""
        answer = await self._speaking.question("POST", "/credit/enquiries", CreditAnswer, enquiry)
        if {answer.limit.currency, answer.exposure.currency} != {enquiry.amount.currency}:
            raise Nonsense("erp", f"answered in another currency than {enquiry.amount.currency}")
        return answer

    async def create_order(self, order: SalesOrder) -> Done:
        """Create the order of record."""
        return await self._speaking.effect("/orders", order, _DONE, order.total)

    async def change_order(self, change: SalesOrderChange) -> Done:
        """Change the order of record."""
        return await self._speaking.effect("/orders/change", change, _DONE, change.total)

    async def cancel_order(self, undo: Undo) -> Undone:
        """Cancel the order of record that was created under the key."""
        return await self._speaking.undo("/orders/cancellation", undo, _UNDONE)

    async def post_invoice(self, invoice: Invoice) -> Done:
        """Post an invoice."""
        return await self._speaking.effect("/invoices", invoice, _DONE, invoice.total)

    async def credit_memo(self, memo: CreditMemo) -> Done:
        """Post what is given back for a return."""
        return await self._speaking.effect("/credit-memos", memo, _DONE, memo.total)

    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        """Order from a supplier who sends for us."""
        return await self._speaking.effect("/drop-shipments", order, _DONE)

    async def cancel_drop_ship(self, undo: Undo) -> Undone:
        """Cancel the purchase that was made under the key."""
        return await self._speaking.undo("/drop-shipments/cancellation", undo, _UNDONE)

    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        """Have purchasing buy something."""
        return await self._speaking.effect("/requisitions", requisition, _REQUISITIONED)

    async def stock_levels(self) -> tuple[NodeCount, ...]:
        """What the ERP's own books have on each node's shelves."""
        return (await self._speaking.question("GET", "/stock-levels", Counts)).counts

    async def close(self) -> None:
        """Close every connection."""
        await self._speaking.close()
