"""A Karrio that is running, for the tests that need one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.settings import PartnerSettings
from ops.partners.karrio.house import carrier_options, load_house


@dataclass(frozen=True)
class Karrio:
    url: str
    token: str
    folder: Path

    def settings(self, **more: Any) -> PartnerSettings:
        given = {"kind": "karrio", "url": self.url, "key": self.token, "options": carrier_options(load_house())}
        return PartnerSettings.model_validate(given | more)
