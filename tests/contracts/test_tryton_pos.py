"""Tryton's sale points keep the contract of channels, as far as a till can: the real server, with PostgreSQL."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar

import pytest
from pydantic import SecretStr

from activities.adapters.tryton.pos.channel import TrytonPos
from activities.adapters.tryton.pos.orders import TrytonPosOrders
from activities.adapters.tryton.rest import Rest
from models.errors import InvalidInput, Refused, Uncertain
from models.money import Money
from models.order.document import FulfilledBy, OrderDocument
from models.partners.channels import ChannelRefund
from models.partners.feeds import FeedQuery
from models.settings import PartnerSettings
from ops.partners.program import running
from ops.partners.tryton.cashier import Bought, Cashier
from ops.partners.tryton.pos import CHANNEL, POS
from ops.partners.tryton.server.installation import Ports
from tests.contracts.channel import ChannelContract
from tests.contracts.channels.asks import offers, parcel
from tests.contracts.channels.books import Placed, Wanted
from tests.contracts.channels.offering import OfferingContract
from tests.contracts.channels.refunding import RefundingContract
from tests.contracts.channels.telling import TellingContract

pytestmark = pytest.mark.real
TILL, NODE = "Store Berlin-Mitte", "store-mitte"


@dataclass(frozen=True)
class Tills:
    """A Tryton with tills that runs."""

    url: str
    facts: dict[str, Any]

    def settings(self, url: str = "", timeout_s: float = 30.0, **options: Any) -> PartnerSettings:
        known = {"company": self.facts["company"], "begins": self.facts["begins"]}
        key = SecretStr(self.facts["key"])
        return PartnerSettings(
            kind=CHANNEL, url=url or self.url, key=key, timeout_s=timeout_s, options={**known, **options}
        )


@dataclass
class PosBooks:
    """The tills themselves."""

    tills: Tills
    cashier: Cashier
    channel: str = CHANNEL
    articles: tuple[str, ...] = field(default=("MUG-BLUE", "MUG-RED", "PEN-GEL"))

    @property
    def url(self) -> str:
        return self.tills.url

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "") -> Placed:  # noqa: ARG002 - a guest
        rung = await self.cashier.sell(*map(_bought, wanted))
        return Placed(str(rung.id), tuple(map(str, rung.lines)), wanted, currency)

    def read(self, payload: bytes) -> OrderDocument:
        [reading] = TrytonPosOrders(CHANNEL).read(payload)
        assert reading.document is not None, reading.error
        return reading.document


def _bought(wanted: Wanted) -> Bought:
    gross = Decimal(wanted.price) / 100
    return Bought(wanted.sku, wanted.quantity, (gross / Decimal("1.19")).quantize(Decimal("0.0001")), gross)


@pytest.fixture(scope="module")
def tills(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tills]:
    folder: Path = tmp_path_factory.mktemp("tryton") / "pos"

    def say(_line: str) -> None:
        return

    facts, ports = POS.install(folder, say), Ports.free(say)
    with running(POS.programs(folder, ports, workers=2), folder / "logs"):
        yield Tills(POS.url(ports), facts)


@pytest.fixture
async def books(tills: Tills) -> AsyncIterator[PosBooks]:
    key = SecretStr(tills.facts["cashiers"])
    rest = Rest("pos", PartnerSettings(url=tills.url, key=key, timeout_s=60), {"company": tills.facts["company"]})
    yield PosBooks(tills, Cashier(rest, tills.facts["company"], TILL))
    await rest.close()


def _all_of(contract: type, reason: str, *, but: str = "") -> dict[str, str]:
    return {name: reason for name in vars(contract) if name.startswith("test_") and name != but}


_NOTHING_WRITTEN = "nothing is written back to a till: what was sold over the counter is done with"
_POSTED = "a sale that is posted stands: a till neither changes nor cancels it, and gives back by another sale"
_SLOW = "a sale takes a real till seconds: pages are tested with small ones, by a test of this file"


class TestTrytonPos(ChannelContract):
    """Tryton 8.2, sale_point."""

    exceptions: ClassVar[Mapping[str, str]] = {
        **_all_of(
            TellingContract, _NOTHING_WRITTEN, but="test_a_parcel_of_an_order_the_channel_does_not_know_is_refused"
        ),
        **_all_of(RefundingContract, _NOTHING_WRITTEN),
        **_all_of(OfferingContract, "a till takes no offers: it sells what lies before it"),
        "test_an_order_that_was_changed_is_read_again": _POSTED,
        "test_what_the_channel_cancelled_itself_is_read": _POSTED,
        "test_an_order_the_channel_cancelled_whole_is_read_as_that": _POSTED,
        "test_what_the_channel_gave_back_itself_is_read": _POSTED,
        "test_what_we_told_was_sent_is_not_read_as_cancelled": _NOTHING_WRITTEN,
        "test_an_answer_that_comes_too_late_was_an_answer": _NOTHING_WRITTEN,
        "test_many_orders_come_page_by_page": _SLOW,
        "test_orders_changed_at_one_moment_are_all_read": _SLOW,
        "test_what_happens_between_two_pages_is_not_passed_over": _SLOW,
        "test_a_buyer_of_any_name_is_read": "nobody says his name at a till",
        "test_the_channels_own_quota_says_how_long": "Tryton has no quota",
    }
    strikes: ClassVar = {"orders": ("GET", "/model/sale.point.sale?", "")}

    @pytest.fixture(params=["orders", "tell"])
    async def call(self, request: pytest.FixtureRequest, books: PosBooks):
        # Offers are refused without asking anybody, so that nothing can go wrong with them.
        placed = await books.place(Wanted("MUG-BLUE"))
        asks = {
            "orders": lambda shop: shop.orders(FeedQuery()),
            "tell": lambda shop: shop.tell(parcel(CHANNEL, placed, 1)),
        }
        return asks[request.param]

    def make(self, url: str, timeout_s: float) -> TrytonPos:
        key, facts = SecretStr(self.facts["key"]), self.facts
        options = {"company": facts["company"], "begins": facts["begins"]}
        return TrytonPos(
            CHANNEL, PartnerSettings(kind=CHANNEL, url=url, key=key, timeout_s=max(timeout_s, 20.0), options=options)
        )

    @pytest.fixture(autouse=True)
    def _facts(self, tills: Tills) -> None:
        self.facts = tills.facts

    async def test_a_sale_is_found_paid_and_taken_along(self, books: PosBooks, now, found):
        placed = await books.place(Wanted("MUG-BLUE", 2), Wanted("MUG-RED"))
        documents, _ = await found(now)
        document = documents[placed.external_id]
        assert [(line.id, line.quantity, line.cancelled) for line in document.lines] == [
            (placed.lines[0], 2, 0),
            (placed.lines[1], 1, 0),
        ]
        assert document.fulfilment.fulfilled_by is FulfilledBy.CHANNEL
        assert (document.total, document.fulfilment.pick_up_at) == (placed.total, NODE)

    async def test_a_sale_that_is_not_posted_yet_is_left_alone(self, books: PosBooks, now, found):
        rung = await books.cashier.ring_up(Bought("MUG-BLUE", 1))
        assert (await found(now))[0] == {}
        await books.cashier.pay(rung, rung.total, "Card terminal")
        await books.cashier.close(rung)
        assert [*(await found(now))[0]] == [str(rung.id)]

    async def test_goods_brought_back_are_no_order_and_lie_on_the_shelf_again(self, books: PosBooks, now, shop):
        told = await shop.since(FeedQuery())
        await books.cashier.sell(Bought("MUG-BLUE", 2), Bought("MUG-RED", -1))
        page = await shop.orders(FeedQuery(cursor=now))
        [reading] = [one for payload in page.payloads for one in TrytonPosOrders(CHANNEL).read(payload)]
        assert isinstance(reading.error, InvalidInput)
        assert [(one.pointer, one.code) for one in reading.error.errors] == [("/lines/1/quantity", "returned_goods")]
        sold, back = (await shop.since(FeedQuery(cursor=told.cursor))).events
        assert [(one.type, one.node, one.lines[0].sku, one.lines[0].quantity) for one in (sold, back)] == [
            ("stock.sold", NODE, "MUG-BLUE", 2),
            ("stock.returned", NODE, "MUG-RED", 1),
        ]

    async def test_small_pages_tell_the_same_as_large_ones(self, books: PosBooks, tills: Tills):
        for number in range(1, 4):
            await books.place(Wanted("PEN-GEL", number))
        ways = [await _swept(tills, size) for size in (1, 50)]
        assert sorted(ways[0]) == sorted(ways[1])
        assert len(ways[0]) == len(set(ways[0]))

    async def test_what_a_till_cannot_do_is_refused_plainly(self, books: PosBooks, shop):
        placed = await books.place(Wanted("MUG-BLUE"))
        done = await shop.tell(parcel(CHANNEL, placed, 1))
        assert done.reference.startswith("Berlin-Mitte-")
        asked = {
            "key": "r/1",
            "order_id": f"order:{CHANNEL}:{placed.external_id}",
            "channel": CHANNEL,
            "reason": "late",
        }
        money = Money(amount=100, currency="EUR")
        refund = ChannelRefund(**asked, external_id=placed.external_id, amount=money, held_by_channel=True)
        with pytest.raises(Refused) as at_the_till:
            await shop.tell(refund)
        assert await shop.tell(refund.model_copy(update={"held_by_channel": False})) == done
        with pytest.raises(Refused) as offered:
            await shop.publish(offers(CHANNEL, ("MUG-BLUE", 1, 1)))
        with pytest.raises(Refused) as unknown:
            await shop.tell(refund.model_copy(update={"external_id": "999999"}))
        codes = [one.value.code for one in (at_the_till, offered, unknown)]
        assert codes == ["at_the_till", "not_supported", "unknown_order"]

    async def test_a_cursor_of_somebody_else_is_for_a_person(self, shop):
        with pytest.raises(Uncertain):
            await shop.orders(FeedQuery(cursor="2026-11-20T12:00:00+00:00/5001"))


async def _swept(tills: Tills, size: int) -> list[str]:
    adapter, query, found = TrytonPos(CHANNEL, tills.settings(page=size)), FeedQuery(), list[str]()
    while True:
        page = await adapter.orders(query)
        found += [payload.decode() for payload in page.payloads]
        query = FeedQuery(cursor=page.cursor)
        if not page.more:
            await adapter.close()
            return found


def test_what_is_missing_in_the_settings_is_named():
    bare = PartnerSettings(kind=CHANNEL, url="http://127.0.0.1:1/pos/rest")
    with pytest.raises(ValueError, match="ORDERLOOM_SHOPS: tryton_pos: key is missing"):
        TrytonPos(CHANNEL, bare)
    with pytest.raises(ValueError, match="options: company is missing"):
        TrytonPos(CHANNEL, bare.model_copy(update={"key": SecretStr("k")}))
