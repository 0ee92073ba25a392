"""Interchanges of 850s: each transaction counts for itself, and each group is answered with a 997."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.x12 import faults
from activities.adapters.files.x12.faults import Fault, element_fault
from activities.adapters.files.x12.group import Open
from activities.adapters.files.x12.heading import Heading
from activities.adapters.files.x12.ordering.purchase_order import PurchaseOrder
from activities.adapters.files.x12.segments import SPOILT, Segments
from activities.records.batches import Found, Row
from models.batch.batch import BatchFormat, Place
from models.catalogue import Item

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from activities.adapters.files.x12.segments import Segment
    from activities.records.batches import Bytes
    from models.batch.batch import BatchSource
    from models.order.document import OrderDocument

_SEGMENTS_MAX = 20_000
"""In one transaction."""
_TEST = "T"
"""ISA15 of an interchange that is a test."""
_ENVELOPE = frozenset({"ST", "GE", "IEA", "GS", "ISA"})


class X12Orders:
    """`activities.records.batches.BatchReader` for 850s."""

    format = BatchFormat.X12

    async def read(self, file: Bytes, source: BatchSource, place: Place) -> AsyncIterator[Found]:
        """Read on from a place. A row is a transaction.

        Raises:
            Unreadable: it does not begin with an interchange, or a segment never ends.
        """
        walk = _Walk(file, source, place)
        while True:
            found = await walk.next()
            if found is None:
                return
            yield found


class _Walk:
    """Reading of one file, from a place on."""

    def __init__(self, file: Bytes, source: BatchSource, place: Place) -> None:
        self._segments = Segments(file, place.offset, source.encoding)
        self._source = source
        self._offset = place.offset
        self._row = place.row
        self._open: Open | None = None
        self._ahead: Segment | None = None
        if place.context:
            self._open = Open.model_validate_json(place.context)
            self._segments.heading = Heading.of(self._open.isa.encode())

    async def next(self) -> Found | None:
        """Read on until there is something to say."""
        while (segment := await self._take()) is not None:
            found = await self._met(segment)
            if found is not None:
                return found
        text, self._open = self._group_ended(None), None
        return self._said(text)

    async def _met(self, segment: Segment) -> Found | None:
        """Take one segment of the envelopes, and what it opens."""
        match segment.name:
            case "ISA" if self._segments.heading:
                text = self._group_ended(None)
                self._begin(self._segments.heading)
                return self._said(text)
            case "GS" if self._open:
                text = self._group_ended(None)
                self._open.begin_group(segment.at(1), segment.at(6))
                return self._said(text)
            case "ST" if self._open and self._open.group is not None:
                return await self._transaction(segment, self._open)
            case "GE" if self._open and self._open.group is not None:
                return self._said(self._group_ended(segment))
            case "IEA" if self._open:
                return self._interchange_ended(segment, self._open)
            case _:
                return self._astray(segment)

    def _said(self, text: str) -> Found | None:
        """What the sender hears; to be asked for when all else is done, for reading goes on from here."""
        return Found((), self._then(), is_order=False, acknowledgement=text) if text else None

    async def _take(self) -> Segment | None:
        segment, self._ahead = self._ahead or await self._segments.next(), None
        if segment is not None:
            self._offset = segment.end
        return segment

    def _begin(self, heading: Heading) -> None:
        self._open = Open(
            isa=heading.text,
            sender_qualifier=heading.at(5),
            sender=heading.at(6).strip(),
            receiver_qualifier=heading.at(7),
            receiver=heading.at(8).strip(),
            interchange_number=heading.number,
            test=heading.at(15) == _TEST,
        )

    def _then(self) -> Place:
        context = self._open.model_dump_json() if self._open else ""
        return Place(offset=self._offset, row=self._row, context=context)

    async def _transaction(self, first: Segment, opened: Open) -> Found:
        """Read from ST to SE, and take it, or say why not."""
        self._row += 1
        inside, trailer = await self._inside()
        if opened.acknowledges:
            opened.accept()
            return Found((Row(self._row, note="an acknowledgement", recorded=True),), self._then(), is_order=False)
        end = opened.isa[-1]
        raw = "".join(f"{part.raw}{end}\n" for part in (first, *inside, *((trailer,) if trailer else ())))
        try:
            document = self._document(first, inside, trailer, opened)
        except Fault as fault:
            opened.refuse(fault.acknowledged(first.at(1), first.at(2)))
            return Found((Row(self._row, raw, str(fault), fault.place),), self._then())
        opened.accept()
        payload = f"{opened.isa}\n{raw}".encode()
        items = _items(document) if self._source.learn else ()
        return Found((Row(self._row),), self._then(), document, payload, items)

    async def _inside(self) -> tuple[list[Segment], Segment | None]:
        """What stands between ST and SE, one segment more than is taken at most, and the SE if there is one."""
        inside: list[Segment] = []
        while (segment := await self._segments.next()) is not None:
            if segment.name in _ENVELOPE:
                self._ahead = segment
                break
            self._offset = segment.end
            if segment.name == "SE":
                return inside, segment
            if len(inside) <= _SEGMENTS_MAX:
                inside.append(segment)
        return inside, None

    def _document(self, first: Segment, inside: list[Segment], trailer: Segment | None, opened: Open) -> OrderDocument:
        number = first.at(2)
        twice, opened.numbers = number in opened.numbers, [*opened.numbers[-999:], number]
        if first.at(1) != "850" or opened.kind != "PO":
            found = f"{first.at(1) or 'nothing'} in a group {opened.kind or 'without a name'}"
            message = f"only purchase orders (850 in a group PO) are taken, and this is {found}"
            raise Fault(message, code=faults.NOT_SUPPORTED)
        if len(inside) > _SEGMENTS_MAX:
            raise Fault(f"a transaction may have {_SEGMENTS_MAX} segments at most")
        if trailer is None:
            raise Fault("the transaction has no SE segment", code=faults.NO_TRAILER)
        if trailer.at(2) != number:
            message = f"SE has the control number {trailer.at(2)}, and ST {number}"
            raise Fault(message, code=faults.NUMBERS_DIFFER)
        if trailer.at(1).lstrip("0") != str(len(inside) + 2):
            message = f"SE counts {trailer.at(1)} segments, and there are {len(inside) + 2}"
            raise Fault(message, code=faults.COUNT_DIFFERS)
        if twice:
            raise Fault(f"the control number {number} stands twice in the group", code=faults.NUMBER_TWICE)
        self._spoilt(inside)
        return PurchaseOrder(opened.sender, self._source, test=opened.test).document(inside)

    def _spoilt(self, inside: list[Segment]) -> None:
        """Refuse a transaction with bytes that are no text: nobody could tell which name or street was meant."""
        for position, segment in enumerate(inside, 2):
            for element, text in enumerate(segment.elements, 1):
                if SPOILT in text:
                    message = f"is not {self._source.encoding.value}: say the file's encoding, such as windows-1252"
                    raise element_fault(segment, position, element, faults.BAD_CHARACTER, message)

    def _group_ended(self, trailer: Segment | None) -> str:
        """Close a group; answers what the sender hears of it, nothing where none is open."""
        if self._open is None or self._open.group is None:
            return ""
        said, number = (trailer.at(1), trailer.at(2)) if trailer else ("", None)
        text = self._open.acknowledgement(said, number)
        self._open.group = None
        return text

    def _interchange_ended(self, trailer: Segment, opened: Open) -> Found:
        """Close an interchange; one whose trailer contradicts it is a row of its own, for somebody to look at."""
        text = self._group_ended(None)
        self._open = self._segments.heading = None
        trouble = ""
        if trailer.at(2) != opened.interchange_number:
            trouble = f"IEA has the control number {trailer.at(2)}, and ISA {opened.interchange_number}"
        elif trailer.at(1).lstrip("0") != str(opened.groups or ""):
            trouble = f"IEA counts {trailer.at(1)} groups, and there are {opened.groups}"
        rows: tuple[Row, ...] = ()
        if trouble:
            self._row += 1
            rows = (Row(self._row, trailer.raw, trouble, "IEA"),)
        return Found(rows, self._then(), is_order=False, acknowledgement=text)

    def _astray(self, segment: Segment) -> Found:
        self._row += 1
        trouble = f"the segment {segment.name[:10]} stands outside of any transaction"
        return Found((Row(self._row, segment.raw, trouble, segment.name[:10]),), self._then(), is_order=False)


def _items(document: OrderDocument) -> tuple[Item, ...]:
    return tuple(Item(sku=line.sku, name=line.name or line.sku, unit=line.unit) for line in document.lines)
