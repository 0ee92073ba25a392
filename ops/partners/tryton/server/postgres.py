"""The PostgreSQL server that keeps a Tryton's books: real locks between its workers are what we want to meet."""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

from ops.partners.cache import run
from ops.partners.program import Program
from ops.stack.ports import HOST

if TYPE_CHECKING:
    from pathlib import Path

    from ops.partners.tryton.server.software import Software

_NOBODY = 65534
_NOT_AS_ROOT = (
    "setpriv",
    f"--reuid={_NOBODY}",
    f"--regid={_NOBODY}",
    "--clear-groups",
    "--inh-caps=+dac_override",
    "--ambient-caps=+dac_override",
    "--securebits=+no_setuid_fixup",
    "--",
)
"""PostgreSQL refuses to be run by root. As nobody, and with leave to pass folders that are root's alone, it runs, and
no folder has to be opened to everybody."""
_QUICK = ("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "max_connections=60", "-c", "jit=off")
"""The books outlive the end of any process, not the machine's: they are for trying and for tests."""


def make_cluster(software: Software, data: Path) -> None:
    """Make the folder in which one server keeps its databases.

    Raises:
        ops.stack.troubles.StackError: it could not be made.
    """
    data.mkdir(mode=0o700)
    _own(data)
    trust = ("--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C", "--no-sync")
    run([*_as_somebody(), software.postgres("initdb"), *trust, f"--pgdata={data}"])


def copy_cluster(source: Path, data: Path) -> None:
    """Copy what a server that does not run has kept."""
    shutil.copytree(source, data)
    data.chmod(0o700)
    _own(data)


def postgres(software: Software, name: str, data: Path, port: int) -> Program:
    """Say how the server is run; it listens on this port alone."""
    places = ("-D", str(data), "-h", HOST, "-p", str(port), "-c", "unix_socket_directories=")
    return Program(
        name=name,
        command=(*_as_somebody(), software.postgres("postgres"), *places, *_QUICK),
        health=f"tcp://{HOST}:{port}",
        folder=data.parent,
    )


def _as_somebody() -> tuple[str, ...]:
    return _NOT_AS_ROOT if os.geteuid() == 0 else ()


def _own(data: Path) -> None:
    """Give a folder to whoever will run the server."""
    if os.geteuid() != 0:
        return
    os.chown(data, _NOBODY, _NOBODY)
    for path in data.rglob("*"):
        os.chown(path, _NOBODY, _NOBODY, follow_symlinks=False)
