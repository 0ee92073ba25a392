"""``python -m api``: the HTTP API, until it is told to stop."""

from __future__ import annotations

import uvicorn

from activities.adapters.telemetry import set_up_telemetry
from activities.adapters.traces import trace_requests
from api.app import create_app
from api.assembly import open_services
from models.settings import Settings
from workflows.leaving import run_to_the_end

_GRACE_S = 10
"""How long running requests may go on after SIGTERM."""
_HEADERS_MAX = 16 * 1024


async def main() -> None:
    """Serve; SIGTERM and SIGINT let running requests finish."""
    settings = Settings()
    provider = set_up_telemetry(settings, "orderloom-api")
    try:
        async with open_services(settings) as services:
            app = create_app(services)
            trace_requests(app)
            await uvicorn.Server(
                uvicorn.Config(
                    app,
                    host=settings.api_host,
                    port=settings.api_port,
                    log_config=None,
                    access_log=False,
                    # Nobody stands in front who would be trusted to say where a request came from.
                    proxy_headers=False,
                    server_header=False,
                    http="h11",
                    h11_max_incomplete_event_size=_HEADERS_MAX,
                    timeout_graceful_shutdown=_GRACE_S,
                )
            ).serve()
    finally:
        provider.shutdown()


if __name__ == "__main__":
    run_to_the_end(main())
