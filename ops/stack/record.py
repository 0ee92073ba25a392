"""What is written down of a running stack: for other commands to find it, and for the next start to clear up."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, ValidationError

from ops.stack.folder import write_private
from ops.stack.pids import end

if TYPE_CHECKING:
    from collections.abc import Callable

    from ops.stack.folder import Folder


class ProcessRecord(BaseModel):
    """One process of the stack."""

    model_config = ConfigDict(frozen=True)

    name: str
    pid: int
    known_as: str
    """Start time and command line: the number alone may be another process's by now."""


class StackRecord(BaseModel):
    """A stack that runs, or ran until its supervisor was killed."""

    model_config = ConfigDict(frozen=True)

    supervisor: ProcessRecord
    control_port: int
    control_token: str
    """Whoever can read this file may give the supervisor orders."""
    ports: dict[str, int]
    api_url: str
    ui_url: str
    processes: tuple[ProcessRecord, ...] = ()


def write_record(folder: Folder, record: StackRecord) -> None:
    """Keep it."""
    write_private(folder.record, record.model_dump_json(indent=1))


def read_record(folder: Folder) -> StackRecord | None:
    """Read what was kept; None where there is nothing, or nothing that can be read."""
    try:
        return StackRecord.model_validate_json(folder.record.read_bytes())
    except (FileNotFoundError, ValidationError):
        return None


def end_left_overs(folder: Folder, tell: Callable[[str], None], *, grace_s: float = 15.0) -> None:
    """End what a killed supervisor left behind, the last started first."""
    record = read_record(folder)
    if record is None:
        return
    for process in reversed(record.processes):
        if end(process.pid, process.known_as, grace_s):
            tell(f"ended {process.name} (process {process.pid}), left over from a stack that was killed")
    folder.record.unlink(missing_ok=True)
