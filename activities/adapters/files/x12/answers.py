"""What a buyer hears of his 850s: 855 what we accept, 856 what was shipped, 810 what was invoiced."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from activities.adapters.files.x12.writing import Envelope, Party, clean, written
from models.states.hold import HoldState
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from activities.records import OrderView
    from models.order.document import Line
    from models.order.snapshot import LineProgress, OrderSnapshot

_OURS = Party("ZZ", "ORDERLOOM")
_GROUPS = {"855": "PR", "856": "SH", "810": "IN"}
_UNITS = {"C62": "EA", "LBR": "LB", "KGM": "KG", "DZN": "DZ", "CS": "CA"}
_REFUSED = frozenset({Lifecycle.REJECTED, Lifecycle.CANCELLED})


class X12Answers:
    """`activities.batch_records.Answering` for X12."""

    def answer(self, kind: str, orders: Sequence[tuple[int, OrderView]], *, at: datetime) -> str:
        """Write an interchange for each buyer who is to hear something; empty where nobody is."""
        bodies: dict[str, list[list[str]]] = defaultdict(list)
        for _, view in orders:
            body = _BODIES[kind](view, at)
            if body:
                bodies[_sender(view)].append(body)
        number, day, time = str(int(at.timestamp()) % 10**9), f"{at:%y%m%d}", f"{at:%H%M}"
        return "".join(
            written(Envelope(kind, _GROUPS[kind], _OURS, Party("ZZ", buyer), number, day, time), told)
            for buyer, told in bodies.items()
        )


def _acknowledgement(view: OrderView, _at: datetime) -> list[str]:
    """855: every order has one, from the moment it is taken in."""
    order, snapshot = view.order, view.snapshot
    progress = {line.line_id: line for line in snapshot.lines} if snapshot else {}
    body = [f"BAK*00*{_verdict(snapshot)}*{clean(order.number or order.external_id)}*{order.placed_at:%Y%m%d}"]
    for line in order.lines:
        body.append(_po1(line))
        body += _acknowledged(line, progress.get(line.id), snapshot)
    return [*body, f"CTT*{len(order.lines)}"]


def _verdict(snapshot: OrderSnapshot | None) -> str:
    """BAK02: AD accepted, AC with changes, AH on hold, RD rejected."""
    if snapshot is None:
        return "AD"
    if snapshot.lifecycle in _REFUSED:
        return "RD"
    if any(hold.state is HoldState.OPEN for hold in snapshot.holds):
        return "AH"
    changed = any(line.cancelled or line.backordered or line.short for line in snapshot.lines)
    return "AC" if changed else "AD"


def _acknowledged(line: Line, progress: LineProgress | None, snapshot: OrderSnapshot | None) -> list[str]:
    """ACK01: IA accepted, IB backordered, ID deleted, IH on hold, IR rejected."""
    unit = _UNITS.get(line.unit, line.unit)
    if progress is None or snapshot is None:
        return [f"ACK*IA*{line.quantity}*{unit}"]
    if snapshot.lifecycle in _REFUSED:
        return [f"ACK*IR*{line.quantity}*{unit}"]
    gone = min(line.quantity, progress.cancelled)
    waiting = min(line.quantity - gone, max(progress.backordered, progress.short))
    rest = line.quantity - gone - waiting
    held = any(hold.state is HoldState.OPEN for hold in snapshot.holds)
    told = [("ID", gone), ("IB", waiting), ("IH" if held else "IA", rest)]
    return [f"ACK*{code}*{quantity}*{unit}" for code, quantity in told if quantity]


def _ship_notice(view: OrderView, at: datetime) -> list[str]:
    """856: one an order, of all that has left so far, with every parcel's tracking number."""
    order, snapshot = view.order, view.snapshot
    shipped = [line for line in snapshot.lines if line.shipped] if snapshot else []
    if snapshot is None or not shipped:
        return []
    by_id = {line.id: line for line in order.lines}
    number = clean(order.number or order.external_id)
    body = [f"BSN*00*{number}*{at:%Y%m%d}*{at:%H%M}", "HL*1**S"]
    for parcel in snapshot.shipments:
        body += [f"TD5*****{clean(parcel.carrier)}", f"REF*CN*{clean(parcel.tracking_number)}"]
    body += ["HL*2*1*O", f"PRF*{number}***{order.placed_at:%Y%m%d}"]
    for level, told in enumerate(shipped, 3):
        line = by_id[told.line_id]
        unit = _UNITS.get(line.unit, line.unit)
        body += [f"HL*{level}*2*I", f"LIN*{line.id}*VN*{clean(line.sku)}", f"SN1*{line.id}*{told.shipped}*{unit}"]
    return [*body, f"CTT*{len(shipped) + 2}"]


def _invoice(view: OrderView, at: datetime) -> list[str]:
    """810: what has been invoiced so far."""
    order, snapshot = view.order, view.snapshot
    invoiced = [line for line in snapshot.lines if line.invoiced] if snapshot else []
    if snapshot is None or not invoiced:
        return []
    by_id = {line.id: line for line in order.lines}
    number = clean(order.number or order.external_id)
    invoice = clean(snapshot.references.get("invoice", number))
    body = [f"BIG*{at:%Y%m%d}*{invoice}*{order.placed_at:%Y%m%d}*{number}", f"CUR*SE*{order.currency}"]
    body += [_it1(by_id[told.line_id], told.invoiced) for told in invoiced]
    return [*body, f"TDS*{snapshot.money.invoiced.amount}", f"CTT*{len(invoiced)}"]


def _po1(line: Line) -> str:
    return f"PO1*{line.id}*{line.quantity}*{_UNITS.get(line.unit, line.unit)}*{_price(line)}**VN*{clean(line.sku)}"


def _it1(line: Line, quantity: int) -> str:
    return f"IT1*{line.id}*{quantity}*{_UNITS.get(line.unit, line.unit)}*{_price(line)}**VN*{clean(line.sku)}"


def _price(line: Line) -> str:
    price = line.unit_price if line.unit_price is not None else line.subtotal.major / line.quantity
    return f"{price.normalize():f}"


def _sender(view: OrderView) -> str:
    """Who sent the order: its id begins with him."""
    return view.order.external_id.partition(".")[0]


_BODIES = {"855": _acknowledgement, "856": _ship_notice, "810": _invoice}
