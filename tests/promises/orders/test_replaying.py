"""An order goes on wherever it was: out of memory, on another worker, under later code."""

from __future__ import annotations

from pathlib import Path

import pytest
from temporalio.client import Client
from temporalio.workflow import NondeterminismError

from models.order.document import ChannelRisk
from models.order.snapshot import Headline
from tests.promises.orders.changed import Changed
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, ports, start
from tests.recorded.replaying import asked_then, asked_today, each_of, replay
from workers.assembly import Workers

FOLDER = Path(__file__).parent / "histories"


async def test_an_order_that_is_never_kept_in_memory_ends_just_as_well(client: Client) -> None:
    world = World(client=client)
    order = an_order(mug=2)

    async with Workers(client, **ports(world), cached=0).running():
        handle = await start(client, order)
        assert await world.end(handle) == Headline.COMPLETED

    assert world.money["captured"] == order.total.amount
    assert len(world.journal) == len({key for _, key in world.journal})


async def test_a_held_order_outlives_its_worker(client: Client) -> None:
    world = World(client=client)

    async with Workers(client, **ports(world)).running():
        handle = await start(client, an_order(changes={"channel_risk": ChannelRisk.HIGH}))
        await world.until_held("fraud")
    async with Workers(client, **ports(world)).running():
        await handle.signal("approve", {"reason": "fine", "actor": "anna"})
        assert await world.end(handle) == Headline.COMPLETED


def test_there_is_a_recorded_history_for_each_route() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} >= {
        "card",
        "prepaid",
        "account",
        "cash_on_delivery",
        "service",
        "channel_fulfilled",
        "held_and_approved",
        "held_and_rejected",
        "partner_down",
        "two_parcels",
        "short_pick",
        "cancelled_after_release",
        "declined_card",
        "made_firm",
        "backordered",
        "sent_in_parts",
        "substituted",
        "moved_for_collection",
        "kept_while_thinking",
        "freed_after_a_short_pick",
    }


@each_of(FOLDER)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    await replay(path)


@each_of(FOLDER)
def test_todays_code_asks_partners_for_just_what_was_recorded(path: Path) -> None:
    assert asked_today(path) == asked_then(path)


async def test_a_change_that_breaks_running_orders_is_noticed() -> None:
    with pytest.raises(NondeterminismError):
        await replay(FOLDER / "card.json", workflows=[Changed])
