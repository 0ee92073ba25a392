"""The clock of a server that skips time: it runs on while a test waits, and stands still while the test acts.

Left alone, such a server goes on to the next timer as soon as an order has nothing else to do. A test that saw something
and wants to answer it would have to be quicker than that.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import temporalio.client
import temporalio.worker
from google.protobuf.field_mask_pb2 import FieldMask
from temporalio.api.common.v1 import TimeSkippingConfig, WorkflowExecution
from temporalio.api.workflow.v1 import WorkflowExecutionOptions
from temporalio.api.workflowservice.v1 import UpdateWorkflowExecutionOptionsRequest
from temporalio.client import Client, OutboundInterceptor, StartWorkflowInput, WorkflowHandle
from temporalio.service import RPCError, RPCStatusCode
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

Condition = Callable[[], bool]


class Clock(temporalio.client.Interceptor, temporalio.worker.Interceptor):
    """Part of a client whose server has workflows start with their time standing still."""

    def __init__(self) -> None:
        self._started: list[WorkflowHandle[Any, Any]] = []
        self._awaited: Condition | None = None
        self._runs = False
        self._setting = asyncio.Lock()

    @classmethod
    def of(cls, client: Client) -> Clock | None:
        """The clock of a client's server; none: time passes there as it does here."""
        return next((each for each in client.config()["interceptors"] if isinstance(each, cls)), None)

    @asynccontextmanager
    async def running_until(self, condition: Condition) -> AsyncIterator[None]:
        """Let time run on until something is true, or for as long as it is waited for."""
        self._awaited = condition
        await self._set(runs=True)
        try:
            yield
        finally:
            self._awaited = None
            await self._set(runs=False)

    async def look(self) -> None:
        """At the end of an activity, before the order knows of it: stop, if this is what was waited for."""
        if self._awaited is not None and comes_true(self._awaited):
            await self._set(runs=False)

    def began(self, handle: WorkflowHandle[Any, Any]) -> None:
        self._started.append(handle)

    async def _set(self, *, runs: bool) -> None:
        async with self._setting:
            # Nobody has time run on once what was waited for is there.
            runs = runs and self._awaited is not None and not comes_true(self._awaited)
            if runs == self._runs:
                return
            self._runs = runs
            for handle in list(self._started):
                try:
                    await _set_one(handle, runs=runs)
                except RPCError as error:
                    if error.status is not RPCStatusCode.NOT_FOUND:
                        raise
                    self._started.remove(handle)

    def intercept_client(self, next: OutboundInterceptor) -> OutboundInterceptor:  # noqa: A002 - the SDK's name
        return _Starting(next, self)

    def intercept_activity(self, next: ActivityInboundInterceptor) -> ActivityInboundInterceptor:  # noqa: A002 - the same
        return _Ending(next, self)


class _Starting(OutboundInterceptor):
    def __init__(self, following: OutboundInterceptor, clock: Clock) -> None:
        super().__init__(following)
        self._clock = clock

    async def start_workflow(self, input: StartWorkflowInput) -> WorkflowHandle[Any, Any]:  # noqa: A002 - the SDK's name
        handle = await super().start_workflow(input)
        self._clock.began(handle)
        return handle


class _Ending(ActivityInboundInterceptor):
    def __init__(self, following: ActivityInboundInterceptor, clock: Clock) -> None:
        super().__init__(following)
        self._clock = clock

    async def execute_activity(self, input: ExecuteActivityInput) -> Any:  # noqa: A002 - the SDK's name
        try:
            return await super().execute_activity(input)
        finally:
            await self._clock.look()


def comes_true(condition: Condition) -> bool:
    """Whether something is true of a world by now."""
    try:
        return condition()
    except IndexError:
        # Before the first snapshot is written, there is no `last` to ask.
        return False


async def _set_one(handle: WorkflowHandle[Any, Any], *, runs: bool) -> None:
    client: Client = handle._client
    await client.workflow_service.update_workflow_execution_options(
        UpdateWorkflowExecutionOptionsRequest(
            namespace=client.namespace,
            workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=handle.first_execution_run_id or ""),
            workflow_execution_options=WorkflowExecutionOptions(time_skipping_config=TimeSkippingConfig(enabled=runs)),
            update_mask=FieldMask(paths=["time_skipping_config"]),
        )
    )
