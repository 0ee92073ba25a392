"""One trace an order: from the HTTP request through workflow and activity to the partner's call.

Without a collector no span is recorded, but a trace's id is made and travels all the same: it costs a few
microseconds a span, and every log line of an order can be found by it.
"""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING

from opentelemetry import propagate, trace
from opentelemetry.baggage.propagation import W3CBaggagePropagator
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.instrumentation.fastapi import FastAPIInstrumentor
from opentelemetry.instrumentation.httpx import HTTPXClientInstrumentor
from opentelemetry.propagators.composite import CompositePropagator
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from fastapi import FastAPI

_DISTRIBUTION = "orderloom"
_TRACES = "/v1/traces"
_NOT_TRACED = "/v1/health,/metrics"
"""What is asked every few seconds, and by no order."""


def set_up_traces(service: str, endpoint: str) -> TracerProvider:
    """Make this process's spans part of the orders' traces; the end of the process flushes them.

    The provider is a plain one: `TracingInterceptor` ends each span of a workflow as it begins it, and begins none
    while a history is replayed, so that the replay-safe provider has nothing to add.

    Args:
        service: the process's name, such as ``orderloom-api``.
        endpoint: the collector's HTTP address, such as ``http://127.0.0.1:4318``; empty: nothing is exported.
    """
    resource = Resource.create({"service.name": service, "service.version": _version()})
    if endpoint:
        # No sampler given: the standard OTEL_TRACES_SAMPLER variables decide, all traces by default.
        provider = TracerProvider(resource=resource)
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=_traces_at(endpoint))))
    else:
        provider = TracerProvider(resource=resource, sampler=ALWAYS_OFF)
    join_traces(provider)
    return provider


def join_traces(provider: TracerProvider) -> None:
    """Let this provider make the process's spans, the W3C headers carry them, and HTTP clients send them on."""
    trace.set_tracer_provider(provider)
    propagate.set_global_textmap(CompositePropagator([TraceContextTextMapPropagator(), W3CBaggagePropagator()]))
    clients = HTTPXClientInstrumentor()
    if not clients.is_instrumented_by_opentelemetry:
        clients.instrument()


def trace_requests(app: FastAPI) -> None:
    """Begin or join a trace at each of an application's requests; call it once, before the first request."""
    FastAPIInstrumentor.instrument_app(app, excluded_urls=_NOT_TRACED, exclude_spans=["receive", "send"])


def _traces_at(endpoint: str) -> str:
    base = endpoint.rstrip("/")
    return base if base.endswith(_TRACES) else base + _TRACES


def _version() -> str:
    try:
        return version(_DISTRIBUTION)
    except PackageNotFoundError:
        return "0"
