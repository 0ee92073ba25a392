"""Finding which of a partner's documents belongs to what we expect: by our key, or by the partner's number."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.reconciling.books import Expected
    from models.reconciling.documents import PartnerDocument


@dataclass(frozen=True)
class Matches:
    """Who belongs to whom."""

    pairs: tuple[tuple[Expected, PartnerDocument], ...]
    missing: tuple[Expected, ...]
    """Expected, and the partner has none."""
    left: tuple[PartnerDocument, ...]
    """The partner has it, and we expect none."""
    duplicates: tuple[tuple[PartnerDocument, PartnerDocument], ...]
    """One that came again under its key, with the first."""


def match(expected: Sequence[Expected], documents: Sequence[PartnerDocument]) -> Matches:
    """Pair them; what was written twice under one key is told apart first, the earliest being the one that counts."""
    firsts, duplicates = _told_apart(expected, documents)
    by_reference = {document.reference: document for document in firsts}
    by_key = {document.first_key: document for document in firsts if document.key}
    pairs: list[tuple[Expected, PartnerDocument]] = []
    missing: list[Expected] = []
    for wanted in expected:
        found = by_reference.get(wanted.reference or "") or by_key.get(wanted.key)
        if found is None:
            missing.append(wanted)
        else:
            pairs.append((wanted, found))
    taken = {document.reference for _, document in pairs}
    left = tuple(document for document in firsts if document.reference not in taken)
    return Matches(tuple(pairs), tuple(missing), left, duplicates)


def _told_apart(
    expected: Sequence[Expected], documents: Sequence[PartnerDocument]
) -> tuple[list[PartnerDocument], tuple[tuple[PartnerDocument, PartnerDocument], ...]]:
    ours = {wanted.reference for wanted in expected if wanted.reference}
    firsts: dict[str, PartnerDocument] = {}
    duplicates: list[tuple[PartnerDocument, PartnerDocument]] = []
    # The one we were told of counts, or else the earliest.
    for document in sorted(documents, key=lambda found: (found.reference not in ours, found.at, found.reference)):
        first = firsts.setdefault(document.first_key or f"#{document.reference}", document)
        if first is not document:
            duplicates.append((document, first))
    return list(firsts.values()), tuple(duplicates)
