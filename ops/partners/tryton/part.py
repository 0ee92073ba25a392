"""Tryton in place of the ERP sandbox."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.partners.tryton.erp import ERP
from ops.partners.tryton.server.installation import Ports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pydantic import JsonValue

    from ops.partners.program import Program
    from ops.stack.parts import Site

_WEB, _DATABASE = "tryton_erp", "tryton_erp_database"
_WITHIN_S = 25
"""An invoice is drawn up and printed in one request; shorter than what an attempt may take (workflows/queues.py)."""


class TrytonErp:
    """The ERP as a part of the stack."""

    name = "tryton"
    partners = ("erp",)
    ports = (_WEB, _DATABASE)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it and fill its books; quick where that was done before."""
        ERP.prepare(tell)

    def programs(self, site: Site) -> Sequence[Program]:
        """The books and their server."""
        ERP.install(site.folder, _quietly)
        return ERP.programs(site.folder, _ports(site))

    def environment(self, site: Site) -> dict[str, str]:
        """The settings by which our processes use it as the ERP."""
        return settings(ERP.url(_ports(site)), ERP.install(site.folder, _quietly))


def settings(url: str, facts: Mapping[str, JsonValue]) -> dict[str, str]:
    """The adapter's settings, for books of which these facts are known."""
    return {
        "ORDERLOOM_ERP__KIND": "tryton",
        "ORDERLOOM_ERP__URL": url,
        "ORDERLOOM_ERP__KEY": str(facts["key"]),
        "ORDERLOOM_ERP__OPTIONS": json.dumps(facts["options"]),
        "ORDERLOOM_ERP__TIMEOUT_S": str(_WITHIN_S),
    }


def _ports(site: Site) -> Ports:
    return Ports(web=site.ports[_WEB], database=site.ports[_DATABASE])


def _quietly(_said: str) -> None:
    return
