"""Restricted data tokens: what Orders API v0 asks for before it shows names and streets. API 2026-01-01 asks for none.

Source: tokens_2021-03-01 of the published models; the note at `ShippingAddress` in ordersV0.
"""

from __future__ import annotations

import time
from typing import Annotated

from pydantic import ConfigDict, Field
from pydantic.alias_generators import to_camel

from activities.adapters.channel_payload import ChannelModel

TOKENS_PATH = "/tokens/2021-03-01/restrictedDataToken"
_EARLY_S = 60.0


class RestrictedToken(ChannelModel):
    """One token."""

    model_config = ConfigDict(alias_generator=to_camel)

    restricted_data_token: Annotated[str, Field(min_length=1)]
    expires_in: float = 0.0
    """Seconds."""


class RestrictedTokens:
    """Tokens that still last, by the path they are for."""

    def __init__(self) -> None:
        """None yet."""
        self._tokens: dict[str, tuple[str, float]] = {}

    def known(self, path: str) -> str | None:
        """The token for a path."""
        token, until = self._tokens.get(path, ("", 0.0))
        return token if time.monotonic() < until else None

    def keep(self, path: str, token: RestrictedToken) -> str:
        """Keep a token until shortly before it ends."""
        self._tokens[path] = (token.restricted_data_token, time.monotonic() + token.expires_in - _EARLY_S)
        return token.restricted_data_token

    def forget(self) -> None:
        """Fetch new ones next time: one was not taken."""
        self._tokens.clear()
