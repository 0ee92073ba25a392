"""``orderloom prove``: what holds in every case, tried out here and now."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import JsonOption
from ops.cli.output import console, error_console, print_json
from workflows.leaving import run_to_the_end

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ops.proof.lives.proof import LivesProof

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


@app.command("partners")
def partners(
    within: Annotated[float, typer.Option(min=60, help="Seconds that any one step may take.")] = 900,
    data: Annotated[
        Path | None, typer.Option(help="A new folder for the stack; none: one that is removed afterwards.")
    ] = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Run orders of six channels through a real ERP, warehouse, payment API, carrier and shop; their books agree."""
    from tempfile import TemporaryDirectory

    from ops.proof.partners.proof import prove_partners
    from ops.stack.folder import Folder

    def tell(line: str) -> None:
        error_console().print(line, markup=False, style="dim")

    with TemporaryDirectory() as passing:
        proof = run_to_the_end(prove_partners(Folder(data or Path(passing) / "data"), tell, within_s=within))
    if as_json:
        print_json(proof.model_dump(mode="json") | {"holds": proof.holds})
    else:
        ends = ", ".join(f"{count} {end}" for end, count in proof.by_end.items())
        console().print(f"{proof.orders} orders in {proof.seconds:.0f} s: {ends}", markup=False)
        if not proof.holds:
            _tell("books differ, or a deed is missing", proof.disagreements)
    if not proof.holds:
        raise typer.Exit(1)


@app.command("lives")
def lives(  # noqa: PLR0913 - each is an option of its own
    lives: Annotated[int, typer.Option(min=0, help="How many random lives on the stage without a server.")] = 5_000,
    through_temporal: Annotated[
        int, typer.Option(min=0, help="How many of the same lives on a Temporal server that skips time.")
    ] = 0,
    seed: Annotated[int, typer.Option(min=0, help="The seed of the first; each of the others has the next.")] = 1,
    processes: Annotated[int, typer.Option(min=1, help="Processes side by side, on the stage.")] = 2,
    *,
    defects: Annotated[bool, typer.Option("--defects", help="Plant a defect for each law, and see it caught.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Live random lives of orders: splits, cancels, edits, returns, races, faults; laws I1 to I15 hold in each."""
    from ops.proof.lives.defects import DEFECTS, catch
    from ops.proof.lives.proof import prove_lives
    from ops.proof.lives.through_temporal import prove_through_temporal

    proofs = {"stage": prove_lives(lives, first_seed=seed, processes=processes)} if lives else {}
    if through_temporal:
        proofs["temporal"] = run_to_the_end(prove_through_temporal(through_temporal, first_seed=seed))
    caught = [catch(defect) for defect in DEFECTS] if defects else []
    if as_json:
        shown = {name: proof.model_dump(mode="json") for name, proof in proofs.items()}
        print_json(shown | {"defects": [one.model_dump(mode="json") for one in caught]})
    else:
        for name, proof in proofs.items():
            _show_lives(name, proof)
        for one in caught:
            how = f"caught by {one.law} in life {one.lives}" if one.seed is not None else f"NOT caught by {one.law}"
            console().print(f"{one.defect}: {how}", markup=False)
    if any(not proof.holds for proof in proofs.values()) or any(one.seed is None for one in caught):
        raise typer.Exit(1)


def _show_lives(name: str, proof: LivesProof) -> None:
    shown = f"{proof.lives:,} lives, {proof.orders:,} orders, {proof.returns:,} returns, {proof.seconds:.0f} s"
    console().print(f"{name}: {shown}; {len(proof.broken)} broken", markup=False)
    for life in proof.broken:
        _tell(f"seed {life.seed}: {'; '.join(life.laws)}", life.story)
    if proof.never:
        _tell("never happened, so that nothing is proved of it:", proof.never)


def _tell(what: str, story: Sequence[str]) -> None:
    console().print(what, markup=False, style="red")
    for step in story:
        console().print(f"  {step}", markup=False)
