"""``orderloom up | down | status | stop | start``: the local stack."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from ops.stack.control import ask_supervisor
from ops.stack.folder import Folder
from ops.stack.record import read_record
from ops.stack.troubles import NotRunningError, StackError

if TYPE_CHECKING:
    from ops.stack.control import ChildLine
    from ops.stack.running import Stack

Data = Annotated[
    Path, typer.Option("--data", envvar="ORDERLOOM_DATA_DIR", help="The folder the stack keeps everything in.")
]
Part = Annotated[str, typer.Argument(help="A part of the stack, as `orderloom status` names it.")]
DEFAULT_DATA = Path(".orderloom")
_COLOURS = {"well": "green", "stopped": "yellow", "resting": "red", "starting": "cyan", "waiting": "cyan"}
_DOWN_WITHIN_S = 120.0


def up(
    data: Data = DEFAULT_DATA,
    *,
    any_ports: Annotated[bool, typer.Option("--any-ports", help="Take any free ports, not the usual ones.")] = False,
) -> None:
    """Run the whole local stack until Ctrl-C: Temporal, partners, workers, API."""
    from ops.stack.running import running_stack

    out = Console(soft_wrap=True, highlight=False)
    folder = Folder(data)

    def tell(line: str) -> None:
        out.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {escape(line)}")

    async def run() -> None:
        async with running_stack(folder, tell, any_ports=any_ports) as stack:
            _say_where(out, stack)
            await stack.stopping.wait()
            tell("stopping")

    asyncio.run(run())
    out.print("stopped; the next `orderloom up` goes on from here")


def down(data: Data = DEFAULT_DATA) -> None:
    """End the local stack that runs from the folder, and wait until it has ended."""
    folder = Folder(data)
    ask_supervisor(folder, "down")
    until = time.monotonic() + _DOWN_WITHIN_S
    while read_record(folder) is not None:
        if time.monotonic() > until:
            raise StackError(f"the stack has not ended within {_DOWN_WITHIN_S:g} s; its logs are in {folder.logs}")
        time.sleep(0.1)
    Console().print("stopped")


def status(
    data: Data = DEFAULT_DATA,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Say how each part of the stack is; exit code 1 where one is not well."""
    folder = Folder(data)
    children = ask_supervisor(folder, "status")
    if as_json:
        typer.echo(json.dumps(_summary(folder, children), indent=1))
    else:
        Console().print(_table(children))
    if any(child.state != "well" for child in children):
        raise typer.Exit(1)


def stop_part(name: Part, data: Data = DEFAULT_DATA) -> None:
    """Stop one part of the stack, such as `erp`, to see what orders do without it."""
    ask_supervisor(Folder(data), "stop", name)
    Console().print(f"{escape(name)} is stopped; `orderloom start {escape(name)}` starts it again")


def start_part(name: Part, data: Data = DEFAULT_DATA) -> None:
    """Start a part of the stack that was stopped, and wait until it is well."""
    ask_supervisor(Folder(data), "start", name)
    Console().print(f"{escape(name)} is well")


def _summary(folder: Folder, children: tuple[ChildLine, ...]) -> dict[str, object]:
    record = read_record(folder)
    if record is None:
        raise NotRunningError(f"the stack in {folder.root} has just ended")
    return {
        "api_url": record.api_url,
        "ui_url": record.ui_url,
        "api_key_file": str(folder.api_key),
        "parts": [child.model_dump() for child in children],
    }


def _table(children: tuple[ChildLine, ...]) -> Table:
    table = Table("part", "state", "process", "restarts", "address", box=None)
    for child in children:
        colour = _COLOURS.get(child.state, "red")
        pid = "" if child.pid is None else str(child.pid)
        table.add_row(child.name, f"[{colour}]{child.state}[/{colour}]", pid, str(child.restarts), child.address)
    return table


def _say_where(out: Console, stack: Stack) -> None:
    folder = stack.plan.folder
    out.print(
        f"\n  API              {stack.api_url}/v1   (description: {stack.api_url}/docs)"
        f"\n  Temporal Web UI  {stack.ui_url}"
        f"\n  API key          {folder.api_key.read_text(encoding='utf-8').strip()}   (kept in {folder.api_key})"
        f"\n  logs             {folder.logs}"
        "\n  Ctrl-C stops everything; what is kept is picked up again by the next start.\n"
    )
