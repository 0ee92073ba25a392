"""Rows of delimited text (RFC 4180): quoted cells may hold delimiters and line ends, and a bad row spoils no other."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.files.lines import Lines
from activities.records.batches import Unreadable
from models.batch.batch import FileEncoding

if TYPE_CHECKING:
    from activities.adapters.files.lines import Line
    from activities.records.batches import Bytes

ROW_MAX = 64 * 1024
"""Bytes in the longest row."""
_LINES_MAX = 50
"""Lines in one row at most: a quote that nobody closes must not swallow the file."""
COLUMNS_MAX = 200
_SHOWN = 2000
_DELIMITERS = (",", ";", "\t")
_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16", b"PK\x03\x04": "a ZIP archive", b"\x1f\x8b": "compressed (gzip)"}
_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class Cells:
    """One row as it stands in the file."""

    cells: tuple[str, ...]
    raw: str
    end: int
    """Where in the file the next row begins."""
    trouble: str = ""
    """Why it is no row at all."""


@dataclass(frozen=True)
class Header:
    """The first row, and what it says of the others."""

    names: tuple[str, ...]
    """In lower case, without white space around them."""
    delimiter: str
    end: int


class Rows:
    """A file's rows from an offset on; the empty ones are passed over."""

    def __init__(self, file: Bytes, offset: int, *, delimiter: str, encoding: FileEncoding) -> None:
        """Read rows with this delimiter."""
        self._lines = Lines(file, offset, longest=ROW_MAX)
        self._encoding = encoding
        self._delimiter = delimiter
        only = re.escape(delimiter)
        self._cell = re.compile(rf'"((?:[^"]|"")*)"(?={only}|\Z)|([^"{only}][^{only}]*|)(?={only}|\Z)')

    async def next(self) -> Cells | None:
        """Read a row; none at the end of the file."""
        while (line := await self._lines.next()) is not None:
            if line.text.strip() or line.cut:
                return await self._row(line)
        return None

    async def _row(self, line: Line) -> Cells:
        if line.cut:
            return self._bad(line, f"is longer than {ROW_MAX} bytes")
        found = self._decoded(line.text, line.end)
        if not found.trouble or b'"' not in line.text:
            return found
        text, end = line.text, line.end
        for _ in range(_LINES_MAX):
            more = await self._lines.next()
            if more is None or len(text) + len(more.text) > ROW_MAX:
                break
            text, end = text + b"\n" + more.text, more.end
            if b'"' in more.text and not (longer := self._decoded(text, end)).trouble:
                return longer
        # The quote is closed nowhere: the next row is then most likely what follows this line.
        self._lines.go_to(line.end)
        return found

    def _decoded(self, text: bytes, end: int) -> Cells:
        shown = self._shown(text)
        try:
            whole = text.decode(self._encoding.value)
        except UnicodeDecodeError as error:
            other = " (say encoding=windows-1252 if it is that)" if self._encoding is FileEncoding.UTF_8 else ""
            return Cells((), shown, end, f"is not {self._encoding.value}: byte {error.start + 1} of it{other}")
        if "\0" in whole:
            return Cells((), shown, end, "holds the character NUL")
        cells = self._split(whole)
        if cells is None:
            return Cells((), shown, end, "opens a quote and does not close it before the next cell")
        return Cells(cells, whole, end)

    def _split(self, text: str) -> tuple[str, ...] | None:
        """Take a row apart; none where its quotes make no sense."""
        if '"' not in text:
            return tuple(text.split(self._delimiter, COLUMNS_MAX))
        cells: list[str] = []
        at = 0
        while len(cells) <= COLUMNS_MAX:
            found = self._cell.match(text, at)
            if found is None:
                return None
            quoted, plain = found.groups()
            cells.append(plain if quoted is None else quoted.replace('""', '"'))
            if found.end() == len(text):
                break
            at = found.end() + 1
        return tuple(cells)

    def _bad(self, line: Line, trouble: str) -> Cells:
        return Cells((), self._shown(line.text), line.end, trouble)

    def _shown(self, text: bytes) -> str:
        return text[:_SHOWN].decode(self._encoding.value, "replace").replace("\0", "\ufffd")


async def header(file: Bytes, encoding: FileEncoding) -> Header:
    """Read the first row, and see from it what parts the cells.

    Raises:
        Unreadable: there is none, or this is no text.
    """
    begin = (await file.read(0))[:4]
    for mark, what in _BOMS.items():
        if begin.startswith(mark):
            raise Unreadable(f"this is {what}; send plain text, UTF-8 best")
    offset = len(_BOM) if begin.startswith(_BOM) else 0
    line = await Lines(file, offset, longest=ROW_MAX).next()
    if line is None or not line.text.strip():
        raise Unreadable("the first line must name the columns, and it is empty")
    if line.cut or b"\0" in line.text:
        raise Unreadable("the first line must name the columns; this is no such text")
    text = line.text.decode(encoding.value, "replace")
    delimiter = max(_DELIMITERS, key=text.count)
    rows = Rows(file, offset, delimiter=delimiter, encoding=encoding)
    first = await rows.next()
    if first is None or first.trouble:
        raise Unreadable(f"the first line must name the columns; it {first.trouble if first else 'is empty'}")
    names = tuple(cell.strip().lower() for cell in first.cells)
    if len(names) > COLUMNS_MAX:
        raise Unreadable(f"there are more than {COLUMNS_MAX} columns")
    return Header(names, delimiter, first.end)
