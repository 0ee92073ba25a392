"""Values that stand in a statement itself: only then do both databases see that a partial index serves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam

if TYPE_CHECKING:
    from sqlalchemy import BindParameter


def spelt_out(name: str, *values: str) -> BindParameter[list[str]]:
    """Write these values out, for ``in_``; `name` is unique in the statement."""
    return bindparam(name, [str(value) for value in values], expanding=True, literal_execute=True)
