"""An order goes on wherever it was: out of memory, on another worker, under later code."""

from __future__ import annotations

import asyncio
import json
from base64 import b64decode
from pathlib import Path
from typing import Any, get_type_hints

import pytest
from pydantic import TypeAdapter
from pydantic_core import to_json
from temporalio.activity import _Definition as ActivityDefinition
from temporalio.client import Client, WorkflowHistory
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle, NondeterminismError

from activities.carriers import CarrierActivities
from activities.erp import ErpActivities
from activities.notices import NoticeActivities
from activities.payments import PaymentActivities
from activities.warehouse import WarehouseActivities
from models.order.document import ChannelRisk
from models.order.snapshot import Headline
from tests.promises.orders.changed import Changed
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, ports, start
from workers.assembly import WORKFLOWS, Workers
from workflows.plugin import OrderloomPlugin, data_converter

FOLDER = Path(__file__).parent / "histories"
HISTORIES = sorted(FOLDER.glob("*.json"))
CARD = FOLDER / "card.json"


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
    assert {path.stem for path in HISTORIES} >= {
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


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
async def test_todays_code_replays_what_was_recorded(path: Path) -> None:
    recorded = text(path)
    name = workflow_id(recorded)

    await Replayer(
        workflows=WORKFLOWS, debug_mode=True, plugins=[OrderloomPlugin(traced=False, checked=True)]
    ).replay_workflow(WorkflowHistory.from_json(name, recorded))


async def test_a_change_that_breaks_running_orders_is_noticed() -> None:
    recorded = text(CARD)

    replayer = Replayer(workflows=[Changed], debug_mode=True, plugins=[OrderloomPlugin(traced=False, checked=True)])

    with pytest.raises(NondeterminismError):
        await replayer.replay_workflow(WorkflowHistory.from_json(workflow_id(recorded), recorded))


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_todays_code_asks_partners_for_just_what_was_recorded(path: Path) -> None:
    assert asyncio.run(asked_today(path)) == asked_then(path)


async def asked_today(path: Path) -> list[tuple[str, object]]:
    """What replaying asks of remote activities; the SDK's replayer itself compares only their names."""
    recorded = text(path)
    asked = Asked()
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=data_converter(),
        interceptors=[asked],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    await replayer.replay_workflow(WorkflowHistory.from_json(workflow_id(recorded), recorded))
    return asked.all


def asked_then(path: Path) -> list[tuple[str, object]]:
    events = json.loads(text(path))["events"]
    scheduled = [
        event["activityTaskScheduledEventAttributes"]
        for event in events
        if "activityTaskScheduledEventAttributes" in event
    ]
    return [
        as_said_today(attributes["activityType"]["name"], b64decode(attributes["input"]["payloads"][0]["data"]))
        for attributes in scheduled
    ]


def as_said_today(name: str, question: bytes) -> tuple[str, object]:
    """A field that came later says, by its default, what was meant before there was one."""
    meant = QUESTIONS[name].validate_json(question)
    return name, json.loads(to_json(meant))


def questions(*owners: type) -> dict[str, TypeAdapter[Any]]:
    verbs = [verb for owner in owners for verb in vars(owner).values() if callable(verb)]
    named = {definition.name: verb for verb in verbs if (definition := ActivityDefinition.from_callable(verb))}
    return {str(name): TypeAdapter(next(iter(get_type_hints(verb).values()))) for name, verb in named.items()}


QUESTIONS = questions(ErpActivities, WarehouseActivities, PaymentActivities, CarrierActivities, NoticeActivities)


class Asked(Interceptor):
    """Notes what a workflow asks of its remote activities."""

    def __init__(self) -> None:
        self.all: list[tuple[str, object]] = []

    def workflow_interceptor_class(self, _input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        noted = self.all

        class Outbound(WorkflowOutboundInterceptor):
            def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:  # noqa: A002 - the SDK's name
                noted.append((input.activity, json.loads(to_json(input.args[0]))))
                return super().start_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

        return Inbound


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def workflow_id(recorded: str) -> str:
    started = json.loads(recorded)["events"][0]["workflowExecutionStartedEventAttributes"]
    return str(started["workflowId"])
