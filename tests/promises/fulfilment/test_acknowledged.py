"""A release nobody acknowledges is asked after, handed over again, sent from elsewhere, and at last shown to a person."""

from __future__ import annotations

import pytest
from temporalio.client import Client

from models.errors import Unavailable
from models.order.snapshot import Headline
from models.partners.warehouse import Release, ReleaseState
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.stock.nodes import NodeKind
from models.stock.outlook import NodeOutlook
from tests.promises.fulfilment.stage import WORD, Stage, acknowledged, rules
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import moved, shipped, start

pytestmark = pytest.mark.slow
CHASED = rules(acknowledge_within_minutes={NodeKind.WAREHOUSE: 30}, acknowledgement_chases=2)
REROUTED = CHASED.model_copy(update={"reroute_after_minutes": 45})


async def send(stage: Stage, release: Release) -> None:
    await stage.tell(shipped(release))
    await stage.tell(moved(release, ShipmentState.DELIVERED))


async def test_a_lost_release_is_handed_over_again_under_the_same_key(client: Client, stage: Stage) -> None:
    stage.rules, stage.stands = CHASED, ReleaseState.UNKNOWN

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.until(lambda: any("handed over again" in text for text in stage.story))
    await stage.tell(acknowledged(release))
    await send(stage, release)

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.done("release") == [release.key]
    assert len(stage.asked) == 1
    assert not stage.last.holds


async def test_a_node_that_has_it_and_says_nothing_is_shown_to_a_person(client: Client, stage: Stage) -> None:
    stage.rules = CHASED

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.until_held("unknown_delivery_date")
    assert "asked 2 times" in stage.last.holds[0].reason
    await stage.tell(acknowledged(release))
    await stage.until(lambda: stage.last.holds[0].state == "released")
    await send(stage, release)

    assert await stage.end(handle) == Headline.COMPLETED
    assert len(stage.asked) == 2


async def test_a_person_may_wait_on_or_cancel_what_is_not_acknowledged(client: Client, stage: Stage) -> None:
    stage.rules = CHASED

    handle = await start(client, an_order(mug=2))
    await stage.until_held("unknown_delivery_date")
    await handle.signal("approve", WORD)
    await stage.until(lambda: len(stage.last.holds) == 2)
    await handle.signal("reject", WORD)

    assert await stage.end(handle) == Headline.CANCELLED
    assert stage.stock_at("berlin") == 10


@pytest.mark.parametrize("state", [ReleaseState.ACKNOWLEDGED, ReleaseState.PICKED, ReleaseState.SHIPPED])
async def test_an_acknowledgement_that_was_lost_is_found_by_asking(
    client: Client, stage: Stage, state: ReleaseState
) -> None:
    stage.rules, stage.stands = CHASED, state

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.until(lambda: any(f"it has {state.value} it" in text for text in stage.story))
    assert stage.last.fulfilment is FulfilmentState.ACKNOWLEDGED
    await send(stage, release)

    assert await stage.end(handle) == Headline.COMPLETED
    assert len(stage.asked) == 1


async def test_a_rejection_that_was_lost_is_found_by_asking(client: Client, stage: Stage) -> None:
    stage.rules, stage.stands = CHASED, ReleaseState.REJECTED

    handle = await start(client, an_order(mug=2))
    await send(stage, await stage.until_released(2))

    assert await stage.end(handle) == Headline.COMPLETED
    assert stage.released[1].node == "rotterdam"


async def test_what_is_acknowledged_in_time_is_not_asked_after(client: Client, stage: Stage) -> None:
    stage.rules = CHASED

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.tell(acknowledged(release))
    await stage.until_held("unknown_delivery_date")
    assert "shipment within 3 days" in stage.last.holds[0].reason
    await send(stage, release)

    assert await stage.end(handle) == Headline.COMPLETED
    assert not stage.asked


async def test_a_silent_node_is_left_for_another_once_it_has_stopped(client: Client, stage: Stage) -> None:
    stage.rules = REROUTED

    handle = await start(client, an_order(mug=2))
    second = await stage.until_released(2)
    await send(stage, second)

    assert await stage.end(handle) == Headline.COMPLETED
    assert second.node == "rotterdam"
    assert len(stage.done("recall")) == len(stage.done("void_label")) == 1
    assert stage.stock_at("berlin") == 10
    assert not stage.last.holds


async def test_a_node_that_cannot_stop_it_any_more_is_waited_for(client: Client, stage: Stage) -> None:
    stage.rules, stage.recalls = REROUTED, False

    handle = await start(client, an_order(mug=2))
    release = await stage.until_released()
    await stage.until(lambda: any("cannot stop it any more" in text for text in stage.story))
    await send(stage, release)

    assert await stage.end(handle) == Headline.COMPLETED
    assert len(stage.released) == 1


async def test_a_node_declared_down_is_left_at_the_first_chase(client: Client, stage: Stage) -> None:
    stage.rules = CHASED

    handle = await start(client, an_order(mug=2))
    await stage.until_released()
    stage.nodes["berlin"] = NodeOutlook(node="berlin", down="fire alarm")
    second = await stage.until_released(2)
    await send(stage, second)

    assert await stage.end(handle) == Headline.COMPLETED
    assert second.node == "rotterdam"
    assert any("berlin is down: fire alarm" in text for text in stage.story)


async def test_a_node_that_cannot_be_asked_is_left_and_told_to_stop_later(client: Client, stage: Stage) -> None:
    stage.rules, stage.stands = REROUTED, Unavailable("wms", "no answer")

    handle = await start(client, an_order(mug=2))
    await stage.until_released()
    stage.faults["recall"] = [Unavailable("wms", "no answer") for _ in range(4)]
    second = await stage.until_released(2)
    stage.stands = None
    await send(stage, second)

    assert await stage.end(handle) == Headline.COMPLETED
    assert len(stage.done("recall")) == 1


async def test_a_node_that_cannot_be_reached_at_all_is_left_for_another(client: Client, stage: Stage) -> None:
    stage.rules, stage.unreachable = REROUTED, {"berlin"}

    handle = await start(client, an_order(mug=2))
    second = await stage.until_released()
    await send(stage, second)

    assert await stage.end(handle) == Headline.COMPLETED
    assert second.node == "rotterdam"
    assert [hold.state for hold in stage.last.holds] == ["released"]
    assert any("berlin could not be reached" in text for text in stage.story)


async def test_goods_that_may_arrive_twice_are_a_question_until_it_is_answered(client: Client, stage: Stage) -> None:
    stage.rules, stage.stands, stage.recalls = REROUTED, Unavailable("wms", "no answer"), False

    handle = await start(client, an_order(mug=2))
    second = await stage.until_released(2)
    stage.stands = None
    await stage.until_held("other")
    assert "may arrive twice" in stage.last.holds[-1].reason
    await send(stage, second)
    await stage.until(lambda: stage.last.fulfilment is FulfilmentState.DELIVERED)
    await handle.signal("approve", WORD)

    assert await stage.end(handle) == Headline.COMPLETED
    assert all(hold.state != "open" for hold in stage.last.holds)
