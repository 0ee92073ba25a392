"""How a process that holds a Temporal client ends: with the exit code it means."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine

T = TypeVar("T")
_PAUSE_S = 0.25


def run_to_the_end(main: Coroutine[Any, Any, T]) -> T:
    """Run a process's main coroutine as `asyncio.run` does, and let the SDK's own threads come to rest afterwards.

    They drop Python objects when a client or worker is let go, some of them late. Doing so while the interpreter is
    taken down aborts the process with exit code 134 (``PyGILState_Release``), about one time in six. So what is left is
    collected while the interpreter still stands, and the threads get a moment.
    """
    try:
        return asyncio.run(main)
    finally:
        gc.collect()
        time.sleep(_PAUSE_S)
