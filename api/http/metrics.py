"""What the API counts for Prometheus. No label holds an id or personal data."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_LAGS_S = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 300, 3600)


class Metrics:
    """One application's counters, in a registry of their own."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._registry = CollectorRegistry()
        self.requests = Counter(
            "orderloom_http_requests", "Requests answered", ["method", "route", "status"], registry=self._registry
        )
        self.seconds = Histogram(
            "orderloom_http_request_seconds", "Time to answer", ["method", "route"], registry=self._registry
        )
        self.accepted = Counter("orderloom_orders_accepted", "Orders taken in", ["channel"], registry=self._registry)
        self.quarantined = Counter(
            "orderloom_quarantined", "Payloads put in quarantine", ["channel"], registry=self._registry
        )
        self.quarantine_open = Gauge(
            "orderloom_quarantine_open",
            "Payloads in quarantine that somebody has to look at, whoever put them there",
            ["channel"],
            registry=self._registry,
        )
        self.callbacks = Counter("orderloom_callbacks", "Callbacks received", ["partner"], registry=self._registry)
        self.feeds = Gauge(
            "orderloom_feed_troubled", "Whether a feed cannot be read, by feed", ["feed"], registry=self._registry
        )
        self.standing_still = Gauge(
            "orderloom_workflows_standing_still",
            "Orders, returns and other workflows whose task fails again and again, when health was last asked for",
            registry=self._registry,
        )
        self.deliveries = Counter(
            "orderloom_inbox_deliveries",
            "Attempts to hand a callback to its order",
            ["outcome"],
            registry=self._registry,
        )
        self.lag = Histogram(
            "orderloom_inbox_lag_seconds",
            "From what happened at the partner to its order knowing it",
            buckets=_LAGS_S,
            registry=self._registry,
        )

    def page(self) -> bytes:
        """All of it, in Prometheus's text format."""
        return generate_latest(self._registry)


class RequestCounter:
    """ASGI middleware that counts what is answered, by route."""

    def __init__(self, app: ASGIApp, *, metrics: Metrics) -> None:
        """Count for these metrics."""
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Count one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = time.perf_counter()

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting)
        finally:
            # The router leaves the matched route in the scope; its template, not the path, has few values.
            route = getattr(scope.get("route"), "path", "none")
            method = scope["method"] if route != "none" else "any"
            self._metrics.requests.labels(method, route, str(status)).inc()
            self._metrics.seconds.labels(method, route).observe(time.perf_counter() - began)
