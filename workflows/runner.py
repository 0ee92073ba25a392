"""The sandbox workflows run in, without a question that our payloads never need answered.

For every payload that passes, the SDK asks the workflow's instance, several times and inside the sandbox, in which
context the payload stands: encryption with a key an order needs to know, plain JSON does not. Entering the sandbox that
often was a sixth of a worker's time (ops/bench/RESULTS.md).
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner

if TYPE_CHECKING:
    from temporalio.bridge.proto.workflow_activation import WorkflowActivation
    from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
    from temporalio.converter import SerializationContext, StorageDriverStoreContext
    from temporalio.workflow import Info


class ContextFreeSandboxRunner(SandboxedWorkflowRunner):
    """The SDK's sandbox, for a converter whose codec asks for no context."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        """Make a sandboxed instance."""
        return _ContextFree(super().create_instance(det))


class _ContextFree(WorkflowInstance):
    def __init__(self, sandboxed: WorkflowInstance) -> None:
        self._sandboxed = sandboxed

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._sandboxed.activate(act)

    def get_serialization_context(self, command_info: object) -> SerializationContext | None:  # noqa: ARG002 - the SDK's
        return None

    def get_external_store_context(self, command_info: object) -> StorageDriverStoreContext:  # noqa: ARG002 - the SDK's
        return self._store_context

    @cached_property
    def _store_context(self) -> StorageDriverStoreContext:
        return self._sandboxed.get_external_store_context(None)

    def get_info(self) -> Info:
        return self._sandboxed.get_info()

    def get_thread_id(self) -> int | None:
        return self._sandboxed.get_thread_id()
