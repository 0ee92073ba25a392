"""Vendure installed: fetched by npm once, and found again."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

from ops.partners.cache import made_once, run
from ops.stack.troubles import StackError

_HERE = Path(__file__).parent
_SHOP = _HERE / "shop.js"
_PACKAGES = (_HERE / "package.json", _HERE / "package-lock.json")


def installed() -> Path:
    """Install Vendure once, as the lock file has it; answers the shop's own program, beside its packages.

    Raises:
        StackError: there is no npm or Node.js on this machine, or something could not be fetched.
    """
    for tool in ("node", "npm"):
        if shutil.which(tool) is None:
            raise StackError(f"Vendure needs Node.js 20 or later and npm; there is no {tool} on this machine")

    def install(folder: Path) -> None:
        for file in _PACKAGES:
            shutil.copy(file, folder)
        # No package may run a program of its own while it is installed; Vendure needs none.
        run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=folder)

    folder = made_once("vendure-software", "".join(file.read_text(encoding="utf-8") for file in _PACKAGES), install)
    program = folder / f"shop-{made_of(_SHOP)}.js"
    if not program.exists():
        # Node.js looks for packages beside the program.
        copy = program.with_suffix(".new")
        shutil.copy(_SHOP, copy)
        copy.replace(program)
    return program


def made_of(file: Path) -> str:
    """Tell one version of a file from another."""
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
