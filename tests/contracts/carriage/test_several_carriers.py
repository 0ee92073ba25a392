"""Several carriers as one keep the contract of carriers too: here two sandbox carriers, the first on a bad line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from activities.adapters.carriage.several_settings import open_several
from activities.adapters.partners import CARRIERS
from activities.ports.partners import Carriers
from models.settings import PartnerSettings
from tests.contracts.carriage.books import BookedParcel, booking
from tests.contracts.carriage.test_sandbox_carriers import SandboxBooks
from tests.contracts.carriers import CarriersContract
from tests.promises.carriage.stubs import PocketBook
from tests.promises.partners.sandbox import SandboxProcess

pytestmark = pytest.mark.slow


class BothBooks:
    """Reads the journals of both."""

    def __init__(self, first: SandboxProcess, second: SandboxProcess) -> None:
        self.url = first.url
        self.notes = PocketBook()
        self._both = [SandboxBooks(first), SandboxBooks(second)]

    async def parcels(self, key: str) -> list[BookedParcel]:
        return [parcel for one in self._both for parcel in await one.parcels(key)]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[SandboxProcess, SandboxProcess]]:
    first, second = (SandboxProcess("carrier", tmp_path_factory.mktemp("carrier")) for _ in range(2))
    for process in (first, second):
        process.start()
    for process in (first, second):
        process.ready()
    yield first, second
    for process in (first, second):
        process.stop()


class TestSeveralCarriers(CarriersContract):
    buying = ("POST", "/parcels")
    voiding = ("POST", "/parcels/void")
    exceptions = {  # noqa: RUF012 - as the base class has it
        "test_throttled_it_waits_as_long_as_it_was_told_to": "it does not wait: the second carrier takes the parcel",
        "test_wrong_credentials_are_our_affair_and_the_order_waits": "the second carrier takes the parcel",
        "test_while_it_is_down_the_order_waits": "the second carrier takes the parcel",
    }

    @pytest.fixture(autouse=True)
    def _stand(self, both: tuple[SandboxProcess, SandboxProcess], books: BothBooks) -> None:
        self._second, self._notes = both[1], books.notes

    def make(self, url: str, timeout_s: float) -> Carriers:
        carriers = {
            "first": {"url": url, "timeout_s": timeout_s},
            "second": {"url": self._second.url, "timeout_s": timeout_s},
        }
        several = open_several(PartnerSettings(kind="several", url=url, options={"carriers": carriers}), CARRIERS)
        several.remember_in(self._notes)
        return several

    @pytest.fixture
    def books(self, both: tuple[SandboxProcess, SandboxProcess]) -> BothBooks:
        return BothBooks(*both)

    async def test_while_the_first_is_down_the_second_takes_the_parcel(self, books: BothBooks):
        asked = booking()
        label = await self.make("http://127.0.0.1:9", 1.0).book(asked)
        assert label.note is not None
        assert "first: cannot be reached" in label.note
        await self.only(books, asked.key)
