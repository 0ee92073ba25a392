"""Stripe World, installed: into an environment of its own, under Python 3.13."""

from __future__ import annotations

from pathlib import Path

from ops.partners.cache import install, made_once, run
from ops.partners.stripe_world import adapting
from ops.partners.stripe_world.interpreter import MISSING, python313
from ops.stack.troubles import StackError

_REQUIREMENTS = Path(__file__).with_name("requirements.txt")
_PACKAGES = ("seahaven", "seahaven_stripe_world")


def installed() -> Path:
    """Install it, or find it installed; answers its environment's Python.

    Raises:
        StackError: there is no Python 3.13, or it could not be installed.
    """
    python = python313()
    if python is None:
        raise StackError(MISSING)

    def make(folder: Path) -> None:
        run([str(python), "-m", "venv", str(folder / "venv")])
        own = str(folder / "venv" / "bin" / "python")
        # It says that it needs 3.14; what it really needs is adapted below.
        install(Path(own), _REQUIREMENTS, "--no-compile", "--ignore-requires-python")
        packages = Path(run([own, "-c", "import sysconfig; print(sysconfig.get_paths()['purelib'])"]).strip())
        for package in _PACKAGES:
            adapting.adapt(packages / package)

    recipe = _REQUIREMENTS.read_text(encoding="utf-8") + Path(adapting.__file__).read_text(encoding="utf-8")
    return made_once("stripe-world", recipe, make) / "venv" / "bin" / "python"
