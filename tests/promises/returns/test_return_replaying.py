"""A return goes on wherever it was: out of memory, on another worker, under later code."""

from __future__ import annotations

from pathlib import Path

from temporalio.client import Client

from tests.promises.returns.record import FOLDER, ROUTES
from tests.promises.returns.world import ReturnWorld, a_case, come_and_pass, inspection, ports, receipt, start
from tests.recorded.replaying import asked_then, asked_today, each_of, replay
from workers.assembly import Workers


async def test_a_return_that_is_never_kept_in_memory_ends_just_as_well(client: Client) -> None:
    world = ReturnWorld(client=client)

    async with Workers(client, **ports(world), cached=0).running():
        handle = await start(world, a_case(mugs=2))
        await world.until_state("authorised")
        await come_and_pass(handle, 2)
        assert await world.end(handle) == "closed"

    assert world.refunded == 2380
    assert len(world.journal) == len({key for _, key in world.journal})


async def test_a_return_outlives_its_worker_between_its_steps(client: Client) -> None:
    world = ReturnWorld(client=client)

    async with Workers(client, **ports(world)).running():
        handle = await start(world, a_case())
        await world.until_state("authorised")
        await handle.execute_update("receive", receipt(mug=1))
        # What a stopping worker has just been handed is asked for again after half a minute only.
        await world.until(lambda: len(world.notices) == 2 and bool(world.told))
    async with Workers(client, **ports(world)).running():
        await handle.execute_update("inspect", inspection())
        assert await world.end(handle) == "closed"

    assert world.refunded == 1190


def test_there_is_a_recorded_history_for_each_route() -> None:
    assert {path.stem for path in FOLDER.glob("*.json")} >= {route.__name__ for route in ROUTES}


@each_of(FOLDER)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    await replay(path)


@each_of(FOLDER)
def test_todays_code_asks_partners_for_just_what_was_recorded(path: Path) -> None:
    assert asked_today(path) == asked_then(path)
