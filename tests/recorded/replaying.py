"""Replaying recorded histories with the code of today: it must do the same, and ask partners for just the same."""

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
from temporalio.client import WorkflowHistory
from temporalio.worker import (
    Interceptor,
    Replayer,
    StartActivityInput,
    UnsandboxedWorkflowRunner,
    WorkflowInboundInterceptor,
    WorkflowInterceptorClassInput,
    WorkflowOutboundInterceptor,
)
from temporalio.workflow import ActivityHandle

from activities.batches import BatchActivities
from activities.carriers import CarrierActivities
from activities.channel_stock import ChannelStockActivities
from activities.channels import ChannelActivities
from activities.erp import ErpActivities
from activities.feeds import ChannelOrderActivities, FeedActivities
from activities.notices import NoticeActivities
from activities.payments import PaymentActivities
from activities.reconciling import DocumentActivities
from activities.stock_keeping import ErpCheckActivities, WarehouseCheckActivities
from activities.warehouse import WarehouseActivities
from tests.promises.orders.conftest import CheckedPlugin
from workers.assembly import WORKFLOWS
from workflows.plugin import data_converter

EVERYWHERE = sorted((Path(__file__).parents[1] / "promises").glob("*/histories/*.json"))
"""Every history that was ever recorded."""
_REMOTE = (
    BatchActivities,
    CarrierActivities,
    ChannelActivities,
    ChannelOrderActivities,
    ChannelStockActivities,
    DocumentActivities,
    ErpActivities,
    ErpCheckActivities,
    FeedActivities,
    NoticeActivities,
    PaymentActivities,
    WarehouseActivities,
    WarehouseCheckActivities,
)


def each_of(folder: Path) -> pytest.MarkDecorator:
    """Run a test for each history of a folder, as its argument `path`."""
    return pytest.mark.parametrize("path", sorted(folder.glob("*.json")), ids=lambda path: path.stem)


async def replay(path: Path, *, workflows: list[type] | None = None) -> None:
    """Replay a history.

    Raises:
        temporalio.workflow.NondeterminismError: what runs would break under the code of today.
    """
    replayer = Replayer(workflows=workflows or WORKFLOWS, debug_mode=True, plugins=[CheckedPlugin()])
    await replayer.replay_workflow(_history(path))


def asked_today(path: Path) -> list[tuple[str, object]]:
    """What replaying asks of remote activities; the SDK's replayer itself compares only their names."""
    asked = _Asked()
    replayer = Replayer(
        workflows=WORKFLOWS,
        data_converter=data_converter(),
        interceptors=[asked],
        workflow_runner=UnsandboxedWorkflowRunner(),
    )
    asyncio.run(replayer.replay_workflow(_history(path)))
    return asked.all


def asked_then(path: Path) -> list[tuple[str, object]]:
    """What was asked when it was recorded, as it would be said today."""
    scheduled = [
        event["activityTaskScheduledEventAttributes"]
        for event in _document(path)["events"]
        if "activityTaskScheduledEventAttributes" in event
    ]
    return [_as_said_today(one["activityType"]["name"], one.get("input", {}).get("payloads", [])) for one in scheduled]


def recorded_workflows() -> set[str]:
    """The types of workflows of which there is a history."""
    return {_started(path)["workflowType"]["name"] for path in EVERYWHERE}


def _as_said_today(name: str, payloads: list[dict[str, str]]) -> tuple[str, object]:
    """A field that came later says, by its default, what was meant before there was one."""
    if not payloads:
        return name, None
    meant = _QUESTIONS[name].validate_json(b64decode(payloads[0]["data"]))
    return name, json.loads(to_json(meant))


def _questions(*owners: type) -> dict[str, TypeAdapter[Any]]:
    verbs = [verb for owner in owners for verb in vars(owner).values() if callable(verb)]
    named = {definition.name: verb for verb in verbs if (definition := ActivityDefinition.from_callable(verb))}
    asked = {
        str(name): [hint for key, hint in get_type_hints(verb).items() if key != "return"]
        for name, verb in named.items()
    }
    return {name: TypeAdapter(hints[0]) for name, hints in asked.items() if hints}


_QUESTIONS = _questions(*_REMOTE)


class _Asked(Interceptor):
    """Notes what a workflow asks of its remote activities."""

    def __init__(self) -> None:
        self.all: list[tuple[str, object]] = []

    def workflow_interceptor_class(self, _input: WorkflowInterceptorClassInput) -> type[WorkflowInboundInterceptor]:
        noted = self.all

        class Outbound(WorkflowOutboundInterceptor):
            def start_activity(self, input: StartActivityInput) -> ActivityHandle[Any]:  # noqa: A002 - the SDK's name
                noted.append((input.activity, json.loads(to_json(input.args[0])) if input.args else None))
                return super().start_activity(input)

        class Inbound(WorkflowInboundInterceptor):
            def init(self, outbound: WorkflowOutboundInterceptor) -> None:
                super().init(Outbound(outbound))

        return Inbound


def _history(path: Path) -> WorkflowHistory:
    return WorkflowHistory.from_json(_started(path)["workflowId"], path.read_text(encoding="utf-8"))


def _started(path: Path) -> dict[str, Any]:
    attributes: dict[str, Any] = _document(path)["events"][0]["workflowExecutionStartedEventAttributes"]
    return attributes


def _document(path: Path) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return document
