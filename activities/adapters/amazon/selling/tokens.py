"""Access tokens of Login with Amazon: an hour each, fetched with the account's refresh token and kept while they last.

Source: Amazon's documentation "Connect to the SP-API", step 1.
"""

from __future__ import annotations

import asyncio
import json
import time
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlencode

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import Nonsense, PartnerHttp
from models.errors import InvalidInput, Refused, Unavailable, Uncertain
from models.strict_json import parse

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.options import AmazonOptions
    from models.settings import PartnerSettings

_FORM = {"Content-Type": "application/x-www-form-urlencoded;charset=UTF-8"}
_EARLY_S = 60.0
"""A token is fetched anew so long before it ends: it has to last for the request as well."""


class _Token(ChannelModel):
    access_token: Annotated[str, Field(min_length=1)]
    expires_in: float


class Tokens:
    """The account's token, one for all requests."""

    def __init__(self, channel: str, settings: PartnerSettings, options: AmazonOptions) -> None:
        """Nothing is fetched yet."""
        self._partner = channel
        self._form = {
            "grant_type": "refresh_token",
            "refresh_token": settings.key.get_secret_value(),
            "client_id": options.client_id,
            "client_secret": options.client_secret.get_secret_value(),
        }
        self._url = options.login_url
        self._http = PartnerHttp(channel, settings, problem=_problem)
        self._turn = asyncio.Lock()
        self._token = ""
        self._until = 0.0

    async def current(self) -> str:
        """A token that still lasts.

        Raises:
            Unavailable: Amazon does not let us in, or is not there.
            Transient: asking again is safe.
        """
        async with self._turn:
            if time.monotonic() >= self._until:
                token = await self._fetched()
                self._token = token.access_token
                self._until = time.monotonic() + token.expires_in - _EARLY_S
            return self._token

    def forget(self) -> None:
        """Fetch a new one next time: this one was not taken."""
        self._until = 0.0

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def _fetched(self) -> _Token:
        try:
            content = await self._http.exchange("POST", self._url, urlencode(self._form), _FORM)
        except (Refused, Uncertain) as error:
            message = f"does not log us in: {error}: check client id, client secret and refresh token"
            raise Unavailable(self._partner, message, code=error.code) from error
        try:
            return _Token.model_validate(parse(content))
        except (InvalidInput, ValueError) as error:
            raise Nonsense(self._partner, "answered a log-in with what is no token") from error


def _problem(content: bytes) -> tuple[str, str]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict) or not isinstance(document.get("error"), str):
        return "", ""
    return document["error"][:100], str(document.get("error_description") or document["error"])[:300]
