"""The project's source in another place, where adapters can be made without touching the real one."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]
_ROOMY = ("activities/adapters", "tests/contracts")
_TOP = {"models", "workflows", "ops", "api", "workers", "pyproject.toml"}


def roomy_source(folder: Path) -> Path:
    """Each file at its place, by a link, with room for one more adapter."""
    for roomy in _ROOMY:
        (folder / roomy).mkdir(parents=True)
    for part in (".", "activities", *_ROOMY):
        for there in (ROOT / part).iterdir():
            here = folder / part / there.name
            if not here.exists() and (part != "." or there.name in _TOP):
                here.symlink_to(there)
    return folder
