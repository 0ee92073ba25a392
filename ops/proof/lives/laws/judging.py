"""The laws I1 to I15 of a life: judged from what the partners remember, what our books say, and what orders wrote down.

A provider that lets everything happen remembers everything, so a law that breaks shows what our code asked for. Where a
person gave a step up, nobody can say whether it happened: there the laws that compare two memories are silent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ops.proof.lives.laws import money, once, stock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ops.proof.lives.world.memory import World

LAWS: dict[str, Callable[[World], Iterator[str]]] = {
    "I1": money.captured_within_authorised,
    "I2": money.refunded_within_captured,
    "I3": money.books_balance,
    "the journal": money.journal_holds,
    "I4": money.nothing_captured_before_shipment,
    "I5": money.cancelled_costs_nothing,
    "I6": money.one_currency,
    "I7": money.our_money_is_theirs,
    "I8": stock.nothing_oversold,
    "I9": stock.shelves_add_up,
    "I9, the floor": stock.books_match_the_floor,
    "I10": stock.nothing_stays_reserved,
    "I11": stock.shipped_is_what_was_reserved,
    "I12": once.everything_once,
    "I13": once.each_callback_once,
    "I14": once.told_once,
}


def judge(world: World) -> list[str]:
    """Say which laws a life that has ended breaks, and how."""
    return [*world.broken, *(f"{name}: {how}" for name, law in LAWS.items() for how in law(world))]


def judge_stock(world: World) -> None:
    """Hold the laws of stock that must hold at every moment, after each change of the books."""
    if not world.broken:
        world.broken += (f"I8: {how}" for how in stock.nothing_oversold(world))
        world.broken += (f"I9: {how}" for how in stock.shelves_add_up(world))
