"""``python -m ops.sandbox erp --port 8411 --data .orderloom/sandbox``: one sandbox partner in one process."""

from __future__ import annotations

import argparse
import os
import sys
from importlib import import_module
from pathlib import Path

import uvicorn

from models.errors import InvalidInput
from ops.sandbox.serving.dropping import DroppingProtocol
from ops.sandbox.serving.service import Options, Service, application

_SERVICES = {
    "erp": "Erp",
    "wms": "Wms",
    "payment": "Payment",
    "carrier": "Carrier",
    "notification": "Notification",
    "channels": "Channels",
}
_GOODS = Path(__file__).parent.parent / "samples" / "goods.yaml"
_KEEP_ALIVE_S = 75
"""Longer than any client keeps a connection, so that none is closed under a request."""


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ops.sandbox", description="Run one sandbox partner.")
    parser.add_argument("service", choices=_SERVICES)
    parser.add_argument("--port", type=int, required=True, help="listen here")
    parser.add_argument("--host", default="127.0.0.1", help="on this address; in a container, 0.0.0.0")
    parser.add_argument("--data", type=Path, required=True, help="folder of the service's database")
    parser.add_argument("--callback-url", default="", help="where events are sent; nobody is told without it")
    parser.add_argument(
        "--callback-secret",
        default=os.environ.get("ORDERLOOM_SANDBOX_CALLBACK_SECRET", ""),
        help="Standard Webhooks secret (whsec_...); also read from ORDERLOOM_SANDBOX_CALLBACK_SECRET",
    )
    parser.add_argument(
        "--carrier-url",
        default=os.environ.get("ORDERLOOM_SANDBOX_CARRIER_URL", ""),
        help="whom the WMS hands parcels to; also read from ORDERLOOM_SANDBOX_CARRIER_URL",
    )
    parser.add_argument("--wms-url", default="", help="whom the ERP's suppliers deliver to")
    parser.add_argument("--erp-url", default="", help="who books what the WMS moves")
    parser.add_argument("--goods", type=Path, default=_GOODS, help="goods, shelves and customers")
    parser.add_argument("--dials", default="{}", help="the dials at rest, as JSON")
    arguments = parser.parse_args()
    if arguments.callback_url and not arguments.callback_secret:
        parser.error("--callback-url needs --callback-secret: callbacks are always signed")
    return arguments


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    given = _arguments()
    # Only the service that is asked for is imported: it starts the quicker.
    service_class: type[Service] = getattr(import_module(f"ops.sandbox.{given.service}"), _SERVICES[given.service])
    try:
        service = service_class(
            Options(
                name=given.service,
                data=given.data,
                goods=given.goods,
                dials=given.dials,
                callback_url=given.callback_url,
                callback_secret=given.callback_secret,
                carrier_url=given.carrier_url.rstrip("/"),
                wms_url=given.wms_url.rstrip("/"),
                erp_url=given.erp_url.rstrip("/"),
            )
        )
    except InvalidInput as error:
        sys.exit(f"{given.service}: {error}")
    uvicorn.run(
        application(service),
        host=given.host,
        port=given.port,
        http=DroppingProtocol,
        ws="none",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        timeout_keep_alive=_KEEP_ALIVE_S,
        timeout_graceful_shutdown=2,
    )


if __name__ == "__main__":
    main()
