"""Processes by more than their number: a number is used again, and the wrong process must never be ended."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_STEP_S = 0.05


@dataclass(frozen=True)
class Identity:
    """One process, for as long as it lives: its number, and when it was started."""

    pid: int
    born: str

    @property
    def alive(self) -> bool:
        """Whether this very process still runs."""
        return bool(self.born) and _born(self.pid) == self.born


def identify(pid: int) -> Identity:
    """Tell a running process from all that may have its number later."""
    return Identity(pid, _born(pid))


def end(processes: list[Identity], *, grace_s: float) -> None:
    """End processes that lead a group of their own: ask first, insist after the grace."""
    for number, patience_s in ((signal.SIGTERM, grace_s), (signal.SIGKILL, grace_s)):
        for process in processes:
            if process.alive:
                signal_group(process.pid, number)
        deadline = time.monotonic() + patience_s
        while any(process.alive for process in processes) and time.monotonic() < deadline:
            time.sleep(_STEP_S)


def signal_group(pid: int, number: signal.Signals) -> None:
    """Signal a process and the ones it started; nothing happens where it has ended already."""
    try:
        os.killpg(pid, number)
    except ProcessLookupError:
        return


def _born(pid: int) -> str:
    """When a process was started; empty if there is none, or if it only waits to be buried."""
    if _PROC.joinpath("self", "stat").exists():
        return _born_by_proc(pid)
    ps = shutil.which("ps")
    if ps is None:
        return ""
    answer = subprocess.run(  # noqa: S603 - a fixed command with a number
        [ps, "-o", "stat=,lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    state, _, born = answer.stdout.strip().partition(" ")
    return "" if state.startswith("Z") else born.strip()


def _born_by_proc(pid: int) -> str:
    try:
        text = _PROC.joinpath(str(pid), "stat").read_text()
    except OSError:
        return ""
    # The name in brackets may hold anything; after it come the state and, twentieth, the start in ticks since boot.
    state, *rest = text.rpartition(")")[2].split()
    if state in {"Z", "X"}:
        return ""
    boot = _PROC.joinpath("sys", "kernel", "random", "boot_id")
    return f"{boot.read_text().strip() if boot.exists() else ''}/{rest[18]}"
