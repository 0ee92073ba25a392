"""Who is calling: the holder of an API key, or a sales channel whose platform signed its payload."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Protocol

from fastapi import Depends, Request

from activities.records.orders import Principal
from api.http.problems import UNAUTHENTICATED, Refusal
from api.services import Provided, Services

if TYPE_CHECKING:
    from starlette.datastructures import Headers

_KEY_MAX = 300


async def authenticated(request: Request, services: Provided) -> Principal:
    """Find out whose API key the request carries.

    Raises:
        Refusal: it carries none, or one that nobody holds.
    """
    return await known(request, services.api_keys)


class Keys(Protocol):
    """Who may call."""

    async def verify(self, key: str) -> Principal | None:
        """Who holds this key; None for nobody."""


async def known(request: Request, keys: Keys) -> Principal:
    """Find out whose API key the request carries, by these keys.

    Raises:
        Refusal: it carries none, or one that nobody holds.
    """
    key = _presented(request.headers)
    principal = await keys.verify(key) if key else None
    if principal is None:
        raise _unknown("an API key is needed: Authorization: Bearer <key>, or X-Api-Key: <key>")
    return principal


Caller = Annotated[Principal, Depends(authenticated)]


async def channel_caller(request: Request, services: Services, channel: str) -> Principal:
    """Let a channel in: by its platform's signature where there is a secret to check it with, else by API key.

    Raises:
        Refusal: the signature is missing or wrong, or there is no known key.
    """
    if channel not in services.signed_channels:
        return await authenticated(request, services)
    if not services.channels[channel].verify(await request.body(), dict(request.headers)):
        raise _unknown(f"the signature of {channel} is missing or wrong")
    return Principal(id=f"channel:{channel}", name=channel)


def _presented(headers: Headers) -> str | None:
    scheme, _, key = headers.get("authorization", "").partition(" ")
    given = key.strip() if scheme.lower() == "bearer" else headers.get("x-api-key", "")
    return given if given.isascii() and 0 < len(given) <= _KEY_MAX else None


def _unknown(detail: str) -> Refusal:
    return Refusal(UNAUTHENTICATED, detail, headers={"WWW-Authenticate": 'Bearer realm="orderloom"'})
