"""``orderloom partners``: installed software of others, and the room it takes."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.exits import UsageError
from ops.cli.output import console, print_json

_MEGABYTE = 1_000_000

app = typer.Typer(help="Software of others that was installed for the local stack.", no_args_is_help=True)


@app.command("list")
def list_kept(*, as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False) -> None:
    """List what is kept, when it was made, and what has been superseded."""
    from rich.table import Table

    from ops.partners.keeping import kept

    found = kept()
    if as_json:
        print_json(
            {
                "kept": [
                    {
                        "name": one.name,
                        "made_at": one.made_at.isoformat(),
                        "bytes": one.size,
                        "superseded": one.superseded,
                    }
                    for one in found
                ]
            }
        )
        return
    table = Table("name", "made", "MB", "state", box=None, pad_edge=False)
    for one in found:
        state = "superseded" if one.superseded else "newest"
        table.add_row(one.name, f"{one.made_at:%Y-%m-%d %H:%M}", f"{one.size / _MEGABYTE:,.0f}", state)
    console().print(table if found else "Nothing is kept.")


@app.command("remove")
def remove(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="As `list` shows them.")] = None,
    *,
    superseded: Annotated[bool, typer.Option("--superseded", help="Everything that has been superseded.")] = False,
) -> None:
    """Remove what is not needed; no stack that uses it may be running. What is wanted again is made again."""
    from ops.partners.keeping import kept, let_go

    old = [one.name for one in kept() if one.superseded] if superseded else []
    chosen = [*dict.fromkeys([*(names or []), *old])]
    if not chosen and not superseded:
        raise UsageError("say which, or --superseded")
    let_go(chosen)
    console().print(f"removed: {', '.join(chosen) or 'nothing'}", markup=False)
