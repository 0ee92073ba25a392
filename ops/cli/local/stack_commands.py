"""``orderloom up | down | status | stop | start``: the local stack."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption
from ops.cli.local.choosing import CarrierOption, ChannelOption, ErpOption, PaymentOption, WmsOption, chosen_parts
from ops.cli.tables import table, when
from ops.stack.troubles import NotRunningError, StackError

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table

    from ops.cli.client import Json
    from ops.stack.control import ChildLine
    from ops.stack.folder import Folder
    from ops.stack.running import Stack

Part = Annotated[str, typer.Argument(help="A part of the stack, as `orderloom status` names it.")]
_COLOURS = {"well": "green", "stopped": "yellow", "resting": "red", "starting": "cyan", "waiting": "cyan"}
_DOWN_WITHIN_S = 120.0


def up(  # noqa: PLR0913 - each is an option of its own
    data: DataOption = DEFAULT_FOLDER,
    *,
    erp: ErpOption = "sandbox",
    wms: WmsOption = "sandbox",
    payment: PaymentOption = "sandbox",
    carrier: CarrierOption = "sandbox",
    channel: ChannelOption = None,
    any_ports: Annotated[bool, typer.Option("--any-ports", help="Take any free ports, not the usual ones.")] = False,
    ui_port: Annotated[
        int | None, typer.Option("--ui-port", min=1, max=65535, help="Where the Temporal Web UI is to be.")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Run the whole local stack until Ctrl-C: Temporal, partners, workers, API.

    With --json, one document says where everything is once it is well; progress goes to the error stream.
    """
    import asyncio
    import os

    if os.name != "posix":
        raise StackError("the local stack runs on Linux and macOS; on Windows, run it in WSL")
    from rich.console import Console
    from rich.markup import escape

    from ops.stack.folder import Folder
    from ops.stack.running import running_stack

    out = Console(soft_wrap=True, highlight=False, stderr=as_json)
    folder = Folder(data)
    parts = chosen_parts(erp, wms, payment, carrier, channel)

    def tell(line: str) -> None:
        out.print(f"[dim]{time.strftime('%H:%M:%S')}[/dim] {escape(line)}")

    async def run() -> None:
        async with running_stack(folder, tell, any_ports=any_ports, ui_port=ui_port, parts=parts) as stack:
            if as_json:
                typer.echo(json.dumps(_where(folder, stack.api_url, stack.ui_url)))
            else:
                _say_where(out, stack)
            await stack.stopping.wait()
            tell("stopping")

    asyncio.run(run())
    out.print("stopped; the next `orderloom up` goes on from here")


def down(data: DataOption = DEFAULT_FOLDER) -> None:
    """End the local stack that runs from the folder, and wait until it has ended."""
    from ops.stack.control import ask_supervisor
    from ops.stack.folder import Folder
    from ops.stack.record import read_record

    folder = Folder(data)
    ask_supervisor(folder, "down")
    until = time.monotonic() + _DOWN_WITHIN_S
    while read_record(folder) is not None:
        if time.monotonic() > until:
            raise StackError(f"the stack has not ended within {_DOWN_WITHIN_S:g} s; its logs are in {folder.logs}")
        time.sleep(0.1)
    typer.echo("stopped")


def status(
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Say how each part of the stack is, and each feed that is read; exit code 1 where one is not well."""
    from rich.console import Console

    from ops.stack.control import ask_supervisor
    from ops.stack.folder import Folder

    folder = Folder(data)
    children = ask_supervisor(folder, "status")
    feeds = _feeds(folder)
    if as_json:
        typer.echo(json.dumps(_summary(folder, children) | {"feeds": feeds}, indent=1))
    else:
        Console().print(_table(children))
        _print_feeds(Console(), feeds)
    if any(child.state != "well" for child in children) or any(feed["problem"] for feed in feeds or ()):
        raise typer.Exit(1)


def stop_part(name: Part, data: DataOption = DEFAULT_FOLDER) -> None:
    """Stop one part of the stack, such as `erp`, to see what orders do without it."""
    from ops.stack.control import ask_supervisor
    from ops.stack.folder import Folder

    ask_supervisor(Folder(data), "stop", name)
    typer.echo(f"{name} is stopped; `orderloom start {name}` starts it again")


def start_part(name: Part, data: DataOption = DEFAULT_FOLDER) -> None:
    """Start a part of the stack that was stopped, and wait until it is well."""
    from ops.stack.control import ask_supervisor
    from ops.stack.folder import Folder

    ask_supervisor(Folder(data), "start", name)
    typer.echo(f"{name} is well")


def _feeds(folder: Folder) -> list[Json] | None:
    """What the stack's API says of feeds; none: it does not say."""
    from ops.cli.client import Api
    from ops.cli.connection import Connection, kept_key
    from ops.cli.exits import CommandError
    from ops.stack.record import read_record

    record = read_record(folder)
    try:
        with Api(Connection(record.api_url if record else "", kept_key(folder.root))) as api:
            return api.feeds()
    except CommandError:
        return None


def _print_feeds(out: Console, feeds: list[Json] | None) -> None:
    if feeds is None:
        out.print("the API does not say how feeds are")
    elif feeds:
        rows = ((feed["name"], when(feed["read_at"]) or "never", feed["problem"]) for feed in feeds)
        out.print(table(("feed", "last read", "trouble"), rows))


def _summary(folder: Folder, children: tuple[ChildLine, ...]) -> dict[str, object]:
    from ops.stack.record import read_record

    record = read_record(folder)
    if record is None:
        raise NotRunningError(f"the stack in {folder.root} has just ended")
    parts = [child.model_dump() for child in children]
    return {**_where(folder, record.api_url, record.ui_url), "parts": parts}


def _where(folder: Folder, api_url: str, ui_url: str) -> dict[str, object]:
    return {"api_url": api_url, "ui_url": ui_url, "api_key_file": str(folder.api_key), "logs": str(folder.logs)}


def _table(children: tuple[ChildLine, ...]) -> Table:
    from rich.table import Table

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
