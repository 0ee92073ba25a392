"""Many clients at once, each doing the next thing when it is through with its own."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    Attempt = Callable[[int], Awaitable[int]]
    """Takes its number; answers how much came of it."""


async def drive(attempt: Attempt, clients: int, numbers: Iterable[int]) -> tuple[int, float]:
    """Share the attempts among the clients; return what came of them together, and the seconds it took."""
    queue = iter(numbers)

    async def client() -> int:
        return sum([await attempt(number) for number in queue])

    began = time.perf_counter()
    came = sum(await asyncio.gather(*(client() for _ in range(clients))))
    return came, time.perf_counter() - began
