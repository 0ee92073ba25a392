"""Lists as a console shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ops.cli.client import Json

_NUMBERS = frozenset(
    {
        "units",
        "outstanding",
        "orders",
        "late",
        "promised days",
        "put off by days",
        "ours",
        "theirs",
        "seen",
        "priority",
        "demand",
        "arriving",
        "left",
        "expected",
        "missing",
        "waiting",
        "told",
        "median s",
        "p95 s",
        "worst s",
        "wanted a day",
        "days left",
    }
)


def when(moment: str | None) -> str:
    """A moment to the minute; nothing where there is none."""
    return moment[:16].replace("T", " ") if moment else ""


def print_list(  # noqa: PLR0913 - the list, and how it looks
    name: str,
    found: Sequence[Json],
    titles: tuple[str, ...],
    rows: Iterable[tuple[object, ...]],
    nothing: str,
    *,
    as_json: bool,
) -> None:
    """Print a list: as one JSON document under its name, as a table, or that there is nothing."""
    if as_json:
        print_json({name: found})
    elif found:
        console().print(table(titles, rows))
    else:
        console().print(nothing)


def table(titles: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> Any:  # noqa: ANN401 - rich is loaded late
    """Make a table; columns of numbers stand right."""
    from rich.markup import escape
    from rich.table import Table

    made = Table(box=None, pad_edge=False, header_style="bold")
    for title in titles:
        made.add_column(title, overflow="fold", justify="right" if title in _NUMBERS else "left")
    for row in rows:
        made.add_row(*(escape("" if cell is None else str(cell)) for cell in row))
    return made
