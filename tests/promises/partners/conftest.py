"""Five sandbox services, each a process of its own, and our adapters to them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from activities.adapters.partners import Partners, open_partners
from models.settings import PartnerSettings, Settings
from tests.promises.partners.sandbox import SandboxProcess

NAMES = ("erp", "wms", "payment", "carrier", "notification")


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SandboxProcess]]:
    data = tmp_path_factory.mktemp("sandbox")
    made = {name: SandboxProcess(name, data) for name in NAMES}
    for service in made.values():
        service.start()
    for service in made.values():
        service.ready()
    yield made
    for service in made.values():
        service.stop()


@pytest.fixture(scope="session")
async def partners(services: dict[str, SandboxProcess]) -> AsyncIterator[Partners]:
    opened = open_partners(_settings(services, timeout_s=10.0))
    yield opened
    await opened.close()


@pytest.fixture(scope="session")
async def hasty(services: dict[str, SandboxProcess]) -> AsyncIterator[Partners]:
    """Adapters that wait only briefly."""
    opened = open_partners(_settings(services, timeout_s=0.3))
    yield opened
    await opened.close()


def _settings(services: dict[str, SandboxProcess], *, timeout_s: float) -> Settings:
    urls = {name: PartnerSettings(url=service.url, timeout_s=timeout_s) for name, service in services.items()}
    return Settings.model_validate(urls)
