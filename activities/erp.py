"""What an order, and replenishment, ask of the ERP."""

from temporalio import activity

from activities.ports.partners import Erp
from models.partners.asking import Done, Undo, Undone
from models.partners.erp import (
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
from models.partners.transfers import PurchaseRequisition, RequisitionAnswer


class ErpActivities:
    """Verbs over the ERP's port."""

    def __init__(self, erp: Erp) -> None:
        """Speak to this ERP."""
        self._erp = erp

    @activity.defn(name="erp.items")
    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        return await self._erp.items(enquiry)

    @activity.defn(name="erp.credit")
    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        return await self._erp.credit(enquiry)

    @activity.defn(name="erp.create_order")
    async def create_order(self, order: SalesOrder) -> Done:
        return await self._erp.create_order(order)

    @activity.defn(name="erp.change_order")
    async def change_order(self, change: SalesOrderChange) -> Done:
        return await self._erp.change_order(change)

    @activity.defn(name="erp.cancel_order")
    async def cancel_order(self, undo: Undo) -> Undone:
        return await self._erp.cancel_order(undo)

    @activity.defn(name="erp.post_invoice")
    async def post_invoice(self, invoice: Invoice) -> Done:
        return await self._erp.post_invoice(invoice)

    @activity.defn(name="erp.credit_memo")
    async def credit_memo(self, memo: CreditMemo) -> Done:
        return await self._erp.credit_memo(memo)

    @activity.defn(name="erp.order_drop_ship")
    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        return await self._erp.order_drop_ship(order)

    @activity.defn(name="erp.cancel_drop_ship")
    async def cancel_drop_ship(self, undo: Undo) -> Undone:
        return await self._erp.cancel_drop_ship(undo)

    @activity.defn(name="erp.requisition")
    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        return await self._erp.requisition(requisition)
