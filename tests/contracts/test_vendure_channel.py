"""A real Vendure shop keeps the contract of channels."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, ClassVar

import pytest

from activities.adapters.vendure.shop.channel import VendureChannel
from models.settings import PartnerSettings
from tests.contracts.channel import ChannelContract
from tests.contracts.vendure_books import SETTLE_S, VendureBooks
from tests.contracts.vendure_shop import OpenShop, open_shop

if TYPE_CHECKING:
    from models.partners.feeds import FeedQuery, OrdersPage

pytestmark = pytest.mark.real
_HASTY_S, _PATIENT_S = 0.9, 60.0
"""A real shop on a busy machine takes longer to answer than a stand-in."""


class PatientChannel(VendureChannel):
    """Reads orders when the shop has been quiet for as long as the adapter wants, which else is a poll later."""

    def __init__(self, books: VendureBooks, settings: PartnerSettings) -> None:
        super().__init__(books.channel, settings)
        self._books = books

    async def orders(self, query: FeedQuery) -> OrdersPage:
        await self._books.quiet()
        return await super().orders(query)


@pytest.fixture(scope="module")
def open_for_business(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OpenShop]:
    with open_shop(tmp_path_factory.mktemp("vendure")) as shop:
        yield shop


class TestVendureChannel(ChannelContract):
    """Vendure 3.7."""

    exceptions: ClassVar = {
        "test_an_order_that_was_changed_is_read_again": "Vendure 3.7 leaves updatedAt as it is when a note, a state, a "
        "parcel or a refund is written, so that no poll can tell; what is cancelled is told",
        "test_the_channels_own_quota_says_how_long": "Vendure has no quota; one that a proxy sets is tested beside it",
    }
    strikes: ClassVar = {
        "fulfilment": ("POST", "/admin-api", "mutation Fulfil("),
        "cancellation": ("POST", "/admin-api", "mutation Cancel("),
        "part": ("POST", "/admin-api", "mutation Cancel("),
        "refund": ("POST", "/admin-api", "mutation Refund("),
        "offers": ("POST", "/admin-api", "mutation UpdateStock("),
        "orders": ("POST", "/admin-api", "query Orders("),
    }
    currencies: ClassVar = ("EUR", "JPY")
    """It keeps hundredths of every currency: a third decimal cannot be told it."""

    @pytest.fixture
    def books(self, open_for_business: OpenShop) -> VendureBooks:
        self.began = datetime.now(UTC)
        self.key = open_for_business.key
        self.shop_books = VendureBooks(open_for_business, "vendure")
        return self.shop_books

    def make(self, url: str, timeout_s: float) -> VendureChannel:
        settings = PartnerSettings(
            kind="vendure",
            url=url,
            timeout_s=_HASTY_S if timeout_s < 1 else _PATIENT_S,
            key=self.key,
            options={"settle_s": SETTLE_S, "orders_since": self.began.isoformat(), "page_size": 10},
        )
        return PatientChannel(self.shop_books, settings)
