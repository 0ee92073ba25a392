"""An interchange's first segment: who sends it to whom, and what parts its segments and their elements."""

from __future__ import annotations

from dataclasses import dataclass

from activities.records.batches import Unreadable

HEADING_MAX = 256
"""Bytes within which it has to end. The standard gives it 106; who pads its names wrongly is read all the same."""
FILLING = b" \t\r\n\x1a\0\xef\xbb\xbf"
"""Line ends, what old systems fill a file's last block with, and the mark some editors put at a file's beginning."""
_NAME = "ISA"
_ELEMENTS = 16
_CONTROL = 13


@dataclass(frozen=True)
class Heading:
    """The ISA segment of an interchange, its terminator included."""

    text: str

    @classmethod
    def of(cls, file: bytes) -> Heading:
        """Read it off what begins an interchange; what follows it is not looked at.

        ISA16 is one character, and the one after it ends the segment: so says X12.5 of this segment alone.

        Raises:
            Unreadable: there is no such segment, or nothing is parted by what should part it.
        """
        begins = file.lstrip(FILLING)[:HEADING_MAX].decode("ascii", "replace")
        parts = begins.split(begins[3:4] or None, _ELEMENTS)
        if parts[:1] != [_NAME] or len(parts) <= _ELEMENTS or len(parts[_ELEMENTS]) < 2:  # noqa: PLR2004 - ISA16 and the end
            raise Unreadable(f"an X12 file begins with ISA and {_ELEMENTS} elements, and this one does not")
        found = cls(begins[: len(begins) - len(parts[_ELEMENTS]) + 2])
        if not found.text.isascii():
            raise Unreadable("the ISA segment has letters or spaces beyond ASCII")
        apart = (found.element, *found.text[-2:])
        if len({*apart}) < len(apart) or any(map(str.isalnum, apart)):
            raise Unreadable("the separators of the ISA segment make no sense")
        return found

    @property
    def element(self) -> str:
        """What parts elements."""
        return self.text[3]

    @property
    def end(self) -> str:
        """What ends a segment."""
        return self.text[-1]

    @property
    def number(self) -> str:
        """The interchange's control number."""
        return self.at(_CONTROL)

    def at(self, number: int) -> str:
        """An element by its number, from 1."""
        return self.text.split(self.element)[number]

    def rest(self, file: bytes) -> bytes:
        """What follows it in the file it was read from."""
        return file.lstrip(FILLING)[len(self.text) :]
