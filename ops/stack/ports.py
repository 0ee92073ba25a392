"""Which port each part of the local stack listens on: the usual one, or a free one where that is taken."""

from __future__ import annotations

import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
    "channels": 8416,
}


def wished(*, any_ports: bool, ui_port: int | None) -> dict[str, int]:
    """Say which ports to try: any at all or the usual ones, and the Temporal Web UI's where a person named it."""
    ports = dict.fromkeys(USUAL, 0) if any_ports else dict(USUAL)
    return ports if ui_port is None else ports | {"ui": ui_port}


def choose(ports: Mapping[str, int], tell: Callable[[str], None]) -> dict[str, int]:
    """Choose a port for each name: the one wished for if it is free, else another; 0 wishes for any.

    All are held until the last is chosen, so that no two are the same. `tell` hears of each wish that was not granted.

    Raises:
        StackError: no port is left.
    """
    chosen = {}
    with ExitStack() as held:
        for name, port in ports.items():
            chosen[name] = _bound(held, port) or _bound(held, 0)
            if port and chosen[name] != port:
                tell(f"port {port} is taken: {name} listens on {chosen[name]}")
    if not all(chosen.values()):
        raise StackError(f"no free port is left on {HOST}")
    return chosen


def _bound(held: ExitStack, port: int) -> int:
    """Bind a port until the stack of contexts is left; 0 where it cannot be had."""
    listener = held.enter_context(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
    # Without it, a port that was in use a moment ago would seem to be taken still.
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((HOST, port))
        listener.listen(1)
    except OSError:
        return 0
    return int(listener.getsockname()[1])
