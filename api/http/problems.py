"""Every answer that is no success is an RFC 9457 problem; what an error means in HTTP stands here and nowhere else."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from models.errors import Conflict, FieldError, InvalidInput, NotFound, OrderloomError, PartnerError
from models.strict_json import ERRORS_MAX, parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fastapi import FastAPI, Request

log = structlog.get_logger()
MEDIA_TYPE = "application/problem+json"
TYPES = "/problems/"
"""Where the meaning of each problem type can be read; its URI is below it."""


@dataclass(frozen=True)
class Kind:
    """One type of problem."""

    code: str
    status: int
    title: str
    advice: str
    """What the caller can do."""


MALFORMED = Kind("malformed", 400, "The body cannot be read", "Send one JSON document in UTF-8.")
BAD_KEY = Kind("bad-idempotency-key", 400, "The Idempotency-Key cannot be used", "Send 1 to 255 printable ASCII.")
UNAUTHENTICATED = Kind("unauthenticated", 401, "The caller is not known", "Send an API key, or sign the payload.")
NOT_FOUND = Kind("not-found", 404, "There is no such thing", "Check the address.")
METHOD = Kind("method-not-allowed", 405, "This cannot be done here", "Use a method named in the Allow header.")
TOO_SLOW = Kind("too-slow", 408, "The body came too slowly", "Send the whole body within 30 seconds.")
CONFLICT = Kind("conflict", 409, "It contradicts what is there", "Read the current state, then decide again.")
IN_PROGRESS = Kind("in-progress", 409, "The same request is still running", "Wait a moment and send it again.")
TOO_LARGE = Kind("too-large", 413, "The body is too large", "Send less at once.")
MEDIA = Kind("unsupported-media-type", 415, "The body is not plain JSON", "Send application/json, not compressed.")
INVALID = Kind("invalid", 422, "The content is not acceptable", "Correct the fields named in errors.")
KEY_REUSED = Kind("key-reused", 422, "The Idempotency-Key stood for another request", "Use a new key.")
INTERNAL = Kind("internal", 500, "Something went wrong on our side", "Try again; tell us if it stays so.")
UNAVAILABLE = Kind("unavailable", 503, "Something we need does not answer", "Try again after Retry-After seconds.")

ALL = (
    MALFORMED,
    BAD_KEY,
    UNAUTHENTICATED,
    NOT_FOUND,
    METHOD,
    TOO_SLOW,
    CONFLICT,
    IN_PROGRESS,
    TOO_LARGE,
    MEDIA,
    INVALID,
    KEY_REUSED,
    INTERNAL,
    UNAVAILABLE,
)
_AWAY_S = "5"
_METHODS = ("DELETE", "GET", "PATCH", "POST", "PUT")
_OF_STATUS = {kind.status: kind for kind in (MALFORMED, NOT_FOUND, METHOD, TOO_LARGE, MEDIA)}


class Malformed(InvalidInput):
    """It is not even a JSON document."""


class Refusal(OrderloomError):
    """A problem the API itself finds, ready to be sent."""

    def __init__(  # noqa: PLR0913 - each is one part of the answer
        self,
        kind: Kind,
        detail: str,
        *,
        code: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        headers: Mapping[str, str] | None = None,
        more: Mapping[str, Any] | None = None,
    ) -> None:
        """Say what is wrong; `code` is finer than the kind's own, `more` are extension members."""
        super().__init__(detail)
        self.kind = kind
        self.code = code or kind.code.replace("-", "_")
        self.errors = [*errors][:ERRORS_MAX]
        self.headers = dict(headers or {})
        self.more = dict(more or {})

    def response(self) -> Response:
        """Write it down."""
        document = {
            "type": TYPES + self.kind.code,
            "title": self.kind.title,
            "status": self.kind.status,
            "detail": str(self),
            "code": self.code,
        }
        if self.errors:
            document["errors"] = self.errors
        content = json.dumps(document | self.more, ensure_ascii=False).encode()
        return Response(content, self.kind.status, headers=self.headers, media_type=MEDIA_TYPE)


def refusal(error: OrderloomError) -> Refusal:
    """Say what an error of ours means in HTTP."""
    match error:
        case Refusal():
            found = error
        case InvalidInput():
            kind = MALFORMED if isinstance(error, Malformed) else INVALID
            found = Refusal(kind, str(error), errors=listed(error.errors))
        case NotFound():
            found = Refusal(NOT_FOUND, str(error))
        case Conflict():
            found = Refusal(CONFLICT, str(error), code=error.code)
        case PartnerError():
            wait = str(max(1, round(error.retry_after_s or 1)))
            found = Refusal(UNAVAILABLE, f"{error.partner} does not answer", headers={"Retry-After": wait})
        case _:
            found = Refusal(INTERNAL, INTERNAL.advice)
    return found


def listed(errors: Sequence[FieldError]) -> list[dict[str, Any]]:
    """The errors as the problem lists them: a JSON pointer, a code, a sentence."""
    return [error.model_dump(mode="json") for error in errors]


def told_apart(error: InvalidInput, body: bytes) -> InvalidInput:
    """Say more exactly what was wrong with a body that could not be read: not JSON, or not what was asked for."""
    try:
        parse(body)
    except InvalidInput as malformed:
        return Malformed(malformed.errors)
    return error


def install(app: FastAPI, *, away: Sequence[type[Exception]] = ()) -> None:
    """Answer every error of this application with a problem; what is `away` comes back, and is to be asked again."""
    app.add_exception_handler(OrderloomError, _ours)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(HTTPException, _http)
    for kind in away:
        app.add_exception_handler(kind, _away)
    app.add_exception_handler(Exception, _unexpected)


async def _ours(_request: Request, error: Exception) -> Response:
    if not isinstance(error, OrderloomError):
        raise error
    return refusal(error).response()


async def _validation(_request: Request, error: Exception) -> Response:
    if not isinstance(error, RequestValidationError):
        raise error
    details = error.errors()
    if any(detail["loc"][0] == "path" for detail in details):
        return Refusal(NOT_FOUND, "nothing has an id like this").response()
    errors = [
        {
            "parameter": ".".join(str(step) for step in detail["loc"][1:]),
            "code": detail["type"],
            "message": detail["msg"],
        }
        for detail in details
    ]
    first = errors[0]
    return Refusal(INVALID, f"{first['parameter']}: {first['message']}", errors=errors).response()


async def _http(request: Request, error: Exception) -> Response:
    if not isinstance(error, HTTPException):
        raise error
    kind = _OF_STATUS.get(error.status_code, INTERNAL)
    headers = {"Allow": ", ".join(_allowed(request))} if kind is METHOD else error.headers
    return Refusal(kind, kind.advice, headers=headers).response()


def _allowed(request: Request) -> list[str]:
    """Every method of an address. The router names those of the first route only; each method has one of its own."""

    def takes(method: str) -> bool:
        asked = {**request.scope, "method": method}
        return any(route.matches(asked)[0] is Match.FULL for route in request.app.routes)

    return [method for method in _METHODS if takes(method)]


async def _away(request: Request, error: Exception) -> Response:
    log.warning("the database cannot be used", method=request.method, error=type(error).__name__)
    return Refusal(UNAVAILABLE, "the database cannot be used now", headers={"Retry-After": _AWAY_S}).response()


async def _unexpected(request: Request, error: Exception) -> Response:
    # The class only: an exception's text may quote what was sent.
    log.error("request failed", method=request.method, error=type(error).__name__)
    return Refusal(INTERNAL, INTERNAL.advice).response()
