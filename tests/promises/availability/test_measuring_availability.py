"""`orderloom bench availability` asks real questions of filled shelves, few and many."""

from __future__ import annotations

import pytest

from activities.adapters.store.database import Database
from activities.adapters.store.stock.nodes import forget_nodes
from activities.adapters.store.stock.showing.inventory import SqlInventory
from models.stock.availability import AvailabilityQuestion
from ops.bench.availability import bench_availability
from ops.bench.shelves import NODES, fill, sku
from tests.promises.availability.conftest import Store


async def test_every_article_lies_at_every_node(store: Store, database: Database) -> None:
    forget_nodes()
    await fill(database, 12)

    for number in (0, 11):
        answer = await SqlInventory(database, store.policies()).availability(AvailabilityQuestion(sku=sku(number)))
        assert len(answer.nodes) == NODES
        assert answer.atp > 0


@pytest.mark.slow
async def test_it_measures_both_and_compares_them() -> None:
    measured = await bench_availability(few=5, many=50, questions=3)

    assert (measured.few_skus, measured.many_skus, measured.nodes) == (5, 50, NODES)
    assert measured.ratio == measured.many_ms / measured.few_ms
