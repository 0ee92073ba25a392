"""The last look before a release, as decisions: the next wave of each node, and which lots may not go. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from models.policy.stock.sourcing.calendars import works_on
from models.policy.stock.sourcing.shelves import sellable
from models.stock.lots import LotStatus
from models.stock.nodes import Node
from models.stock.outlook import BadLot, NodeOutlook, ReleaseOutlook

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from models.policy.fulfilment import WaveRule
    from models.stock.outlook import ReleaseCheck
    from models.stock.picture import Shelf
    from models.stock.reservation import Allocation

_LONGEST_CLOSURE = 31
"""Days after which goods are released to a node without waves, so that a wrong calendar keeps nothing for ever."""


def outlook(check: ReleaseCheck, nodes: Iterable[Node], shelves: Iterable[Shelf], at: datetime) -> ReleaseOutlook:
    """Look at the nodes and lots of what is about to be released.

    Args:
        check: what it is, and the rules it came under.
        nodes: those that are known.
        shelves: where its articles lie.
        at: now.
    """
    wanted = {allocation.node for allocation in check.allocations}
    known = {node.name: node for node in nodes if node.name in wanted}
    lots = {(shelf.balance.node, shelf.balance.sku, shelf.balance.lot): shelf for shelf in shelves}
    return ReleaseOutlook(
        nodes=tuple(_of(node, check, at) for node in known.values()),
        bad_lots=tuple(
            BadLot(allocation=allocation, reason=reason)
            for allocation in check.allocations
            if (reason := _why_bad(allocation, lots, known, at)) is not None
        ),
    )


def next_wave(rules: Iterable[WaveRule], node: Node, at: datetime, *, express: bool) -> datetime | None:
    """When a node takes an order on next, in UTC; None: at once."""
    rule = next((rule for rule in rules if _fits(rule, node)), None)
    if rule is None or (express and not rule.express_waits):
        return None
    zone = ZoneInfo(node.calendar.time_zone)
    today = at.astimezone(zone).date()
    for ahead in range(_LONGEST_CLOSURE):
        day = today + timedelta(days=ahead)
        if not works_on(node.calendar, day):
            continue
        for time in sorted(rule.at):
            wave = datetime.fromisoformat(f"{day.isoformat()}T{time}").replace(tzinfo=zone).astimezone(UTC)
            if wave >= at:
                return wave
    return None


def _of(node: Node, check: ReleaseCheck, at: datetime) -> NodeOutlook:
    return NodeOutlook(
        node=node.name,
        kind=node.kind,
        down=node.down,
        wave_at=next_wave(check.waves, node, at, express=check.express),
    )


def _fits(rule: WaveRule, node: Node) -> bool:
    return (not rule.node_kinds or node.kind in rule.node_kinds) and (not rule.nodes or node.name in rule.nodes)


def _why_bad(
    allocation: Allocation, lots: Mapping[tuple[str, str, str], Shelf], nodes: Mapping[str, Node], at: datetime
) -> str | None:
    shelf = lots.get((allocation.node, allocation.sku, allocation.lot))
    if not allocation.lot or shelf is None:
        return None
    node = nodes.get(allocation.node) or Node(name=allocation.node)
    if sellable(shelf, node.day(at), 0):
        return None
    if shelf.lot_status is not LotStatus.RELEASED:
        return f"lot {allocation.lot} is {shelf.lot_status.value}"
    return f"lot {allocation.lot} expired on {shelf.expires_on}"
