"""The sandbox ERP passes what every ERP passes."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from activities.adapters.sandbox.documents import SandboxDocuments
from activities.adapters.sandbox.erp import SandboxErp
from models.money import Money
from models.reconciling.documents import Party
from models.settings import PartnerSettings
from tests.contracts.between import between
from tests.contracts.erp import ErpContract
from tests.contracts.erp_asks import Stand
from tests.promises.partners.sandbox import SandboxProcess

_UNDOES = {"create_order": "cancel_order", "order_drop_ship": "cancel_drop_ship"}


@dataclass
class SandboxBooks:
    """The journal: every effect there was."""

    service: SandboxProcess

    async def orders(self, key: str) -> list[Money]:
        return self._amounts(key, "create_order")

    async def invoices(self, key: str) -> list[Money]:
        return self._amounts(key, "post_invoice")

    async def memos(self, key: str) -> list[Money]:
        return self._amounts(key, "credit_memo")

    async def purchases(self, key: str) -> int:
        return len(self._left(key, "requisition")) + len(self._left(key, "order_drop_ship"))

    async def written_on(self, key: str) -> str:
        [effect] = self._left(key, "create_order")
        asked = _document(effect["ask"])
        return "\n".join([asked["external_reference"], *_texts(asked["shipping_address"])])

    def _amounts(self, key: str, operation: str) -> list[Money]:
        return [Money.model_validate(_document(effect["receipt"])["amount"]) for effect in self._left(key, operation)]

    def _left(self, key: str, operation: str) -> list[dict[str, Any]]:
        effects = self.service.effects(key)
        undone = [effect for effect in effects if effect["operation"] == _UNDOES.get(operation)]
        made = [effect for effect in effects if effect["operation"] == operation]
        return made[len(undone) :]


def _document(written: Any) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(written) if isinstance(written, str) else written
    return read


def _texts(value: dict[str, Any]) -> Iterator[str]:
    for part in value.values():
        yield from map(str, part if isinstance(part, list) else [part])


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    made = SandboxProcess("erp", tmp_path_factory.mktemp("sandbox"))
    made.start()
    made.ready()
    yield made
    made.stop()


@pytest.fixture
async def erp(service: SandboxProcess) -> AsyncIterator[Stand]:
    async with between(service.url) as way:
        adapter = SandboxErp(PartnerSettings(url=way.url))
        hasty = SandboxErp(PartnerSettings(url=way.url, timeout_s=0.5))
        documents = SandboxDocuments(Party.ERP, PartnerSettings(url=service.url))
        yield Stand(
            adapter=adapter,
            way=way,
            books=SandboxBooks(service),
            documents=documents,
            hasty=hasty,
            making={
                "order": ("POST", "/orders"),
                "invoice": ("POST", "/invoices"),
                "memo": ("POST", "/credit-memos"),
                "requisition": ("POST", "/requisitions"),
                "drop_ship": ("POST", "/drop-shipments"),
            },
        )
        for one in (adapter, hasty, documents):
            await one.close()


class TestSandboxErp(ErpContract):
    """The sandbox has no exceptions."""
