"""The envelopes shops send orders in, and the refusal of what is no order."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Never

from activities.adapters.channel_payload import one_order
from models.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable

    from activities.records.orders import Reading
    from models.order.document import OrderDocument


@dataclass(frozen=True)
class Found:
    """An object that may be an order."""

    value: object
    keep: dict[str, Any]
    """What is kept as its payload: the object, or the envelope it came in alone."""
    at: str
    """Pointer to the object inside `keep`."""


@dataclass(frozen=True)
class Kind:
    """How another document of the shop is recognised."""

    name: str
    """As a person calls it: ``refund``."""
    keys: frozenset[str]
    """It has all of these."""


def kind(name: str, *keys: str) -> Kind:
    """Say how a document is recognised."""
    return Kind(name, frozenset(keys))


def what_else(value: dict[str, Any], kinds: tuple[Kind, ...]) -> str | None:
    """What document it is instead of an order, if it is one we know."""
    return next((known.name for known in kinds if known.keys <= value.keys()), None)


def refuse(shop: str, name: str) -> Never:
    """Refuse a whole payload, saying what it is.

    Raises:
        InvalidInput: always.
    """
    raise InvalidInput.at("", "not_an_order", f"this is a {shop} {name}, not an order")


def in_list(values: list[Any], envelope: dict[str, Any] | None = None, at: str = "") -> list[Found]:
    """The members of a list, each standing for itself; a single one keeps its envelope."""
    if len(values) == 1 and envelope is not None:
        return [Found(values[0], envelope, f"{at}/0")]
    return [Found(value, value if isinstance(value, dict) else {"order": value}, "") for value in values]


def read_each(
    found: list[Found], not_an_order: Callable[[object], str | None], mapping: Callable[[Any, str], OrderDocument]
) -> list[Reading]:
    """Map every order, each with its own outcome.

    Args:
        found: what may be orders.
        not_an_order: why an object is no order; none for an order.
        mapping: from an order's object and its pointer to our document.

    Raises:
        InvalidInput: there is no order among them.
    """
    reasons = [not_an_order(each.value) for each in found]
    if not found:
        raise InvalidInput.at("", "not_an_order", "the list holds no orders")
    if all(reasons):
        raise InvalidInput.at("", "not_an_order", str(reasons[0]))

    def document(each: Found, reason: str | None) -> OrderDocument:
        if reason:
            raise InvalidInput.at(each.at, "not_an_order", reason)
        return mapping(each.value, each.at)

    return [one_order(each.keep, partial(document, each, reason)) for each, reason in zip(found, reasons, strict=True)]
