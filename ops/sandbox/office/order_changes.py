"""How the sandbox ERP changes an order of record."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.money import Money
from ops.sandbox.serving.problems import Refusal

if TYPE_CHECKING:
    from models.partners.erp import SalesOrderChange
    from ops.sandbox.serving.records import Record


def changed_order(order: Record | None, change: SalesOrderChange) -> Record | None:
    """The order as the change leaves it; None where it has had a newer change already.

    Raises:
        Refusal: there is no such order, it is cancelled, less is left of a line than was invoiced, or the sums are
            wrong.
    """
    if order is None or order["order_id"] != change.order_id:
        raise Refusal("unknown_order", f"there is no sales order {change.sales_order} for {change.order_id}")
    if order["cancelled"]:
        raise Refusal("order_cancelled", f"{change.sales_order} is cancelled")
    if change.revision < order.get("revision", 0):
        return None
    _check_total(order["currency"], change)
    wanted = {line.line_id: line.quantity for line in change.lines}
    lines = {}
    for line_id in {**order["lines"], **wanted}:
        line = order["lines"].get(line_id, {"invoiced": 0})
        if wanted.get(line_id, 0) < line["invoiced"]:
            raise Refusal("beyond_ordered", f"line {line_id}: {line['invoiced']} of it are invoiced")
        lines[line_id] = line | {"ordered": wanted.get(line_id, 0)}
    changed = order | {"lines": lines, "revision": change.revision}
    return changed | ({"total": change.total.amount} if "total" in order else {})


def _check_total(currency: str, change: SalesOrderChange) -> None:
    parts = [*(part for line in change.lines for part in (line.net, line.tax)), change.other_charges]
    if {part.currency for part in parts} | {change.total.currency} != {currency}:
        raise Refusal("wrong_currency", f"the order is in {currency}")
    if Money.sum_of(parts, currency) != change.total:
        raise Refusal("total_mismatch", f"lines and charges do not come to {change.total}")
