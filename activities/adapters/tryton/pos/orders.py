"""Sales at a till, read as orders: the format ``tryton/pos``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.tryton.pos.mapping import document
from activities.adapters.tryton.pos.sale import SaleAtNode
from activities.records.orders import Reading
from models.errors import InvalidInput
from models.strict_json import field_errors, parse

if TYPE_CHECKING:
    from collections.abc import Mapping

_TELLING = {"point", "lines", "payments", "state"}
_ENOUGH = 3


class TrytonPosOrders:
    """Reads one sale, as `activities.adapters.tryton.pos.sale` writes it."""

    format = "tryton/pos"

    def __init__(self, channel: str) -> None:
        """Read for one channel."""
        self._channel = channel

    def read(self, body: bytes) -> list[Reading]:
        """Read a sale; what cannot be an order of ours is the reading's error, with the field it lies in.

        Raises:
            InvalidInput: not JSON, or nothing of a sale in it.
        """
        value = parse(body)
        if not isinstance(value, dict) or len(_TELLING & value.keys()) < _ENOUGH:
            raise InvalidInput.at("", "not_an_order", "this is no sale of a Tryton sale point")
        try:
            return [Reading(payload=body, document=document(SaleAtNode.model_validate_json(body), self._channel))]
        except ValidationError as error:
            # What does not fit the sale, or the canonical document that would come of it.
            at = "" if error.title == SaleAtNode.__name__ else "/canonical"
            return [Reading(payload=body, error=InvalidInput(field_errors(error, at)))]
        except InvalidInput as error:
            return [Reading(payload=body, error=error)]

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - there is no signature
        """Nothing is signed: tills are polled, and call nobody."""
        return True
