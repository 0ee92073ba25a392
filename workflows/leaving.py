"""How a process that holds a Temporal client ends: in good order, with the exit code it means."""

from __future__ import annotations

import asyncio
import gc
import signal
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

T = TypeVar("T")
_PAUSE_S = 0.25


def run_to_the_end(main: Coroutine[Any, Any, T]) -> T:
    """Run a process's main coroutine as `asyncio.run` does, and let the SDK's own threads come to rest afterwards.

    They drop Python objects when a client or worker is let go, some of them late. Doing so while the interpreter is
    taken down aborts the process with exit code 134 (``PyGILState_Release``), about one time in six. So what is left is
    collected while the interpreter still stands, and the threads get a moment.
    """
    try:
        with _told_to_end_is_no_failure():
            return asyncio.run(main)
    finally:
        gc.collect()
        time.sleep(_PAUSE_S)


@contextmanager
def _told_to_end_is_no_failure() -> Iterator[None]:
    """Let SIGTERM and SIGINT mean exit code 0, with everything closed on the way out.

    Main coroutines that catch these signals themselves are not touched. But uvicorn raises the signal once more when it
    has stopped serving: by default that would end the process on the spot, with what its caller holds left open.
    """
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(_number: int, _frame: object) -> None:
    raise SystemExit(0)
