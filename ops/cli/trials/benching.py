"""``orderloom bench``: what is promised in numbers, measured here and now."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ops.cli.connection import JsonOption
from ops.cli.output import console, print_json

if TYPE_CHECKING:
    from collections.abc import Mapping

app = typer.Typer(help="Measure this machine.", no_args_is_help=True)


@app.command("stock")
def stock(
    clients: Annotated[int, typer.Option(min=1, help="How many buy at the same time.")] = 64,
    attempts: Annotated[int, typer.Option(min=1, help="How often somebody tries to buy one piece.")] = 10_000,
    units: Annotated[int, typer.Option(min=0, help="How many pieces there are.")] = 1_000,
    database: Annotated[
        str,
        typer.Option(
            "--database-url",
            "--database",
            help="A database to run on, such as postgresql+psycopg://...; a new SQLite file if not given.",
        ),
    ] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Let many buyers fight for one article: nothing is oversold, and how fast it goes."""
    import tempfile
    from pathlib import Path

    from ops.bench.stock import bench_stock
    from ops.migrations.upgrade import upgrade

    with tempfile.TemporaryDirectory(prefix="orderloom-bench-") as folder:
        address = database or f"sqlite+aiosqlite:///{Path(folder) / 'bench.db'}"
        upgrade(address)
        measured = asyncio.run(bench_stock(address, clients=clients, attempts=attempts, units=units))
    _print(measured.model_dump(mode="json"), as_json=as_json)
    if not measured.is_right:
        raise typer.Exit(1)


@app.command("availability")
def availability(
    questions: Annotated[int, typer.Option(min=1, help="How many are put to each database.")] = 500,
    database_url: Annotated[
        str,
        typer.Option(help="A PostgreSQL to make two databases on, for the time being; two SQLite files if not given."),
    ] = "",
    *,
    as_json: JsonOption = False,
) -> None:
    """Ask what may be promised, with 1,000 articles at 20 nodes and with 100,000: the time must not grow with them."""
    from ops.bench.availability import bench_availability

    measured = asyncio.run(bench_availability(database_url, questions=questions))
    _print(measured.model_dump(mode="json"), as_json=as_json)


@app.command("order")
def order(
    orders: Annotated[int, typer.Option(min=1, help="How many orders, and how many bare workflows.")] = 60,
    *,
    as_json: JsonOption = False,
) -> None:
    """Weigh one ordinary prepaid order against a bare workflow with as many partner calls."""
    from ops.bench.order import bench_order
    from workflows.leaving import run_to_the_end

    _print(run_to_the_end(bench_order(orders)).model_dump(mode="json"), as_json=as_json)


@app.command("batch")
def batch(
    small: Annotated[int, typer.Option(min=1, help="Rows in the small file.")] = 10_000,
    large: Annotated[int, typer.Option(min=1, help="Rows in the large file.")] = 100_000,
    *,
    as_json: JsonOption = False,
) -> None:
    """Import a small and a large file of orders: memory must not grow with the file."""
    from ops.bench.batch import bench_batch

    measured = asyncio.run(bench_batch(small, large))
    _print(measured.model_dump(mode="json"), as_json=as_json)
    if not measured.is_right:
        raise typer.Exit(1)


def _print(measured: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(measured)
        return
    width = max(map(len, measured))
    for name, value in measured.items():
        if isinstance(value, dict):
            console().print(f"\n{name}", markup=False)
            _print(value, as_json=False)
            continue
        shown = f"{value:,.2f}" if isinstance(value, float) else str(value)
        console().print(f"{name.replace('_', ' '):{width}}  {shown}", markup=False)
