"""The sandbox WMS passes what every warehouse passes."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from typing import Any

import httpx
import pytest

from activities.adapters.sandbox.warehouse import SandboxWarehouse
from models.partners.events import PARTNER_EVENT, PartnerEvent
from models.settings import PartnerSettings
from tests.contracts.between import between
from tests.contracts.warehouse import WarehouseContract
from tests.contracts.warehouses.stand import Carrying, Stand
from tests.promises.partners.sandbox import SandboxProcess

_PICKS = {Carrying.WHOLE: "whole", Carrying.SHORT: "short", Carrying.REJECT: "rejected", Carrying.LEAVE: "whole"}
_NEVER_MS = 3_600_000
_SECRET = "whsec_" + base64.b64encode(b"a secret of the tests").decode()
_ENDED = {Carrying.REJECT: "wms.rejected", Carrying.SHORT: "wms.short"}
_LEFT = {"wms.shipped", "wms.collected"}


@dataclass
class SandboxBooks:
    """The journal: every effect there was, and every callback that was or would be sent."""

    service: SandboxProcess

    async def releases(self, key: str) -> int:
        done = [effect["operation"] for effect in self.service.effects(key)]
        return done.count("release") - done.count("recall")

    async def transfers(self, key: str) -> int:
        return len(self.service.effects(key))

    async def sent_to(self, key: str) -> str:
        [effect] = self.service.effects(key)
        asked: dict[str, Any] = effect["ask"] if isinstance(effect["ask"], dict) else json.loads(effect["ask"])
        return "\n".join(str(part) for part in _texts(asked["ship_to"]))

    async def carry_out(self, key: str, how: Carrying) -> None:
        [effect] = self.service.effects(key)
        await _until(lambda: self._ended(effect["order_id"], how))

    async def told(self, order_id: str) -> list[PartnerEvent]:
        return [PARTNER_EVENT.validate_json(payload) for payload in self._payloads(order_id)]

    def _ended(self, order_id: str, how: Carrying) -> bool:
        last = {_ENDED[how]} if how in _ENDED else _LEFT
        return any(json.loads(payload)["type"] in last for payload in self._payloads(order_id))

    def _payloads(self, order_id: str) -> list[str]:
        found = self.service.get("/journal/callbacks", order_id=order_id)["callbacks"]
        return [callback["body"]["payload"] for callback in found]


def _texts(value: Any) -> Iterator[Any]:
    for part in value.values():
        yield from part if isinstance(part, list) else [part]


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(60):
        while not condition():
            await asyncio.sleep(0.05)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    # Nobody is there to be called: callbacks stay in the journal, where they are looked at.
    calling = ("--callback-url", "http://127.0.0.1:9", "--callback-secret", _SECRET)
    made = SandboxProcess("wms", tmp_path_factory.mktemp("sandbox"), *calling)
    made.start()
    made.ready()
    yield made
    made.stop()


@pytest.fixture
async def warehouse(service: SandboxProcess) -> AsyncIterator[Stand]:
    async with between(service.url) as way, httpx.AsyncClient(base_url=service.url, trust_env=False) as dials:
        adapter = SandboxWarehouse(PartnerSettings(url=way.url))
        hasty = SandboxWarehouse(PartnerSettings(url=way.url, timeout_s=0.5))

        async def will(how: Carrying) -> None:
            delay_ms = _NEVER_MS if how is Carrying.LEAVE else 20
            wanted = {"pick_next": [_PICKS[how]], "pick_delay_ms": delay_ms, "collect_delay_ms": 20}
            (await dials.put("/dials", json=wanted)).raise_for_status()

        yield Stand(
            adapter=adapter,
            way=way,
            books=SandboxBooks(service),
            will=will,
            hasty=hasty,
            making=("POST", "/releases"),
            moving=("POST", "/transfers"),
            stopping=("POST", "/releases/recall"),
        )
        await adapter.close()
        await hasty.close()
        (await dials.put("/dials", json={})).raise_for_status()


class TestSandboxWarehouse(WarehouseContract):
    """The sandbox has no exceptions."""
