"""Vendure as a shop beside the sandbox's channels."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ops.partners.vendure import preparing

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ops.partners.program import Program
    from ops.stack.parts import Site

PORT = "vendure"


class VendureShop:
    """A Vendure shop as a part of the stack."""

    name = preparing.NAME
    partners: tuple[str, ...] = ()
    ports: tuple[str, ...] = (PORT,)

    def prepare(self, tell: Callable[[str], None]) -> None:
        """Install it and fill it with goods; quick where that was done before."""
        preparing.prepared(tell)

    def programs(self, site: Site) -> Sequence[Program]:
        """The shop."""
        preparing.copied(site.folder)
        return [preparing.program(site.folder, site.ports[PORT])]

    def environment(self, site: Site) -> dict[str, str]:
        """The settings by which our processes serve it as a channel."""
        preparing.copied(site.folder)
        return {"ORDERLOOM_SHOPS": json.dumps({self.name: preparing.settings(site.folder, site.ports[PORT])})}
