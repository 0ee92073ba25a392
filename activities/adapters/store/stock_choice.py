"""Which node gives what: a pure function of the needs and of what each node could give."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from pydantic import ValidationError

from models.errors import InvalidInput
from models.stock import Allocation, Need, Shortage

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.stock import Balance


def merged(needs: Iterable[Need]) -> list[Need]:
    """Add up what a line asks of the same article twice, and bring the needs into an order of their own.

    Raises:
        InvalidInput: added up, a line wants more of an article than one line may.
    """
    wanted: Counter[tuple[str, str]] = Counter()
    for need in needs:
        wanted[need.line_id, need.sku] += need.quantity
    try:
        return [Need(line_id=line, sku=sku, quantity=quantity) for (line, sku), quantity in sorted(wanted.items())]
    except ValidationError as error:
        raise InvalidInput.at("/needs", "too_many", "a line wants more of an article than one line may") from error


def shortages(needs: Sequence[Need], balances: Iterable[Balance]) -> tuple[Shortage, ...]:
    """Compare what all lines want with what all nodes have; empty where there is enough of everything."""
    wanted: Counter[str] = Counter()
    available: Counter[str] = Counter()
    for need in needs:
        wanted[need.sku] += need.quantity
    for balance in balances:
        available[balance.sku] += balance.available
    return tuple(
        Shortage(sku=sku, wanted=quantity, available=available[sku])
        for sku, quantity in sorted(wanted.items())
        if quantity > available[sku]
    )


def choose(needs: Sequence[Need], balances: Sequence[Balance]) -> tuple[Allocation, ...]:
    """Allocate every need, where `shortages` found none.

    One node that can give everything gives everything. Else each need goes whole to the first node that has enough
    left, the largest first; only what no single node can give is split, and comes last so that it breaks up nothing.

    Args:
        needs: what is wanted, `merged`.
        balances: what each node has, the nodes in the order of preference.
    """
    shelves = _Shelves(balances)
    single = shelves.node_for_all(needs)
    if single is not None:
        return tuple(_allocation(need, single, need.quantity) for need in needs)
    allocations: list[Allocation] = []
    too_large: list[Need] = []
    for need in sorted(needs, key=lambda need: -need.quantity):
        whole = shelves.take_whole(need)
        if whole is None:
            too_large.append(need)
        else:
            allocations.append(whole)
    for need in too_large:
        allocations.extend(shelves.take_split(need))
    return in_order(allocations)


def in_order(allocations: Iterable[Allocation]) -> tuple[Allocation, ...]:
    """Sort by line, article and node: the order in which every answer lists them."""
    return tuple(sorted(allocations, key=lambda one: (one.line_id, one.sku, one.node)))


class _Shelves:
    """What is left at each node while needs are being allocated."""

    def __init__(self, balances: Iterable[Balance]) -> None:
        self._left: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._nodes: dict[str, None] = {}
        for balance in balances:
            self._left[balance.sku][balance.node] = balance.available
            self._nodes[balance.node] = None

    def node_for_all(self, needs: Iterable[Need]) -> str | None:
        wanted: Counter[str] = Counter()
        for need in needs:
            wanted[need.sku] += need.quantity
        for node in self._nodes:
            if all(self._left[sku].get(node, 0) >= quantity for sku, quantity in wanted.items()):
                return node
        return None

    def take_whole(self, need: Need) -> Allocation | None:
        for node, left in self._left[need.sku].items():
            if left >= need.quantity:
                self._left[need.sku][node] -= need.quantity
                return _allocation(need, node, need.quantity)
        return None

    def take_split(self, need: Need) -> list[Allocation]:
        parts: list[Allocation] = []
        missing = need.quantity
        for node, left in self._left[need.sku].items():
            part = min(left, missing)
            if part > 0:
                self._left[need.sku][node] -= part
                parts.append(_allocation(need, node, part))
                missing -= part
        return parts


def _allocation(need: Need, node: str, quantity: int) -> Allocation:
    return Allocation(line_id=need.line_id, sku=need.sku, quantity=quantity, node=node)
