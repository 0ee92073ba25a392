"""What the demonstration says besides its table: where to look, and what to try next."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

if TYPE_CHECKING:
    from pathlib import Path

    from ops.demo.report import Report, ReportRow

_NAMESPACE = "default"


def workflow_page(ui_url: str, order_id: str) -> str:
    """Where the Temporal Web UI shows an order."""
    return f"{ui_url}/namespaces/{_NAMESPACE}/workflows/{quote(order_id, safe='')}"


def stuck_page(ui_url: str) -> str:
    """Where the Temporal Web UI lists every order on hold."""
    query = urlencode({"query": 'OrderStatus = "on_hold"'})
    return f"{ui_url}/namespaces/{_NAMESPACE}/workflows?{query}"


def summary(report: Report) -> str:
    """Say how it went, in one line."""
    counts: dict[str, int] = {}
    for row in report.orders:
        counts[row.headline] = counts.get(row.headline, 0) + 1
    told = ", ".join(f"{count} {name}" for name, count in sorted(counts.items(), key=lambda item: -item[1]))
    return f"{len(report.orders)} orders in {report.seconds:.0f} s: {told}"


def next_steps(report: Report, ui_url: str, data: Path | None) -> list[tuple[str, str]]:
    """List what to try next: what it is, and the command or address.

    Args:
        report: how it went.
        ui_url: the Temporal Web UI.
        data: the stack's folder where it is not the usual one.
    """
    where = f" --data {data}" if data else ""
    held = _decidable(report)
    steps = [
        ("every order on hold in the Temporal Web UI", stuck_page(ui_url)),
        ("the same on the command line", f"orderloom orders --status on_hold{where}"),
    ]
    if held is not None:
        steps += [
            ("one of them, with its story", f"orderloom show {held.order_id}{where}"),
            ("let it go on", f'orderloom approve {held.order_id} --reason "I know them"{where}'),
        ]
    return [
        *steps,
        ("take the ERP away, and approve another: it waits", f"orderloom stop erp{where}"),
        ("bring it back: what waited goes on by itself", f"orderloom start erp{where}"),
    ]


def _decidable(report: Report) -> ReportRow | None:
    """An order that a person can let go on with a single word."""
    asking = ("fraud", "approval", "compliance", "credit")
    found = (row for row in report.orders if len(row.holds) == 1 and row.holds[0] in asking)
    return min(found, key=lambda row: asking.index(row.holds[0]), default=None)
