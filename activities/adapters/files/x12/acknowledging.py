"""855: what we accept of a purchase order, what waits, and what will not come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.x12.writing import clean, priced, unit_code
from models.states.hold import HoldState
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from activities.records.orders import OrderView
    from models.order.document import Line
    from models.order.snapshot import LineProgress, OrderSnapshot

_REFUSED = frozenset({Lifecycle.REJECTED, Lifecycle.CANCELLED})


def acknowledgement(view: OrderView) -> list[str]:
    """Every order has one, from the moment it is taken in."""
    order, snapshot = view.order, view.snapshot
    progress = {line.line_id: line for line in snapshot.lines} if snapshot else {}
    body = [f"BAK*00*{_verdict(snapshot)}*{clean(order.number or order.external_id)}*{order.placed_at:%Y%m%d}"]
    for line in order.lines:
        body.append(f"PO1*{priced(line, line.quantity)}")
        body += _acknowledged(line, progress.get(line.id), snapshot)
    return [*body, f"CTT*{len(order.lines)}"]


def _verdict(snapshot: OrderSnapshot | None) -> str:
    """BAK02: AD accepted, AC with changes, AH on hold, RD rejected."""
    if snapshot is None:
        return "AD"
    if snapshot.lifecycle in _REFUSED:
        return "RD"
    if _is_held(snapshot):
        return "AH"
    changed = any(line.cancelled or line.backordered or line.short for line in snapshot.lines)
    return "AC" if changed else "AD"


def _acknowledged(line: Line, progress: LineProgress | None, snapshot: OrderSnapshot | None) -> list[str]:
    """ACK01: IA accepted, IB backordered, ID deleted, IH on hold, IR rejected."""
    unit = unit_code(line)
    if progress is None or snapshot is None:
        return [f"ACK*IA*{line.quantity}*{unit}"]
    if snapshot.lifecycle in _REFUSED:
        return [f"ACK*IR*{line.quantity}*{unit}"]
    gone = min(line.quantity, progress.cancelled)
    waiting = min(line.quantity - gone, max(progress.backordered, progress.short))
    rest = line.quantity - gone - waiting
    told = [("ID", gone), ("IB", waiting), ("IH" if _is_held(snapshot) else "IA", rest)]
    return [f"ACK*{code}*{quantity}*{unit}" for code, quantity in told if quantity]


def _is_held(snapshot: OrderSnapshot) -> bool:
    return any(hold.state is HoldState.OPEN for hold in snapshot.holds)
