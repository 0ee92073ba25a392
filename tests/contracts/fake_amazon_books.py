"""The Amazon stand-in, bought at and looked into past the adapter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from activities.adapters.amazon.orders import AmazonOrders
from models.money import Money
from models.order.document import OrderDocument
from tests.contracts.channels.books import BookedParcel, BookedRefund, Placed, Wanted
from tests.contracts.fake_amazon import FakeAmazon

MARKETPLACES = {"EUR": "A1PA6795UKMFR9", "JPY": "A1VC38T7YXB528", "USD": "ATVPDKIKX0DER"}


@dataclass
class AmazonBooks:
    """Answers `tests.contracts.channels.books.ChannelBooks`."""

    account: FakeAmazon
    channel: str = "amazon"

    @property
    def url(self) -> str:
        return self.account.origin

    @property
    def articles(self) -> tuple[str, ...]:
        return tuple(self.account.articles)

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron") -> Placed:
        count = len(self.account.orders) + 1
        number = f"902-{3_000_000 + count:07}-{1_000_000 + count:07}"
        lines = tuple(f"{count:07}{index:07}" for index in range(1, len(wanted) + 1))
        placed = Placed(number, lines, wanted, currency)
        items = [_item(line, each, currency) for line, each in zip(lines, wanted, strict=True)]
        self.account.ordered |= {line: each.quantity for line, each in zip(lines, wanted, strict=True)}
        moment = self.account.moment()
        self.account.orders[number] = {
            "orderId": number,
            "createdTime": moment,
            "lastUpdatedTime": moment,
            "salesChannel": {"channelName": "AMAZON", "marketplaceId": MARKETPLACES.get(currency, MARKETPLACES["EUR"])},
            "buyer": {"buyerName": buyer, "buyerEmail": "x1@marketplace.amazon.de"},
            "recipient": {"deliveryAddress": _address(buyer)},
            "proceeds": {"grandTotal": _money(placed.total)},
            "fulfillment": {"fulfillmentStatus": "UNSHIPPED", "fulfilledBy": "MERCHANT"},
            "orderItems": items,
            "packages": [],
        }
        return placed

    async def together(self, count: int) -> list[Placed]:
        placed = [await self.place(Wanted(self.articles[0])) for _ in range(count)]
        moment = self.account.moment()
        for each in placed:
            self.order(each)["lastUpdatedTime"] = moment
        return placed

    async def touch(self, placed: Placed) -> None:
        self.order(placed)["lastUpdatedTime"] = self.account.moment()

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        order = self.order(placed)
        meant = quantities or [1] * len(placed.lines)
        for item, quantity in zip(order["orderItems"], meant, strict=False):
            if quantity:
                self.account.feeds.cancel(item, "BuyerCanceled")
        if all("cancellation" in item for item in order["orderItems"]):
            order["fulfillment"]["fulfillmentStatus"] = "CANCELLED"
        await self.touch(placed)

    async def give_back(self, placed: Placed, amount: int) -> None:
        money = Money(amount=amount, currency=placed.currency)
        self.account.feeds.refunds.append((placed.external_id, money.major, money.currency))

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        return [
            BookedParcel(
                one["carrier"],
                one["trackingNumber"],
                {row["orderItemId"]: row["quantity"] for row in one["packageItems"]},
            )
            for one in self.order(placed)["packages"]
        ]

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        items = self.order(placed)["orderItems"]
        return {
            item["orderItemId"]: self.account.ordered[item["orderItemId"]] for item in items if "cancellation" in item
        }

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        mine = [one for one in self.account.feeds.refunds if one[0] == placed.external_id]
        return [BookedRefund(Money.of_major(amount, currency), moved=True) for _, amount, currency in mine]

    async def stock(self) -> dict[str, int]:
        return dict(self.account.stock)

    async def listed(self, sku: str) -> str:
        self.account.articles.append(sku)
        return sku

    async def throttle(self) -> float:
        self.account.throttled.append("0.2")
        return 5.0

    def read(self, payload: bytes) -> OrderDocument:
        [reading] = AmazonOrders().read(payload)
        assert reading.document is not None, reading.error
        return reading.document

    def order(self, placed: Placed) -> dict[str, Any]:
        return self.account.orders[placed.external_id]


def _money(amount: Money) -> dict[str, str]:
    return {"amount": f"{amount.major:f}", "currencyCode": amount.currency}


def _item(line: str, wanted: Wanted, currency: str) -> dict[str, Any]:
    total = _money(Money(amount=wanted.price * wanted.quantity, currency=currency))
    return {
        "orderItemId": line,
        "quantityOrdered": wanted.quantity,
        "product": {
            "asin": "B000000001",
            "title": f"Article {wanted.sku}",
            "sellerSku": wanted.sku,
            "price": {"unitPrice": _money(Money(amount=wanted.price, currency=currency))},
        },
        "proceeds": {"proceedsTotal": total, "breakdowns": [{"type": "ITEM", "subtotal": total}]},
        "fulfillment": {"quantityFulfilled": 0, "quantityUnfulfilled": wanted.quantity},
    }


def _address(buyer: str) -> dict[str, str]:
    return {
        "name": buyer,
        "addressLine1": "Invalidenstraße 1",
        "city": "Berlin",
        "postalCode": "10115",
        "countryCode": "DE",
    }
