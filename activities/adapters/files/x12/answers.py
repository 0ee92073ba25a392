"""What a buyer hears of his 850s, made from what stands in our own store: the same order gives the same words again."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from datetime import datetime
from typing import TYPE_CHECKING

from activities.adapters.files.x12.acknowledging import acknowledgement
from activities.adapters.files.x12.fulfilling import invoice, ship_notice
from activities.adapters.files.x12.heading import Heading
from activities.adapters.files.x12.writing import Envelope, Party, written
from activities.records.batches import Unreadable
from models.batch.batch import AnswerKind, BatchFormat

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.records.batches import Ordered

_GROUPS = {AnswerKind.CONFIRMATION: "PR", AnswerKind.SHIP_NOTICE: "SH", AnswerKind.INVOICE: "IN"}
_BODIES = {
    AnswerKind.CONFIRMATION: acknowledgement,
    AnswerKind.SHIP_NOTICE: ship_notice,
    AnswerKind.INVOICE: invoice,
}
_FORMAT = f"batch/{BatchFormat.X12}"
_NUMBERS = 10**9


class X12Answers:
    """`activities.records.batches.Answering` for X12."""

    def answer(self, kind: AnswerKind, orders: Sequence[Ordered]) -> str:
        """Write an interchange for each buyer who is to hear something; empty where nobody is."""
        bodies: dict[tuple[Party, Party], list[list[str]]] = defaultdict(list)
        moments: dict[tuple[Party, Party], datetime] = {}
        for ordered in orders:
            between = _parties(ordered)
            body = _BODIES[kind](ordered.view) if between else []
            if between and body:
                bodies[between].append(body)
                moments[between] = max(moments.get(between, ordered.view.updated_at), ordered.view.updated_at)
        return "".join(_interchange(kind, *between, told, moments[between]) for between, told in bodies.items())


def _interchange(kind: AnswerKind, us: Party, buyer: Party, bodies: list[list[str]], at: datetime) -> str:
    """Write an interchange. Its number is that of its content: who gets it twice sees that it is the same."""
    content = "\n".join(segment for body in bodies for segment in body)
    number = int(hashlib.sha256(f"{kind}{buyer.id}{content}".encode()).hexdigest(), 16) % _NUMBERS
    envelope = Envelope(kind.value, _GROUPS[kind], us, buyer, str(number), f"{at:%y%m%d}", f"{at:%H%M}")
    return written(envelope, bodies)


def _parties(ordered: Ordered) -> tuple[Party, Party] | None:
    """To whom the buyer sent his order, and himself, as his interchange names both; none for an order of elsewhere."""
    if ordered.view.order.provenance.format != _FORMAT:
        return None
    try:
        heading = Heading.of(ordered.beginning)
    except Unreadable:
        return None
    return Party(heading.at(7), heading.at(8).strip()), Party(heading.at(5), heading.at(6).strip())
