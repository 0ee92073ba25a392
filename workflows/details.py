"""The card the Temporal Web UI shows for a running order: where it stands, what it waits for, how to act. Markdown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.states.changing import ChangeState
from models.states.hold import QUEUES

if TYPE_CHECKING:
    from models.changes.progress import ChangeProgress
    from models.order.standing import Standing
    from models.states.hold import Hold


def details(standing: Standing) -> str:
    """Write the card; no personal data."""
    money = standing.account.progress()
    lines = [
        f"## {standing.headline.value.replace('_', ' ').capitalize()}",
        f"**{standing.order.total}** in {len(standing.order.lines)} lines",
        f"Authorised {money.authorised}, captured {money.captured}, refunded {money.refunded}",
    ]
    if standing.waiting_on:
        lines.append(f"Waits for **{standing.waiting_on}**.")
    for hold in standing.open_holds:
        lines += _hold(hold)
    lines += [_change(change) for change in standing.changes.values() if change.state is ChangeState.PROPOSED]
    parcels = [
        f"{parcel.carrier} {parcel.tracking_number}: {parcel.state.value}" for parcel in standing.goods.shipments()
    ]
    if parcels:
        lines.append("Parcels: " + "; ".join(parcels))
    if standing.references:
        lines.append("References: " + ", ".join(f"{name} {value}" for name, value in standing.references.items()))
    return "\n\n".join(lines)


def _change(change: ChangeProgress) -> str:
    asked = f"{change.waiting_on.value} is asked" if change.waiting_on else "it waits for its turn"
    payload = f'{{"change": "{change.id}", "reason": "...", "actor": "your name"}}'
    wish = change.request.kind.value.replace("_", " ")
    return f"### {change.id} ({wish}): {asked}\n\nSend the signal `withdraw_change` to take it back, with `{payload}`"


def _hold(hold: Hold) -> list[str]:
    queue = QUEUES[hold.kind]
    payload = f'{{"hold": "{hold.id}", "reason": "...", "actor": "your name"}}'
    return [
        f"### Hold {hold.id} (owner: {hold.owner})",
        f"{hold.reason}",
        f"Ends with {hold.release_rule}.",
        f"Send the signal `approve` to {queue.approve}, or `reject` to {queue.reject}, with `{payload}`",
    ]
