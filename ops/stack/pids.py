"""Processes by number, told apart from later ones that were given the same number."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

_PROC = Path("/proc")
_START_TIME = 19
"""Where `/proc/PID/stat` has the start time, counted behind the command's name."""
_STATE = 0
_LOOK_EVERY_S = 0.05


def identity(pid: int) -> str | None:
    """Name a process by when it was started and with which command line; None where there is no such process.

    Two processes that had the same number one after the other differ in it. A process that has ended and only waits
    to be noticed by its parent counts as gone.
    """
    if (_PROC / "self" / "stat").exists():
        return _from_proc(pid)
    return _from_ps(pid)


def end(pid: int, known_as: str, grace_s: float) -> bool:
    """End a process if it is still the one we know: politely, and by force after the grace.

    Returns:
        Whether there was anything to end.
    """
    if identity(pid) != known_as:
        return False
    for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, grace_s)):
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            return True
        until = time.monotonic() + patience_s
        while time.monotonic() < until:
            if not _still_there(pid, known_as):
                return True
            time.sleep(_LOOK_EVERY_S)
    return True


def _still_there(pid: int, known_as: str) -> bool:
    # A process that ends gives its command line back before its sockets: only its start time names it then.
    now = identity(pid)
    return now is not None and known_as.startswith(now)


def _from_proc(pid: int) -> str | None:
    try:
        stat = (_PROC / str(pid) / "stat").read_text()
        command = (_PROC / str(pid) / "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return None
    # The command's name stands in brackets and may hold anything, brackets too.
    columns = stat.rpartition(")")[2].split()
    if columns[_STATE] in {"Z", "X"}:
        return None
    return f"{columns[_START_TIME]} {command.replace(bytes(1), b' ').decode(errors='replace').strip()}"


def _from_ps(pid: int) -> str | None:
    asked = ("ps", "-ww", "-o", "stat=,lstart=,command=", "-p", str(pid))
    said = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()  # noqa: S603 - fixed words
    state, _, rest = said.partition(" ")
    return None if not rest or state.startswith("Z") else rest.strip()
