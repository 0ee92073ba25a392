"""Tryton in place of the WMS sandbox: stock in books of its own, nothing of sales, and people who work there.

The people are a small program with a key of its own (`hands`). Whoever wants to see or do their work himself opens
Tryton's own client on the same database.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from ops.partners.program import Program
from ops.partners.tryton.contents import articles, company, shelves, wms_set_up
from ops.partners.tryton.server import rpc
from ops.partners.tryton.server.installation import Installation, Ports
from ops.stack.folder import write_private

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.stack.parts import Site

WMS = Installation(
    name="wms",
    modules=("product_measurements", "stock", "stock_lot", "stock_package"),
    set_up=wms_set_up.set_up,
    sources=(articles, company, rpc, shelves, wms_set_up, wms_set_up.GOODS),
)
_WEB, _DATABASE = "tryton_wms", "tryton_wms_database"
_HANDS_KEY = "hands.key"
_TWO_PARCELS_EVERY = 5
"""Not all fits into one box."""


class TrytonWarehouse:
    """The warehouse as a part of the stack."""

    name = "tryton-wms"
    partners = ("wms",)
    ports = (_WEB, _DATABASE)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it and fill its books; quick where that was done before."""
        WMS.prepare(tell)

    def programs(self, site: Site) -> Sequence[Program]:
        """The books' server, and the people who carry out what is released."""
        facts = WMS.install(site.folder, _quietly)
        key = site.folder / _HANDS_KEY
        write_private(key, str(facts["hands"]))
        ports = _ports(site)
        served = WMS.programs(site.folder, ports)
        # A carrier that is no sandbox is named in the environment, where it wants parcels to be handed over.
        carrier = ("--carrier-url", site.elsewhere["carrier"]) if "carrier" in site.elsewhere else ()
        hands = Program(
            name="wms-hands",
            command=(
                *(sys.executable, "-P", "-m", "ops.partners.tryton.hands", "--url", WMS.url(ports)),
                *("--key-file", str(key), "--company", str(facts["company"]), *carrier),
                *("--two-parcels-every", str(_TWO_PARCELS_EVERY)),
            ),
            health=served[-1].health,
            after=(served[-1].name,),
        )
        return [*served, hands]

    def environment(self, site: Site) -> dict[str, str]:
        """The settings by which our processes release goods there."""
        facts = WMS.install(site.folder, _quietly)
        return {
            "ORDERLOOM_WMS__KIND": "tryton",
            "ORDERLOOM_WMS__URL": WMS.url(_ports(site)),
            "ORDERLOOM_WMS__KEY": str(facts["key"]),
            "ORDERLOOM_WMS__OPTIONS": json.dumps({"company": facts["company"], "begins": facts["begins"]}),
            "ORDERLOOM_WMS__TIMEOUT_S": "25",
        }


def _ports(site: Site) -> Ports:
    return Ports(web=site.ports[_WEB], database=site.ports[_DATABASE])


def _quietly(_said: str) -> None:
    return
