"""856 and 810: what was shipped of a purchase order by now, and what of it was invoiced."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.x12.writing import clean, hundredths, priced, unit_code
from models.money import Money

if TYPE_CHECKING:
    from activities.records.orders import OrderView
    from models.order.document import Line

_OTHER = "ZZZZ"
"""SAC02 where both sides know what is meant by the text."""


def ship_notice(view: OrderView) -> list[str]:
    """856: all that has left so far, with every parcel's tracking number; empty before the first has."""
    order, snapshot = view.order, view.snapshot
    shipped = [line for line in snapshot.lines if line.shipped] if snapshot else []
    if snapshot is None or not shipped:
        return []
    by_id = {line.id: line for line in order.lines}
    number = clean(order.number or order.external_id)
    body = [f"BSN*00*{number}*{snapshot.at:%Y%m%d}*{snapshot.at:%H%M}", "HL*1**S"]
    for parcel in snapshot.shipments:
        body += [f"TD5*****{clean(parcel.carrier)}", f"REF*CN*{clean(parcel.tracking_number)}"]
    body += ["HL*2*1*O", f"PRF*{number}***{order.placed_at:%Y%m%d}"]
    for level, told in enumerate(shipped, 3):
        line = by_id[told.line_id]
        article = f"LIN*{clean(line.id)}*VN*{clean(line.sku)}"
        body += [f"HL*{level}*2*I", article, f"SN1*{clean(line.id)}*{told.shipped}*{unit_code(line)}"]
    return [*body, f"CTT*{len(shipped) + 2}"]


def invoice(view: OrderView) -> list[str]:
    """810: all that has been invoiced so far; empty before the first invoice."""
    order, snapshot = view.order, view.snapshot
    invoiced = [line for line in snapshot.lines if line.invoiced] if snapshot else []
    if snapshot is None or not invoiced:
        return []
    by_id = {line.id: line for line in order.lines}
    number = clean(order.number or order.external_id)
    named = clean(snapshot.references.get("invoice", number))
    body = [f"BIG*{snapshot.at:%Y%m%d}*{named}*{order.placed_at:%Y%m%d}*{number}", f"CUR*SE*{order.currency}"]
    goods = Money.zero(order.currency)
    for told in invoiced:
        line = by_id[told.line_id]
        body.append(f"IT1*{priced(line, told.invoiced)}")
        goods = goods + _worth(line, told.invoiced)
    total = snapshot.money.invoiced
    return [*body, f"TDS*{hundredths(total)}", *_beside(total - goods), f"CTT*{len(invoiced)}"]


def _worth(line: Line, quantity: int) -> Money:
    return Money.rounded(line.subtotal.major * quantity / line.quantity, line.subtotal.currency)


def _beside(rest: Money) -> list[str]:
    """What the invoice has beside its goods, so that its parts add up: a charge, or an allowance."""
    if not rest.amount:
        return []
    kind, name = ("C", "Shipping, charges and tax") if rest.amount > 0 else ("A", "Discount")
    return [f"SAC*{kind}*{_OTHER}***{abs(hundredths(rest))}{'*' * 10}{name}"]
