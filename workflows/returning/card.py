"""The card the Temporal Web UI shows for a running return: where it stands, what it waits for, how to act. Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.states.hold import QUEUES

if TYPE_CHECKING:
    from models.returns.goods import LineGoods
    from models.returns.standing import ReturnStanding
    from models.states.hold import Hold


def card(standing: ReturnStanding) -> str:
    """Write the card; no personal data."""
    wanted = standing.case.resolution.value.replace("_", " ")
    lines = [
        f"## {standing.state.value.replace('_', ' ').capitalize()}",
        f"Of {standing.case.sold.order_id}; wanted: {wanted}; given so far: {standing.given}",
        *(_line(goods) for goods in standing.goods.lines.values()),
    ]
    if standing.waiting_on:
        lines.append(f"Waits for **{standing.waiting_on}**.")
    for hold in standing.open_holds:
        lines += _hold(hold)
    if standing.goods.expected:
        until = f" until {standing.return_by:%Y-%m-%d}" if standing.return_by else ""
        lines.append(
            f"{standing.goods.expected} to come{until}. Send the signal `receive` with "
            '`{"receipt_id": "R-1", "node": "...", "actor": "your name", "lines": [{"sku": "...", "quantity": 1}]}`'
        )
    if standing.goods.uninspected:
        lines.append(
            f"{standing.goods.uninspected} wait for inspection. Send the signal `inspect` with "
            '`{"inspection_id": "I-1", "actor": "your name", '
            '"lines": [{"line_id": "...", "grade": "opened", "quantity": 1}]}`'
        )
    if standing.references:
        lines.append("References: " + ", ".join(f"{name} {value}" for name, value in standing.references.items()))
    return "\n\n".join(lines)


def _line(goods: LineGoods) -> str:
    counts = f"{goods.received} received, {goods.accepted} accepted, {goods.rejected} rejected"
    return f"- {goods.line.quantity} x `{goods.line.sku}` ({goods.line.reason.value}): {counts}"


def _hold(hold: Hold) -> list[str]:
    queue = QUEUES[hold.kind]
    payload = f'{{"hold": "{hold.id}", "reason": "...", "actor": "your name"}}'
    return [
        f"### Hold {hold.id} (owner: {hold.owner})",
        f"{hold.reason}",
        f"Send the signal `approve` to {queue.approve}, or `reject` to {queue.reject}, with `{payload}`",
    ]
