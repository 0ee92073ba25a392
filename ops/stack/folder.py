"""The stack's folder: what is where in it, and how it is written so that a crash leaves no half of a file."""

from __future__ import annotations

import os
from pathlib import Path

_PRIVATE = 0o600
_LOG_MAX = 10 * 1024 * 1024


class Folder:
    """A data folder of the local stack."""

    def __init__(self, root: Path) -> None:
        """Use this folder; it is made where it is missing."""
        self.root = root.resolve()
        self.logs = self.root / "logs"
        self.partners = self.root / "partners"
        self.record = self.root / "stack.json"
        self.lock = self.root / "stack.lock"
        self.temporal = self.root / "temporal.db"
        self.api_key = self.root / "api-key"

    def make(self) -> None:
        """Make it, readable for its owner only: orders are in it."""
        self.root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.logs.mkdir(exist_ok=True)
        self.partners.mkdir(exist_ok=True)

    def log(self, name: str) -> Path:
        """Where the output of a child goes."""
        return self.logs / f"{name}.log"

    def open_log(self, name: str) -> int:
        """Open a child's log to write at its end, as a file descriptor; a long one is put aside first."""
        path = self.log(name)
        if path.exists() and path.stat().st_size > _LOG_MAX:
            path.replace(path.with_suffix(".log.1"))
        return os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, _PRIVATE)

    def last_line(self, name: str) -> str:
        """Read the last thing a child said, for an error's sentence."""
        path = self.log(name)
        lines = path.read_bytes()[-4096:].decode(errors="replace").split("\n") if path.exists() else []
        said = [line.strip() for line in lines if line.strip()]
        return said[-1][:300] if said else "(it said nothing)"


def write_private(path: Path, text: str) -> None:
    """Write a file whole or not at all, readable for its owner only."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, _PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
