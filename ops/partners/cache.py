"""Where installed partner software and prepared data are kept between starts, for every checkout of this user."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

_LAST_WORDS = 2000
"""How much of a failed command's output a person is shown."""
_FETCHES = 3
"""A download that breaks off is begun again; what came whole before it is found in pip's own cache."""
_PATIENT = ("--timeout", "30")
"""How long pip waits for a slow network, in seconds."""
_ELSEWHERE = "name a folder in ORDERLOOM_PARTNER_CACHE"
MADE = ".made"
"""Stands in a folder that was made to its end."""


def cache_folder() -> Path:
    """Name the folder: ``ORDERLOOM_PARTNER_CACHE``, or where the user's caches are (XDG Base Directory).

    Raises:
        StackError: the user has no home, and nothing was set.
    """
    given = os.environ.get("ORDERLOOM_PARTNER_CACHE")
    if given:
        return Path(given)
    try:
        base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    except RuntimeError as error:
        raise StackError(f"this user has no home to keep partners' software in: {_ELSEWHERE}") from error
    return Path(base) / "orderloom" / "partners"


def lock_of(folder: Path) -> Path:
    """What is held while a folder of the cache is made or removed."""
    return folder.with_name(f"{folder.name}.lock")


def made_once(name: str, recipe: str, make: Callable[[Path], None]) -> Path:
    """Make a folder once, and find it again; what was made half is made anew.

    Args:
        name: what it is called, and in what order a person finds it: ``tryton-software``.
        recipe: all that decides what comes out; another recipe makes another folder.
        make: fills the empty folder it is given.

    Raises:
        StackError: there is no place for it.
    """
    cache = cache_folder()
    try:
        cache.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StackError(f"partners' software cannot be kept in {cache} ({error.strerror}): {_ELSEWHERE}") from error
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
        install(folder / "venv" / "bin" / "python", requirements)

    version = run([python, "-V"])
    folder = made_once(name, requirements.read_text(encoding="utf-8") + version, make)
    return folder / "venv" / "bin" / "python"


def install(python: Path, requirements: Path, *options: str) -> None:
    """Install what a hashed requirements file names, over a network that may be slow or break off.

    Args:
        python: of the environment it is installed into.
        requirements: the file; what is not named in it is not installed.
        options: more of ``pip install``'s.

    Raises:
        StackError: it could not be installed; shows the end of what was said the last time.
    """
    pip = (str(python), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *_PATIENT, *options)
    command = (*pip, "--require-hashes", "--no-deps", "-r", str(requirements))
    for _ in range(_FETCHES - 1):
        with suppress(StackError):
            run(command)
            return
    run(command)


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
            encoding="utf-8",
            errors="replace",
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
