"""``orderloom stock``: what may be promised and why, who waits, what comes, where books differ."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ops.cli.at_once import compare_at_once
from ops.cli.connection import DEFAULT_FOLDER, DataOption, JsonOption, find_connection
from ops.cli.exits import ExitCode, UsageError
from ops.cli.output import console, print_json
from ops.cli.tables import print_list, table, when

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ops.cli.client import Json

app = typer.Typer(help="Stock: what may be promised, who waits, what comes.", no_args_is_help=True)
Limit = Annotated[int, typer.Option(min=1, max=10_000, help="How many at most.")]
SkuOption = Annotated[str | None, typer.Option("--sku", help="Of this article.")]


@app.command("show")
def show(  # noqa: PLR0913, PLR0917 - one option a part of the question
    sku: Annotated[str, typer.Argument(metavar="SKU", help="The article.")],
    channel: Annotated[str | None, typer.Option(help="By this channel's rules.")] = None,
    customer_class: Annotated[
        str | None, typer.Option("--class", help="With what is set aside for this class.")
    ] = None,
    node: Annotated[str | None, typer.Option(help="At this node only.")] = None,
    at: Annotated[
        str | None, typer.Option(help="With what is expected by then: 2026-11-30 (its end, UTC), or a full time.")
    ] = None,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Explain what may be promised of an article, term by term."""
    from ops.cli.client import Api

    moment = _moment(at) if at else None
    wanted = {"channel": channel, "customer_class": customer_class, "node": node, "at": moment}
    with Api(find_connection(data)) as api:
        found = api.availability(sku, _given(wanted))
    if as_json:
        print_json(found)
    else:
        _print_availability(found)


@app.command("event")
def event(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", help="JSON: one stock event, or a list of them.", exists=True, dir_okay=False),
    ],
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """Tell what happened to stock. Told again, an event changes nothing."""
    from rich.markup import escape

    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        answer = api.tell_stock(file.read_bytes())
    outcomes = answer.get("answers") or [_outcome(answer)]
    if as_json:
        print_json(answer)
    else:
        for one in outcomes:
            console().print(escape(_told(one)))
    if any(one["outcome"] == "refused" for one in outcomes):
        raise typer.Exit(ExitCode.NO)


@app.command("backorders")
def backorders(
    sku: SkuOption = None, limit: Limit = 50, data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False
) -> None:
    """List who waits for stock, in the order in which they will be served."""
    found = _list("backorders", {"sku": sku}, limit, data)
    rows = (
        (
            one["order_id"],
            ", ".join(f"{need['quantity']} {need['sku']}" for need in one["needs"]),
            one["priority"],
            when(one["since"]),
            when(one["expected_at"]) or "nobody knows",
            when(one["deadline"]),
        )
        for one in found
    )
    titles = ("order", "waits for", "priority", "since", "expected", "given up at")
    print_list("backorders", found, titles, rows, "Nobody waits.", as_json=as_json)


@app.command("supplies")
def supplies(  # noqa: PLR0913 - one option a filter
    supply: Annotated[str | None, typer.Argument(metavar="SUPPLY", help="One of them, and whom it touches.")] = None,
    sku: SkuOption = None,
    limit: Limit = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    late: Annotated[bool, typer.Option("--late", help="Only what is later than was said first, or overdue.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List what is expected, the soonest first; or show one supply and the orders that its date touches."""
    if supply is not None:
        _show_supply(supply, data, as_json=as_json)
        return
    found = _list("supplies", {"sku": sku, "late": "true" if late else None}, limit, data)
    print_list("supplies", found, _SUPPLY, map(_supply, found), "Nothing is expected.", as_json=as_json)


@app.command("check")
def check(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Compare stock at once with the warehouse, the ERP and itself; by itself that is done every quarter of an hour.

    What differs from a partner's books is shown once two comparisons in a row have found it.
    """
    compare_at_once(
        data,
        "inventory/checks",
        begun="Stock is being compared",
        going_on="Stock is being compared already",
        then="`orderloom stock differences` shows what differs",
        as_json=as_json,
    )


@app.command("channels")
def channels(data: DataOption = DEFAULT_FOLDER, *, as_json: JsonOption = False) -> None:
    """Say how late each channel hears what it may sell, over the last numbers it took."""
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.publications()
    rows = (
        (one["channel"], one["waiting"], one["offers"], *(f"{one[f'{of}_s']:.1f}" for of in ("median", "p95", "worst")))
        for one in found
    )
    titles = ("channel", "waiting", "told", "median s", "p95 s", "worst s")
    print_list("channels", found, titles, rows, "No channel has been told anything yet.", as_json=as_json)


@app.command("differences")
def differences(
    state: Annotated[str | None, typer.Option(help="open or resolved.")] = None,
    limit: Limit = 50,
    data: DataOption = DEFAULT_FOLDER,
    *,
    as_json: JsonOption = False,
) -> None:
    """List where the books, the movements, the warehouses and the ERP do not agree."""
    found = _list("differences", {"state": state}, limit, data)
    rows = (
        (
            one["kind"],
            f"{one['sku']} {one['lot']}".strip(),
            one["node"],
            one["what"],
            one["ours"],
            one["theirs"],
            one["times_seen"],
            one["state"],
            ", ".join(one["orders"]),
        )
        for one in found
    )
    titles = ("between", "article", "node", "what", "ours", "theirs", "seen", "state", "orders")
    print_list("differences", found, titles, rows, "No books differ.", as_json=as_json)


_SUPPLY = ("supply", "from", "article", "to", "outstanding", "expected", "first said", "state")


def _supply(one: Json) -> tuple[object, ...]:
    return (
        one["id"],
        one["source"],
        one["sku"],
        one["node"],
        one["outstanding"],
        when(one["expected_at"]) or "nobody knows",
        when(one["first_expected_at"]),
        one["state"],
    )


def _show_supply(supply: str, data: Path, *, as_json: bool) -> None:
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        found = api.supply(supply)
    if as_json:
        print_json(found)
        return
    console().print(table(_SUPPLY, map(_supply, found["articles"])))
    rows = (
        (
            one["order_id"],
            when(one["expected_before"]) or "nobody knew",
            when(one["expected_now"]) or "nobody knows",
            ", ".join(one["substitutes"]),
        )
        for one in found["touched"]
    )
    if found["touched"]:
        console().print(table(("order", "expected first", "expected now", "could have instead"), rows))
    else:
        console().print("No order waits for it.")


def _list(name: str, wanted: Mapping[str, str | None], limit: int, data: Path) -> list[Json]:
    from ops.cli.client import Api

    with Api(find_connection(data)) as api:
        return api.stock_list(name, _given(wanted), limit)


def _given(wanted: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if value}


def _moment(given: str) -> str:
    """A day means its end; anything else goes to the API as it is."""
    try:
        day = date.fromisoformat(given)
    except ValueError:
        if "T" not in given:
            raise UsageError(f"{given} is neither a day (2026-11-30) nor a time (2026-11-30T12:00:00Z)") from None
        return given
    return f"{day.isoformat()}T23:59:59Z"


def _outcome(answer: Json) -> Json:
    outcome = "repeated" if answer["repeated"] else "written"
    return {"event_id": answer["event_id"], "outcome": outcome, "answer": answer, "errors": []}


def _told(one: Json) -> str:
    if one["outcome"] == "refused":
        wrong = "; ".join(f"{error['pointer'] or '/'} {error['message']}" for error in one["errors"])
        return f"{one['event_id'] or 'an event'}: refused: {wrong}"
    lost = "".join(
        f"; {each['order_id']} loses {each['quantity']} {each['sku']}" for each in one["answer"]["displaced"]
    )
    gone = "".join(
        f"; {each['quantity']} {each['sku']} at {each['node']} that the books never had"
        for each in one["answer"]["unexplained"]
    )
    unheard_of = one["answer"].get("unheard_of")
    early = f"; nobody has told us of {unheard_of} yet: it counts as soon as somebody does" if unheard_of else ""
    return f"{one['event_id']}: {one['outcome']}{lost}{gone}{early}"


def _print_availability(found: Json) -> None:
    from rich.markup import escape

    channel = found["asked"]["channel"]
    may = f"{channel} may show [bold]{found['ats']}[/bold]" if channel else f"[bold]{found['ats']}[/bold] may be sold"
    console().print(f"[bold]{escape(found['sku'])}[/bold]: {found['atp']} can be promised, {may}")
    rows: list[tuple[object, ...]] = []
    for node in found["nodes"]:
        rows += [(node["node"], *_term(term)) for term in node["terms"]]
        rows.append((node["node"], "can promise", node["atp"], ""))
    rows.append(("all together", "can promise", found["atp"], ""))
    rows += [("", *_term(term)) for term in found["terms"]]
    rows.append(("", "may be sold", found["ats"], ""))
    console().print(table(("where", "term", "units", "because"), rows))
    console().print(f"by policy {found['policy_version']}, as of {when(found['as_of'])}", markup=False)


def _term(term: Json) -> tuple[str, str, str]:
    name = term["name"].replace("_", " ")
    return name, f"{term['quantity']:+d}", term["because"]
