"""Which port each part of the local stack listens on: the usual one, or a free one where that is taken."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

HOST = "127.0.0.1"
USUAL = {
    "temporal": 7233,
    "temporal_http": 7243,
    "temporal_metrics": 7253,
    "ui": 8233,
    "api": 8400,
    "worker_metrics": 8401,
    "erp": 8411,
    "wms": 8412,
    "payment": 8413,
    "carrier": 8414,
    "notification": 8415,
}


def choose(wished: Mapping[str, int]) -> dict[str, int]:
    """Choose a port for each name: the one wished for if it is free, else any; 0 wishes for any.

    All are held until the last is chosen, so that no two are the same.
    """
    with ExitStack() as held:
        return {name: _bound(held, port) for name, port in wished.items()}


def _bound(held: ExitStack, port: int) -> int:
    for candidate in (port, 0):
        listener = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        # Without it, a port that was in use a moment ago would seem to be taken still.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((HOST, candidate))
            listener.listen(1)
        except OSError:
            continue
        chosen: int = listener.getsockname()[1]
        return chosen
    message = f"no free port is left on {HOST}"
    raise OSError(message)
