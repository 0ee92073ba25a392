"""The rules of every life."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from models.policy.book import PolicyBook

if TYPE_CHECKING:
    from models.policy.policy_set import PolicySet


@lru_cache(maxsize=1)
def policies() -> PolicySet:
    """The policies in force, with partners asked again less often: an outage takes hours here, and each try costs."""
    shipped = PolicyBook.load(Path(__file__).parents[3] / "policies").current
    patience = shipped.patience.model_copy(update={"first_pause_seconds": 30, "longest_pause_seconds": 3600})
    return shipped.model_copy(update={"patience": patience})
