"""Third part of the story: the order of record in the ERP, the label, the release to the warehouse."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from activities.erp import ErpActivities
from models.changes.record import as_wanted
from models.order.worth import other_charges
from models.partners.asking import Undo
from models.partners.erp import ErpLine, SalesOrder
from models.states.hold import HoldKind
from models.states.lifecycle import Lifecycle
from workflows.asking import Manner
from workflows.patches import REAL_PARTNERS
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.order.order import Order
    from workflows.ordering.run import Run


async def commit(run: Run) -> None:
    """Create the order of record.

    Raises:
        CancelOrder: the ERP finally refused, or somebody wants the order cancelled.
    """
    key = run.key("erp-order")

    async def cancel() -> str:
        undo = Undo(key=run.asked_as(key), order_id=run.order.id, reason="the order was cancelled")
        manner = Manner(Partner.ERP, "cancel the order of record", may_give_up=True)
        undone = await run.ask(ErpActivities.cancel_order, undo, manner)
        return "cancelled" if undone.happened else "there was none"

    run.undoing.note("cancel the ERP order", cancel)
    manner = Manner(Partner.ERP, "create the order of record", refusal=HoldKind.DATA_QUALITY)
    record = _sales_order(run.order, key)
    if not all(line.from_stock for line in record.lines) and not workflow.patched(REAL_PARTNERS):
        record = _as_before(record)
    if run.changing.made:
        record = as_wanted(record, run.order, run.standing.goods.still_wanted())
    done = await run.ask(ErpActivities.create_order, record, manner)
    run.standing.references["erp_order"] = done.reference
    run.standing.move(Lifecycle.IN_FULFILMENT, f"order of record {done.reference}", actor=Partner.ERP.value)
    run.desk.check_wish()


def _as_before(record: SalesOrder) -> SalesOrder:
    lines = tuple(line.model_copy(update={"from_stock": True}) for line in record.lines)
    return record.model_copy(update={"lines": lines})


def _sales_order(order: Order, key: str) -> SalesOrder:
    return SalesOrder(
        key=key,
        order_id=order.id,
        external_reference=order.number or order.external_id,
        channel=order.channel,
        customer=order.customer,
        billing_address=order.billing_address,
        shipping_address=order.shipping_address,
        lines=tuple(
            ErpLine(
                line_id=line.id,
                sku=line.sku,
                name=line.name,
                quantity=line.quantity,
                unit=line.unit,
                net=line.total - line.tax_total(),
                tax=line.tax_total(),
                from_stock=order.from_our_stock(line),
            )
            for line in order.lines
        ),
        other_charges=other_charges(order),
        total=order.total,
        terms=order.payment.terms,
        net_days=order.payment.net_days or 0,
        purchase_order=order.payment.purchase_order,
    )
