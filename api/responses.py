"""The problems every operation may answer with, for the published description."""

from __future__ import annotations

from typing import Any

from api.problems import MEDIA_TYPE, ProblemDocument

_EXAMPLE = {
    "type": "urn:orderloom:problem:invalid",
    "title": "Unprocessable Content",
    "status": 422,
    "code": "invalid",
    "detail": "/lines/0/quantity: Input should be greater than or equal to 1",
    "errors": [
        {
            "pointer": "/lines/0/quantity",
            "code": "greater_than_equal",
            "message": "Input should be greater than or equal to 1",
        }
    ],
}
_MEANINGS = {
    400: "The body or a header cannot be read",
    401: "No API key, or not a right one",
    404: "There is no such thing",
    409: "It contradicts what is there",
    413: "The body is too large",
    415: "The body is not plain JSON",
    422: "A field is wrong; `errors` point at each",
    503: "A part of the platform does not answer; try again",
}

PROBLEMS: dict[int | str, dict[str, Any]] = {
    status: {
        "model": ProblemDocument,
        "description": meaning,
        "content": {MEDIA_TYPE: {"example": {**_EXAMPLE, "status": status}}},
    }
    for status, meaning in _MEANINGS.items()
}
"""For `responses=` of a route."""
