"""An order that must not go in parts is not split by what happens between its reservation and its release."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from temporalio.client import Client
from temporalio.testing import WorkflowEnvironment

from models.messages import HoldDecision, Verdict
from models.order.document import FulfilmentRequest
from models.order.snapshot import Headline
from models.partners.events import BackorderFilled, PickedLine, StockLost
from models.policy.fulfilment import WaveRule
from models.states.fulfilment import ShipmentState
from models.stock.demand import Need
from models.stock.outlook import NodeOutlook
from models.stock.reservation import Remedy, RemedyKind
from tests.promises.fulfilment.stage import WORD, Shelves, Stage, rules, turned_down
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start


@pytest.fixture
def apart(stage: Stage) -> Stage:
    """The mugs lie at one node, the lamps at another; rotterdam goes down once all of it is reserved."""
    stage.together = True
    stage.shelves = {"berlin": {"MUG": 10}, "rotterdam": {"LAMP": 10}}

    async def down(verb: str) -> None:
        if verb == "authorise":
            stage.nodes["rotterdam"] = NodeOutlook(node="rotterdam", down="flooded")

    stage.at_effect = down
    return stage


def waits(need: Need) -> Remedy:
    return Remedy(line_id=need.line_id, kind=RemedyKind.BACKORDER, needs=(need,), reason="short")


async def arrive(stage: Stage, count: int, *, stopped: int = 0) -> None:
    """So many are released, and all but the first of them, which were stopped, arrive."""
    await stage.until_released(count)
    for number, release in enumerate(stage.released[stopped:]):
        await stage.tell(shipped(release, shipment=f"P{number}"))
        await stage.tell(moved(release, ShipmentState.DELIVERED))


async def come(stage: Stage, key: str, node: str) -> None:
    order_id = stage.backorders[key].order_id
    about = {"event_id": f"fill/{key}", "order_id": order_id, "occurred_at": datetime.now(UTC)}
    allocations = Shelves(stage).come(key, node)
    await stage.tell(BackorderFilled(**about, reservation_key=key, allocations=allocations))


def nodes(stage: Stage) -> list[str]:
    return sorted(release.node for release in stage.released)


def place(stage: Stage, said: str) -> int:
    return next(at for at, text in enumerate(stage.story) if said in text)


async def test_what_can_go_waits_with_what_a_node_cannot_send_any_more(
    client: Client, apart: Stage, skipping: WorkflowEnvironment
) -> None:
    apart.remedies = waits

    handle = await start(client, an_order(mug=2, lamp=1))
    await apart.until(lambda: bool(apart.backorders))
    (key,) = apart.backorders
    assert [need.sku for need in apart.backorders[key].needs] == ["LAMP"]
    await skipping.fast_forward(handle, timedelta(hours=1))
    assert not apart.booked
    assert apart.stock_at("berlin") == 8
    await come(apart, key, "munich")
    await arrive(apart, 2)

    assert await apart.end(handle) == Headline.COMPLETED
    assert nodes(apart) == ["berlin", "munich"]
    assert place(apart, "stock reserved at munich") < place(apart, "released to berlin")


async def test_what_another_node_has_goes_from_there_at_the_same_time(client: Client, apart: Stage) -> None:
    apart.shelves["munich"] = {"LAMP": 1}

    handle = await start(client, an_order(mug=2, lamp=1))
    await arrive(apart, 2)

    assert await apart.end(handle) == Headline.COMPLETED
    assert nodes(apart) == ["berlin", "munich"]
    assert place(apart, "stock reserved at munich") < place(apart, "released to berlin")


async def test_the_rest_goes_once_a_person_has_closed_what_cannot_be_had(
    client: Client, apart: Stage, skipping: WorkflowEnvironment
) -> None:
    handle = await start(client, an_order(mug=2, lamp=1))
    await apart.until_held("inventory")
    await skipping.fast_forward(handle, timedelta(hours=1))
    assert not apart.booked
    await handle.execute_update(
        "decide", HoldDecision(hold="inventory-1", verdict=Verdict.REJECT, reason="gone", actor="anna")
    )
    await arrive(apart, 1)

    assert await apart.end(handle) == Headline.COMPLETED
    assert nodes(apart) == ["berlin"]
    assert apart.last.lines[1].cancelled == 1


async def test_an_order_that_waits_for_what_a_node_lost_can_be_cancelled(client: Client, apart: Stage) -> None:
    apart.remedies = waits

    handle = await start(client, an_order(mug=2, lamp=1))
    await apart.until(lambda: bool(apart.backorders))
    await handle.signal("cancel", WORD)

    assert await apart.end(handle) == Headline.CANCELLED
    assert not apart.released
    assert apart.stock_at("berlin") == 10
    assert not apart.backorders


async def test_what_our_ledger_takes_away_is_waited_for_by_the_rest(client: Client, apart: Stage) -> None:
    """Asked for at one node, the order has the lost part sought where the rest of it lies, and nowhere else."""
    apart.remedies = waits
    apart.shelves = {"berlin": {"MUG": 10, "LAMP": 1}, "rotterdam": {"LAMP": 10}}

    async def sold(verb: str) -> None:
        if verb != "authorise":
            return
        (order_id,) = {request.order_id for request in apart.requests}
        lost = PickedLine(line_id="2", sku="LAMP", quantity=1)
        about: dict[str, Any] = {"event_id": "lost", "order_id": order_id, "occurred_at": datetime.now(UTC)}
        key = apart.requests[0].key
        await apart.tell(StockLost(**about, reservation_key=key, lines=(lost,), node="berlin", reason="sold"))

    apart.at_effect = sold
    order = an_order(mug=2, lamp=1, changes={"fulfilment": FulfilmentRequest(ship_together=True)})
    handle = await start(client, order)
    await apart.until(lambda: bool(apart.backorders))
    (key,) = apart.backorders
    assert apart.requests[-1].demand.only_at == "berlin"
    assert apart.backorders[key].demand.only_at == "berlin"
    assert not apart.booked
    await come(apart, key, "berlin")
    await arrive(apart, 2)

    assert await apart.end(handle) == Headline.COMPLETED
    assert nodes(apart) == ["berlin", "berlin"]


async def test_what_was_released_is_called_back_where_another_node_turns_its_part_down(
    client: Client, apart: Stage, skipping: WorkflowEnvironment
) -> None:
    apart.at_effect, apart.remedies = None, waits

    handle = await start(client, an_order(mug=2, lamp=1))
    await apart.until_released(2)
    await apart.tell(turned_down(next(release for release in apart.released if release.node == "rotterdam")))
    await apart.until(lambda: bool(apart.backorders))
    await skipping.fast_forward(handle, timedelta(hours=1))
    assert len(apart.released) == 2
    assert len(apart.done("void_label")) == 1
    await come(apart, next(iter(apart.backorders)), "munich")
    await arrive(apart, 4, stopped=2)

    assert await apart.end(handle) == Headline.COMPLETED
    assert sorted(release.node for release in apart.released[2:]) == ["berlin", "munich"]
    assert place(apart, "called back from berlin") < place(apart, "stock reserved at munich")
    assert apart.stock_at("berlin") == 8


async def test_a_node_that_cannot_be_reached_holds_up_what_another_was_asked_for(
    client: Client, apart: Stage, skipping: WorkflowEnvironment
) -> None:
    apart.at_effect, apart.remedies, apart.unreachable = None, waits, {"rotterdam"}
    apart.rules = rules(reroute_after_minutes=45)

    handle = await start(client, an_order(mug=2, lamp=1))
    await apart.until(lambda: bool(apart.backorders))
    await skipping.fast_forward(handle, timedelta(hours=1))
    assert nodes(apart) == ["berlin"]
    await come(apart, next(iter(apart.backorders)), "munich")
    await arrive(apart, 3, stopped=1)

    assert await apart.end(handle) == Headline.COMPLETED
    assert nodes(apart) == ["berlin", "berlin", "munich"]


async def test_what_cannot_be_stopped_any_more_goes_in_parts_and_it_is_told(client: Client, apart: Stage) -> None:
    apart.at_effect, apart.remedies, apart.recalls = None, waits, False

    handle = await start(client, an_order(mug=2, lamp=1))
    await apart.until_released(2)
    lamps, mugs = sorted(apart.released, key=lambda release: release.node, reverse=True)
    await apart.tell(turned_down(lamps))
    await apart.until(lambda: any("it goes in parts" in text for text in apart.story))
    await apart.until(lambda: bool(apart.backorders))
    await come(apart, next(iter(apart.backorders)), "munich")
    last = await apart.until_released(3)
    for number, release in enumerate((mugs, last)):
        await apart.tell(shipped(release, shipment=f"P{number}"))
        await apart.tell(moved(release, ShipmentState.DELIVERED))

    assert await apart.end(handle) == Headline.COMPLETED


@pytest.mark.slow
async def test_all_of_it_waits_for_the_last_wave(client: Client, apart: Stage) -> None:
    soon, later = (datetime.now(UTC) + timedelta(hours=hours) for hours in (2, 5))
    apart.at_effect = None
    apart.rules = rules(
        waves=(WaveRule(nodes=("berlin",), at=("10:00",)), WaveRule(nodes=("rotterdam",), at=("11:00",)))
    )
    apart.nodes = {
        "berlin": NodeOutlook(node="berlin", wave_at=later),
        "rotterdam": NodeOutlook(node="rotterdam", wave_at=soon),
    }

    handle = await start(client, an_order(mug=2, lamp=1))
    await arrive(apart, 2)

    assert await apart.end(handle) == Headline.COMPLETED
    told = {entry.text: entry.at for snapshot in apart.snapshots for entry in snapshot.entries}
    assert min(told["released to berlin"], told["released to rotterdam"]) >= later
