"""The stage without a server: it stands in for what the SDK asks of itself, and says so plainly when that changes."""

from __future__ import annotations

import asyncio
import inspect
from datetime import timedelta
from typing import Any

import pytest
from temporalio import workflow

from activities.order_book import OrderBookActivities
from models.errors import Refused, Transient
from models.messages import OrderStart
from ops.proof.lives.life import StageHost, live, world_of
from ops.proof.lives.staging.clock import BEGINNING, VirtualLoop
from ops.proof.lives.staging.stage import DEFINITION, RUNTIME, Gone, Stage, _Asked
from workflows.order import OrderWorkflow
from workflows.returning.workflow import ReturnWorkflow

CHANGED = "temporalio has changed inside: see ops/proof/lives/staging/stage.py, the one file that leans on it"


@pytest.mark.parametrize(
    "name", sorted(name for name in vars(_Asked) if name.startswith("workflow_")), ids=lambda name: name
)
def test_the_stage_answers_what_the_sdk_asks_by_the_same_names(name: str) -> None:
    theirs = getattr(RUNTIME, name, None)
    assert theirs is not None, CHANGED
    ours = inspect.signature(getattr(_Asked, name)).parameters
    open_ended = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in ours.values())
    for parameter in inspect.signature(theirs).parameters.values():
        assert parameter.name in ours or open_ended, f"{CHANGED}: {name} is asked with {parameter.name}"


@pytest.mark.parametrize("kind", [OrderWorkflow, ReturnWorkflow])
def test_the_sdk_still_leaves_its_definitions_on_a_workflow(kind: type) -> None:
    definition = DEFINITION.must_from_class(kind)
    assert definition.run_fn, CHANGED
    assert None in definition.signals, CHANGED
    assert definition.updates["decide"].validator, CHANGED


def test_workflow_code_finds_the_stage_on_its_loop() -> None:
    loop = VirtualLoop()
    Stage(loop, (), seed=1)
    seen: list[Any] = []

    async def ask() -> None:
        seen.append(workflow.now())
        await workflow.sleep(timedelta(days=3))
        seen.append(workflow.now())

    task = loop.create_task(ask())
    loop.run(until=10**6)

    assert task.done(), CHANGED
    assert seen == [BEGINNING, BEGINNING + timedelta(days=3)]


def test_time_stands_still_while_anything_can_run_and_then_jumps() -> None:
    loop = VirtualLoop()
    order: list[tuple[str, float]] = []

    async def wait(name: str, seconds: float) -> None:
        await asyncio.sleep(seconds)
        order.append((name, loop.time()))

    for name, seconds in (("late", 7200), ("soon", 1), ("at once", 0)):
        loop.create_task(wait(name, seconds))
    loop.run(until=10**6)

    assert order == [("at once", 0), ("soon", 1), ("late", 7200)]


def test_a_message_to_a_workflow_that_is_not_there_is_told_to_be_late() -> None:
    stage = Stage(VirtualLoop(), (), seed=1)
    with pytest.raises(Gone):
        stage.signal("order:shopify:nobody", "approve", {})
    with pytest.raises(Gone):
        stage.update("order:shopify:nobody", "decide")


@pytest.mark.parametrize("error", [Transient("book", "connection reset"), Refused("book", "no")])
def test_our_own_store_is_asked_again_only_where_that_may_help(error: Exception) -> None:
    host = StageHost()
    world, ports = world_of(1, host)
    calls: list[object] = []

    class Book:
        async def assess(self, request: object) -> object:
            calls.append(request)
            raise error

        async def record(self, snapshot: Any) -> None:
            await ports["book"].record(snapshot)

    host.stage = Stage(host.loop, (OrderBookActivities(Book()),), seed=1)  # type: ignore[arg-type]
    (order,) = world.orders.values()
    host.stage.start(OrderWorkflow, OrderStart(order=order), order.id)
    host.loop.run(until=60)

    assert len(calls) > 1 if isinstance(error, Transient) else len(calls) == 1


def test_the_same_seed_lives_the_same_life_again() -> None:
    first, second = live(3), live(3)
    assert list(first.deeds) == list(second.deeds)
    assert first.times == second.times
