"""Reading what is sent to an order: whoever sends it, however it is wrong, the order goes on and says what was wrong.

Signals come raw and are never refused by Temporal; updates and starts come decoded. All are validated here, strictly.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from temporalio.common import RawValue
from temporalio.exceptions import ApplicationError

from models.errors import FieldError, InvalidInput
from models.strict_json import field_errors, parse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.api.common.v1 import Payload

_SIZE_MAX = 64 * 1024
T = TypeVar("T")
Model = TypeVar("Model", bound=BaseModel)


def from_signal(adapter: TypeAdapter[T], arguments: Sequence[RawValue]) -> T:
    """Read a signal's one payload.

    Raises:
        InvalidInput: not exactly one payload, not JSON, or not what the signal carries.
    """
    payload = _one(arguments).payload
    return _validated(adapter, _json(payload))


def from_call(model: type[Model], arguments: Sequence[object], *, largest: int = _SIZE_MAX) -> Model:
    """Read the one argument of an update or a start, as the converter decoded it.

    Raises:
        InvalidInput: not exactly one argument, or not what the call carries.
    """
    value = _one(arguments)
    if isinstance(value, RawValue):
        return _validated(TypeAdapter(model), _json(value.payload), largest)
    if isinstance(value, model):
        return value
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError) as error:
        raise InvalidInput.at("", "json", f"is not JSON: {error}") from error
    return _validated(TypeAdapter(model), text.encode(), largest)


def refusal(error: InvalidInput) -> ApplicationError:
    """Say it to whoever sent an update or a start; trying again changes nothing."""
    return ApplicationError(_sentence(error.errors), type="invalid", non_retryable=True)


def conflict(message: str) -> ApplicationError:
    """Say that what is asked contradicts what is there; trying again changes nothing by itself."""
    return ApplicationError(message, type="conflict", non_retryable=True)


def sentence(error: InvalidInput) -> str:
    """Say all of it in one line, without the values that were sent."""
    return _sentence(error.errors)


def _sentence(errors: Sequence[FieldError]) -> str:
    return "; ".join(f"{error.pointer or '(message)'} {error.message}" for error in errors[:5])


def _one(arguments: Sequence[Any]) -> Any:  # noqa: ANN401 - whatever was sent
    if len(arguments) != 1:
        raise InvalidInput.at("", "arguments", f"carries {len(arguments)} payloads, not one")
    return arguments[0]


def _json(payload: Payload) -> bytes:
    encoding = payload.metadata.get("encoding", b"").decode("ascii", "replace")
    if encoding != "json/plain":
        raise InvalidInput.at("", "encoding", f"is encoded as {encoding or 'nothing'}, not json/plain")
    return payload.data


def _validated(adapter: TypeAdapter[T], data: bytes, largest: int = _SIZE_MAX) -> T:
    if len(data) > largest:
        raise InvalidInput.at("", "too_large", f"is larger than {largest} bytes")
    document = parse(data)
    try:
        return adapter.validate_json(data)
    except ValidationError as error:
        raise InvalidInput(field_errors(error, document=document)) from error
