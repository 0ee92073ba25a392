"""Third part of the story: the order of record in the ERP, the label, the release to the warehouse."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.carriers import CarrierActivities
from activities.erp import ErpActivities
from activities.warehouse import WarehouseActivities
from models.order.document import Delivery
from models.order.worth import other_charges
from models.partners.asking import Undo
from models.partners.carriers import Booking
from models.partners.erp import ErpLine, SalesOrder
from models.partners.warehouse import Release, ReleaseLine
from models.states.fulfilment import FulfilmentState
from models.states.hold import HoldKind
from models.states.lifecycle import Lifecycle
from workflows.asking import Manner
from workflows.queues import Partner
from workflows.run import together

if TYPE_CHECKING:
    from models.order.order import Order
    from models.partners.carriers import Label
    from models.stock.reservation import Allocation
    from workflows.run import Run
    from workflows.stocking import Batch


@dataclass(frozen=True)
class Consignment:
    """What one node is to send."""

    key: str
    """The key of its release."""
    reservation_key: str
    node: str
    allocations: tuple[Allocation, ...]


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
    done = await run.ask(ErpActivities.create_order, _sales_order(run.order, key), manner)
    run.standing.references["erp_order"] = done.reference
    run.standing.move(Lifecycle.IN_FULFILMENT, f"order of record {done.reference}", actor=Partner.ERP.value)
    run.desk.check_wish()


def consignments(run: Run, batch: Batch) -> list[Consignment]:
    """Group what is reserved by the node that sends it."""
    by_node: dict[str, list[Allocation]] = defaultdict(list)
    part = batch.part
    for allocation in batch.allocations:
        by_node[allocation.node].append(allocation)
    return [
        Consignment(
            key=run.key("release", f"{node}-{part}" if part else node),
            reservation_key=run.key("stock", part),
            node=node,
            allocations=tuple(found),
        )
        for node, found in sorted(by_node.items())
    ]


async def release(run: Run, wanted: list[Consignment]) -> None:
    """Have the warehouses send it, each consignment under its own label; side by side.

    Raises:
        CancelOrder: a label or a release was finally refused, or somebody wants the order cancelled.
    """
    await together(*(_release(run, consignment) for consignment in wanted))
    run.standing.fulfil(FulfilmentState.RELEASED)
    run.standing.awaiting = Partner.WMS.value


async def _release(run: Run, consignment: Consignment) -> None:
    label = await _book(run, consignment) if run.order.fulfilment.delivery is Delivery.SHIP else None
    run.desk.check_wish()
    run.undoing.note(f"recall the goods from {consignment.node}", lambda: stop(run, consignment))
    question = _release_order(run.order, consignment, label)
    manner = Manner(
        Partner.WMS, f"send {len(question.lines)} lines from {consignment.node}", refusal=HoldKind.INVENTORY
    )
    await run.ask(WarehouseActivities.release, question, manner)
    run.standing.goods.released(consignment.allocations)
    run.standing.tell(f"released to {consignment.node}", actor=Partner.WMS.value)


async def recall(run: Run, consignment: Consignment) -> bool:
    """Have a warehouse stop a consignment; answers whether it could."""
    undo = Undo(key=run.asked_as(consignment.key), order_id=run.order.id, reason="the order was cancelled")
    manner = Manner(Partner.WMS, f"recall the goods from {consignment.node}", may_give_up=True)
    answer = await run.ask(WarehouseActivities.recall, undo, manner)
    return answer.recalled or not answer.happened


async def stop(run: Run, consignment: Consignment) -> str:
    """Take a release back; where it is too late, a person has to talk to the customer."""
    if await recall(run, consignment):
        return "recalled"
    reason = f"{consignment.node} sent the goods before it could be stopped: the customer has to send them back"
    hold = run.standing.open_hold(HoldKind.OTHER, reason, waiting_on=Partner.WMS.value)
    await run.desk.show()
    await run.desk.answer(hold)
    return "too late, and taken on by a person"


async def _book(run: Run, consignment: Consignment) -> Label:
    key = f"{consignment.key}/label"

    async def void() -> str:
        undo = Undo(key=run.asked_as(key), order_id=run.order.id, reason="the order was cancelled")
        manner = Manner(Partner.CARRIER, "void the label", may_give_up=True)
        undone = await run.ask(CarrierActivities.void, undo, manner)
        return "voided" if undone.happened else "there was none"

    run.undoing.note(f"void the label from {consignment.node}", void)
    address = run.order.shipping_address
    if address is None:
        message = f"{run.order.id} is to be shipped but has no address: validation let it pass"
        raise AssertionError(message)
    booking = Booking(
        key=key,
        order_id=run.order.id,
        node=consignment.node,
        ship_to=address,
        service_level=run.order.fulfilment.service_level,
        weight_grams=run.assessment.weight_grams,
    )
    manner = Manner(Partner.CARRIER, f"book a parcel from {consignment.node}", refusal=HoldKind.ADDRESS)
    label = await run.ask(CarrierActivities.book, booking, manner)
    run.standing.tell(f"label {label.tracking_number} of {label.carrier}", actor=Partner.CARRIER.value)
    return label


def _release_order(order: Order, consignment: Consignment, label: Label | None) -> Release:
    return Release(
        key=consignment.key,
        order_id=order.id,
        node=consignment.node,
        lines=tuple(
            ReleaseLine(line_id=found.line_id, sku=found.sku, quantity=found.quantity, lot=found.lot)
            for found in consignment.allocations
        ),
        ship_to=order.shipping_address,
        service_level=order.fulfilment.service_level,
        ship_by=order.fulfilment.ship_by,
        carrier=label.carrier if label else None,
        tracking_number=label.tracking_number if label else None,
        instructions=order.fulfilment.instructions,
    )


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
            )
            for line in order.lines
        ),
        other_charges=other_charges(order),
        total=order.total,
        terms=order.payment.terms,
        net_days=order.payment.net_days or 0,
        purchase_order=order.payment.purchase_order,
    )
