"""Karrio in place of the carrier sandbox, with the van that moves what was bought there."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from ops.partners.karrio.house import carrier_options, load_house
from ops.partners.karrio.software import copied, prepared, server
from ops.partners.program import Program
from ops.stack.ports import HOST

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.stack.parts import Site

PORT, VAN_PORT = "karrio", "karrio_van"
HANDOVER = "ORDERLOOM_SANDBOX_CARRIER_URL"
"""Names the address at which a warehouse hands over parcels."""


class Karrio:
    """Karrio as a part of the stack."""

    name = "karrio"
    partners = ("carrier",)
    ports = (PORT, VAN_PORT)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it and make its database; quick where that was done before."""
        prepared(tell)

    def programs(self, site: Site) -> Sequence[Program]:
        """The server; and the van, to which the warehouse hands over parcels, and which calls our API."""
        token = copied(prepared(_quietly), site.folder)
        karrio = server(site.folder, site.ports[PORT])
        back = ["--wms-url", site.elsewhere["wms"]] if "wms" in site.elsewhere else []
        van = Program(
            name="karrio-van",
            command=(
                *(sys.executable, "-P", "-m", "ops.partners.karrio.van", "--port", str(site.ports[VAN_PORT])),
                *("--data", str(site.folder), "--karrio-url", _url(site.ports[PORT])),
                *("--callback-url", f"{site.api_url}/v1/callbacks/carrier", *back),
            ),
            health=f"{_url(site.ports[VAN_PORT])}/health",
            environment={"KARRIO_TOKEN": token, "ORDERLOOM_SANDBOX_CALLBACK_SECRET": site.secrets["carrier"]},
            after=("karrio",),
        )
        return [karrio, van]

    def environment(self, site: Site) -> dict[str, str]:
        """The settings by which our processes buy labels there, and a warehouse finds the van."""
        token = copied(prepared(_quietly), site.folder)
        return settings(_url(site.ports[PORT]), token) | {
            "ORDERLOOM_CARRIER__CALLBACK_SECRET": site.secrets["carrier"],
            HANDOVER: _url(site.ports[VAN_PORT]),
        }


def settings(url: str, token: str) -> dict[str, str]:
    """The adapter's settings."""
    return {
        "ORDERLOOM_CARRIER__KIND": "karrio",
        "ORDERLOOM_CARRIER__URL": url,
        "ORDERLOOM_CARRIER__KEY": token,
        "ORDERLOOM_CARRIER__OPTIONS": json.dumps(carrier_options(load_house())),
    }


def _url(port: int) -> str:
    return f"http://{HOST}:{port}"


def _quietly(_said: str) -> None:
    return
