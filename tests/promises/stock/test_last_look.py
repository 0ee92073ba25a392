"""Right before a release the ledger is looked at once more; what must not go is given back from where it lies."""

from datetime import UTC, date, datetime

from models.policy.fulfilment import WaveRule
from models.stock.events import LotJudged
from models.stock.lots import LotStatus
from models.stock.nodes import Calendar, Node, NodeKind
from models.stock.outlook import ReleaseCheck
from models.stock.reservation import Allocation, Freed, ReservationRelease
from tests.promises.stock.conftest import ORDER

JANUARY = date(2027, 1, 31)


def check(*allocations: Allocation, **more: object) -> ReleaseCheck:
    return ReleaseCheck.model_validate({"order_id": ORDER, "allocations": allocations, **more})


async def free(shop, key: str, item: Freed) -> None:
    await shop.ledger.release(
        ReservationRelease(reservation_key="r1", order_id=ORDER, reason="bad", key=key, items=(item,))
    )


async def test_it_tells_what_kind_a_node_is_whether_it_is_down_and_when_its_wave_goes(shop):
    calendar = Calendar(time_zone="UTC")
    await shop.put_node(Node(name="north", kind=NodeKind.STORE, down="flooded", calendar=calendar))
    await shop.receive("cup", 5)
    waves = (WaveRule(nodes=("north",), at=("12:30",)),)

    seen = await shop.ledger.outlook(check(Allocation(line_id="1", sku="cup", quantity=2, node="north"), waves=waves))

    assert (seen.of("north").kind, seen.of("north").down) == (NodeKind.STORE, "flooded")
    assert seen.of("north").wave_at == datetime(2026, 11, 2, 12, 30, tzinfo=UTC)
    assert not seen.bad_lots


async def test_a_node_that_is_down_is_promised_nothing_and_counts_again_when_it_is_up(shop):
    await shop.receive("cup", 5, node="north")
    await shop.put_node(Node(name="north", down="fire alarm"))
    refused = await shop.reserve("r1", ("1", "cup", 2))
    await shop.put_node(Node(name="north"))
    granted = await shop.reserve("r2", ("1", "cup", 2))

    assert (refused.granted, granted.granted) == (False, True)


async def test_a_lot_that_expired_since_it_was_promised_must_not_go(shop):
    await shop.receive("milk", 5, lot="jan", expires_on=JANUARY)
    answer = await shop.reserve("r1", ("1", "milk", 2))
    good = await shop.ledger.outlook(check(*answer.allocations))
    shop.clock.at = datetime(2027, 2, 1, 9, tzinfo=UTC)
    bad = await shop.ledger.outlook(check(*answer.allocations))

    assert not good.bad_lots
    assert [found.reason for found in bad.bad_lots] == ["lot jan expired on 2027-01-31"]


async def test_a_lots_last_day_ends_by_the_clock_of_the_node_it_lies_at(shop):
    await shop.put_node(Node(name="north", calendar=Calendar(time_zone="Pacific/Honolulu")))
    await shop.receive("milk", 5, lot="jan", expires_on=JANUARY)
    shop.clock.at = datetime(2027, 2, 1, 9, 59, tzinfo=UTC)
    answer = await shop.reserve("r1", ("1", "milk", 2))
    good = await shop.ledger.outlook(check(*answer.allocations))
    shop.clock.pass_by(minutes=1)
    late = await shop.reserve("r2", ("1", "milk", 2))
    bad = await shop.ledger.outlook(check(*answer.allocations))

    assert (answer.granted, late.granted) == (True, False)
    assert (len(good.bad_lots), len(bad.bad_lots)) == (0, 1)


async def test_a_lot_that_was_quarantined_since_must_not_go(shop):
    await shop.receive("milk", 5, lot="jan", expires_on=JANUARY)
    answer = await shop.reserve("r1", ("1", "milk", 2))
    judged = LotJudged(
        event_id="j1", occurred_at=shop.clock(), sku="milk", lot="jan", status=LotStatus.QUARANTINED, reason="mould"
    )
    await shop.ledger.apply(judged, source="wms")
    seen = await shop.ledger.outlook(check(*answer.allocations))

    assert [found.reason for found in seen.bad_lots] == ["lot jan is quarantined"]


async def test_what_is_given_back_names_its_lot(shop):
    await shop.receive("milk", 3, lot="jan", expires_on=JANUARY)
    await shop.receive("milk", 3, lot="june", expires_on=date(2027, 6, 30))
    await shop.reserve("r1", ("1", "milk", 5))
    await free(shop, "p1", Freed(line_id="1", sku="milk", quantity=2, lot="jan"))

    assert (await shop.shelf("milk", lot="jan"), await shop.shelf("milk", lot="june")) == ((3, 1), (3, 2))
    assert (await shop.audit()).is_right


async def test_what_is_given_back_names_its_node(shop):
    await shop.receive("cup", 2, node="north")
    await shop.receive("cup", 2, node="south")
    answer = await shop.reserve("r1", ("1", "cup", 4))
    assert {found.node for found in answer.allocations} == {"north", "south"}
    await free(shop, "p1", Freed(line_id="1", sku="cup", quantity=1, node="north"))

    assert (await shop.shelf("cup", "north"), await shop.shelf("cup", "south")) == ((2, 1), (2, 2))
    assert (await shop.audit()).is_right
