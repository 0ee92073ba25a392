"""``orderloom list``: the worklists of what is not in everybody's books yet, and of what is late."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from ops.cli.client import Json

_DAY_S, _HOUR_S, _MINUTE_S = 86_400, 3_600, 60


def worklist(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="orders_awaiting_erp_posting...; none: how long each list is."),
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Show a worklist, oldest first; or how long each of them is."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.worklists() if name is None else api.worklist(name, limit)
    if as_json:
        print_json({"worklists" if name is None else "entries": found})
    elif name is None:
        _print_lists(found)
    elif found:
        _print_entries(found)
    else:
        console().print("The list is empty.")


def _print_lists(found: list[Json]) -> None:
    from rich.table import Table

    table = Table("list", "entries", "oldest", box=None, pad_edge=False)
    for one in found:
        oldest = "" if one["oldest_age_s"] is None else _age(one["oldest_age_s"])
        table.add_row(one["name"], str(one["count"]), oldest)
    console().print(table)


def _print_entries(found: list[Json]) -> None:
    from rich.markup import escape
    from rich.table import Table

    table = Table("age", "what", "owner", "value", "why", box=None, pad_edge=False)
    for one in found:
        value = money(one["value"]["amount"], one["value"]["currency"]) if one["value"] else ""
        what = one["order_id"] or one["id"]
        table.add_row(*map(escape, (_age(one["age_s"]), what, one["owner"], value, one["reason"])))
    console().print(table)


def _age(seconds: int) -> str:
    """Write an age as a person says it: in the largest unit of which there is at least one."""
    for unit, word in ((_DAY_S, "d"), (_HOUR_S, "h"), (_MINUTE_S, "min")):
        if seconds >= unit:
            return f"{seconds // unit} {word}"
    return f"{seconds} s"
