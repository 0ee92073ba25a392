"""An effect at a partner that takes no idempotency key: it is looked for before it is asked for, every time."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from activities.adapters.http import LostReply, Nonsense
from models.errors import Refused, Transient, Unavailable, Uncertain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

Answer = TypeVar("Answer")


async def once(find: Callable[[], Awaitable[Answer | None]], make: Callable[[], Awaitable[Answer]]) -> Answer:
    """Have something done that is there once, however often it is asked for.

    It is looked for first, since a worker that died after asking remembers nothing. What is asked for twice at the
    same moment is still done twice: one activity asks for an effect, and asks again only after it has ended.

    Args:
        find: looks at the partner for what carries our key; None: it is not there.
        make: asks for it.

    Raises:
        Transient: it was not done: asking again is safe.
        Unavailable: nobody answers, now or at the look-up; asking again begins with looking.
        Uncertain: the look-up made no sense.
    """
    found = await find()
    if found is not None:
        return found
    try:
        return await make()
    except (LostReply, Nonsense) as doubt:
        return await _settled(doubt, find)


async def _settled(doubt: Transient, find: Callable[[], Awaitable[Answer | None]]) -> Answer:
    try:
        found = await find()
    except Transient as error:
        raise Transient(doubt.partner, f"{doubt}; and it could not be looked up: {error}") from error
    except Unavailable as error:
        raise Unavailable(doubt.partner, f"{doubt}; then it {error}", retry_after_s=error.retry_after_s) from error
    except Refused as error:
        raise Uncertain(doubt.partner, f"{doubt}; the look-up was refused: {error}", code=error.code) from error
    if found is None:
        raise Transient(doubt.partner, f"{doubt}; it was not done") from doubt
    return found
