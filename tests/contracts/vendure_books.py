"""A Vendure shop that is really there, looked into and acted on by its own staff, past the adapter."""

from __future__ import annotations

import asyncio
import math
import time
from itertools import count
from typing import Any

from activities.adapters.vendure.orders import VendureOrders
from models.money import Money
from models.order.document import OrderDocument
from ops.partners.vendure.filling import PREPAID_METHOD
from tests.contracts.channels.books import BookedParcel, BookedRefund, Placed, Wanted
from tests.contracts.vendure_shop import OpenShop

SETTLE_S = 1.0
_NUMBERS = count(1)
_PLENTY, _USUAL = 100_000, 1000
_ERROR = "__typename ... on ErrorResult { errorCode message }"
_PAID = f"{{ {_ERROR} ... on Order {{ lines {{ id }} }} }}"
_NO_GOODS = {"lines": [], "shipping": 0, "adjustment": 0}
_NOTED = " given back: "


class VendureBooks:
    """One shop; each test has articles of its own, so that what one published is nothing to another."""

    def __init__(self, shop: OpenShop, channel: str) -> None:
        self.url = shop.url
        self.channel = channel
        self._shop = shop
        self._admin = shop.admin
        self._changed_at = 0.0
        self._variants: dict[str, str] = {}
        self._prices: dict[tuple[str, str], int] = {}
        number = next(_NUMBERS)
        self.articles = (f"MUG-{number}", f"LAMP-{number}", f"TEE-{number}")
        self._list(_PLENTY, *self.articles)

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron") -> Placed:
        return self._place(1, wanted, currency, buyer)[0]

    async def together(self, count: int) -> list[Placed]:
        """Vendure's clock cannot be stopped: they are placed one after the other, a few in each second."""
        return [await self.place(Wanted(self.articles[0])) for _ in range(count)]

    async def touch(self, placed: Placed) -> None:
        noting = "mutation($i: AddNoteToOrderInput!) { addNoteToOrder(input: $i) { id } }"
        self._do(noting, i={"id": await self._id(placed), "note": "please ring", "isPublic": False})

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        asked: dict[str, Any] = {"orderId": await self._id(placed), "reason": "rang us up"}
        if quantities:
            named = zip(placed.lines, quantities, strict=False)
            asked["lines"] = [{"orderLineId": line, "quantity": quantity} for line, quantity in named if quantity]
        self._do(f"mutation($i: CancelOrderInput!) {{ cancelOrder(input: $i) {{ {_ERROR} }} }}", i=asked)

    async def give_back(self, placed: Placed, amount: int) -> None:
        order = await self._order(placed)
        asked = {"paymentId": order["payments"][0]["id"], "amount": amount, "reason": "goodwill", **_NO_GOODS}
        self._do(f"mutation($i: RefundOrderInput!) {{ refundOrder(input: $i) {{ {_ERROR} }} }}", i=asked)

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        return [
            BookedParcel(
                parcel["method"],
                parcel["trackingCode"],
                {line["orderLineId"]: line["quantity"] for line in parcel["lines"]},
            )
            for parcel in sorted((await self._order(placed))["fulfillments"], key=lambda each: int(each["id"]))
        ]

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        gone = {
            line["id"]: line["orderPlacedQuantity"] - line["quantity"] for line in (await self._order(placed))["lines"]
        }
        return {line: quantity for line, quantity in gone.items() if quantity}

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        order = await self._order(placed)
        moved = [
            BookedRefund(Money.of_major(str(refund["total"] / 100), order["currencyCode"]), moved=True)
            for payment in order["payments"]
            for refund in payment["refunds"]
        ]
        notes = [entry["data"]["note"] for entry in order["history"]["items"] if entry["type"] == "ORDER_NOTE"]
        said = [note.split(_NOTED)[0].split() for note in notes]
        return moved + [BookedRefund(Money.of_major(amount, currency), moved=False) for amount, currency in said]

    async def stock(self) -> dict[str, int]:
        question = (
            "{ productVariants(options: {take: 1000}) { items { sku stockLevels { stockOnHand stockAllocated } } } }"
        )
        return {
            each["sku"]: sum(level["stockOnHand"] - level["stockAllocated"] for level in each["stockLevels"])
            for each in self._admin.ask(question)["items"]
        }

    async def listed(self, sku: str) -> str:
        self._list(0, sku)
        return sku

    async def throttle(self) -> float:
        raise NotImplementedError

    async def quiet(self) -> None:
        """Wait until nothing has been changed for so long that the adapter reads it."""
        # A second is read when it is over.
        await asyncio.sleep(max(0.0, math.floor(self._changed_at) + 1.1 + SETTLE_S - time.time()))

    def read(self, payload: bytes) -> OrderDocument:
        (reading,) = VendureOrders(self.channel).read(payload)
        assert reading.document is not None, reading.error
        return reading.document

    def _place(self, times: int, wanted: tuple[Wanted, ...], currency: str, buyer: str) -> list[Placed]:
        """Place orders as a shop's staff does by telephone; a price is what the customer was told."""
        self._price(wanted, currency)
        drafts = " ".join(f"d{number}: createDraftOrder {{ id code }}" for number in range(times))
        orders = self._each(f"mutation {{ {drafts} }}", currency)
        steps = " ".join(self._steps(number, order["id"], wanted) for number, order in enumerate(orders))
        given = {"fullName": buyer, "streetLine1": "Hauptstr. 1", "city": "Berlin", "countryCode": "DE"}
        who = {"emailAddress": "ada@example.com", "firstName": "Ada", "lastName": "Byron"}
        done = self._each(
            f"mutation($a: CreateAddressInput!, $c: CreateCustomerInput!) {{ {steps} }}", currency, a=given, c=who
        )
        paid = [answer for answer in done if "lines" in answer]
        return [
            Placed(order["code"], tuple(line["id"] for line in answer["lines"]), wanted, currency)
            for order, answer in zip(orders, paid, strict=True)
        ]

    def _steps(self, number: int, order: str, wanted: tuple[Wanted, ...]) -> str:
        of = f'orderId: "{order}"'
        adding = [
            f'i{number}x{place}: addItemToDraftOrder({of}, input: {{productVariantId: "{self._variants[one.sku]}", '
            f"quantity: {one.quantity}}}) {{ {_ERROR} }}"
            for place, one in enumerate(wanted)
        ]
        return " ".join(
            [
                *adding,
                f"c{number}: setCustomerForDraftOrder({of}, input: $c) {{ {_ERROR} }}",
                f"a{number}: setDraftOrderShippingAddress({of}, input: $a) {{ id }}",
                f'w{number}: setDraftOrderShippingMethod({of}, shippingMethodId: "{self._shop.way}") {{ {_ERROR} }}',
                f't{number}: transitionOrderToState(id: "{order}", state: "ArrangingPayment") {{ {_ERROR} }}',
                f'p{number}: addManualPaymentToOrder(input: {{{of}, method: "{PREPAID_METHOD}", metadata: {{}}}}) {_PAID}',
            ]
        )

    def _price(self, wanted: tuple[Wanted, ...], currency: str) -> None:
        """Vendure keeps hundredths, of yen as well."""
        amounts = {(one.sku, currency): int(Money(amount=one.price, currency=currency).major * 100) for one in wanted}
        changed = [
            {"id": self._variants[sku], "prices": [{"currencyCode": currency, "price": amount}]}
            for (sku, _), amount in amounts.items()
            if self._prices.get((sku, currency)) != amount
        ]
        if changed:
            self._do(
                "mutation($i: [UpdateProductVariantInput!]!) { updateProductVariants(input: $i) { id } }", i=changed
            )
        self._prices |= amounts

    def _list(self, on_hand: int, *skus: str) -> None:
        names = {
            f"n{number}": {"languageCode": "en", "name": sku, "slug": f"article-{next(_NUMBERS)}", "description": ""}
            for number, sku in enumerate(skus)
        }
        given = ", ".join(f"${name}: ProductTranslationInput!" for name in names)
        making = " ".join(f"{n}: createProduct(input: {{enabled: true, translations: [${n}]}}) {{ id }}" for n in names)
        products = self._each(f"mutation({given}) {{ {making} }}", "EUR", **names)
        variants = [
            {
                "productId": product["id"],
                "sku": sku,
                "price": _USUAL,
                "taxCategoryId": self._shop.category,
                "trackInventory": "TRUE",
                "stockLevels": [{"stockLocationId": self._shop.location, "stockOnHand": on_hand}],
                "translations": [{"languageCode": "en", "name": sku}],
            }
            for product, sku in zip(products, skus, strict=True)
        ]
        creating = "mutation($i: [CreateProductVariantInput!]!) { createProductVariants(input: $i) { id } }"
        made = self._do(creating, i=variants)
        self._variants |= {sku: variant["id"] for sku, variant in zip(skus, made, strict=True)}
        self._prices |= {(sku, "EUR"): _USUAL for sku in skus}

    async def _id(self, placed: Placed) -> str:
        return str((await self._order(placed))["id"])

    async def _order(self, placed: Placed) -> dict[str, Any]:
        fields = (
            "id currencyCode lines { id quantity orderPlacedQuantity } payments { id refunds { total } } "
            "fulfillments { id method trackingCode lines { orderLineId quantity } } "
            "history(options: {take: 100}) { items { type data } }"
        )
        question = (
            f"query($c: String!) {{ orders(options: {{filter: {{code: {{eq: $c}}}}}}) {{ items {{ {fields} }} }} }}"
        )
        return dict(self._admin.ask(question, c=placed.external_id)["items"][0])

    def _do(self, mutation: str, **variables: object) -> Any:
        answer = self._admin.ask(mutation, **variables)
        self._changed_at = time.time()
        return answer

    def _each(self, mutation: str, currency: str, **variables: object) -> list[dict[str, Any]]:
        answers = self._admin.each(mutation, currency=currency, **variables)
        self._changed_at = time.time()
        return answers
