"""``orderloom stock risks``: what channels will soon have none of."""

from __future__ import annotations

from typing import Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.tables import print_list, when


def risks(
    channel: Annotated[str | None, typer.Option(help="Of this channel only.")] = None,
    days: Annotated[int, typer.Option(min=1, max=365, help="How far ahead.")] = 7,
    limit: Annotated[int, typer.Option(min=1, max=200, help="How many at most.")] = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List articles that a channel will soon have none of, at the pace at which they are wanted; the soonest first."""
    from ops.cli.client import Api

    wanted = {"within_days": str(days)} | ({"channel": channel} if channel else {})
    with Api(find_connection(data)) as api:
        found = api.stock_list("risks", wanted, limit)
    rows = (
        (one["channel"], one["sku"], one["quantity"], one["daily"], one["days_left"], when(one["expected_at"]))
        for one in found
    )
    titles = ("channel", "article", "units", "wanted a day", "days left", "more expected")
    print_list("risks", found, titles, rows, f"Nothing will be short within {days} days.", as_json=as_json)
