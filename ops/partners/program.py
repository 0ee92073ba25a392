"""A partner's long-running process: how it is started, and when it is well."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING
from urllib.parse import urlsplit

import httpx

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

_LOOK_EVERY_S = 0.1
_LAST_WORDS = 2000
_LAST_MOMENTS_S = 60.0
"""A database killed in the midst of its leaving has to be mended when it is next started."""


@dataclass(frozen=True)
class Program:
    """One process. It listens on 127.0.0.1 only."""

    name: str
    command: tuple[str, ...]
    health: str
    """An address that answers once the process is well: over HTTP with anything below 500, or ``tcp://`` by taking a
    connection."""
    environment: dict[str, str] = field(default_factory=dict)
    """Beside what our own process has."""
    folder: Path | None = None
    """Where it is started."""
    patience_s: float = 300.0
    """In seconds. One that ends is noticed at once: this is for machines that are slow or busy."""
    after: tuple[str, ...] = ()
    """Programs that have to be well before this one is started."""


@contextmanager
def running(programs: Sequence[Program], logs: Path) -> Iterator[None]:
    """Run programs, each well before the next is started, until the block is left.

    Args:
        programs: in the order of their start; ended in the opposite order.
        logs: the folder for what they print, a file each.

    Raises:
        StackError: one does not come up; shows the end of what it printed.
    """
    logs.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        for program in programs:
            log = stack.enter_context((logs / f"{program.name}.log").open("ab"))
            stack.enter_context(_started(program, log))
        yield


@contextmanager
def _started(program: Program, log: IO[bytes]) -> Iterator[None]:
    process = subprocess.Popen(  # noqa: S603 - commands are this package's own
        program.command,
        cwd=program.folder,
        env={**os.environ, **program.environment},
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        # Whom it starts is known by its session: some end without ending those.
        start_new_session=True,
    )
    try:
        _until_well(program, process, log)
        yield
    finally:
        process.terminate()
        try:
            process.wait(_LAST_MOMENTS_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def _until_well(program: Program, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    until = time.monotonic() + program.patience_s
    while time.monotonic() < until and process.poll() is None:
        if answers(program.health):
            return
        time.sleep(_LOOK_EVERY_S)
    how = "did not come up in time" if process.poll() is None else f"ended with exit code {process.returncode}"
    with open(log.name, "rb") as said:  # noqa: PTH123 - the log's name is its path
        last = said.read()[-_LAST_WORDS:].decode(errors="replace")
    raise StackError(f"{program.name} {how}: {last}")


def answers(url: str) -> bool:
    """Whether somebody answers there, and not with a failure of his own."""
    split = urlsplit(url)
    if split.scheme == "tcp":
        return _takes_connections(split.hostname, split.port)
    try:
        return httpx.get(url, timeout=5, trust_env=False).is_server_error is False
    except httpx.HTTPError:
        return False


def _takes_connections(host: str | None, port: int | None) -> bool:
    try:
        with socket.create_connection((host or "", port or 0), timeout=5):
            return True
    except OSError:
        return False
