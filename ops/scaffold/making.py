"""A skeleton is made: the name is checked, nothing that is there is touched, and what comes next is told."""

from __future__ import annotations

import keyword
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ops.scaffold import trials, writing
from ops.scaffold.kinds import FORMAT, FORMATS, KINDS, Place
from ops.scaffold.protocols import described, home
from ops.stack.troubles import StackError

if TYPE_CHECKING:
    from ops.scaffold.kinds import Kind

ROOT = Path(__file__).parents[2]
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_LONGEST = 30


@dataclass(frozen=True)
class Skeleton:
    """What was made, from the top of the project, and what is still to be done by hand."""

    files: tuple[Path, ...]
    trial: Path
    lines: tuple[tuple[str, str], ...]
    """File and line to be added to it."""


def make(kind_name: str, name: str, root: Path | None = None) -> Skeleton:
    """Write the skeleton of an adapter, and the test that it keeps its contract.

    Args:
        kind_name: one of `KINDS`.
        name: the system's, as its folder and its kind in the settings are called.
        root: the project; this one, where none is named.

    Raises:
        StackError: there is no such kind, the name cannot be one, something is there already, or this is not the
            project's source.
    """
    root = root or ROOT
    kind = KINDS.get(kind_name)
    if kind is None:
        raise StackError(f"{kind_name} is no kind of system: there are {', '.join(sorted(KINDS))}")
    folder = Path("activities/adapters") / _checked(name)
    trial = Path("tests/contracts") / f"test_{name}_{kind.name}.py"
    for there in (folder, trial):
        if (root / there).exists():
            raise StackError(f"{there} is there already: choose another name, or go on in it")
    files = {folder / file: text for file, text in _package(kind, name, root).items()}
    files[trial] = _trial(kind, name, root)
    (root / folder).mkdir(parents=True)
    for path, text in files.items():
        (root / path).write_text(text, encoding="utf-8")
    return Skeleton(tuple(files), trial, _lines(kind, name))


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or len(name) > _LONGEST:
        raise StackError(
            f"{name!r} cannot be a name: lower-case letters, digits and single underscores, as in blue_wms"
        )
    if keyword.iskeyword(name):
        raise StackError(f"{name!r} cannot be a name: it is a word of Python's own")
    return name


def _package(kind: Kind, name: str, root: Path) -> dict[str, str]:
    try:
        port = described(root, kind.port)
        files = {
            "__init__.py": writing.package(kind, name),
            "options.py": writing.options(kind, name),
            "adapter.py": writing.adapter(kind, name, port),
        }
        if kind.name == "channel":
            files["orders.py"] = writing.layout(name, described(root, FORMAT))
    except FileNotFoundError as error:
        raise StackError(f"{root} is not the source of Orderloom: {error.filename} is missing") from error
    return files


def _trial(kind: Kind, name: str, root: Path) -> str:
    try:
        stand = None if kind.stand is None else home(root, kind.stand)
        books = kind.books if stand is None else Place(stand.module, kind.books.name)
        given = None if stand is None else (stand, described(root, stand))
        return trials.trial(kind, name, described(root, kind.contract), described(root, books), given)
    except (FileNotFoundError, LookupError) as error:
        raise StackError(f"the contract of {kind.noun} is not in {root}: adapters are made in the source") from error


def _lines(kind: Kind, name: str) -> tuple[tuple[str, str], ...]:
    made = writing.title(name)
    entry = f'{kind.registry.name}: "{name}": {made}{kind.suffix}'
    lines = [
        (kind.registry.path, f"from activities.adapters.{name}.adapter import {made}{kind.suffix}"),
        (kind.registry.path, entry),
    ]
    if kind.name == "channel":
        lines += [
            (FORMATS.path, f"from activities.adapters.{name}.orders import {made}Orders"),
            (FORMATS.path, f'{FORMATS.name}: "{name}": lambda channel, _shop: {made}Orders(channel)'),
        ]
    return tuple(lines)
