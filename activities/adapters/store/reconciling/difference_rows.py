"""A difference as a row."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from models.reconciling.differences import Difference


def difference_row(difference: Difference) -> dict[str, object]:
    """The row of a difference: what lists are filtered by, and the whole of it."""
    finding = difference.finding
    at_stake = finding.at_stake
    return {
        "id": difference.id,
        "comparison": finding.comparison.value,
        "kind": finding.kind.value,
        "party": finding.party.value,
        "document": finding.document.value,
        "order_id": finding.order_id,
        "state": difference.state.value,
        "owner": difference.owner,
        "currency": at_stake.currency if at_stake else None,
        "at_stake": at_stake.amount if at_stake else None,
        "first_seen_at": difference.first_seen,
        "settled_at": difference.settled_at,
        "difference": difference,
    }
