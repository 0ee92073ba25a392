"""What may come in as a body, settled before anybody parses it: its size, its coding, its type, its pace."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, TypeVar

from pydantic import BaseModel
from starlette.datastructures import Headers

from api.http.problems import MALFORMED, MEDIA, TOO_LARGE, TOO_SLOW, Refusal, told_apart
from models.errors import InvalidInput
from models.strict_json import read

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

LARGEST = 1024 * 1024
"""Bytes; a larger body is refused unread."""
_WITHIN_S = 30.0
FORM = "application/x-www-form-urlencoded"
_NOWHERE = re.compile(r"(?!)")
_BODILESS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
Model = TypeVar("Model", bound=BaseModel)


def read_as(model: type[Model], body: bytes) -> Model:
    """Read a small request body as one of our models.

    Raises:
        Malformed: it is not JSON.
        InvalidInput: a field does not fit.
    """
    try:
        return read(model, body)
    except InvalidInput as error:
        raise told_apart(error, body) from error


class BodyGate:
    """ASGI middleware that lets a body through whole, or not at all."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        largest: int = LARGEST,
        within_s: float = _WITHIN_S,
        streamed: frozenset[str] = frozenset(),
        forms: re.Pattern[str] = _NOWHERE,
    ) -> None:
        """Guard an application.

        Args:
            app: what is behind it.
            largest: bytes in a body.
            within_s: how long a body may take to come.
            streamed: paths to which files are sent; the endpoint guards those itself.
            forms: paths to which a form may come as well as JSON; the endpoint says which one.
        """
        self._app = app
        self._largest = largest
        self._within_s = within_s
        self._streamed = streamed
        self._forms = forms

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Check, read, and hand on."""
        if scope["type"] != "http" or scope["method"] in _BODILESS or scope["path"] in self._streamed:
            await self._app(scope, receive, send)
            return
        try:
            form = self._forms.fullmatch(scope["path"]) is not None
            body = await self._admit(Headers(scope=scope), receive, form=form)
        except Refusal as refusal:
            await refusal.response()(scope, receive, send)
            return
        if body is not None:
            await self._app(scope, _replaying(body, receive), send)

    async def _admit(self, headers: Headers, receive: Receive, *, form: bool) -> bytes | None:
        """Read the body; none where the client went away.

        Raises:
            Refusal: too large, too slow, compressed, or not declared as JSON.
        """
        if any(coding != "identity" for coding in headers.getlist("content-encoding")):
            raise Refusal(MEDIA, "a body must not be compressed", code="content_encoding")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()):
            raise Refusal(MALFORMED, "the Content-Length is no number")
        if int(length[:20]) > self._largest:
            raise self._too_large()
        if length != "0" or "transfer-encoding" in headers:
            _check_type(headers.getlist("content-type"), form=form)
        try:
            async with asyncio.timeout(self._within_s):
                return await self._read(receive)
        except TimeoutError as error:
            raise Refusal(TOO_SLOW, TOO_SLOW.advice) from error

    async def _read(self, receive: Receive) -> bytes | None:
        parts: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            if size > self._largest:
                raise self._too_large()
            if not message.get("more_body", False):
                return b"".join(parts)

    def _too_large(self) -> Refusal:
        return Refusal(TOO_LARGE, f"a body may have at most {self._largest} bytes", headers={"Connection": "close"})


def is_form(headers: Headers) -> bool:
    """Whether a body is declared to be a web form's fields."""
    return headers.get("content-type", "").partition(";")[0].strip().lower() == FORM


def _check_type(declared: list[str], *, form: bool) -> None:
    kind, _, parameters = (declared[0] if len(declared) == 1 else "").partition(";")
    kind = kind.strip().lower()
    is_json = kind == "application/json" or (kind.startswith("application/") and kind.endswith("+json"))
    charset = parameters.replace(" ", "").replace('"', "").lower()
    if not (is_json or (form and kind == FORM)) or charset not in {"", "charset=utf-8"}:
        raise Refusal(MEDIA, "the Content-Type must be application/json in UTF-8", code="content_type")


def _replaying(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay
