"""What the cache of partner software holds, and letting go of it."""

from __future__ import annotations

import fcntl
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from ops.partners.cache import MADE, cache_folder, lock_of
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Kept:
    """One folder of the cache."""

    folder: Path
    made_at: datetime
    size: int
    """Bytes."""
    superseded: bool
    """Whether another of its kind was made later: by another recipe, such as a newer version's."""

    @property
    def name(self) -> str:
        """What it is called: its kind, and its recipe's digest."""
        return self.folder.name


def kept() -> list[Kept]:
    """Everything that was made, the oldest first."""
    cache = cache_folder()
    folders = [path for path in cache.iterdir() if (path / MADE).exists()] if cache.is_dir() else []
    made = [(folder, (folder / MADE).stat().st_mtime) for folder in folders]
    latest: dict[str, float] = {}
    for folder, at in made:
        latest[_kind(folder)] = max(at, latest.get(_kind(folder), at))
    return [
        Kept(folder, datetime.fromtimestamp(at, UTC), _size(folder), superseded=at < latest[_kind(folder)])
        for folder, at in sorted(made, key=lambda one: (one[1], one[0]))
    ]


def let_go(names: Sequence[str]) -> None:
    """Remove folders of the cache; what is wanted again is made again.

    Raises:
        StackError: there is none of a name, or it is being made this moment; nothing is removed then.
    """
    found = {one.name: one.folder for one in kept()}
    if unknown := [name for name in names if name not in found]:
        raise StackError(f"there is no {unknown[0]} in {cache_folder()}; there are: {', '.join(found) or 'none'}")
    for name in names:
        with lock_of(found[name]).open("w") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                raise StackError(f"{name} is being made") from None
            # The mark first: what is removed half is made anew.
            (found[name] / MADE).unlink()
            shutil.rmtree(found[name])


def _kind(folder: Path) -> str:
    return folder.name.rpartition("-")[0]


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.rglob("*") if not path.is_dir())
