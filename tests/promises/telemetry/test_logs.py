"""A log line says which order it is about, whoever wrote it, and is the same document for everyone."""

from __future__ import annotations

import dataclasses
import io
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from opentelemetry import trace
from temporalio import activity
from temporalio.testing import ActivityEnvironment

from activities.adapters.logs import set_up_logs

Lines = Callable[[], list[dict[str, Any]]]
ORDER = "order:shopify:4111111111111111"


def talk() -> None:
    structlog.get_logger("ours").info("reserved", lines=2, email="anna@example.com")
    logging.getLogger("uvicorn.error").warning("slow client %s", "anna@example.com")
    logging.getLogger("temporalio.worker").error("poll failed", extra={"secret": "hunter2"})
    logging.getLogger("alembic.runtime.migration").info("Running upgrade -> 0001")


def decline(why: str) -> None:
    raise ValueError(why)


def test_every_line_within_an_order_names_it(lines: Lines) -> None:
    with structlog.contextvars.bound_contextvars(order_id=ORDER):
        talk()
    assert [line["order_id"] for line in lines()] == [ORDER] * 4


async def test_an_activity_names_its_order_without_being_told(lines: Lines) -> None:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, workflow_id=ORDER)

    @activity.defn
    async def reserve() -> None:
        talk()

    await environment.run(reserve)
    assert [line["order_id"] for line in lines()] == [ORDER] * 4


async def test_another_workflow_is_not_taken_for_an_order(lines: Lines) -> None:
    environment = ActivityEnvironment()
    environment.info = dataclasses.replace(environment.info, workflow_id="nightly-count")

    @activity.defn
    async def count() -> None:
        talk()

    await environment.run(count)
    assert [line for line in lines() if "order_id" in line] == []


def test_our_lines_and_libraries_have_the_same_form(lines: Lines) -> None:
    talk()
    found = lines()
    assert len(found) == 4
    for line in found:
        assert {"event", "level", "logger", "timestamp"} <= set(line)
        assert line["timestamp"].endswith("Z")


@pytest.mark.usefixtures("undisturbed")
def test_what_must_not_be_read_is_in_no_line(monkeypatch: pytest.MonkeyPatch) -> None:
    for form in ("json", "console"):
        written = io.StringIO()
        monkeypatch.setattr("sys.stderr", written)
        set_up_logs(form)
        talk()
        try:
            decline("card 4111 1111 1111 1111 of anna@example.com declined")
        except ValueError:
            structlog.get_logger().exception("payment failed")
            logging.getLogger("httpx").exception("call failed")
        text = written.getvalue()
        assert text.count("ValueError: card [redacted]") == 2
        for planted in ("anna@example.com", "hunter2", "4111 1111"):
            assert planted not in text


@pytest.mark.usefixtures("spans")
def test_a_line_within_a_span_names_its_trace(lines: Lines) -> None:
    with trace.get_tracer("test").start_as_current_span("step") as span:
        talk()
    talk()
    named = [line.get("trace_id") for line in lines()]
    assert named == [trace.format_trace_id(span.get_span_context().trace_id)] * 4 + [None] * 4


@pytest.mark.usefixtures("undisturbed")
def test_a_library_with_a_handler_of_its_own_writes_no_line_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr("sys.stderr", written)
    logging.getLogger("uvicorn").addHandler(logging.StreamHandler())
    set_up_logs("json")
    logging.getLogger("uvicorn.error").warning("once")
    assert written.getvalue().count("once") == 1


def test_an_unknown_form_is_refused_with_the_forms_there_are() -> None:
    with pytest.raises(ValueError, match=r"ORDERLOOM_LOG_FORMAT is 'xml'.*json, console"):
        set_up_logs("xml")
