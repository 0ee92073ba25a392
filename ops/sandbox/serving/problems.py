"""How a service says no."""

from __future__ import annotations

from http import HTTPStatus

from starlette.responses import Response

from activities.adapters.sandbox.wire import Problem

MEDIA_TYPE = "application/problem+json"


class Refusal(Exception):
    """A business answer: no."""

    def __init__(self, code: str, detail: str) -> None:
        """Carry a code to branch on and a sentence to read."""
        super().__init__(detail)
        self.code = code


def problem_body(status: HTTPStatus, code: str, detail: str) -> str:
    """Write a problem document (RFC 9457)."""
    return Problem(title=status.phrase, status=status.value, code=code, detail=detail).model_dump_json()


def problem(status: HTTPStatus, code: str, detail: str, headers: dict[str, str] | None = None) -> Response:
    """Answer with a problem document."""
    return Response(problem_body(status, code, detail), status, headers, MEDIA_TYPE)
