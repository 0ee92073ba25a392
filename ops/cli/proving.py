"""``orderloom prove``: what holds in every case, tried out here and now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import JsonOption
from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(help="Try to break what we promise.", no_args_is_help=True)


@app.command("life")
def life(
    *,
    whole: Annotated[bool, typer.Option("--whole", help="The largest scene too: a minute, not seconds.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Visit every state that a balance and the reservations on it can reach."""
    from ops.proof.life.deeds import SCENES, TRIO
    from ops.proof.life.search import search_life

    found = {name: search_life(scene) for name, scene in SCENES.items() if whole or scene is not TRIO}
    if as_json:
        print_json({name: search.model_dump(mode="json") for name, search in found.items()})
    else:
        for name, search in found.items():
            shown = f"{search.states:,} states, {search.transitions:,} transitions, {search.seconds:.1f} s"
            console().print(f"{name}: {shown}", markup=False)
            if search.broken is not None:
                _tell(f"broken: {search.broken}", search.path)
    if any(search.broken for search in found.values()):
        raise typer.Exit(1)


@app.command("stock")
def stock(
    worlds: Annotated[int, typer.Option(min=1, help="How many random worlds.")] = 1_000,
    seed: Annotated[int, typer.Option(min=0, help="The seed of the first; each of the others has the next.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side, without --database-url.")] = 2,
    database_url: Annotated[
        list[str] | None,
        typer.Option(
            help="A database for this alone, such as postgresql+psycopg://...; several times for several, a process "
            "each. Without it: new SQLite files."
        ),
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Live random worlds of reserving, shipping, counting, crashing and asking again; no law may break in any."""
    from ops.proof.worlds.sharing import prove_in_databases, prove_in_files

    if database_url:
        proof = prove_in_databases(database_url, worlds, first_seed=seed)
    else:
        proof = prove_in_files(worlds, first_seed=seed, processes=processes)
    if as_json:
        print_json(proof.model_dump(mode="json"))
    else:
        shown = f"{proof.worlds:,} worlds, {proof.deeds:,} deeds, {proof.seconds:.0f} s on {proof.database}"
        console().print(f"{shown}; {len(proof.broken)} broken", markup=False)
        for broken in proof.broken:
            _tell(f"seed {broken.seed}: {broken.law}", broken.story)
    if proof.broken:
        raise typer.Exit(1)


def _tell(what: str, story: Sequence[str]) -> None:
    console().print(what, markup=False, style="red")
    for step in story:
        console().print(f"  {step}", markup=False)
