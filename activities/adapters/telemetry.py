"""What every process does first: logs, traces, and the measurements of the Temporal SDK."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio.runtime import LoggingConfig, LoggingFormat, PrometheusConfig, Runtime, TelemetryConfig, TelemetryFilter

from activities.adapters.logs import JSON, set_up_logs
from activities.adapters.traces import set_up_traces

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider

    from models.settings import Settings


def set_up_telemetry(settings: Settings, service: str) -> TracerProvider:
    """Set up logs and traces; once a process, before its first client, worker or application is made.

    Answers the provider of spans. What it has not sent is sent as the process ends, or by its ``shutdown()``.

    Args:
        settings: `log_format` and `otlp_endpoint` are read.
        service: the process's name in traces, such as ``orderloom-workers``.

    Raises:
        ValueError: the log's format is unknown.
    """
    set_up_logs(settings.log_format)
    return set_up_traces(service, settings.otlp_endpoint)


def temporal_runtime(settings: Settings) -> Runtime:
    """Make the Temporal SDK's runtime; one a process, passed to every ``Client.connect``.

    It serves worker metrics for Prometheus where `worker_metrics_port` is set, and writes its own warnings in the
    process's log format.

    Raises:
        RuntimeError: the port is taken.
    """
    logging = LoggingConfig(
        filter=TelemetryFilter(core_level="WARN", other_level="ERROR"),
        # Written by the SDK itself, not passed on to Python: a line that comes as the interpreter ends would crash it.
        format=LoggingFormat.JSON if settings.log_format == JSON else LoggingFormat.COMPACT,
    )
    port = settings.worker_metrics_port
    metrics = PrometheusConfig(
        bind_address=f"{settings.worker_metrics_host}:{port}",
        counters_total_suffix=True,
        unit_suffix=True,
        durations_as_seconds=True,
    )
    return Runtime(telemetry=TelemetryConfig(logging=logging, metrics=metrics if port > 0 else None))
