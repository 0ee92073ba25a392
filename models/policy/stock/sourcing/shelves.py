"""What each balance can give one demand: free stock above the safety stock, and what is set aside for its holders.

A lot that is not released, expired or too near to its expiry gives nothing, and neither does a node that is not active.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from models.policy.stock.rules import first_for
from models.policy.stock.sourcing.candidates import left_to_waiting
from models.policy.stock.sourcing.plan import Planned
from models.stock.lots import LotStatus
from models.stock.reservation import Allocation

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from models.policy.stock.rules import AvailabilityRules, SafetyRule, StockRules
    from models.stock.nodes import Node
    from models.stock.picture import Picture, Shelf

Levels = dict[str, dict[str, int]]
"""By node, then by article: how many can be had."""


@dataclass(slots=True)
class Slot:
    """What one balance can give, less what was taken from it while planning."""

    lot: str
    free: int
    floor: int
    """What of its available quantity stays: safety stock, and what others wait for."""
    fenced: int
    holder: str | None


def least_days(rules: AvailabilityRules, sku: str) -> int:
    """How many days an article must still be good when it is promised."""
    rule = first_for(rules.expiry, sku)
    return rule.days if rule else 0


def sellable(shelf: Shelf, today: date, days: int) -> bool:
    """Whether a lot may be promised: released, and good for so many days more. Its last day counts as good."""
    if shelf.lot_status is not LotStatus.RELEASED:
        return False
    return shelf.expires_on is None or (shelf.expires_on - today).days >= days


def safety_stock(rules: Iterable[SafetyRule], node: Node, sku: str, on_hand: int) -> int:
    """How many of an article a node keeps back, by the first rule that fits article, kind and node."""
    for rule in rules:
        if not fnmatchcase(sku, rule.sku) or (rule.node_kinds and node.kind not in rule.node_kinds):
            continue
        if not rule.nodes or node.name in rule.nodes:
            return max(rule.units, -(-on_hand * rule.percent // 100))
    return 0


def first_to_expire(shelf: Shelf) -> tuple[date, str]:
    """The order in which lots go: the first to expire first, those that never do last."""
    return shelf.expires_on or date.max, shelf.balance.lot


class Stock:
    """What can be had while a demand is sourced. Taking from it is how a plan is written."""

    def __init__(self, rules: StockRules, holders: Sequence[str], picture: Picture, wanted: Collection[str]) -> None:
        """Look at the shelves of the articles that are wanted, and at no others."""
        self.levels: Levels = {}
        self._slots: dict[tuple[str, str], list[Slot]] = {}
        self._rules = rules.availability
        self._at = picture.at
        self._fences = _best_fences(picture, holders)
        nodes = {node.name: node for node in picture.nodes if node.takes_orders}
        together: dict[tuple[str, str], list[Shelf]] = {}
        for shelf in picture.shelves:
            balance = shelf.balance
            if balance.sku in wanted and balance.node in nodes:
                together.setdefault((balance.node, balance.sku), []).append(shelf)
        for (name, sku), shelves in together.items():
            self._slots[name, sku] = self._slots_of(nodes[name], sku, shelves)
        for sku, waiting in picture.waiting.items():
            if not waiting:
                continue
            free = {name: sum(slot.free for slot in self._slots.get((name, sku), ())) for name in nodes}
            for name, part in left_to_waiting(rules.sourcing, nodes.values(), sku, free, waiting).items():
                self._leave(sku, name, part)
        for (name, sku), slots in self._slots.items():
            self.levels.setdefault(name, {})[sku] = sum(slot.free + slot.fenced for slot in slots)

    def take(self, line_id: str, sku: str, node: str, quantity: int) -> list[Planned]:
        """Plan so many out of a node's lots, the first to expire first, out of a lot's own ring-fence first."""
        planned: list[Planned] = []
        self.levels[node][sku] -= quantity
        for slot in self._slots[node, sku]:
            fenced = min(slot.fenced, quantity)
            free = min(slot.free, quantity - fenced)
            if not fenced and not free:
                continue
            slot.fenced -= fenced
            slot.free -= free
            allocation = Allocation(line_id=line_id, sku=sku, quantity=fenced + free, node=node, lot=slot.lot)
            holder = slot.holder if fenced else None
            planned.append(Planned(allocation=allocation, floor=slot.floor, fenced=fenced, holder=holder))
            quantity -= fenced + free
            if not quantity:
                break
        return planned

    def _leave(self, sku: str, node: str, waiting: int) -> None:
        """Leave to those in the queue what they wait for, in the lots that expire last, as safety stock is."""
        for slot in reversed(self._slots.get((node, sku), ())):
            part = min(slot.free, waiting)
            slot.free -= part
            slot.floor += part
            waiting -= part

    def _slots_of(self, node: Node, sku: str, shelves: list[Shelf]) -> list[Slot]:
        days, today = least_days(self._rules, sku), node.day(self._at)
        kept = safety_stock(self._rules.safety, node, sku, sum(shelf.balance.on_hand for shelf in shelves))
        good = sorted((shelf for shelf in shelves if sellable(shelf, today, days)), key=first_to_expire)
        slots: list[Slot] = []
        for shelf in reversed(good):
            # The safety stock stays in the lots that expire last: what expires first is sold first.
            available = max(shelf.balance.available, 0)
            floor = min(kept, available)
            kept -= floor
            fenced, holder = self._fences.get((sku, node.name, shelf.balance.lot), (0, None))
            fenced = min(fenced, shelf.balance.channel_reserved)
            slots.append(Slot(shelf.balance.lot, available - floor, floor, fenced, holder))
        slots.reverse()
        return slots


def _best_fences(picture: Picture, holders: Sequence[str]) -> dict[tuple[str, str, str], tuple[int, str]]:
    """Of each balance the fullest ring-fence the demand may use: an allocation remembers one holder only."""
    found: dict[tuple[str, str, str], tuple[int, str]] = {}
    for fence in picture.fences:
        if fence.holder not in holders:
            continue
        key = (fence.sku, fence.node, fence.lot)
        if key not in found or (fence.quantity, fence.holder) > found[key]:
            found[key] = (fence.quantity, fence.holder)
    return found
