"""The Compose file as Compose reads it, its variables filled in from the example of an `.env` file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[3]
_VARIABLE = re.compile(r"\$\{(\w+)(?::([-?])([^}]*))?\}")


@pytest.fixture(scope="session")
def compose() -> dict[str, Any]:
    """`docker-compose.yml`, parsed."""
    read: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    return read


@pytest.fixture(scope="session")
def services(compose: dict[str, Any]) -> dict[str, Any]:
    """Its services."""
    found: dict[str, Any] = compose["services"]
    return found


@pytest.fixture(scope="session")
def variables() -> list[tuple[str, str]]:
    """Every variable the file asks its environment for, and ``-`` (has a default), ``?`` (must be given) or nothing."""
    return [(name, kind) for name, kind, _ in _VARIABLE.findall((ROOT / "docker-compose.yml").read_text())]
