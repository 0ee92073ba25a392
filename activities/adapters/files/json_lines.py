"""JSON lines: one canonical order document a line. Nothing in it is guessed, cleaned or dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.files.lines import Lines
from activities.records.batches import Found, Row, Unreadable
from models.batch.batch import BatchFormat, Place
from models.catalogue import Item
from models.errors import InvalidInput
from models.order.document import OrderDocument
from models.strict_json import read

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from activities.adapters.files.lines import Line
    from activities.records.batches import Bytes
    from models.batch.batch import BatchSource

LINE_MAX = 1024 * 1024
"""Bytes in the longest line."""
_BOM = b"\xef\xbb\xbf"
_NO_TEXT = {
    b"\xff\xfe": "UTF-16",
    b"\xfe\xff": "UTF-16",
    b"PK\x03\x04": "a ZIP archive",
    b"\x1f\x8b": "compressed (gzip)",
}


class JsonLines:
    """`activities.records.batches.BatchReader` for lines of `OrderDocument`."""

    format = BatchFormat.JSON_LINES

    async def read(self, file: Bytes, source: BatchSource, place: Place) -> AsyncIterator[Found]:
        """Read on from a place.

        Raises:
            Unreadable: this is no text, or one JSON list.
        """
        begin = (await file.read(0))[:4]
        for mark, what in _NO_TEXT.items():
            if begin.startswith(mark):
                raise Unreadable(f"this is {what}; send plain text in UTF-8")
        if begin.lstrip(_BOM).lstrip().startswith(b"["):
            raise Unreadable("this is one JSON list; send each order on a line of its own")
        lines = Lines(file, max(place.offset, len(_BOM) if begin.startswith(_BOM) else 0), longest=LINE_MAX)
        number = place.row
        while (line := await lines.next()) is not None:
            if line.text.strip() or line.cut:
                number += 1
                yield _found(line, number, source)


def _found(line: Line, number: int, source: BatchSource) -> Found:
    then = Place(offset=line.end, row=number)
    shown = line.text.decode("utf-8", "replace").replace("\0", "\ufffd")
    if line.cut:
        return Found((Row(number, shown, f"is longer than {LINE_MAX} bytes"),), then)
    try:
        document = read(OrderDocument, line.text)
    except InvalidInput as error:
        first = error.errors[0]
        return Found((Row(number, shown, first.message, first.pointer),), then)
    return Found((Row(number),), then, document, line.text, _items(document) if source.learn else ())


def _items(document: OrderDocument) -> tuple[Item, ...]:
    """The articles as the lines describe them."""
    return tuple(
        Item(sku=line.sku, name=line.name or line.sku, unit=line.unit, stocked=line.needs_shipping)
        for line in document.lines
    )
