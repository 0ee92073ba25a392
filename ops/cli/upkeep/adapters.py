"""``orderloom adapter``: one more system is connected."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.output import console

app = typer.Typer(help="Connect one more system.", no_args_is_help=True)


@app.callback()
def adapter() -> None:
    """Connect one more system; see ops/guides/connect-your-own-system.md."""


@app.command("new")
def new(
    kind: Annotated[str, typer.Argument(help="erp, warehouse, payments, carriers or channel.")],
    name: Annotated[str, typer.Argument(help="The system's name, such as blue_wms: its folder's, and its kind's.")],
) -> None:
    """Write the skeleton of an adapter, and the test that it keeps its contract, which runs and fails at once."""
    from ops.scaffold.making import make

    made = make(kind, name)
    out = console()
    for file in made.files:
        out.print(f"made {file}", markup=False, highlight=False)
    out.print("\nAdd by hand:", markup=False)
    for place, line in made.lines:
        out.print(f"  {place}\n    {line}", markup=False, highlight=False, soft_wrap=True)
    out.print(f"\nThen: python -m pytest {made.trial} -x", markup=False, highlight=False, soft_wrap=True)
    out.print("What fails says what to write next; ops/guides/connect-your-own-system.md says how.", markup=False)
