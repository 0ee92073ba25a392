"""``orderloom demo``: the whole stack, with every sample order going through it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption
from ops.cli.exits import ExitCode
from ops.cli.local.choosing import CarrierOption, ChannelOption, ErpOption, PaymentOption, WmsOption, chosen_parts
from ops.cli.output import console


def demo(  # noqa: PLR0913 - each is an option of its own
    data: DataOption = DEFAULT_FOLDER,
    report: Annotated[
        Path | None, typer.Option("--report", help="Write how each order went to this JSON file.", dir_okay=False)
    ] = None,
    within: Annotated[float, typer.Option(min=1, help="Seconds the orders may take, the stack's start apart.")] = 600,
    *,
    erp: ErpOption = "sandbox",
    wms: WmsOption = "sandbox",
    payment: PaymentOption = "sandbox",
    carrier: CarrierOption = "sandbox",
    channel: ChannelOption = None,
    leave: Annotated[
        bool, typer.Option("--exit", help="Stop the stack when all orders have ended or are held.")
    ] = False,
    any_ports: Annotated[bool, typer.Option("--any-ports", help="Take any free ports, not the usual ones.")] = False,
) -> None:
    """Start the stack, or use the running one, and send every sample order through it.

    Exit code 1 where an order has neither ended nor is held.
    """
    import asyncio

    from ops.demo.run import Demonstration, Wishes
    from ops.stack.folder import Folder

    wishes = Wishes(
        leave=leave,
        report=report,
        within_s=within,
        any_ports=any_ports,
        usual_folder=data == DEFAULT_FOLDER,
        parts=tuple(chosen_parts(erp, wms, payment, carrier, channel)),
    )
    result = asyncio.run(Demonstration(Folder(data), wishes, console()).run())
    if result.unsettled:
        raise typer.Exit(ExitCode.NO)
