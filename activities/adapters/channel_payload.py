"""What reading any channel's payload has in common: lenient models of their fields, strict documents of ours."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.records.orders import Reading
from models.errors import InvalidInput
from models.strict_json import field_errors

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.order.document import OrderDocument


class ChannelModel(BaseModel):
    """The part of a channel's object that we read; what else it holds is the channel's business."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, allow_inf_nan=False)


Model = TypeVar("Model", bound=ChannelModel)


def fields(model: type[Model], payload: object, at: str = "") -> Model:
    """Read a part of the payload.

    Raises:
        InvalidInput: a field is missing or wrong; pointers begin with `at`.
    """
    try:
        return model.model_validate(payload)
    except ValidationError as error:
        raise InvalidInput(field_errors(error, at)) from error


def one_order(payload: dict[str, Any], mapping: Callable[[], OrderDocument]) -> Reading:
    """Map one order; what goes wrong is kept beside the order's own JSON.

    Pointers of the mapping's own errors lie in the channel's payload; those of the canonical checks that come after
    it lie in the canonical document, and say so.
    """
    own = json.dumps(payload, default=_number, ensure_ascii=False, separators=(",", ":")).encode()
    try:
        return Reading(payload=own, document=mapping())
    except InvalidInput as error:
        return Reading(payload=own, error=error)
    except ValidationError as error:
        return Reading(payload=own, error=InvalidInput(field_errors(error, "/canonical")))


def of_channel(readings: list[Reading], channel: str) -> list[Reading]:
    """The same orders as another channel's: a kind of shop may be connected more than once, by a name each."""
    return [
        each if each.document is None else replace(each, document=each.document.model_copy(update={"channel": channel}))
        for each in readings
    ]


def _number(value: object) -> float | int:
    if isinstance(value, Decimal):
        whole = int(value)
        return whole if whole == value else float(value)
    raise TypeError(type(value).__name__)
