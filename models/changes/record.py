"""The ERP's order of record for an order of which not everything is wanted any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.order.worth import other_charges, share_of, worth
from models.partners.erp import ErpLine, SalesOrder, SalesOrderChange

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.order.order import Order


def erp_lines(order: Order, wanted: Mapping[str, int]) -> tuple[ErpLine, ...]:
    """The lines of which anything is to be delivered, each priced by its units' share."""
    lines = []
    for line in order.lines:
        units = wanted.get(line.id, 0)
        if not units:
            continue
        tax = share_of(line.tax_total(), units, line.quantity)
        total = share_of(line.total, units, line.quantity)
        lines.append(
            ErpLine(
                line_id=line.id,
                sku=line.sku,
                name=line.name,
                quantity=units,
                unit=line.unit,
                net=total - tax,
                tax=tax,
                from_stock=order.from_our_stock(line),
            )
        )
    return tuple(lines)


def as_wanted(record: SalesOrder, order: Order, wanted: Mapping[str, int]) -> SalesOrder:
    """A new order of record for what is wanted of an order that was changed before."""
    return record.model_copy(update={"lines": erp_lines(order, wanted), "total": worth(order, wanted)})


def change_of_record(  # noqa: PLR0913 - what a change of the order of record says
    order: Order, wanted: Mapping[str, int], *, key: str, sales_order: str, revision: int, reason: str
) -> SalesOrderChange:
    """What the ERP is told for the order of record to say what is wanted."""
    return SalesOrderChange(
        key=key,
        order_id=order.id,
        sales_order=sales_order,
        revision=revision,
        shipping_address=order.shipping_address,
        lines=erp_lines(order, wanted),
        other_charges=other_charges(order),
        total=worth(order, wanted),
        reason=reason,
    )
