"""Drop-ship: a supplier who sends for us gets a purchase order, chained to the order of record, before his release."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.erp import ErpActivities
from models.partners.asking import Undo
from models.partners.purchasing import DropShipOrder, SupplierLine
from models.states.hold import HoldKind
from workflows.asking import Manner
from workflows.queues import Partner

if TYPE_CHECKING:
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def order_from_supplier(run: Run, consignment: Consignment) -> None:
    """Have the ERP order the goods from the supplier, and note the purchase order on the order.

    Raises:
        CancelOrder: the ERP finally refused, or somebody wants the order cancelled.
    """
    key = f"{consignment.key}/purchase"

    async def cancel() -> str:
        undo = Undo(key=run.asked_as(key), order_id=run.order.id, reason="the order was cancelled")
        manner = Manner(Partner.ERP, f"cancel the purchase from {consignment.node}", may_give_up=True)
        undone = await run.ask(ErpActivities.cancel_drop_ship, undo, manner)
        return "cancelled" if undone.happened else "there was none"

    run.undoing.note(f"cancel the purchase from {consignment.node}", cancel)
    question = DropShipOrder(
        key=key,
        order_id=run.order.id,
        sales_order=run.standing.references["erp_order"],
        supplier=consignment.node,
        lines=tuple(
            SupplierLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity) for line in consignment.lines()
        ),
        ship_to=run.order.shipping_address,
        ship_by=run.order.fulfilment.ship_by,
    )
    manner = Manner(Partner.ERP, f"order from the supplier {consignment.node}", refusal=HoldKind.INVENTORY)
    done = await run.ask(ErpActivities.order_drop_ship, question, manner)
    run.standing.references[f"purchase {consignment.node}"] = done.reference
    run.standing.tell(f"ordered from {consignment.node}: {done.reference}", actor=Partner.ERP.value)
