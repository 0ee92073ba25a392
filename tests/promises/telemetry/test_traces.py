"""One trace an order: what a request began goes on in everything it leads to, in other processes too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import httpx
import pytest
from fastapi import FastAPI
from opentelemetry import trace
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from activities.adapters import traces
from activities.adapters.http import PartnerHttp
from activities.adapters.telemetry import set_up_telemetry, temporal_runtime
from activities.adapters.traces import set_up_traces, trace_requests
from models.settings import PartnerSettings, Settings
from tests.promises.partners.sandbox import free_port

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
PARENT = f"00-{TRACE}-00f067aa0ba902b7-01"


@dataclass
class Listener:
    """An HTTP server that says yes to everything, and remembers it."""

    url: str = ""
    paths: list[str] = field(default_factory=list)
    traceparents: list[str | None] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            heard.paths.append(self.path)
            heard.traceparents.append(self.headers["traceparent"])
            heard.bodies.append(self.rfile.read(int(self.headers["Content-Length"] or 0)))
            self.send_response(HTTPStatus.OK)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    heard.url = f"http://127.0.0.1:{server.server_port}"
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield heard
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """A provider that is set up is not made this process's own: it can have only one, and the tests have it."""
    monkeypatch.setattr(traces, "join_traces", lambda _provider: None)


def shop(partner: PartnerHttp) -> httpx.AsyncClient:
    """An application that asks a partner, and a client of it."""
    app = FastAPI()

    @app.post("/v1/orders")
    async def submit() -> None:
        await partner.exchange("POST", "/orders", "{}")

    @app.get("/v1/health")
    async def health() -> str:
        return "ok"

    trace_requests(app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://shop.example")


async def test_the_partner_is_called_within_the_trace_of_the_request(
    listener: Listener, spans: InMemorySpanExporter
) -> None:
    partner = PartnerHttp("erp", PartnerSettings(url=listener.url))
    async with shop(partner) as client:
        await client.post("/v1/orders", headers={"traceparent": PARENT})
    await partner.close()

    finished = spans.get_finished_spans()
    assert {format(span.context.trace_id, "032x") for span in finished} == {TRACE}
    served = next(span for span in finished if span.kind is trace.SpanKind.SERVER)
    called = next(span for span in finished if span.kind is trace.SpanKind.CLIENT)
    assert called.parent is not None
    assert called.parent.span_id == served.context.span_id
    assert listener.traceparents == [f"00-{TRACE}-{called.context.span_id:016x}-01"]


async def test_health_checks_leave_no_trace(spans: InMemorySpanExporter) -> None:
    partner = PartnerHttp("erp", PartnerSettings(url="http://127.0.0.1:1"))
    async with shop(partner) as client:
        await client.get("/v1/health", headers={"traceparent": PARENT})
    await partner.close()
    assert spans.get_finished_spans() == ()


@pytest.mark.usefixtures("undisturbed", "apart")
def test_without_a_collector_nothing_is_recorded_but_a_trace_has_an_id() -> None:
    provider = set_up_telemetry(Settings(otlp_endpoint=""), "orderloom-test")
    with provider.get_tracer("test").start_as_current_span("step") as span:
        assert not span.is_recording()
        assert span.get_span_context().is_valid


@pytest.mark.usefixtures("apart")
@pytest.mark.parametrize("path", ["", "/", "/v1/traces"])
def test_a_collector_gets_what_is_left_when_the_process_ends(path: str, listener: Listener) -> None:
    provider = set_up_traces("orderloom-test", listener.url + path)
    with provider.get_tracer("test").start_as_current_span("reserve stock"):
        pass
    provider.shutdown()
    assert listener.paths == ["/v1/traces"]
    assert b"reserve stock" in listener.bodies[0]
    assert b"orderloom-test" in listener.bodies[0]


def test_worker_metrics_are_served_where_the_settings_say() -> None:
    port = free_port()
    runtime = temporal_runtime(Settings(worker_metrics_port=port))
    runtime.metric_meter.create_counter("orders", "", "").add(3)
    # It listens a moment after it was made.
    patient = httpx.HTTPTransport(retries=10)
    with httpx.Client(transport=patient, timeout=60) as client:
        assert "orders_total" in client.get(f"http://127.0.0.1:{port}/metrics").text
