"""What an 850 says in words: for the warehouse, or for whoever looks at the order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.storefront import text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from activities.adapters.files.x12.ordering.articles import Article
    from activities.adapters.files.x12.segments import Segment

OURS = "REFUSED: "
"""How the remark begins by which we tell the sender why a transaction came back to him."""


class Remarks:
    """The free text of one order."""

    def __init__(self) -> None:
        """Begin with none."""
        self._said: list[str] = []

    def read(self, segment: Segment, article: Article | None) -> None:
        """Take an MSG or NTE: of a line, or of the order."""
        said = text.line(segment.at(1 if segment.name == "MSG" else 2))
        if said and not said.startswith(OURS.strip()):
            self._said.append(f"line {article.id}: {said}" if article else said)

    def instructions(self, more: Sequence[str]) -> str | None:
        """All of it, with what else the warehouse has to read."""
        return text.note("\n".join((*self._said, *more)))

    @staticmethod
    def note(place: str | None) -> str | None:
        """What a person has to settle before it can go out."""
        return text.note(f"Ship to {place}, whose address the order leaves out") if place else None
