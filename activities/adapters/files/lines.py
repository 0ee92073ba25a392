"""Lines of a file of any length, with bounded memory: a line of 50 MB is passed over, and its beginning shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activities.records.batches import Bytes

_SHOWN = 1000
"""Bytes kept of a line that is too long."""
_CR, _LF = b"\r", b"\n"


@dataclass(frozen=True)
class Line:
    """One line without its end."""

    text: bytes
    end: int
    """Where in the file the next line begins."""
    cut: bool = False
    """Whether it was longer than allowed, so that `text` is its beginning only."""


class Lines:
    """A file's lines from an offset on; a line feed, a carriage return or both end one, mixed as they may be."""

    def __init__(self, file: Bytes, offset: int, *, longest: int) -> None:
        """Read lines of at most `longest` bytes."""
        self._file = file
        self._longest = longest
        self.go_to(offset)

    def go_to(self, offset: int) -> None:
        """Read on from there."""
        self._held = b""
        self._at = 0
        """Where in `_held` the next line begins."""
        self._loaded = offset
        """Where in the file what follows `_held` begins."""
        self._ended = False

    async def next(self) -> Line | None:
        """Read the next line; none at the end of the file."""
        while True:
            end = self._line_end()
            if end is not None:
                text, self._at = self._held[self._at : end[0]], end[1]
                return self._line(text)
            if len(self._held) - self._at > self._longest:
                return await self._passed_over()
            if not await self._more():
                text, self._at = self._held[self._at :], len(self._held)
                return self._line(text) if text else None

    def _line(self, text: bytes) -> Line:
        cut = len(text) > self._longest
        end = self._loaded - len(self._held) + self._at
        return Line(text[:_SHOWN] if cut else text, end, cut)

    async def _passed_over(self) -> Line:
        """Find the end of a line that is too long, and hold no more of it than a piece at a time."""
        shown = self._held[self._at : self._at + _SHOWN]
        while (end := self._line_end()) is None:
            # The last byte may be half of a line's end.
            self._at = len(self._held) - 1
            if not await self._more():
                end = (len(self._held), len(self._held))
                break
        self._at = end[1]
        return Line(shown, self._loaded - len(self._held) + self._at, cut=True)

    async def _more(self) -> bool:
        """Hold more of the file, and let go of what was read."""
        if self._ended:
            return False
        more = await self._file.read(self._loaded)
        self._held = self._held[self._at :] + more
        self._at = 0
        self._loaded += len(more)
        self._ended = not more
        # At the end of the file a carriage return that stood last is a line's end after all.
        return bool(more) or self._held.endswith(_CR)

    def _line_end(self) -> tuple[int, int] | None:
        """Where the line ends and the next begins; none where that lies beyond what is held."""
        feed = self._held.find(_LF, self._at)
        back = self._held.find(_CR, self._at, feed if feed >= 0 else len(self._held))
        if back < 0:
            return None if feed < 0 else (feed, feed + 1)
        if back + 1 == len(self._held) and not self._ended:
            return None
        return back, back + (2 if self._held[back + 1 : back + 2] == _LF else 1)
