"""``orderloom show --money``: the journal of an order and of its returns, and what stands on each account."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.cli.output import console, money, print_json

if TYPE_CHECKING:
    from rich.table import Table

    from ops.cli.client import Json


def show_postings(found: Json, *, as_json: bool) -> None:
    """Print the journal as the API shows it."""
    if as_json:
        print_json(found)
        return
    say = console().print
    say(found["order_id"], markup=False)
    if not found["entries"]:
        say("Nothing has happened to its money yet.")
        return
    for title, table in (("Journal", _journal(found)), ("Balances", _balances(found))):
        say(f"\n[bold]{title}[/bold]")
        say(table)
    if found["rate"]:
        rate = found["rate"]
        say(f"One unit is {rate['rate']} {rate['currency']} in the seller's books ({rate['day']}).", markup=False)


def _journal(found: Json) -> Table:
    table = _plain("when", "what", "account", "debit", "credit", "tax", "paper")
    for entry in found["entries"]:
        head = [entry["at"][:19].replace("T", " "), entry["kind"].replace("_", " ")]
        paper = entry["reference"] or entry["return_id"] or ""
        for posting in entry["postings"]:
            account = posting["account"].replace("_", " ")
            _add(table, *head, account, *_sides(posting["amount"]), posting["tax"] or "", paper)
            head, paper = ["", ""], ""
    return table


def _balances(found: Json) -> Table:
    table = _plain("account", "debit", "credit")
    for balance in found["balances"]:
        _add(table, balance["account"].replace("_", " "), *_sides(balance["amount"]))
    return table


def _sides(amount: Json) -> tuple[str, str]:
    written = money(abs(amount["amount"]), amount["currency"])
    return (written, "") if amount["amount"] > 0 else ("", written)


def _plain(*titles: str) -> Table:
    from rich.table import Table

    return Table(*titles, box=None, pad_edge=False, header_style="dim")


def _add(table: Table, *cells: object) -> None:
    from rich.markup import escape

    table.add_row(*(escape(str(cell)) for cell in cells))
