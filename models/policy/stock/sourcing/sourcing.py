"""Sourcing: what can be reserved for an order, from which nodes and lots, and what is to be done about the rest.

A line is kept whole: where it cannot be had in full it goes to its remedy as a whole, and so does a bundle's line of
which one component is short. Where the order must not go in parts, nothing is planned as long as anything is short.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.policy.stock.sourcing import combining, recording
from models.policy.stock.sourcing.candidates import Field
from models.policy.stock.sourcing.choosing import Chooser
from models.policy.stock.sourcing.plan import Planned, Sourced
from models.policy.stock.sourcing.remedies import Remedies, articles
from models.policy.stock.sourcing.shelves import Stock
from models.policy.stock.sourcing.shortage import shortages, why_short

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.policy.stock.rules import StockRules
    from models.stock.demand import Demand, Need
    from models.stock.picture import Picture


def source(rules: StockRules, version: str, needs: Sequence[Need], demand: Demand, picture: Picture) -> Sourced:
    """Decide where the needs of one order come from. The same for the same arguments, in whatever order nodes stand.

    Args:
        rules: the rules of stock.
        version: the version of the policy they belong to, for the record.
        needs: what is wanted; the needs of one line belong together.
        demand: for whom, and how.
        picture: the shelves of all `articles` of the needs, at all nodes.
    """
    lines = combining.lines_of(needs)
    field = Field(rules.sourcing, demand, picture)
    stock = Stock(rules, demand.holders, picture, articles(rules.shortage, needs))
    record = recording.Record(rules.sourcing, version, field, stock.levels, lines)
    chooser = Chooser(rules.sourcing, field, stock.levels, lines)
    choice = chooser.choose(lines)
    record.remember(choice)
    planned: list[Planned] = []
    for line_id, sku, node, quantity in choice.allotments:
        planned += stock.take(line_id, sku, node, quantity)
    if len(choice.granted) == len(lines):
        return Sourced(planned=tuple(planned), decision=record.decision(choice))
    short = [why_short(line, choice, chooser) for line in _others(lines, choice.granted)]
    in_parts = goes_in_parts(rules, demand)
    remedies = Remedies(rules.shortage, field, chooser, choice)
    return Sourced(
        planned=tuple(planned) if in_parts else (),
        shortages=shortages(lines, choice.granted, short),
        remedies=remedies.for_lines(short),
        together=not in_parts,
        decision=record.decision(choice, short, in_parts=in_parts),
    )


def goes_in_parts(rules: StockRules, demand: Demand) -> bool:
    """Whether what is there goes ahead while the rest waits: as the customer's class has it, else as policy has it."""
    if demand.ship_together:
        return False
    own = next((rule.partial for rule in rules.customer_classes if rule.name == demand.customer_class), None)
    return rules.sourcing.partial if own is None else own


def _others(lines: Sequence[combining.Line], granted: Sequence[combining.Line]) -> list[combining.Line]:
    had = {line.id for line in granted}
    return [line for line in lines if line.id not in had]
