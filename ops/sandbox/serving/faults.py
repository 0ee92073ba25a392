"""What the dials do to a request: an ASGI wrapper around one endpoint, which itself knows nothing of faults."""

from __future__ import annotations

import asyncio
import json
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from activities.adapters.sandbox.wire import KEY_HEADER
from ops.sandbox.serving.dials import Fault
from ops.sandbox.serving.dropping import drop
from ops.sandbox.serving.journal import Verdict
from ops.sandbox.serving.problems import problem

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from ops.sandbox.serving.dials import DialBoard, Dials
    from ops.sandbox.serving.journal import Journal

_PAGE = "<!doctype html><title>Sign in</title><h1>Sign in to continue</h1>"


class Faulty:
    """An endpoint, as faulty as the dials say."""

    def __init__(
        self, endpoint: ASGIApp, board: DialBoard[Any], journal: Journal, operation: str, *, lookup: bool = False
    ) -> None:
        """Wrap `endpoint`; `lookup` has faults of its own list."""
        self._endpoint = endpoint
        self._board = board
        self._journal = journal
        self._operation = operation
        self._lookup = lookup

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        dials: Dials = self._board.dials
        if dials.latency_ms:
            await asyncio.sleep(dials.latency_ms / 1000)
        if dials.down:
            await self._note(scope, receive, "down")
            response = problem(HTTPStatus.SERVICE_UNAVAILABLE, "down", "the service is down for now")
            await response(scope, receive, send)
            return
        fault = self._board.next_fault(lookup=self._lookup)
        if fault is None:
            await self._endpoint(scope, receive, send)
        elif fault in _INSTEAD or fault is Fault.DROP_BEFORE:
            await self._note(scope, receive, fault.value)
            if fault is Fault.DROP_BEFORE:
                await drop(scope, receive)
            else:
                await _instead(fault, dials)(scope, receive, send)
        else:
            await self._afterwards(fault, dials, scope, receive, send)

    async def _note(self, scope: Scope, receive: Receive, fault: str) -> None:
        request = Request(scope, receive)
        key = unquote(request.headers.get(KEY_HEADER, "")) or request.path_params.get("key", "")
        self._journal.request(self._operation, key, _order_id(await request.body()), Verdict.FAULT, fault)

    async def _afterwards(self, fault: Fault, dials: Dials, scope: Scope, receive: Receive, send: Send) -> None:
        """Have it done, and then lose, delay or spoil the answer."""
        said: list[Message] = []

        async def keep(message: Message) -> None:
            said.append(message)

        await self._endpoint(scope, receive, keep)
        if fault is Fault.DROP_AFTER:
            await drop(scope, receive)
            return
        if fault is Fault.SLOW:
            await asyncio.sleep(dials.slow_ms / 1000)
        elif said[0]["status"] == HTTPStatus.OK:
            body = b"".join(message.get("body", b"") for message in said[1:])
            await Response(_spoilt(fault, body), media_type="application/json")(scope, receive, send)
            return
        for message in said:
            await send(message)


_INSTEAD = {Fault.ERROR_500, Fault.THROTTLE_429, Fault.HTML, Fault.REDIRECT, Fault.REFUSE}
"""Faults that are an answer given instead of doing anything."""


def _instead(fault: Fault, dials: Dials) -> Response:
    match fault:
        case Fault.THROTTLE_429:
            wait = {"Retry-After": str(dials.retry_after_s)}
            return problem(HTTPStatus.TOO_MANY_REQUESTS, "throttled", "too many requests", wait)
        case Fault.HTML:
            return HTMLResponse(_PAGE)
        case Fault.REDIRECT:
            return RedirectResponse("/sign-in", HTTPStatus.FOUND)
        case Fault.REFUSE:
            return problem(HTTPStatus.UNPROCESSABLE_ENTITY, "refused_by_dial", "refused, as the dial was set")
        case _:
            return problem(HTTPStatus.INTERNAL_SERVER_ERROR, "internal_error", "something went wrong")


def _spoilt(fault: Fault, body: bytes) -> bytes:
    if fault is Fault.GARBAGE:
        return body[: len(body) // 2]
    answer = json.loads(body)
    if fault is Fault.WRONG_ORDER:
        answer["order_id"] = "order:other:1"
    else:
        answer["amount"] = {"amount": 1, "currency": "XTS"}
    return json.dumps(answer).encode()


def _order_id(body: bytes) -> str:
    try:
        document = json.loads(body)
    except ValueError:
        return ""
    found = document.get("order_id") if isinstance(document, dict) else None
    return found if isinstance(found, str) else ""
