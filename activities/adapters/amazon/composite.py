"""A v0 order and what is fetched beside it, put together: items above all, which Amazon gives by another call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from activities.adapters.amazon import v0
from models.errors import FieldError, InvalidInput, Noted

if TYPE_CHECKING:
    from models.order.document import OrderDocument

_BESIDE = ("OrderItems", "OrderItemList", "ShippingAddress", "BuyerInfo")
_WITH = {"ShippingAddress": {"DeliveryPreferences", "BuyerCompanyName"}}
"""What comes in the same answer, and belongs to the order."""


@dataclass(frozen=True)
class Composite:
    """One order made of several answers, and where in the payload each of its fields came from."""

    value: object
    places: dict[str, str]
    rest: str
    """Where the order's own fields are."""

    @classmethod
    def of(cls, parts: dict[str, Any], at: str) -> Composite:
        """Put together ``{"Order": ..., "OrderItems": ...}``; each may still be in the envelope it came in."""
        order, rest = _unwrapped(parts["Order"], f"{at}/Order")
        if not isinstance(order, dict):
            return cls(order, {}, rest)
        value, places = dict(order), {}
        for name in _BESIDE:
            if name not in parts:
                continue
            part, place = _unwrapped(parts[name], f"{at}/{name}")
            answer = part if isinstance(part, dict) and name in part else {name: part}
            inside = place if answer is part else place.removesuffix(f"/{name}")
            for key in {name, "NextToken", *_WITH.get(name, ())} & answer.keys():
                value[key], places[key] = answer[key], f"{inside}/{key}"
        if "NextToken" in parts:
            value["NextToken"], places["NextToken"] = parts["NextToken"], f"{at}/NextToken"
        return cls(value, places, rest)

    def document(self) -> OrderDocument:
        """Map it.

        Raises:
            Noted: it is no order yet.
            InvalidInput: it cannot be read; pointers lie in the payload as it came.
        """
        if not isinstance(self.value, dict):
            raise InvalidInput.at(self.rest, "not_an_order", "is no order")
        try:
            return v0.document(self.value, "")
        except Noted as error:
            raise Noted([self._placed(each) for each in error.errors], error.external_id) from error
        except InvalidInput as error:
            raise InvalidInput([self._placed(each) for each in error.errors]) from error

    def _placed(self, error: FieldError) -> FieldError:
        _, name, *steps = error.pointer.split("/") if error.pointer else ("", "")
        place = self.places.get(name, f"{self.rest}/{name}".removesuffix("/"))
        return error.model_copy(update={"pointer": "/".join((place, *steps))})


def _unwrapped(value: object, at: str) -> tuple[object, str]:
    if isinstance(value, dict) and "payload" in value:
        return value["payload"], f"{at}/payload"
    return value, at
