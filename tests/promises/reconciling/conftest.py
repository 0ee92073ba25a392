"""Four sandbox partners whose callbacks reach nobody, our adapters to them, and what is planted in their books."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass

import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.adapters.documents import close_documents, open_documents
from activities.adapters.partners import Partners, open_partners
from activities.ports.reconciling import Documents
from models.reconciling.documents import Party
from models.settings import PartnerSettings, Settings
from tests.promises.orders.conftest import local_server
from tests.promises.partners.sandbox import SandboxProcess


@dataclass
class Street:
    """The partners as processes, and our adapters to them."""

    services: dict[str, SandboxProcess]
    partners: Partners
    documents: dict[Party, Documents]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, SandboxProcess]]:
    data = tmp_path_factory.mktemp("street")
    # An order whose parcel moves is left to a later run: here none moves once it has been handed over.
    carrier = SandboxProcess("carrier", data, "--dials", '{"transit_delay_ms": 3600000}')
    quick = ("--dials", '{"pick_delay_ms": 0}', "--carrier-url", carrier.url)
    made = {"carrier": carrier, "wms": SandboxProcess("wms", data, *quick)}
    made |= {name: SandboxProcess(name, data) for name in ("erp", "payment")}
    for service in made.values():
        service.start()
    for service in made.values():
        service.ready()
    yield made
    for service in made.values():
        service.stop()


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def street(services: dict[str, SandboxProcess]) -> AsyncIterator[Street]:
    urls = {name: PartnerSettings(url=service.url, timeout_s=10.0) for name, service in services.items()}
    settings = Settings.model_validate(urls)
    opened = Street(services, open_partners(settings), open_documents(settings))
    yield opened
    await opened.partners.close()
    await close_documents(opened.documents)


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env
