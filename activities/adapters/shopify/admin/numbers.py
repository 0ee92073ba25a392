"""Shopify's ids: numbers in its webhooks and in our documents, ``gid://shopify/Order/5001`` in GraphQL."""

from __future__ import annotations

import re

from models.errors import Refused

_NUMBER = re.compile(r"[0-9]{1,20}")


def gid(channel: str, kind: str, number: str) -> str:
    """Write an id of ours as GraphQL wants it.

    Raises:
        Refused: Shopify cannot have given it.
    """
    if _NUMBER.fullmatch(number) is None:
        raise Refused(channel, f"{number!r} is no id of a Shopify {kind}", code="not_found")
    return f"gid://shopify/{kind}/{number}"


def number(given: str) -> str:
    """The number in an id: what stands after the last slash, before any question mark."""
    return given.rpartition("/")[2].partition("?")[0]
