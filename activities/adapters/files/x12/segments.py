"""Segments of an X12 file: each interchange says itself what parts its segments and their elements."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.files.x12.heading import FILLING, HEADING_MAX, Heading
from activities.records.batches import Unreadable
from models.batch.batch import FileEncoding

if TYPE_CHECKING:
    from activities.records.batches import Bytes

SEGMENT_MAX = 16 * 1024
SPOILT = "\ufffd"
"""Stands where bytes are no text in the file's encoding."""


@dataclass(frozen=True)
class Segment:
    """One segment."""

    name: str
    elements: tuple[str, ...]
    """From the first one on; `at` counts as the standard does."""
    raw: str
    end: int
    """Where in the file the next one begins."""

    def at(self, number: int) -> str:
        """An element by its number, from 1; empty where it is not there."""
        return self.elements[number - 1].strip() if number <= len(self.elements) else ""


class Segments:
    """A file's segments from an offset on, with bounded memory."""

    def __init__(self, file: Bytes, offset: int, encoding: FileEncoding = FileEncoding.UTF_8) -> None:
        """Read from there; an interchange must begin there, or `heading` be set."""
        self._file = file
        self._encoding = encoding.value
        self._held = b""
        self._loaded = offset
        self.heading: Heading | None = None

    async def next(self) -> Segment | None:
        """Read a segment; none at the end of the file.

        Raises:
            Unreadable: what should be an interchange is none, or a segment never ends.
        """
        await self._skip_filling()
        if not self._held:
            return None
        if self._held.startswith(b"ISA"):
            await self._hold(HEADING_MAX)
            self.heading = Heading.of(self._held)
            return self._taken(self.heading, len(self.heading.text) - 1)
        if self.heading is None:
            raise Unreadable("an interchange begins with ISA, and something else stands there")
        mark = self.heading.end.encode()
        while (end := self._held.find(mark)) < 0 and len(self._held) <= SEGMENT_MAX and await self._more():
            continue
        if max(end, len(self._held) if end < 0 else 0) > SEGMENT_MAX:
            raise Unreadable(f"a segment has no end within {SEGMENT_MAX} bytes: is the separator right?")
        return self._taken(self.heading, end if end >= 0 else len(self._held))

    def _taken(self, heading: Heading, end: int) -> Segment:
        raw = self._held[:end].decode(self._encoding, "replace").strip().replace("\0", SPOILT)
        self._held = self._held[end + 1 :]
        name, *elements = raw.split(heading.element)
        return Segment(name, tuple(elements), raw, self._loaded - len(self._held))

    async def _skip_filling(self) -> None:
        self._held = self._held.lstrip(FILLING)
        while not self._held and await self._more():
            self._held = self._held.lstrip(FILLING)
        await self._hold(len(b"ISA"))

    async def _hold(self, size: int) -> None:
        while len(self._held) < size and await self._more():
            continue

    async def _more(self) -> bool:
        more = await self._file.read(self._loaded)
        self._held += more
        self._loaded += len(more)
        return bool(more)
