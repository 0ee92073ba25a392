"""Spikes: which channel buys which article as never before, by what was reserved of late."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from activities.adapters.store.stock.tables import reservation_lines, reservations

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.policy.stock.rules import AvailabilityRules

_r = reservations.c
_l = reservation_lines.c
_SOLD = (
    select(_r.demand, _r.opened_at, _l.sku, _l.quantity)
    .join(reservation_lines, _l.reservation_key == _r.key)
    .where(_r.opened_at > bindparam("since"), _r.demand.is_not(None))
)
_SOLD_OF_THESE = _SOLD.where(_l.sku.in_(bindparam("skus", expanding=True)))


async def spiking(
    connection: AsyncConnection, rules: AvailabilityRules, skus: Iterable[str] | None, now: datetime
) -> set[tuple[str, str]]:
    """Find the articles that a channel buys as never before: (SKU, channel).

    What was reserved counts even if it was given back since: somebody wanted it.

    Args:
        connection: any transaction.
        rules: of availability; where they know of no spikes, nothing is asked.
        skus: the articles to look at; none: all of them.
        now: where each rule's window ends.
    """
    if not rules.spikes:
        return set()
    longest = max(rule.window_minutes for rule in rules.spikes)
    wanted: dict[str, object] = {"since": now - timedelta(minutes=longest)}
    if skus is not None:
        wanted["skus"] = sorted(set(skus))
    sold: defaultdict[tuple[str, str], list[tuple[datetime, int]]] = defaultdict(list)
    for row in await connection.execute(_SOLD if skus is None else _SOLD_OF_THESE, wanted):
        sold[row.sku, row.demand.channel].append((row.opened_at, row.quantity))
    return {(sku, channel) for (sku, channel), parts in sold.items() if _spikes(rules, sku, channel, parts, now)}


def _spikes(
    rules: AvailabilityRules, sku: str, channel: str, parts: Iterable[tuple[datetime, int]], now: datetime
) -> bool:
    rule = rules.spike(sku, channel)
    if rule is None:
        return False
    since = now - timedelta(minutes=rule.window_minutes)
    return sum(quantity for at, quantity in parts if at > since) >= rule.units
