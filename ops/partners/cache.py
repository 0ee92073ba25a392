"""Where installed partner software and prepared data are kept between starts, for every checkout of this user."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_LAST_WORDS = 2000
"""How much of a failed command's output a person is shown."""


MADE = ".made"
"""Stands in a folder that was made to its end."""


def cache_folder() -> Path:
    """Name the folder: ``ORDERLOOM_PARTNER_CACHE``, or where the user's caches are (XDG Base Directory)."""
    given = os.environ.get("ORDERLOOM_PARTNER_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(given) if given else Path(base) / "orderloom" / "partners"


def lock_of(folder: Path) -> Path:
    """What is held while a folder of the cache is made or removed."""
    return folder.with_name(f"{folder.name}.lock")


def made_once(name: str, recipe: str, make: Callable[[Path], None]) -> Path:
    """Make a folder once, and find it again; what was made half is made anew.

    Args:
        name: what it is called, and in what order a person finds it: ``tryton-software``.
        recipe: all that decides what comes out; another recipe makes another folder.
        make: fills the empty folder it is given.
    """
    cache = cache_folder()
    cache.mkdir(parents=True, exist_ok=True)
    folder = cache / f"{name}-{hashlib.sha256(recipe.encode()).hexdigest()[:12]}"
    done = folder / MADE
    with _locked(lock_of(folder)):
        if not done.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            done.touch()
    return folder


def python_environment(name: str, requirements: Path, *, python: str = sys.executable) -> Path:
    """Install what a hashed requirements file names into an environment of its own; answers that environment's Python.

    Raises:
        StackError: it could not be installed; shows the end of what was said.
    """

    def make(folder: Path) -> None:
        run([python, "-m", "venv", str(folder / "venv")])
        pip = [str(folder / "venv" / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
        run([*pip, "--require-hashes", "--no-deps", "-r", str(requirements)])

    version = run([python, "-V"])
    folder = made_once(name, requirements.read_text(encoding="utf-8") + version, make)
    return folder / "venv" / "bin" / "python"


def run(command: Sequence[str], *, cwd: Path | None = None, environment: Mapping[str, str] | None = None) -> str:
    """Run a command to its end; answers what it printed.

    Raises:
        StackError: it failed, or is not there; shows the end of what it said.
    """
    try:
        done = subprocess.run(  # noqa: S603 - commands are this package's own
            list(command),
            cwd=cwd,
            env=None if environment is None else {**os.environ, **environment},
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError as error:
        raise StackError(f"{command[0]} is not on this machine") from error
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-_LAST_WORDS:]
        raise StackError(f"{' '.join(command[:4])} ... failed with exit code {done.returncode}: {said}")
    return done.stdout


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
