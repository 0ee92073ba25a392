"""``Idempotency-Key``: a POST sent again gets the first answer again, as the IETF's expired draft 07 has it."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from fastapi.responses import Response

from activities.records.orders import Answer, KeyState
from api.http.problems import BAD_KEY, IN_PROGRESS, KEY_REUSED, Refusal, refusal
from models.errors import OrderloomError
from models.order.order import digest

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from fastapi import Request

    from activities.records.orders import Principal
    from api.services import Services

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
_KEY_MAX = 255
_SERVER_ERRORS = 500


async def once(
    request: Request, services: Services, caller: Principal, act: Callable[[bytes], Awaitable[Response]]
) -> Response:
    """Do what the request asks, unless its key says that it was done: then give the answer it got.

    Refusals are answers too; only what failed on our side (5xx) gives the key free.

    Raises:
        Refusal: the key is unusable, stood for another body, or its first request is still running.
    """
    body = await request.body()
    key = _key(request.headers.getlist(HEADER))
    if key is None:
        return await act(body)
    claim = (caller.id, f"{request.method} {request.url.path}", key)
    state, answer = await services.idempotency_keys.begin(*claim, digest(body))
    if state is KeyState.RUNNING:
        raise Refusal(IN_PROGRESS, IN_PROGRESS.advice, headers={"Retry-After": "1"})
    if state is KeyState.OTHER_BODY:
        raise Refusal(KEY_REUSED, "this key was sent with another body before")
    if answer is not None:
        return Response(answer.body, answer.status, headers={**answer.headers, REPLAYED: "true"})
    response: Response | None = None
    try:
        response = await _answered(act, body)
    finally:
        if response is None or response.status_code >= _SERVER_ERRORS:
            await services.idempotency_keys.forget(*claim)
    if response.status_code < _SERVER_ERRORS:
        await services.idempotency_keys.finish(*claim, _kept(response))
    return response


def is_keyed(request: Request) -> bool:
    """Whether the request may be one that was sent before."""
    return HEADER in request.headers


def request_id(request: Request, caller: Principal, sent: bytes) -> str | None:
    """A name for what a keyed request asks, the same each time it is sent; none without a key.

    The body is part of it: after a 503 the key is free for another one, which must not get the answer to the first.
    """
    key = request.headers.get(HEADER)
    return digest(f"{caller.id}\n{request.url.path}\n{key}\n{digest(sent)}".encode())[:32] if key else None


def message_id(kind: str, request: Request, caller: Principal, sent: bytes) -> str:
    """Name what is asked of an order or a return: a keyed request that is sent again is the same message."""
    return f"{kind}:{request_id(request, caller, sent) or uuid.uuid4().hex}"


async def _answered(act: Callable[[bytes], Awaitable[Response]], body: bytes) -> Response:
    try:
        return await act(body)
    except OrderloomError as error:
        return refusal(error).response()


def _kept(response: Response) -> Answer:
    headers = {name: value for name, value in response.headers.items() if name != "content-length"}
    return Answer(status=response.status_code, headers=headers, body=bytes(response.body))


def _key(sent: list[str]) -> str | None:
    if not sent:
        return None
    key = sent[0]
    if len(sent) > 1 or not 0 < len(key) <= _KEY_MAX or not (key.isascii() and key.isprintable()):
        raise Refusal(BAD_KEY, f"{HEADER} must stand once, with 1 to {_KEY_MAX} printable ASCII characters")
    return key
