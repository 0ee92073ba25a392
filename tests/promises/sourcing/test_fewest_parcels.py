"""No parcel that could be spared: what is chosen is held against every group of nodes there is."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, product
from random import Random

import pytest

from models.policy.stock.rules import SourcingRules, StockRules
from models.policy.stock.sourcing.candidates import Field
from models.policy.stock.sourcing.combining import lines_of
from models.policy.stock.sourcing.scoring import ranked
from models.policy.stock.sourcing.searching.covers import smallest_covers
from models.policy.stock.sourcing.searching.packing import packed, smallest_packings
from models.stock.nodes import NodeLoad
from models.stock.picture import Picture
from tests.promises.sourcing.pictures import demand, lane, needs, node, parcels, picture, rules, shelf, sourced

Levels = dict[str, dict[str, int]]
Wanted = list[tuple[str, int]]


def throws(seed: int) -> Random:
    return Random(seed)  # noqa: S311 - for shelves, not for secrets


def seen(levels: Levels) -> Picture:
    return picture(
        [node(name) for name in levels],
        [shelf(name, units, sku) for name, level in levels.items() for sku, units in level.items() if units],
    )


def covers(group: tuple[str, ...], levels: Levels, wanted: Wanted) -> bool:
    """Whether these nodes have all of it between them."""
    total: Counter[str] = Counter()
    for sku, units in wanted:
        total[sku] += units
    return all(sum(levels[name].get(sku, 0) for name in group) >= units for sku, units in total.items())


def packs(group: tuple[str, ...], levels: Levels, wanted: Wanted) -> bool:
    """Whether each line can come whole from one of these nodes: every way is tried."""
    for places in product(group, repeat=len(wanted)):
        used: Counter[tuple[str, str]] = Counter()
        for name, (sku, units) in zip(places, wanted, strict=True):
            used[name, sku] += units
        if all(units <= levels[name].get(sku, 0) for (name, sku), units in used.items()):
            return True
    return False


def fewest(levels: Levels, wanted: Wanted, most: int, *, split: bool) -> int | None:
    can = covers if split else packs
    sizes = range(1, most + 1)
    return next(
        (size for size in sizes if any(can(group, levels, wanted) for group in combinations(levels, size))), None
    )


@pytest.mark.parametrize("seed", range(60))
def test_the_fewest_parcels_are_found_where_lines_may_be_split(seed: int) -> None:
    dice = throws(seed)
    skus = [f"S{number}" for number in range(dice.randint(3, 10))]
    levels = {
        f"n{number}": {sku: dice.choice([0, 0, 0, 1, 2, 4]) for sku in skus} for number in range(dice.randint(4, 9))
    }
    wanted = [(sku, dice.randint(1, 4)) for sku in skus]

    answer = sourced(seen(levels), *wanted, by=rules(most_parcels=5))

    best = fewest(levels, wanted, 5, split=True)
    assert (None if answer.shortages else len(parcels(answer))) == best


@pytest.mark.parametrize("seed", range(40))
def test_the_fewest_parcels_are_found_where_lines_stay_whole(seed: int) -> None:
    dice = throws(seed)
    skus = ["A", "B"][: dice.randint(1, 2)]
    levels = {f"n{number}": {sku: dice.randint(0, 8) for sku in skus} for number in range(4)}
    wanted = [(dice.choice(skus), dice.randint(1, 4)) for _ in range(dice.randint(3, 6))]

    answer = sourced(seen(levels), *wanted, by=rules(most_parcels=3, split_lines=False))

    best = fewest(levels, wanted, 3, split=False)
    assert (None if answer.shortages else len(parcels(answer))) == best


def stocked(units: int, **nodes: str) -> Levels:
    """So many of each of a node's articles, which are letters."""
    return {name: dict.fromkeys(skus, units) for name, skus in nodes.items()}


def test_three_are_found_where_whoever_begins_with_the_fullest_takes_four() -> None:
    levels = stocked(1, a="A", b="BDF", c="AB", d="E", e="CD", f="EF")

    answer = sourced(seen(levels), *[(sku, 1) for sku in "ABCDEF"], by=rules(most_parcels=3))

    assert (answer.shortages, parcels(answer)) == ((), {"c", "e", "f"})


def test_two_small_lines_go_rather_than_a_large_one() -> None:
    levels = stocked(2, a="E", b="D", c="E", d="A")

    answer = sourced(seen(levels), ("A", 1), ("D", 2), ("E", 3), by=rules(most_parcels=2))

    assert {one.allocation.sku for one in answer.planned} == {"A", "D"}


def test_whole_lines_are_packed_as_no_first_fit_packs_them() -> None:
    wanted = [("A", 4), ("A", 3), ("A", 3), ("A", 2), ("A", 2), ("A", 2)]

    answer = sourced(seen({"x": {"A": 8}, "y": {"A": 8}}), *wanted, by=rules(most_parcels=2, split_lines=False))

    assert (answer.shortages, parcels(answer)) == ((), {"x", "y"})


@pytest.mark.parametrize("seed", range(30))
def test_of_as_many_parcels_the_best_scored_go(seed: int) -> None:
    dice = throws(seed)
    names = [f"n{number}" for number in range(10)]
    levels = {name: {sku: dice.randint(0, 3) for sku in "ABC"} for name in names}
    wanted = [(sku, dice.randint(2, 5)) for sku in "ABC"]
    nodes = [
        node(
            name,
            priority=dice.randint(0, 5) * 10,
            capacity=10,
            handling_days=dice.randint(0, 3),
            lanes=(lane(cost=dice.randint(100, 2000), distance_km=dice.randint(5, 900)),),
        )
        for name in names
    ]
    loads = tuple(NodeLoad(node=name, orders=dice.randint(0, 9)) for name in names)
    shelves = picture(nodes, list(seen(levels).shelves), loads=loads)
    asked = demand(worth=8000)

    answer = sourced(shelves, *wanted, for_=asked)

    candidates = {one.name: one for one in Field(SourcingRules(), asked, shelves).candidates}
    groups = [group for group in combinations(names, len(parcels(answer))) if covers(group, levels, wanted)]
    if not answer.shortages and len(groups) > 1:
        every = ranked(StockRules().sourcing.weights, asked, [tuple(candidates[n] for n in group) for group in groups])
        assert parcels(answer) == {one.name for one in every[0].option}


def test_two_are_found_among_very_many_fuller_ones() -> None:
    full = {f"full{number}": {"A": 5, "B": 4} for number in range(40)}
    levels = full | {"left": {"A": 6}, "right": {"B": 8}}

    answer = sourced(seen(levels), ("A", 6), ("B", 8), by=rules(most_parcels=2))

    assert len(parcels(answer)) == 2


@pytest.mark.parametrize("split", [True, False])
def test_a_search_that_is_too_long_ends_and_what_it_finds_can_be_sent(*, split: bool) -> None:
    dice = throws(7)
    skus = [f"S{number}" for number in range(12)]
    levels = {f"n{number}": {sku: dice.choice([0, 1, 2]) for sku in skus} for number in range(80)}
    wanted = [(sku, 2) for sku in skus]
    pool = Field(SourcingRules(), demand(), seen(levels)).candidates
    if split:
        assert not smallest_covers(pool, levels, dict(wanted), 6).exact
    else:
        assert not smallest_packings(pool, levels, lines_of(needs(*wanted)), 6).exact

    answer = sourced(seen(levels), *wanted, by=rules(most_parcels=12, split_lines=split))

    assert not answer.shortages
    assert len(parcels(answer)) <= 12


def test_very_many_lines_are_packed_by_first_fit_alone() -> None:
    lines = lines_of(needs(*[("A", 1)] * 200))
    assert packed(lines, {"x": {"A": 200}}) is None
    answer = sourced(seen({"x": {"A": 120}, "y": {"A": 90}}), *[("A", 1)] * 200, by=rules(split_lines=False))
    assert parcels(answer) == {"x", "y"}


@pytest.mark.parametrize("seed", range(40))
def test_where_not_all_can_go_no_line_stays_that_could(seed: int) -> None:
    dice = throws(seed)
    skus = [f"S{number}" for number in range(6)]
    levels = {f"n{number}": {sku: dice.choice([0, 0, 2]) for sku in skus} for number in range(8)}
    wanted = [(sku, dice.randint(1, 2)) for sku in skus]

    answer = sourced(seen(levels), *wanted, by=rules(most_parcels=2))

    had = {one.allocation.line_id for one in answer.planned}
    best = max(
        sum(covers(group, levels, [one]) for one in wanted) for size in (1, 2) for group in combinations(levels, size)
    )
    assert len(had) == best
