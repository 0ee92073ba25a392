"""localstripe, installed and run. Its own command listens on every interface: it is served by gunicorn instead."""

from __future__ import annotations

from pathlib import Path

from ops.partners.cache import python_environment
from ops.partners.program import Program

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
KEY = "sk_test_12345"
"""It takes any key that looks like a test key."""


def installed() -> Path:
    """Install it, or find it installed; answers its environment's Python.

    Raises:
        StackError: it could not be installed.
    """
    return python_environment("localstripe", _REQUIREMENTS)


def server(port: int, folder: Path) -> Program:
    """The server; it writes what it knows into the temporary folder, which is given its own here."""
    folder.mkdir(parents=True, exist_ok=True)
    return Program(
        name="localstripe",
        command=(
            *(str(installed()), "-m", "gunicorn", "localstripe.server:app"),
            *("-k", "aiohttp.GunicornWebWorker", "-b", f"127.0.0.1:{port}", "-w", "1"),
        ),
        health=f"http://127.0.0.1:{port}/",
        environment={"TMPDIR": str(folder)},
        folder=folder,
    )
