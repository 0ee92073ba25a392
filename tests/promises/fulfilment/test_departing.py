"""The last look before a release: waves are waited for, bad lots swapped, nodes that are down left; suppliers ordered."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from temporalio.client import Client

from models.order.snapshot import Headline
from models.policy.fulfilment import WaveRule
from models.policy.releasing import next_wave, outlook
from models.states.fulfilment import ShipmentState
from models.stock.lots import LotStatus
from models.stock.nodes import Calendar, Node, NodeKind
from models.stock.outlook import NodeOutlook, ReleaseCheck
from models.stock.picture import Shelf
from models.stock.quantities import Balance
from models.stock.reservation import Allocation
from tests.promises.fulfilment.stage import WORD, Stage, rules
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start

WAVES = (WaveRule(nodes=("berlin",), at=("10:00", "15:00")),)
BERLIN = Node(name="berlin", calendar=Calendar(time_zone="Europe/Berlin", closed_on=("2026-11-24",)))
FRIDAY = datetime(2026, 11, 20, 8, 30, tzinfo=UTC)


async def arrives(stage: Stage, number: int = 1) -> None:
    release = await stage.until_released(number)
    await stage.tell(shipped(release))
    await stage.tell(moved(release, ShipmentState.DELIVERED))


@pytest.mark.slow
async def test_goods_wait_for_their_nodes_next_wave(client: Client, stage: Stage) -> None:
    stage.rules = rules(waves=WAVES)
    soon = datetime.now(UTC) + timedelta(hours=3)
    stage.nodes["berlin"] = NodeOutlook(node="berlin", wave_at=soon)

    handle = await start(client, an_order(mug=2))
    await arrives(stage)

    assert await stage.end(handle) == Headline.COMPLETED
    assert any("held back for the wave of berlin" in text for text in stage.story)
    told = {entry.text: entry.at for snapshot in stage.snapshots for entry in snapshot.entries}
    assert told["released to berlin"] >= soon


async def test_an_order_that_waits_for_a_wave_can_be_cancelled(client: Client, stage: Stage) -> None:
    stage.rules = rules(waves=WAVES)
    stage.nodes["berlin"] = NodeOutlook(node="berlin", wave_at=datetime.now(UTC) + timedelta(days=60))

    handle = await start(client, an_order(mug=2))
    await stage.until(lambda: any("held back" in text for text in stage.story) or bool(stage.done("create_order")))
    await handle.signal("cancel", WORD)

    assert await stage.end(handle) == Headline.CANCELLED
    assert not stage.released
    assert stage.stock_at("berlin") == 10


async def test_a_node_that_went_down_since_is_left_before_anything_is_released(client: Client, stage: Stage) -> None:
    async def down(verb: str) -> None:
        if verb == "authorise":
            stage.nodes["berlin"] = NodeOutlook(node="berlin", down="flooded")

    stage.at_effect = down
    handle = await start(client, an_order(mug=2))
    await arrives(stage)

    assert await stage.end(handle) == Headline.COMPLETED
    assert [release.node for release in stage.released] == ["rotterdam"]
    assert (stage.stock_at("berlin"), stage.stock_at("rotterdam")) == (10, 8)


async def test_a_lot_that_went_bad_since_is_swapped_before_anything_is_released(client: Client, stage: Stage) -> None:
    stage.lots["berlin", "MUG"] = ["L-1", "L-2"]

    async def quarantined(verb: str) -> None:
        if verb == "authorise":
            stage.bad_lots["L-1"] = "lot L-1 is quarantined"

    stage.at_effect = quarantined
    handle = await start(client, an_order(mug=2))
    await arrives(stage)

    assert await stage.end(handle) == Headline.COMPLETED
    assert [line.lot for line in stage.released[0].lines] == ["L-2"]
    assert [item.lot for item in stage.freed[0].items] == ["L-1"]


@pytest.mark.parametrize("kind", [NodeKind.STORE, NodeKind.THIRD_PARTY, NodeKind.WAREHOUSE])
async def test_every_kind_of_node_of_ours_sends_without_a_purchase(
    client: Client, stage: Stage, kind: NodeKind
) -> None:
    stage.nodes["berlin"] = NodeOutlook(node="berlin", kind=kind)

    handle = await start(client, an_order(mug=2))
    await arrives(stage)

    assert await stage.end(handle) == Headline.COMPLETED
    assert not stage.done("order_drop_ship")


async def test_a_supplier_gets_a_purchase_order_chained_to_the_order_of_record(client: Client, stage: Stage) -> None:
    stage.nodes["berlin"] = NodeOutlook(node="berlin", kind=NodeKind.SUPPLIER)

    handle = await start(client, an_order(mug=2))
    await arrives(stage)

    assert await stage.end(handle) == Headline.COMPLETED
    (purchase,) = stage.purchases
    assert purchase.sales_order == stage.last.references["erp_order"]
    assert purchase.supplier == "berlin"
    assert [(line.sku, line.quantity) for line in purchase.lines] == [("MUG", 2)]
    assert stage.last.references["purchase berlin"] == "PO-7"
    verbs = [verb for verb, _ in stage.journal]
    assert verbs.index("create_order") < verbs.index("order_drop_ship") < verbs.index("release")


async def test_a_cancelled_drop_shipment_cancels_the_purchase(client: Client, stage: Stage) -> None:
    stage.nodes["berlin"] = NodeOutlook(node="berlin", kind=NodeKind.SUPPLIER)

    handle = await start(client, an_order(mug=2))
    await stage.until_released()
    await handle.signal("cancel", WORD)

    assert await stage.end(handle) == Headline.CANCELLED
    assert len(stage.done("cancel_drop_ship")) == 1


@pytest.mark.parametrize(
    ("at", "wave"),
    [
        (FRIDAY, datetime(2026, 11, 20, 9, 0, tzinfo=UTC)),
        (FRIDAY + timedelta(hours=1), datetime(2026, 11, 20, 14, 0, tzinfo=UTC)),
        (FRIDAY + timedelta(hours=7), datetime(2026, 11, 23, 9, 0, tzinfo=UTC)),
        (FRIDAY + timedelta(days=3, hours=7), datetime(2026, 11, 25, 9, 0, tzinfo=UTC)),
    ],
)
def test_a_wave_is_the_next_one_on_a_day_the_node_works(at: datetime, wave: datetime) -> None:
    assert next_wave(WAVES, BERLIN, at, express=False) == wave


def test_what_is_in_a_hurry_and_nodes_without_waves_do_not_wait() -> None:
    assert next_wave(WAVES, BERLIN, FRIDAY, express=True) is None
    assert next_wave((WaveRule(nodes=("berlin",), at=("10:00",), express_waits=True),), BERLIN, FRIDAY, express=True)
    assert next_wave(WAVES, Node(name="rotterdam"), FRIDAY, express=False) is None
    assert next_wave((WaveRule(node_kinds=(NodeKind.STORE,), at=("10:00",)),), BERLIN, FRIDAY, express=False) is None


@pytest.mark.parametrize(
    ("status", "expires_on", "reason"),
    [
        (LotStatus.RELEASED, date(2026, 11, 20), None),
        (LotStatus.RELEASED, date(2026, 11, 19), "lot L-1 expired on 2026-11-19"),
        (LotStatus.QUARANTINED, None, "lot L-1 is quarantined"),
        (LotStatus.RECALLED, None, "lot L-1 is recalled"),
    ],
)
def test_a_lot_must_not_go_once_it_expired_or_may_not_be_sold(
    status: LotStatus, expires_on: date | None, reason: str | None
) -> None:
    found = Allocation(line_id="1", sku="MUG", quantity=2, node="berlin", lot="L-1")
    shelf = Shelf(
        balance=Balance(sku="MUG", node="berlin", lot="L-1", on_hand=5), expires_on=expires_on, lot_status=status
    )

    seen = outlook(ReleaseCheck(order_id="order:shopify:1", allocations=(found,)), [BERLIN], [shelf], FRIDAY)

    assert [bad.reason for bad in seen.bad_lots] == ([reason] if reason else [])
    assert seen.of("berlin").kind is NodeKind.WAREHOUSE
