"""The sample orders that the project ships: read from their folders, one folder a format."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ops.samples.guessing import FORMATS

_HERE = Path(__file__).parent


@dataclass(frozen=True)
class Sample:
    """One order in the words of the channel it comes from."""

    format: str
    """Which reader it is for: a channel's name, or ``canonical``."""
    name: str
    body: bytes


def read(path: Path, format_: str) -> Sample:
    """Read one order from a file."""
    return Sample(format_, path.stem.replace("_", "-"), path.read_bytes())


def shipped() -> list[Sample]:
    """Every sample order, the formats taking turns, so that each of them is seen early."""
    folders = [sorted((_HERE / format_).glob("*.json")) for format_ in FORMATS]
    longest = max(map(len, folders))
    turns = (
        (format_, files[turn])
        for turn in range(longest)
        for format_, files in zip(FORMATS, folders, strict=True)
        if turn < len(files)
    )
    return [read(path, format_) for format_, path in turns]
