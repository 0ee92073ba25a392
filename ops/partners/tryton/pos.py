"""Tryton's sale points as a shop: the tills of every store of the samples, in books of their own."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.partners.tryton.contents import articles, books, company, pos_set_up, shelves
from ops.partners.tryton.server import rpc
from ops.partners.tryton.server.installation import Installation, Ports

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.partners.program import Program
    from ops.stack.parts import Site

POS = Installation(
    name="pos",
    modules=("product_measurements", "sale_point"),
    set_up=pos_set_up.set_up,
    sources=(articles, books, company, pos_set_up, rpc, shelves, pos_set_up.GOODS),
)
CHANNEL = "tryton_pos"
_WEB, _DATABASE = "tryton_pos", "tryton_pos_database"


class TrytonTill:
    """The tills as a part of the stack."""

    name = CHANNEL
    partners = ()
    ports = (_WEB, _DATABASE)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it and fill its books; quick where that was done before."""
        POS.prepare(tell)

    def programs(self, site: Site) -> Sequence[Program]:
        """The books' server."""
        POS.install(site.folder, _quietly)
        return POS.programs(site.folder, _ports(site))

    def environment(self, site: Site) -> dict[str, str]:
        """The settings by which our processes read its sales."""
        facts = POS.install(site.folder, _quietly)
        shop = {
            "kind": CHANNEL,
            "url": POS.url(_ports(site)),
            "key": facts["key"],
            "timeout_s": 30,
            "options": {"company": facts["company"], "begins": facts["begins"]},
        }
        return {"ORDERLOOM_SHOPS": json.dumps({CHANNEL: shop})}


def _ports(site: Site) -> Ports:
    return Ports(web=site.ports[_WEB], database=site.ports[_DATABASE])


def _quietly(_said: str) -> None:
    return
