"""The first of the three maps of errors: what HTTP says to our closed set, in one place for every partner.

what happened                                   becomes           what it means for an effect
connection refused, no connection in time       Unavailable       nothing was sent
503, 429                                        Unavailable       the partner would not look at it
401, 403, 404, 405 without a refusal's code     Unavailable       our configuration is wrong: orders wait, visibly,
                                                                  and go on by themselves once it is right
reset, no answer in time, 408, 425, 5xx         LostReply         it may have been done: look it up
3xx, too large, not what was agreed             Nonsense          it may have been done: look it up
409                                             Uncertain         the key was used for something else
other 4xx with a problem document               Refused           a business answer, with the partner's code
other 4xx without one                           Uncertain         nobody knows what was meant
"""

from __future__ import annotations

import asyncio
import json
import ssl
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn, TypeVar

import httpx
from pydantic import BaseModel

from models.errors import InvalidInput, PartnerError, Refused, Transient, Unavailable, Uncertain
from models.strict_json import read

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Mapping

    from models.settings import PartnerSettings

Model = TypeVar("Model", bound=BaseModel)

_ANSWER_MAX = 8 * 1024 * 1024
_CONNECT_WITHIN_S = 3.0
_IDLE_S = 3.0
"""Idle connections are given up before servers, which commonly wait five seconds, close them under a request."""
_LONGEST_WAIT_S = 3600.0
_TELLING = 300
"""How much of a partner's own words is passed on to people."""
_THROTTLED = {HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE}
_ASK_AGAIN = {HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_EARLY}
_MISCONFIGURED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN, HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED}
_SUCCEEDED = (HTTPStatus.OK, HTTPStatus.CREATED)
_HEADERS = {"Accept": "application/json", "Accept-Encoding": "identity"}
_JSON = {"Content-Type": "application/json"}


class LostReply(Transient):
    """The request may have arrived, but no answer came back."""


class Nonsense(Transient):
    """An answer came that cannot be one to what was asked."""


class PartnerHttp:
    """One partner's HTTP interface, with one pool of connections."""

    kept_out: Container[int] = _MISCONFIGURED
    """Statuses that say, without a refusal's code, that our access is to be put right: orders wait until it is."""

    def __init__(
        self,
        partner: str,
        settings: PartnerSettings,
        *,
        headers: Mapping[str, str] | None = None,
        problem: Callable[[bytes], tuple[str, str]] | None = None,
        succeeded: Container[int] = _SUCCEEDED,
    ) -> None:
        """Speak to the partner at `settings.url`; an exchange may take `settings.timeout_s` seconds in all.

        Args:
            partner: who it is, for people.
            settings: where it is.
            headers: what goes with every request, such as credentials.
            problem: reads code and words from the partner's own error document, both empty where it is none;
                none given: errors are problem documents (RFC 9457).
            succeeded: the statuses that say it was done; its interface may be published to answer 202 or 204.
        """
        self.partner = partner
        self._succeeded = succeeded
        self._problem = problem or _problem
        self._within_s = settings.timeout_s
        self._client = httpx.AsyncClient(
            base_url=settings.url,
            headers={**_HEADERS, **(headers or {})},
            # The whole exchange has one time limit, so that a slow drip cannot stretch it; only connecting has its own.
            timeout=httpx.Timeout(None, connect=min(_CONNECT_WITHIN_S, settings.timeout_s)),
            limits=httpx.Limits(max_connections=50, max_keepalive_connections=20, keepalive_expiry=_IDLE_S),
            follow_redirects=False,
            trust_env=False,
            verify=_trusted(),
        )

    async def exchange(
        self, method: str, path: str, body: str | None = None, headers: dict[str, str] | None = None
    ) -> bytes:
        """Send a request; answers the body of a success.

        Raises:
            PartnerError: anything else, as the table above has it.
        """
        request = self._client.build_request(
            method, path, content=body, headers=_JSON | (headers or {}) if body is not None else headers
        )
        try:
            async with asyncio.timeout(self._within_s):
                response = await self._client.send(request, stream=True)
                try:
                    content = await self._content(response)
                finally:
                    await response.aclose()
        except (httpx.ConnectError, httpx.ConnectTimeout) as error:
            raise Unavailable(self.partner, f"cannot be reached: {_said(error)}") from error
        except TimeoutError as error:
            raise LostReply(self.partner, f"did not answer within {self._within_s:g} s") from error
        except httpx.TransportError as error:
            raise LostReply(self.partner, f"the connection broke: {_said(error)}") from error
        self.heard(response.headers)
        if response.status_code in self._succeeded:
            return content
        return self._refuse(response, content)

    def understood(self, model: type[Model], content: bytes) -> Model:
        """Read an answer strictly.

        Raises:
            Nonsense: it is not JSON, or not what was agreed.
        """
        try:
            return read(model, content)
        except InvalidInput as error:
            raise Nonsense(self.partner, f"answered what cannot be read: {error}") from error

    def heard(self, headers: Mapping[str, str]) -> None:
        """Take note of what came with an answer, such as a quota; most partners say nothing of interest there."""

    def asked_pause(self, headers: Mapping[str, str]) -> float | None:
        """How many seconds a throttling answer asks us to stay away, if it says so; a partner may say it in its way."""
        return retry_after(headers)

    def failed(self, status: int, content: bytes) -> PartnerError:
        """What a server's failure means: nobody knows whether it was done; a partner may say more in its content."""
        del content
        return LostReply(self.partner, f"failed ({status})")

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def _content(self, response: httpx.Response) -> bytes:
        parts: list[bytes] = []
        size = 0
        async for part in response.aiter_raw():
            size += len(part)
            if size > _ANSWER_MAX:
                raise Nonsense(self.partner, f"answered more than {_ANSWER_MAX} bytes")
            parts.append(part)
        return b"".join(parts)

    def _refuse(self, response: httpx.Response, content: bytes) -> NoReturn:
        status = response.status_code
        if status in _THROTTLED:
            said = "asks us to slow down" if status == HTTPStatus.TOO_MANY_REQUESTS else "is not available"
            raise Unavailable(self.partner, f"{said} ({status})", retry_after_s=self.asked_pause(response.headers))
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR or status in _ASK_AGAIN:
            raise self.failed(status, content)
        if status < HTTPStatus.BAD_REQUEST:
            raise Nonsense(self.partner, f"answered {status}, which is neither an answer nor a refusal")
        code, detail = self._problem(content)
        if status == HTTPStatus.CONFLICT:
            raise Uncertain(self.partner, f"has something else under this key: {detail or status}", code=code)
        if code and status not in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
            raise Refused(self.partner, detail or code, code=code)
        if status in self.kept_out:
            raise Unavailable(self.partner, f"does not take our requests ({status}): check its address and credentials")
        raise Uncertain(self.partner, f"answered {status} without a reason")


@cache
def _trusted() -> ssl.SSLContext:
    """Whom we trust, read once for all partners: reading the certificates takes longer than most exchanges."""
    return httpx.create_ssl_context(trust_env=False)


def _said(error: Exception) -> str:
    return str(error)[:_TELLING] or type(error).__name__


def _problem(content: bytes) -> tuple[str, str]:
    """Read code and detail of a problem document (RFC 9457); empty where there is none."""
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    code, detail = document.get("code"), document.get("detail") or document.get("title")
    return (code if isinstance(code, str) else "")[:100], (detail if isinstance(detail, str) else "")[:_TELLING]


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Read ``Retry-After``, in seconds or as a date, in seconds from now."""
    value = headers.get("Retry-After", "").strip()
    if not value:
        return None
    if value.isascii() and value.isdecimal():
        # Nine digits are thirty years: longer numbers are not worth reading.
        return min(float(value[:9]), _LONGEST_WAIT_S)
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max((moment - datetime.now(UTC)).total_seconds(), 0.0), _LONGEST_WAIT_S)
