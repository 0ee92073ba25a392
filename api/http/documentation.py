"""The published description (OpenAPI 3.1): bodies that are read by hand, problems, examples and who may call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, ConfigDict

from api.http.problems import ALL, MEDIA_TYPE, TYPES, UNAUTHENTICATED
from api.orders import examples
from models.partners.events import PARTNER_EVENT
from models.stock.events import STOCK_EVENT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fastapi import FastAPI

_REFERENCE = "#/components/schemas/{model}"
_DESCRIPTION = """Orders in, partners' callbacks in, operators' decisions in; views of every order out.

Every order finishes, or is in someone's queue with a reason. Every error is a problem document (RFC 9457).
A POST may carry an `Idempotency-Key`; sent again with the same body it gets the same answer.
"""


class ProblemError(BaseModel):
    """One thing wrong: in a body, by JSON pointer; in the address, by the parameter's name."""

    pointer: str | None = None
    parameter: str | None = None
    code: str
    message: str


class Problem(BaseModel):
    """An RFC 9457 problem document."""

    model_config = ConfigDict(extra="allow")

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[ProblemError] = []


def body(schema: dict[str, Any], example: object, *, required: bool = True, signed: bool = False) -> dict[str, Any]:
    """Describe a body, and the headers that come with it: a key for repeating it, or a Standard Webhooks signature."""
    content = {"application/json": {"schema": schema, "example": example}}
    return {
        "requestBody": {"required": required, "content": content},
        "parameters": _SIGNATURE if signed else [REPEATING],
    }


def reference(model: type[BaseModel] | str) -> dict[str, Any]:
    """Point at a schema that `describe` publishes."""
    return {"$ref": _REFERENCE.format(model=model if isinstance(model, str) else model.__name__)}


def answers(*refusals: int, **successes: tuple[type[BaseModel], object]) -> dict[int | str, dict[str, Any]]:
    """Describe what an endpoint answers.

    Args:
        refusals: the statuses of its problems.
        successes: by status as ``s202``, the answer's model and an example.
    """
    described: dict[int | str, dict[str, Any]] = {}
    for named, (model, example) in successes.items():
        described[int(named[1:])] = {
            "model": model,
            "description": (model.__doc__ or "").split("\n", 1)[0],
            "content": {"application/json": {"example": example}},
        }
    for status in sorted({*refusals, 500, 503} - described.keys()):
        described[status] = _problem(status)
    return described


def _problem(status: int) -> dict[str, Any]:
    kinds = [kind for kind in ALL if kind.status == status]
    shown: dict[str, Any] = {}
    for kind in kinds:
        code = kind.code.replace("-", "_")
        value: dict[str, Any] = {"type": TYPES + kind.code, "title": kind.title, "status": status}
        value |= {"detail": kind.advice, "code": code}
        if kind.code == "invalid":
            value["errors"] = examples.ERRORS
        shown[code] = {"summary": kind.title, "value": value}
    content = {MEDIA_TYPE: {"schema": reference(Problem), "examples": shown}}
    return {"description": "; or: ".join(kind.title for kind in kinds), "content": content}


REPEATING = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Names this request; sent again with the same body, it gets the same answer.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[ -~]+$"},
    "example": "8e03978e-40d5-43dd-bc93-6894a57f9324",
}
"""The header with which a POST is repeated."""
_SIGNATURE = [
    {
        "name": name,
        "in": "header",
        "required": True,
        "description": text,
        "schema": {"type": "string"},
        "example": value,
    }
    for name, text, value in (
        ("webhook-id", "The event's id, the same at every attempt.", "evt-9001"),
        ("webhook-timestamp", "When it was sent, in seconds since 1970.", "1795247999"),
        (
            "webhook-signature",
            "One or more signatures, parted by spaces.",
            "v1,K5oZfzN95Z9UVu1EsfQmfVNQhnkZ2pj9o9NDN/H/pI4=",
        ),
    )
]


def describe(app: FastAPI, bodies: Sequence[type[BaseModel]]) -> None:
    """Publish the description at ``/openapi.json``, with these bodies' schemas among the others."""

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _described(app, bodies)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]  # FastAPI's own way to extend the description


def _described(app: FastAPI, bodies: Sequence[type[BaseModel]]) -> dict[str, Any]:
    schema = get_openapi(
        title=app.title, version=app.version, description=_DESCRIPTION, routes=app.routes, openapi_version="3.1.0"
    )
    components = schema.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for model in bodies:
        _publish(schemas, model.__name__, model.model_json_schema(ref_template=_REFERENCE))
    _publish(schemas, "PartnerEvent", PARTNER_EVENT.json_schema(ref_template=_REFERENCE))
    _publish(schemas, "StockEvent", STOCK_EVENT.json_schema(ref_template=_REFERENCE))
    components["securitySchemes"] = {
        "bearer": {"type": "http", "scheme": "bearer", "description": "An API key."},
        "header": {"type": "apiKey", "in": "header", "name": "X-Api-Key", "description": "An API key."},
    }
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    for path, operations in schema["paths"].items():
        for operation in operations.values():
            if "HTTPValidationError" in str(operation["responses"].get("422")):
                # FastAPI's guess; what does not fit a path is not found.
                del operation["responses"]["422"]
            if path.startswith("/v1/") and str(UNAUTHENTICATED.status) in operation["responses"]:
                signed: list[dict[str, list[str]]] = [{}] if path.startswith("/v1/c") else []
                operation["security"] = [{"bearer": []}, {"header": []}, *signed]
    return schema


def _publish(schemas: dict[str, Any], name: str, schema: dict[str, Any]) -> None:
    for inner, definition in schema.pop("$defs", {}).items():
        schemas.setdefault(inner, definition)
    schemas[name] = schema
