"""The order, the warehouse and the carrier: what left, and where it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.reconciling.comparing.matching import match
from models.reconciling.comparing.verdicts import Judge
from models.reconciling.differences import Comparison, Remedy
from models.reconciling.documents import DocumentKind, Party
from models.states.fulfilment import SHIPMENT, ShipmentState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.reconciling.books import OrderBooks
    from models.reconciling.differences import Finding
    from models.reconciling.documents import PartnerDocument

_NOT_ON_ITS_WAY = frozenset({ShipmentState.LABEL_CREATED.value, ShipmentState.CANCELLED.value})
_WAY_BACK = "return:"
"""What the keys of labels for returns begin with: those parcels belong to no shipment."""


def compare_goods(books: OrderBooks, documents: Sequence[PartnerDocument]) -> tuple[Finding, ...]:
    """Say what differs between an order's shipments, the warehouse's and the carrier's parcels."""
    judge = Judge(Comparison.GOODS, books)
    shipments = [found for found in documents if found.kind is DocumentKind.SHIPMENT]
    parcels = [
        found for found in documents if found.kind is DocumentKind.PARCEL and not found.key.startswith(_WAY_BACK)
    ]
    return (*_shipments(judge, books, shipments), *_parcels(judge, books, parcels, shipments))


def _shipments(judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument]) -> Iterator[Finding]:
    # One release may leave in several parcels, so that only the number of the parcel tells them apart.
    matches = match(
        books.of_kind(DocumentKind.SHIPMENT), [document.model_copy(update={"key": ""}) for document in found]
    )
    for wanted in matches.missing:
        yield judge.missing(Party.WMS, wanted)
    for document in matches.left:
        yield judge.left(document, _tell(books, document))


def _parcels(
    judge: Judge, books: OrderBooks, found: Sequence[PartnerDocument], shipments: Sequence[PartnerDocument]
) -> Iterator[Finding]:
    matches = match(books.of_kind(DocumentKind.PARCEL), found)
    left_warehouse = {getattr(shipment.event, "tracking_number", None) for shipment in shipments}
    yield from judge.duplicates(pair for pair in matches.duplicates if pair[0].state not in _NOT_ON_ITS_WAY)
    for wanted in matches.missing:
        yield judge.missing(Party.CARRIER, wanted)
    for wanted, document in matches.pairs:
        if document.state != wanted.state:
            yield from _moved(judge, books, wanted.state or "", document)
    for document in matches.left:
        # A parcel the warehouse has written down is told to the order with its shipment.
        if document.state not in _NOT_ON_ITS_WAY and document.reference not in left_warehouse:
            yield judge.left(document)


def _moved(judge: Judge, books: OrderBooks, ours: str, document: PartnerDocument) -> Iterator[Finding]:
    if ours == ShipmentState.LABEL_CREATED and document.state == ShipmentState.DISPATCHED:
        # Carriers take over what has left us without telling us so.
        return
    ahead = _follows(ours, document.state or "")
    yield judge.state(document, ours, subject=document.reference, remedy=_tell(books, document) if ahead else None)


def _follows(ours: str, theirs: str) -> bool:
    try:
        return ShipmentState(theirs) in SHIPMENT.moves[ShipmentState(ours)]
    except ValueError:
        return False


def _tell(books: OrderBooks, document: PartnerDocument) -> Remedy | None:
    """Say whether the order can still be told."""
    return Remedy.TELL_ORDER if document.event is not None and not books.ended else None
