"""Whether a repeat under a key says the same as the first time, without keeping what was said."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic import BaseModel


def digest(subject: str, parts: Iterable[BaseModel]) -> str:
    """Digest who or what it is about, and its parts, in whatever order they came.

    Fields at their defaults are left out, so that a field added to a part later changes no digest.
    """
    texts = sorted(part.model_dump_json(exclude_defaults=True) for part in parts)
    return hashlib.sha256("\n".join([subject, *texts]).encode()).hexdigest()
