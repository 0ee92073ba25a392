"""Our own sandbox carrier keeps the contract of carriers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from activities.adapters.sandbox.carriers import SandboxCarriers
from activities.ports.partners import Carriers
from models.money import Money
from models.settings import PartnerSettings
from tests.contracts.carriage.books import BookedParcel
from tests.contracts.carriers import CarriersContract
from tests.promises.partners.sandbox import SandboxProcess

pytestmark = pytest.mark.slow


class SandboxBooks:
    """Reads the sandbox's journal."""

    def __init__(self, process: SandboxProcess) -> None:
        self.url = process.url
        self._process = process

    async def parcels(self, key: str) -> list[BookedParcel]:
        effects = self._process.effects(key)
        void = any(effect["operation"] == "void" for effect in effects)
        return [self._parcel(effect, void=void) for effect in effects if effect["operation"] == "book"]

    def _parcel(self, effect: dict[str, Any], *, void: bool) -> BookedParcel:
        asked, label = effect["ask"], effect["receipt"]["answer"]
        ends = [asked["node"], asked["ship_to"]["name"]]
        start, end = reversed(ends) if asked["way_back"] else ends
        return BookedParcel(
            tracking_number=label["tracking_number"],
            void=void,
            cost=Money.model_validate(label["cost"]),
            from_name=start,
            to_name=end,
            to_town=asked["ship_to"]["city"],
            grams=asked["weight_grams"],
            reference=label["reference"],
        )


@pytest.fixture(scope="module")
def process(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    started = SandboxProcess("carrier", tmp_path_factory.mktemp("carrier"))
    started.start()
    started.ready()
    yield started
    started.stop()


class TestSandboxCarriers(CarriersContract):
    buying = ("POST", "/parcels")
    voiding = ("POST", "/parcels/void")

    def make(self, url: str, timeout_s: float) -> Carriers:
        return SandboxCarriers(PartnerSettings(url=url, timeout_s=timeout_s))

    @pytest.fixture
    def books(self, process: SandboxProcess) -> SandboxBooks:
        return SandboxBooks(process)
