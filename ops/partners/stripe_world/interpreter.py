"""Finding a Python that can run Stripe World: it asks for 3.14, and runs on 3.13 once its source is adapted."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_SUITS = "import ensurepip, sys, venv; print(sys.executable if sys.version_info[:2] == (3, 13) else '')"
"""Debian packs what makes an environment apart from the interpreter: one without it is of no use here."""
_RUNS_US = sys.executable
_WITHIN_S = 120
"""A Python takes a moment; on a machine that has none to spare, some."""
MISSING = "Stripe World needs Python 3.13, and there is none: put python3.13 on PATH, or name it in ORDERLOOM_PYTHON313"


@lru_cache
def python313() -> Path | None:
    """Find a Python 3.13 that can make environments.

    It is the one ``ORDERLOOM_PYTHON313`` names, the one that runs us, one on PATH, or one that pyenv has installed.
    """
    for candidate in _candidates():
        try:
            said = subprocess.run(  # noqa: S603 - a Python of this machine
                [candidate, "-c", _SUITS], capture_output=True, text=True, check=False, timeout=_WITHIN_S
            )
        except (OSError, subprocess.TimeoutExpired):
            continue
        if said.returncode == 0 and said.stdout.strip():
            return Path(said.stdout.strip())
    return None


def _candidates() -> Iterator[str]:
    named = os.environ.get("ORDERLOOM_PYTHON313")
    if named:
        yield named
    yield _RUNS_US
    found = shutil.which("python3.13")
    if found:
        yield found
    # pyenv's own python3.13 on PATH refuses to run where another version is the chosen one.
    installed = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    yield from (str(python) for python in sorted(installed.glob("3.13.*/bin/python3.13"), reverse=True))
