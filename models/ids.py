"""How things are named across systems: spelt here once, and nowhere else."""

import re
from hashlib import sha256
from typing import Annotated

from pydantic import StringConstraints

_AGAIN = re.compile(r"~[0-9]+$")
_KEY_MAX = 235
"""As long as a key may be so that what is told apart within it, such as ``/label`` or ``~2``, still goes with it."""
_EVENT_MAX = 200
_DIGEST = 32

OrderId = Annotated[str, StringConstraints(pattern=r"^order:[a-z][a-z0-9_]*:[A-Za-z0-9._~-]+$", max_length=160)]
"""An order's id, which is its workflow's id too: ``order:{channel}:{external id}``."""


def order_id(channel: str, external_id: str) -> str:
    """Name the order that a channel calls `external_id`."""
    return f"order:{channel}:{external_id}"


ReturnId = Annotated[
    str, StringConstraints(pattern=r"^return:[a-z][a-z0-9_]*:[A-Za-z0-9._~-]+:[1-9][0-9]*$", max_length=170)
]
"""A return's id, which is its workflow's id too: ``return:{channel}:{the order's external id}:{n}``."""


def return_id(channel: str, external_id: str, number: int) -> str:
    """Name the `number`th return of the order that a channel calls `external_id`."""
    return f"return:{channel}:{external_id}:{number}"


def effect_key(order: str, step: str, part: str = "") -> str:
    """Name one outward effect, the same at every attempt: it travels as the idempotency key.

    Args:
        order: the order's id, or the return's.
        step: what is done, such as ``erp-order``.
        part: which one, where a step is done several times, such as a shipment's number.
    """
    return _short(f"{order}/{step}/{part}" if part else f"{order}/{step}", _KEY_MAX)


def event_id(about: str, what: str) -> str:
    """Name an event that we tell of ourselves, the same each time it is told."""
    return _short(f"{about}/{what}", _EVENT_MAX)


def _short(name: str, longest: int) -> str:
    """As it is, or, where that is too long to travel, its beginning and a digest of all of it."""
    if len(name) <= longest:
        return name
    return f"{name[: longest - _DIGEST - 1]}.{sha256(name.encode()).hexdigest()[:_DIGEST]}"


def first_key(key: str) -> str:
    """The effect's key before anybody asked again: after a refusal it is asked for as ``key~2``, ``key~3``..."""
    return _AGAIN.sub("", key)
