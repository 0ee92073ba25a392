"""The closed set of things that go wrong between us and a partner, and in what we are sent.

    OrderloomError
    ├── PartnerError            a partner did not do what was asked; `kind` says what follows
    │   ├── Transient           try again shortly                                  (retry)
    │   ├── Unavailable         the partner is down or throttles: wait, then retry  (wait)
    │   ├── Refused             the partner answered no, for a business reason      (refuse)
    │   └── Uncertain           we cannot know whether it was done                  (ask a person)
    ├── InvalidInput            what was sent cannot be read; names each field
    │   └── Noted               nothing is wrong with it, and nothing follows from it, or not yet
    ├── Conflict                it contradicts what is there already
    └── NotFound                there is no such thing

An adapter decides the kind; a workflow branches on it; the API maps it to one problem document.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

from pydantic import StringConstraints

from models.base import StrictModel

if TYPE_CHECKING:
    from collections.abc import Sequence


class Trouble(StrEnum):
    """What follows from a partner's error."""

    RETRY = "retry"
    WAIT = "wait"
    REFUSE = "refuse"
    ASK = "ask"


class FieldError(StrictModel):
    """One thing wrong with one field."""

    pointer: str
    """JSON pointer (RFC 6901) into what was sent; the empty string is the whole of it."""
    code: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]
    message: str


class OrderloomError(Exception):
    """Anything this platform raises on purpose."""


class PartnerError(OrderloomError):
    """A partner did not do what was asked."""

    kind: Trouble

    def __init__(
        self, partner: str, message: str, *, code: str = "", retry_after_s: float | None = None, in_doubt: bool = False
    ) -> None:
        """Say who, what, the partner's own code if it gave one, and how long it asked us to stay away.

        `in_doubt`: whether it may have been done all the same, or still be; asking the same partner again is safe.
        """
        super().__init__(message)
        self.in_doubt = in_doubt
        self.partner = partner
        self.code = code
        self.retry_after_s = retry_after_s


class Transient(PartnerError):
    """The call failed in a way that passes by itself: a reset connection, a 500, a lost lock."""

    kind = Trouble.RETRY


class Unavailable(PartnerError):
    """The partner is not there, or asked us to slow down."""

    kind = Trouble.WAIT


class Refused(PartnerError):
    """The partner understood and said no: declined, unknown item, credit exceeded. Asking again changes nothing."""

    kind = Trouble.REFUSE


class Uncertain(PartnerError):
    """The answer makes no sense, and looking the effect up did not settle it: a person must."""

    kind = Trouble.ASK


class InvalidInput(OrderloomError):
    """What was sent cannot be read as what it should be."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        """Carry every field's error, and the first one as the sentence."""
        first = errors[0]
        super().__init__(f"{first.pointer or '(document)'}: {first.message}")
        self.errors = tuple(errors)

    @classmethod
    def at(cls, pointer: str, code: str, message: str) -> InvalidInput:
        """Refuse for one field."""
        return cls([FieldError(pointer=pointer, code=code, message=message)])


class Noted(InvalidInput):
    """What was sent is genuine and whole, and asks nothing of us, or not yet: it is kept, and nobody need look at it.

    So are a basket that is not paid, and an event of a type that came after us.
    """

    def __init__(self, errors: Sequence[FieldError], external_id: str | None = None) -> None:
        """Say why nothing follows, and which of the channel's orders it will be, where it will be one."""
        super().__init__(errors)
        self.external_id = external_id

    @classmethod
    def not_placed(cls, pointer: str, message: str, external_id: str) -> Noted:
        """Note an order that its channel keeps but that is not to be carried out yet; it comes again when it is."""
        return cls([FieldError(pointer=pointer, code="not_placed", message=message)], external_id)


class Conflict(OrderloomError):
    """What is asked contradicts what is there."""

    def __init__(self, code: str, message: str) -> None:
        """Carry a code a client can branch on."""
        super().__init__(message)
        self.code = code


class NotFound(OrderloomError):
    """There is no such thing."""
