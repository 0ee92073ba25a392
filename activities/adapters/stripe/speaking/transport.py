"""The way to Stripe for its SDK: one time limit for an exchange, and our own words for what goes wrong on the way.

What the SDK would make of a broken connection, a failure or a request to slow down says less than we need: whether
the request can have arrived, and when to come back. So that is decided here, as for every partner spoken to over HTTP
(activities/adapters/http.py); what Stripe answers in its own words is left to the SDK.
"""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING

import httpx
import stripe

from activities.adapters.http import LostReply, Nonsense, retry_after
from models.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping

_ANSWER_MAX = 8 * 1024 * 1024
_CONNECT_WITHIN_S = 3.0
_IDLE_S = 3.0
_TELLING = 300
_THROTTLED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_ASK_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}


class Transport(stripe.HTTPClient):
    """What the SDK sends its requests through; asynchronous only."""

    name = "orderloom"

    def __init__(self, partner: str, within_s: float) -> None:
        """Give every exchange with the partner so many seconds in all."""
        super().__init__()
        self._partner = partner
        self._within_s = within_s
        self._http = httpx.AsyncClient(
            timeout=httpx.Timeout(None, connect=min(_CONNECT_WITHIN_S, within_s)),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=_IDLE_S),
            follow_redirects=False,
            trust_env=False,
        )

    async def request_async(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        post_data: str | bytes | None = None,
    ) -> tuple[bytes, int, Mapping[str, str]]:
        """Send a request; answers body, status and headers of what Stripe itself has to say to it.

        Raises:
            Unavailable: nothing was done: nobody there, or we are asked to slow down.
            LostReply: it may have been done, and we have no answer.
            Nonsense: it may have been done, and this is no answer.
        """
        request = self._http.build_request(method, url, headers=dict(headers), content=post_data)
        try:
            async with asyncio.timeout(self._within_s):
                response = await self._http.send(request, stream=True)
                try:
                    content = await self._content(response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(self._partner, f"cannot be reached: {_said(error)}") from error
        except TimeoutError as error:
            raise LostReply(self._partner, f"did not answer within {self._within_s:g} s") from error
        except httpx.TransportError as error:
            raise LostReply(self._partner, f"the connection broke: {_said(error)}") from error
        self._check(response)
        return self._document(content, response.status_code), response.status_code, response.headers

    async def close_async(self) -> None:
        """Close every connection."""
        await self._http.aclose()

    async def _content(self, response: httpx.Response) -> bytes:
        content = bytearray()
        async for part in response.aiter_bytes():
            content += part
            if len(content) > _ANSWER_MAX:
                raise Nonsense(self._partner, f"answered more than {_ANSWER_MAX} bytes")
        return bytes(content)

    def _document(self, content: bytes, status: int) -> bytes:
        """See that the SDK gets what it expects: a JSON object. It stumbles over anything else."""
        try:
            document = json.loads(content)
        except (ValueError, RecursionError):
            document = None
        if isinstance(document, dict):
            return content
        if status < HTTPStatus.BAD_REQUEST:
            raise Nonsense(self._partner, f"answered {status} with what cannot be read")
        return b"{}"

    def _check(self, response: httpx.Response) -> None:
        status = response.status_code
        if status in _THROTTLED:
            said = "asks us to slow down" if status == HTTPStatus.TOO_MANY_REQUESTS else "is not available"
            raise Unavailable(self._partner, f"{said} ({status})", retry_after_s=retry_after(response.headers))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _ASK_AGAIN:
            raise LostReply(self._partner, f"failed ({status})")
        if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
            raise Nonsense(self._partner, f"answered {status}, which is neither an answer nor a refusal")


def _said(error: Exception) -> str:
    return str(error)[:_TELLING] or type(error).__name__
