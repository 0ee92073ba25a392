"""Logs and spans of this process, caught; afterwards logging is as it was."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from activities.adapters.logs import set_up_logs
from activities.adapters.traces import join_traces

Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def undisturbed() -> Iterator[None]:
    """What set-up changes for the whole process is put back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture
def lines(undisturbed: None, monkeypatch: pytest.MonkeyPatch) -> Lines:  # noqa: ARG001 - puts logging back
    """Everything logged since, each line as a document."""
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    set_up_logs("json")
    return lambda: [json.loads(line) for line in written.getvalue().splitlines()]


@pytest.fixture(scope="session")
def exporter() -> InMemorySpanExporter:
    """Every span of this process; OpenTelemetry takes one provider a process, so that it is made once."""
    caught = InMemorySpanExporter()
    provider = TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(caught))
    join_traces(provider)
    return caught


@pytest.fixture
def spans(exporter: InMemorySpanExporter) -> InMemorySpanExporter:
    """Every span from here on."""
    exporter.clear()
    return exporter
