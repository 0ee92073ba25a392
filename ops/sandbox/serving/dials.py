"""The dials: how slow and how faulty a service is to be. They are at rest after a restart."""

from __future__ import annotations

import random
from enum import StrEnum
from typing import Annotated, Generic, TypeVar

from pydantic import Field

from models.base import StrictModel


class Fault(StrEnum):
    """What is to go wrong with a request."""

    DROP_BEFORE = "drop_before"
    """The connection closes, and nothing is done."""
    DROP_AFTER = "drop_after"
    """It is done, and the connection closes without an answer."""
    SLOW = "slow"
    """It is done, and the answer comes `slow_ms` late."""
    ERROR_500 = "error_500"
    """500, and nothing is done."""
    THROTTLE_429 = "throttle_429"
    """429 with `Retry-After`, and nothing is done."""
    GARBAGE = "garbage"
    """It is done, and the answer is JSON cut in half."""
    WRONG_ORDER = "wrong_order"
    """It is done, and the answer is for another order."""
    WRONG_AMOUNT = "wrong_amount"
    """It is done, and the answer names another amount."""
    HTML = "html"
    """200 with a web page, as a proxy's log-in page would be; nothing is done."""
    REDIRECT = "redirect"
    """302 to somewhere else; nothing is done."""
    REFUSE = "refuse"
    """A business refusal, and nothing is done."""


AT_RANDOM = (
    Fault.DROP_BEFORE,
    Fault.DROP_AFTER,
    Fault.SLOW,
    Fault.ERROR_500,
    Fault.THROTTLE_429,
    Fault.GARBAGE,
)
"""What `fail_rate` draws from: faults that pass, so that every order can still end well."""

Milliseconds = Annotated[int, Field(ge=0, le=3_600_000)]


class Dials(StrictModel):
    """How a service behaves; what is left out of a `PUT` is at rest."""

    latency_ms: Milliseconds = 0
    """Waited before a request is looked at."""
    fail_rate: Annotated[float, Field(ge=0, le=1)] = 0.0
    """How many of all requests fail, in a way drawn by chance."""
    fail_next: tuple[Fault, ...] = ()
    """Faults for the next requests, one each."""
    fail_next_lookup: tuple[Fault, ...] = ()
    """The same for look-ups of effects, which take none of the others."""
    slow_ms: Milliseconds = 3_000
    retry_after_s: Annotated[int, Field(ge=0, le=86_400)] = 2
    down: bool = False
    """503 to everything."""
    idempotent: bool = True
    """False: the same key again has it done again."""


D = TypeVar("D", bound=Dials)


class DialBoard(Generic[D]):
    """The dials as they stand now."""

    def __init__(self, at_rest: D) -> None:
        """Begin at rest."""
        self.at_rest = at_rest
        self.dials = at_rest
        # Chance for faults only; nothing here is secret.
        self._chance = random.Random()  # noqa: S311

    def next_fault(self, *, lookup: bool = False) -> Fault | None:
        """Say what is to go wrong with this request, and take it off the list."""
        name = "fail_next_lookup" if lookup else "fail_next"
        listed: tuple[Fault, ...] = getattr(self.dials, name)
        if listed:
            self.dials = self.dials.model_copy(update={name: listed[1:]})
            return listed[0]
        if self.dials.fail_rate and self._chance.random() < self.dials.fail_rate:
            return self._chance.choice(AT_RANDOM)
        return None
