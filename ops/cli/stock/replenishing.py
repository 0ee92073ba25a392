"""``orderloom replenish``: what is bought and why, what would happen if, campaigns without stock, transfers by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.output import console, print_json
from ops.cli.tables import print_list, table, when

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.cli.client import Json

app = typer.Typer(help="What is bought or moved, and why; what if; campaigns without stock.", no_args_is_help=True)
Sku = Annotated[str, typer.Argument(metavar="SKU", help="The article.")]
Units = Annotated[int, typer.Argument(metavar="UNITS", min=1, help="How many.")]


@app.command("plan")
def plan(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Show what the next round orders, and why; and what partners have refused."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.replenishment()
    if as_json:
        print_json(found)
        return
    titles = ("article", "for", "units", "from", "needed by", "because")
    rows = ((*_wanted(one), when(one["needed_by"]), one["because"]) for one in found["proposals"])
    print_list("proposals", found["proposals"], titles, rows, "Nothing is running short.", as_json=False)
    if found["refused"]:
        titles = ("refused", "for", "units", "from", "at", "why")
        refused = ((*_wanted(one["proposal"]), when(one["refused_at"]), one["why"]) for one in found["refused"])
        console().print(table(titles, refused))
    console().print(f"by policy {found['policy_version']}", markup=False)


@app.command("scenario")
def scenario(  # noqa: PLR0913, PLR0917 - one option a circumstance
    sku: Sku,
    node: Annotated[str, typer.Argument(metavar="NODE", help="Where it lies.")],
    days: Annotated[int, typer.Option(min=1, max=365, help="How far ahead.")] = 30,
    demand: Annotated[float, typer.Option(min=0, max=100, help="Times the demand that is sensed now.")] = 1.0,
    delay: Annotated[int, typer.Option(min=0, max=365, help="Days by which all supply is late.")] = 0,
    reorder_point: Annotated[int | None, typer.Option(min=0, help="Instead of the rule's.")] = None,
    order_up_to: Annotated[int | None, typer.Option(min=0, help="Instead of the rule's.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Run an article's stock forward under another demand, a late supplier or another rule."""
    from ops.cli.client import Api

    asked = {"sku": sku, "node": node, "days": days, "demand_factor": demand, "supply_delay_days": delay}
    rule = {"reorder_point": reorder_point, "order_up_to": order_up_to}
    with Api(find_connection(data)) as api:
        found = api.play(asked | _given(rule))
    if as_json:
        print_json(found)
    else:
        _print_scenario(found)


@app.command("promotions")
def promotions(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """List campaigns that have not ended, and what the stock does not cover of them."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        _print_promotions(api.promotions(), as_json=as_json)


@app.command("promote")
def promote(  # noqa: PLR0913, PLR0917 - what a campaign is
    promotion: Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its name; one that is known is changed.")],
    sku: Sku,
    units: Units,
    starts: Annotated[str, typer.Option(help="Its first day: 2026-12-01.")],
    ends: Annotated[str, typer.Option(help="Its last day.")],
    channel: Annotated[str | None, typer.Option(help="Where it is sold; none: everywhere.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Watch a campaign that will sell so many beyond the usual; says whether the stock covers it."""
    from ops.cli.client import Api

    said = {"id": promotion, "sku": sku, "expected": units, "starts": starts, "ends": ends}
    with Api(find_connection(data)) as api:
        _print_promotions([api.promote(said | _given({"channel": channel}))], as_json=as_json)


@app.command("suppliers")
def suppliers(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say how suppliers deliver: what they promise, and how often and how far they put it off."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.suppliers()
    rows = (
        tuple(one[what] for what in ("supplier", "orders", "outstanding", "late", "lead_days", "slip_days"))
        for one in found
    )
    titles = ("supplier", "orders", "outstanding", "late", "promised days", "put off by days")
    print_list("suppliers", found, titles, rows, "Nothing was ordered in the last year.", as_json=as_json)


@app.command("transfer")
def transfer(  # noqa: PLR0913, PLR0917 - what goes where, and why
    sku: Sku,
    units: Units,
    from_node: Annotated[str, typer.Option("--from", metavar="NODE", help="Where it lies.")],
    to_node: Annotated[str, typer.Option("--to", metavar="NODE", help="Where it is to go.")],
    reason: Annotated[str, typer.Option("--reason", "-r", help="Why.")],
    order: Annotated[str | None, typer.Option(help="The order that waits for it.")] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Have goods sent from one node to another at once; what orders were promised stays."""
    from rich.markup import escape

    from ops.cli.client import Api

    lines = [{"sku": sku, "quantity": units}]
    body = {"from_node": from_node, "to_node": to_node, "lines": lines, "reason": reason}
    with Api(find_connection(data)) as api:
        said = api.transfer(body | _given({"order_id": order}))
    if as_json:
        print_json(said)
    else:
        console().print(escape(f"{said['id']}: {said['message']}"))


def _given(wanted: Mapping[str, object]) -> Json:
    return {name: value for name, value in wanted.items() if value is not None}


def _wanted(one: Json) -> tuple[object, ...]:
    return one["sku"], one["node"], one["quantity"], one["from_node"] or one["supplier"] or "purchasing"


def _print_scenario(found: Json) -> None:
    from rich.markup import escape

    now, then = found["as_it_is"], found["as_it_would_be"]
    for what, course in (("as it is", now), ("as it would be", then)):
        short = f"below safety stock on {course['runs_out_on']}" if course["runs_out_on"] else "lasts"
        console().print(escape(f"{what}: {course['daily_demand']:.1f} a day, {short}"))
    rows = (
        (day["day"], f"{usual['on_hand']:.0f}", f"{day['demand']:.1f}", day["arriving"], f"{day['on_hand']:.0f}")
        for usual, day in zip(now["days"], then["days"], strict=True)
    )
    console().print(table(("day", "left as it is", "demand", "arriving", "left"), rows))
    for one in found["orders"]:
        console().print(f"{one['day']}: {one['quantity']} would be ordered, to come on {one['arrives_on']}")


def _print_promotions(found: list[Json], *, as_json: bool) -> None:
    rows = (
        (
            one["promotion"]["id"],
            one["promotion"]["sku"],
            one["promotion"]["channel"] or "everywhere",
            f"{one['promotion']['starts']} to {one['promotion']['ends']}",
            one["promotion"]["expected"],
            one["uncovered"]["missing"] if one["uncovered"] else 0,
            one["uncovered"]["because"] if one["uncovered"] else "there is enough",
        )
        for one in found
    )
    titles = ("campaign", "article", "channel", "days", "expected", "missing", "because")
    print_list("promotions", found, titles, rows, "No campaign is watched.", as_json=as_json)
