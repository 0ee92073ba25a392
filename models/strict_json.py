"""JSON read without guessing: what a lenient parser would swallow is refused, with a pointer to it."""

from __future__ import annotations

import json
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ValidationError

from models.errors import FieldError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pydantic_core import ErrorDetails

_DEPTH = 32
_DIGITS = 40
ERRORS_MAX = 100
"""How much wrong with one document is told: a body of one mebibyte has room for half a million mistakes."""
Model = TypeVar("Model", bound=BaseModel)


def parse(body: bytes) -> Any:  # noqa: ANN401 - JSON has no narrower type
    """Read a document; numbers with a fraction come as `Decimal`.

    Raises:
        InvalidInput: not UTF-8, not JSON, a duplicate key, NaN or infinity, nested deeper than 32, a number of more
            than 40 digits, or half a surrogate pair.
    """
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise InvalidInput.at("", "encoding", f"must be UTF-8: {error.reason} at byte {error.start}") from error
    if text.startswith("\ufeff"):
        raise InvalidInput.at("", "encoding", "must not begin with a byte order mark")
    try:
        document = json.loads(
            text,
            object_pairs_hook=_object,
            parse_constant=_constant,
            parse_float=_decimal,
            parse_int=_integer,
        )
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise InvalidInput.at("", "json", f"is not JSON: {error.msg} at {place}") from error
    except RecursionError as error:
        raise InvalidInput.at("", "depth", f"is nested deeper than {_DEPTH}") from error
    _check(document, "", 0)
    return document


def read(model: type[Model], body: bytes) -> Model:
    """Read a document as one of our own models.

    Raises:
        InvalidInput: as `parse` does, or a field does not fit the model.
    """
    document = parse(body)
    try:
        return model.model_validate_json(body)
    except ValidationError as error:
        raise InvalidInput(field_errors(error, document=document)) from error


def field_errors(error: ValidationError, prefix: str = "", *, document: object = None) -> list[FieldError]:
    """Say pydantic's errors in ours: a JSON pointer, a code and a sentence each, of the first `ERRORS_MAX`.

    Args:
        error: what pydantic says.
        prefix: where the document stands in what was sent.
        document: what was validated, as it was parsed. Pydantic's path to a field goes through the name of the model
            it took for it, where there are several; with the document, only what stands in it is in the pointer.
    """
    details = error.errors(include_url=False, include_input=False)[:ERRORS_MAX]
    paths = [detail["loc"] for detail in details]
    return [
        FieldError(
            pointer=prefix + pointer(_steps(detail, document)) + _place(detail.get("ctx", {})),
            code=detail["type"].replace(".", "_").replace("-", "_"),
            message=detail["msg"].removeprefix("Value error, "),
        )
        for detail in details
        if not _follows(detail, paths)
    ]


def _follows(detail: ErrorDetails, paths: Iterable[tuple[str | int, ...]]) -> bool:
    """Whether a list is too short only because what is wrong in it was not counted."""
    path = detail["loc"]
    return detail["type"] == "too_short" and any(
        len(other) > len(path) and other[: len(path)] == path for other in paths
    )


def _steps(detail: ErrorDetails, document: object) -> list[str | int]:
    """The part of an error's path that leads through the document."""
    path = detail["loc"]
    if document is None:
        return list(path)
    missing = len(path) - 1 if detail["type"] == "missing" else None
    steps: list[str | int] = []
    here = document
    for number, step in enumerate(path):
        if not _leads_on(here, step, is_missing=number == missing):
            continue
        below = _below(here, step)
        beyond = path[number + 1 : number + 2]
        if (
            beyond
            and not isinstance(below, dict | list)
            and _leads_on(here, beyond[0], is_missing=number + 1 == missing)
        ):
            # Nothing lies below a plain value: this is a model's name, which happens to be a field's as well.
            continue
        steps.append(step)
        here = below
    return steps


def _leads_on(here: object, step: str | int, *, is_missing: bool) -> bool:
    if isinstance(here, dict):
        return is_missing or step in here
    return isinstance(here, list) and isinstance(step, int) and step < len(here)


def _below(here: object, step: str | int) -> object:
    if isinstance(here, dict):
        return here.get(step)
    return here[step] if isinstance(here, list) and isinstance(step, int) else None


def pointer(path: Iterable[str | int]) -> str:
    """Spell a path as a JSON pointer (RFC 6901); half a surrogate in a key is spelt out, so that it can be sent."""
    return "".join("/" + _sendable(str(step)).replace("~", "~0").replace("/", "~1") for step in path)


def _sendable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _place(context: dict[str, Any]) -> str:
    # A check over the whole document names the field it blames in its context.
    place = context.get("place")
    return f"/{place}" if isinstance(place, str) else ""


class _Wrong:
    """Stands where something cannot be taken, until the walk over the document knows the path to it."""

    def __init__(self, code: str, message: str, step: str = "") -> None:
        self.code = code
        self.message = message
        self.step = step


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any] | _Wrong:
    result = dict(pairs)
    if len(result) != len(pairs):
        twice = _first_again(name for name, _ in pairs)
        return _Wrong("duplicate_key", f"the key {_sendable(twice)} stands twice in one object", pointer([twice]))
    return result


def _first_again(names: Iterable[str]) -> str:
    """The first name that was there before; in one pass, since a body may hold a hundred thousand of them."""
    seen: set[str] = set()
    for name in names:
        if name in seen:
            return name
        seen.add(name)
    return ""


def _constant(name: str) -> _Wrong:
    return _Wrong("not_a_number", f"{name} is not JSON")


def _decimal(text: str) -> Decimal | _Wrong:
    if len(text) > _DIGITS:
        return _Wrong("number_too_long", f"holds a number of more than {_DIGITS} digits")
    try:
        number = Decimal(text)
    except InvalidOperation:  # an exponent that Decimal itself cannot hold
        number = Decimal("Infinity")
    if not number.is_finite() or (number and not -_DIGITS < number.adjusted() < _DIGITS):
        return _Wrong("number_too_large", "holds a number beyond any amount or quantity")
    return number


def _integer(text: str) -> int | _Wrong:
    if len(text) > _DIGITS:
        return _Wrong("number_too_long", f"holds a number of more than {_DIGITS} digits")
    return int(text)


def _check(value: object, path: str, depth: int) -> None:
    if depth > _DEPTH:
        raise InvalidInput.at(path, "depth", f"is nested deeper than {_DEPTH}")
    if isinstance(value, _Wrong):
        raise InvalidInput.at(path + value.step, value.code, value.message)
    if isinstance(value, dict):
        for key, inner in value.items():
            _check_text(key, path)
            _check(inner, path + pointer([key]), depth + 1)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            _check(inner, f"{path}/{index}", depth + 1)
    elif isinstance(value, str):
        _check_text(value, path)


def _check_text(text: str, path: str) -> None:
    if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
        raise InvalidInput.at(path, "encoding", "holds half of a surrogate pair")
