"""Tryton's JSON: decimals and moments travel as tagged objects; and the base of everything that is read from it.

Source: https://docs.tryton.org/latest/server/ (REST API); what the server answers was looked at with release 8.2.
"""

from __future__ import annotations

import base64
import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeAlias, get_args, get_origin

from pydantic import BaseModel, ConfigDict

Values: TypeAlias = dict[str, Any]
"""A record to be written: its fields' values, and nested ones as lists of ``["create", [...]]``."""
Domain: TypeAlias = list[Any]
"""Which records are meant: a list of ``[field, operator, value]``."""

_PARTS = ("year", "month", "day", "hour", "minute", "second", "microsecond")


class Read(BaseModel):
    """A record as it is read. Its fields are what is asked for, and no more."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore")

    id: int


def fields_of(model: type[Read]) -> tuple[str, ...]:
    """Name the fields to be asked for; those of a nested record by their path."""
    # A record may be named before it is written down.
    model.model_rebuild()
    named: list[str] = []
    for name, field in model.model_fields.items():
        nested = _nested(field.annotation)
        wire = field.alias or name
        named += [wire] if nested is None else [f"{wire}.{inner}" for inner in fields_of(nested)]
    return tuple(named)


def encoded(value: object) -> str:
    """Write JSON as Tryton reads it."""
    return json.dumps(value, default=_tagged, separators=(",", ":"))


def in_header(value: object) -> str:
    """Write JSON so that it may stand in a header or a query: base64 with an alphabet safe in addresses."""
    return base64.urlsafe_b64encode(encoded(value).encode()).decode()


def decoded(content: bytes) -> Any:  # noqa: ANN401 - a model reads it next
    """Read Tryton's JSON.

    Raises:
        ValueError: it is not JSON, or nested beyond reading.
    """
    try:
        return json.loads(content, object_hook=_untagged)
    except RecursionError as error:
        message = "nested too deeply"
        raise ValueError(message) from error


def _nested(annotation: Any) -> type[Read] | None:  # noqa: ANN401
    if isinstance(annotation, type) and issubclass(annotation, Read):
        return annotation
    if get_origin(annotation) is None:
        return None
    return next((found for part in get_args(annotation) if (found := _nested(part)) is not None), None)


def _tagged(value: object) -> dict[str, Any]:
    if isinstance(value, Decimal):
        return {"__class__": "Decimal", "decimal": str(value)}
    if isinstance(value, datetime):
        moment = value.astimezone(UTC)
        return {"__class__": "datetime", **{part: getattr(moment, part) for part in _PARTS}}
    if isinstance(value, date):
        return {"__class__": "date", "year": value.year, "month": value.month, "day": value.day}
    if isinstance(value, timedelta):
        return {"__class__": "timedelta", "seconds": value.total_seconds()}
    raise TypeError(type(value).__name__)


def _untagged(value: dict[str, Any]) -> Any:  # noqa: ANN401
    match value.get("__class__"):
        case "Decimal":
            return Decimal(value["decimal"])
        case "date":
            return date(value["year"], value["month"], value["day"])
        case "datetime":
            named: dict[str, int] = {part: value[part] for part in _PARTS}
            return datetime(**named, tzinfo=UTC)
        case "timedelta":
            return timedelta(seconds=value["seconds"])
        case _:
            return value
