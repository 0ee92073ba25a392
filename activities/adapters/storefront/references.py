"""A key of ours, short and plain enough to stand in another system's field and to be found there again."""

from __future__ import annotations

import hashlib
import uuid

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "orderloom")


def reference(key: str) -> str:
    """Sixteen hexadecimal digits, always the same for a key: two keys of one order will not share them."""
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def marked(text: str, key: str, longest: int) -> str:
    """A text that ends in the key's reference, cut so that it fits: ``sold out (ref 0f3a...)``."""
    mark = _mark(key)
    return f"{text[: longest - len(mark) - 1].rstrip()} {mark}"


def is_marked(text: str | None, key: str) -> bool:
    """Whether a text bears the key's reference."""
    return _mark(key) in (text or "")


def idempotency_key(key: str, attempt: int = 0) -> str:
    """A UUID for a key; another one for each attempt that the partner says has failed for good."""
    return str(uuid.uuid5(_NAMESPACE, f"{key}#{attempt}" if attempt else key))


def _mark(key: str) -> str:
    return f"(ref {reference(key)})"
