"""How Orderloom speaks Temporal: one plugin for client, worker and replayer, so that none reads what another cannot."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from temporalio.common import RawValue
from temporalio.contrib.opentelemetry import TracingInterceptor
from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import DataConverter, DefaultFailureConverterWithEncodedAttributes
from temporalio.plugin import SimplePlugin
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions

from activities.attempts import AttemptInterceptor
from activities.failures import FailureInterceptor
from workflows.runner import ContextFreeSandboxRunner

if TYPE_CHECKING:
    from collections.abc import Sequence

    from temporalio.api.common.v1 import Payload
    from temporalio.converter import PayloadCodec

_PASSED_THROUGH = ("models", "activities", "pycountry", "yaml", "opentelemetry", "structlog")
"""Modules the workflow sandbox need not load again for each workflow: pure, or never called from one."""


class TolerantPayloadConverter(PydanticPayloadConverter):
    """Leaves raw what cannot be read, where no type is asked for.

    A start or an update that people send by hand arrives without type hints (workflows/order.py takes any number of
    arguments, so that a wrong number is an answer and not a wedge). Were its JSON broken, decoding it would fail the
    workflow task again and again.
    """

    def from_payloads(self, payloads: Sequence[Payload], type_hints: list[type] | None = None) -> list[Any]:
        """Decode; see the class."""
        if type_hints:
            return super().from_payloads(payloads, type_hints)
        return [self._readable(payload) for payload in payloads]

    def _readable(self, payload: Payload) -> object:
        try:
            return super().from_payloads([payload])[0]
        except Exception:  # noqa: BLE001 - whatever is wrong with it, whoever reads the value says so
            return RawValue(payload)


def data_converter(codec: PayloadCodec | None = None) -> DataConverter:
    """Pydantic models as JSON, through a codec if there is one; failures' texts go through it as well."""
    converter = DataConverter(payload_converter_class=TolerantPayloadConverter, payload_codec=codec)
    if codec is None:
        return converter
    return dataclasses.replace(converter, failure_converter_class=DefaultFailureConverterWithEncodedAttributes)


class OrderloomPlugin(SimplePlugin):
    """Converter, codec, interceptors and sandbox, for client, worker and replayer alike."""

    def __init__(self, codec: PayloadCodec | None = None, *, traced: bool = True, checked: bool = False) -> None:
        """Speak with this codec.

        Args:
            codec: what payloads pass on their way to the server, such as encryption; none leaves them readable.
            traced: whether the trace of a request goes on through workflow and activity.
            checked: whether the sandbox loads our own workflow modules anew for each order, and so watches them too.
                Tests do; at work it would be a fifth of a worker's time (ops/bench/RESULTS.md).
        """
        tracing = [TracingInterceptor(always_create_workflow_spans=False)] if traced else []
        passed_through = _PASSED_THROUGH if checked else (*_PASSED_THROUGH, "workflows")
        sandbox = ContextFreeSandboxRunner if codec is None else SandboxedWorkflowRunner
        super().__init__(
            "orderloom.OrderloomPlugin",
            data_converter=data_converter(codec),
            interceptors=[*tracing, FailureInterceptor(), AttemptInterceptor()],
            workflow_runner=sandbox(restrictions=SandboxRestrictions.default.with_passthrough_modules(*passed_through)),
        )
