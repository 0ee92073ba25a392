"""What can be wrong with a transaction, in a person's words and in the 997's codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from activities.adapters.files.x12.segments import Segment

MISSING_SEGMENT, UNEXPECTED_SEGMENT, ELEMENT_ERRORS = "3", "2", "8"
"""AK304."""
MISSING, BAD_CHARACTER, BAD_CODE, BAD_DATE = "1", "6", "7", "8"
"""AK403."""
NOT_SUPPORTED, NO_TRAILER, NUMBERS_DIFFER, COUNT_DIFFERS, IN_ERROR, NUMBER_TWICE = "1", "2", "3", "4", "5", "23"
"""AK502."""


class Fault(Exception):
    """A transaction cannot be taken; says where in it, and why."""

    def __init__(  # noqa: PLR0913 - each is one part of the acknowledgement
        self,
        message: str,
        *,
        segment: str = "",
        position: int = 0,
        element: int = 0,
        segment_code: str = ELEMENT_ERRORS,
        element_code: str = BAD_CODE,
        code: str = IN_ERROR,
    ) -> None:
        """Blame a segment by its name and place in the transaction, and an element by its number; both may be none."""
        super().__init__(message)
        self.segment = segment
        self.position = position
        self.element = element
        self._segment_code = segment_code
        self._element_code = element_code
        self._code = code

    @property
    def place(self) -> str:
        """Where, for a person: ``PO1 at 7, element 2``."""
        if not self.segment:
            return ""
        where = f"{self.segment} at {self.position}"
        return f"{where}, element {self.element}" if self.element else where

    def acknowledged(self, kind: str, number: str) -> list[str]:
        """The 997's segments for this transaction."""
        told = [f"AK2*{kind or '850'}*{number or '0000'}"]
        if self.segment:
            told.append(f"AK3*{self.segment}*{self.position}**{self._segment_code}")
            if self.element:
                told.append(f"AK4*{self.element}**{self._element_code}")
        return [*told, f"AK5*R*{self._code}"]


def element_fault(segment: Segment, position: int, element: int, code: str, message: str) -> Fault:
    """Blame one element."""
    return Fault(message, segment=segment.name, position=position, element=element, element_code=code)
