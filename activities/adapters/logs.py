"""How every process writes its log: one line an event, with the order's id and the trace, and no personal data.

Our own lines (structlog) and those of libraries (the standard library's logging) take the same way out.
"""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any

import structlog
from opentelemetry import trace
from temporalio import activity, workflow

from activities.adapters.redaction import redact

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import Processor

JSON = "json"
FORMATS = (JSON, "console")

_ORDER = "order:"
_TALKATIVE = ("httpx", "httpcore", "stripe", "aiosqlite", "asyncio", "alembic.runtime.plugins")
"""Libraries that tell of every call: only their warnings are kept."""
_OWN_HANDLERS = ("uvicorn", "uvicorn.error", "uvicorn.access", "temporalio", "alembic", "sqlalchemy")
"""Libraries that bring handlers of their own, which would write a line a second time, unredacted."""


def set_up_logs(form: str) -> None:
    """Send every log line of this process to standard error; doing so again replaces what was set up.

    Args:
        form: ``json`` for machines, ``console`` for people.

    Raises:
        ValueError: there is no such form.
    """
    if form not in FORMATS:
        raise ValueError(f"ORDERLOOM_LOG_FORMAT is {form!r}, but there are only these: {', '.join(FORMATS)}")
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        with_order,
        with_trace,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(processors=_last(form), foreign_pre_chain=shared))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    for name in _OWN_HANDLERS:
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)


def with_order(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the order that the running activity or workflow carries, where nobody has bound one."""
    if "order_id" not in event and (carrying := _workflow_id()) and carrying.startswith(_ORDER):
        event["order_id"] = carrying
    return event


def with_trace(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Name the trace, so that a line leads to the order's other lines in every process."""
    here = trace.get_current_span().get_span_context()
    if here.is_valid:
        event["trace_id"] = trace.format_trace_id(here.trace_id)
        event["span_id"] = trace.format_span_id(here.span_id)
    return event


def _workflow_id() -> str | None:
    if activity.in_activity():
        return activity.info().workflow_id
    return workflow.info().workflow_id if workflow.in_workflow() else None


def _last(form: str) -> list[Processor]:
    """Leave out the record itself, write exceptions out, strike out what must not be read, and render."""
    inner = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    if form == JSON:
        # Exceptions become text first, so that what they quote is searched too; their locals are never shown.
        return [inner, structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]
    rendered = structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
    return [inner, structlog.processors.format_exc_info, redact, rendered]
