"""The secret beside the database: without it, the hashes of API keys tell nothing."""

from __future__ import annotations

import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from models.settings import Settings

_BYTES = 32


def pepper(settings: Settings) -> bytes:
    """The one from the settings, or else the one in the data folder, made at the first start."""
    given = settings.api_key_pepper.get_secret_value()
    return given.encode() if given else _kept(settings.data_dir / "api-key-pepper")


def _kept(path: Path) -> bytes:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        _make(path)
    return path.read_bytes()


def _make(path: Path) -> None:
    # Written whole and then named, for us alone to read; of several processes that start at once, one names it.
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
    try:
        os.link(draft, path)
    except FileExistsError:
        pass
    finally:
        draft.unlink()
