"""What has changed at the channel since an order came to us: its word now, compared with what we know.

Compared are states, not events: how much is cancelled and given back there in all, and how much we know of. So it does
not matter how often or in which order the channel says it, and what we told it ourselves is no news when it comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from models.partners.events import CancelledLine, ChangedAtChannel
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from models.money import Money
    from models.order.document import OrderDocument
    from models.order.order import Order
    from models.order.snapshot import OrderSnapshot

_CALLED_OFF = {Lifecycle.CANCELLED, Lifecycle.REJECTED}


@dataclass(frozen=True)
class Known:
    """What we know of an order."""

    order: Order
    """As it is now."""
    snapshot: OrderSnapshot | None
    """Its latest state; none where it has not begun."""
    returned: Mapping[str, int]
    """How many of each line came back, or are to, as returns of ours."""
    given_back: Money
    """What was given for returns as money."""


def tells_of_change(document: OrderDocument) -> bool:
    """Whether there is anything in a channel's word that could be such a change: mostly there is not."""
    return (
        document.cancelled_at is not None
        or bool(document.payment.refunded)
        or any(line.cancelled for line in document.lines)
    )


def news(document: OrderDocument, known: Known, at: datetime) -> ChangedAtChannel | None:
    """Say what the channel has cancelled or given back beyond what we know; none: nothing.

    Args:
        document: the order as the channel has it now.
        known: the same as we have it.
        at: when this was heard.
    """
    lines, refunded = _cancelled(document, known), _refunded(document, known)
    whole = _is_whole(document, known)
    if known.order.nothing_to_deliver or not (lines or refunded or whole):
        return None
    said = f"{whole} {[(line.line_id, line.quantity) for line in lines]} {refunded}"
    return ChangedAtChannel(
        event_id=f"channel/{sha256(f'{known.order.id} {said}'.encode()).hexdigest()[:32]}",
        order_id=known.order.id,
        occurred_at=at,
        whole=whole,
        lines=lines,
        refunded=refunded,
    )


def is_news_still(event: ChangedAtChannel, known: Known) -> bool:
    """Whether what was said goes beyond what we know by now.

    The order may have come to the same itself while this was on its way, and told the channel so: then it was our own
    word, read before we had written down that it was done.
    """
    if event.refunded is not None and event.refunded.amount > _given_back(known):
        return True
    cancelled = _cancelled_here(known)
    more = any(line.quantity > cancelled.get(line.line_id, 0) for line in event.lines)
    return (event.whole or more) and not _called_off(known)


def _is_whole(document: OrderDocument, known: Known) -> bool:
    """Whether nothing is to be delivered any more: it says so, gave all the money back, or cancelled each line."""
    if _called_off(known):
        return False
    all_back = bool(document.total) and document.payment.refunded == document.total and not known.given_back
    said = _said(document, known)
    each_line = all(said.get(line.id, 0) >= line.quantity for line in known.order.lines)
    return document.cancelled_at is not None or all_back or each_line


def _cancelled(document: OrderDocument, known: Known) -> tuple[CancelledLine, ...]:
    if _called_off(known):
        return ()
    ours = _cancelled_here(known)
    return tuple(
        CancelledLine(line_id=line_id, quantity=quantity)
        for line_id, quantity in _said(document, known).items()
        if line_id in ours and quantity > ours[line_id]
    )


def _said(document: OrderDocument, known: Known) -> dict[str, int]:
    """How many of each line are cancelled, as the channel has it: what was sent since, or came back, left aside."""
    came = {line.id: line for line in known.order.lines}
    said = {}
    for line in document.lines:
        ours = came.get(line.id, line)
        # A channel may lower what was ordered, to none, when it cancels a line: then all of ours is meant.
        gone = line.cancelled if line.open_quantity or line.shipped else max(line.cancelled, ours.quantity)
        sent = max(line.shipped - ours.shipped, 0)
        said[line.id] = gone - sent - known.returned.get(line.id, 0)
    return said


def _refunded(document: OrderDocument, known: Known) -> Money | None:
    said = document.payment.refunded
    if said is None or said.currency != known.order.currency:
        return None
    said -= known.given_back
    return said if said.amount > _given_back(known) else None


def _cancelled_here(known: Known) -> dict[str, int]:
    ours = {line.id: line.cancelled for line in known.order.lines}
    if known.snapshot is not None:
        ours |= {line.line_id: line.cancelled for line in known.snapshot.lines}
    return ours


def _given_back(known: Known) -> int:
    """In minor units, what was given for returns left aside."""
    ours = known.snapshot.money.refunded if known.snapshot is not None else known.order.payment.refunded
    return ours.amount if ours is not None else 0


def _called_off(known: Known) -> bool:
    return known.snapshot is not None and known.snapshot.lifecycle in _CALLED_OFF
