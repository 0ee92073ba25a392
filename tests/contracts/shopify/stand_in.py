"""A Shopify shop that is not there: its GraphQL interface over a memory of its own, written from what is published.

The requests are validated and run by a GraphQL engine against the part of Shopify's published schema that we ask for.
What only Shopify's pages say - throttling by cost, idempotency, cancelling in a job - is as they say; what they leave
open, such as the order of equal search results, is played as unkindly as they allow.
"""

from __future__ import annotations

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

from graphql import ExecutionResult, build_schema, execute_sync, get_directive_values, parse, validate

from activities.adapters.shopify.orders import ShopifyOrders
from models.money import Money, exponent
from tests.contracts.channels.books import BookedParcel, BookedRefund, Placed, Wanted
from tests.contracts.serving import Asked, Reply, serving
from tests.contracts.shopify.rules import Mutations, Queries
from tests.contracts.shopify.state import Line, Memory, Movement, Order, Portion, PortionLine, Sums, Variant

SCHEMA = Path(__file__).with_name("admin.graphql")
TOKEN = "shpat_0123456789"
LOCATION = "5"
_PATH = re.compile(r"/admin/api/20\d\d-\d\d/graphql\.json")
_WAIT_S, _RATE, _COST = 3.0, 100.0, 400.0


@cache
def _schema():
    return build_schema(SCHEMA.read_text(encoding="utf-8"))


@cache
def _snake(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower().replace("codev2", "code_v2")


def _field(source, info, **arguments):
    name = _snake(info.field_name)
    value = source.get(name) if isinstance(source, dict) else getattr(source, name)
    if not callable(value):
        return value
    plain = {_snake(given): argument for given, argument in arguments.items()}
    if isinstance(source, Mutations):
        directive = info.schema.get_directive("idempotent")
        given_with = get_directive_values(directive, info.field_nodes[0], info.variable_values) or {}
        key = given_with.get("key")
        return value(key, **plain)
    return value(**plain)


def answered(document: str, root: object, **variables: object):
    """The data of an answer to a valid request."""
    result = _run(document, root, variables)
    assert not result.errors, result.errors
    return result.data


@cache
def _asked(document: str):
    """A request as the engine reads it, with what is wrong with it by the schema."""
    parsed = parse(document)
    return parsed, validate(_schema(), parsed)


def _run(document: str, root: object, variables: dict[str, object]):
    parsed, wrong = _asked(document)
    if wrong:
        return ExecutionResult(data=None, errors=wrong)
    return execute_sync(
        _schema(),
        parsed,
        root,
        variable_values=variables,
        field_resolver=_field,
        type_resolver=lambda value, *_: value["typename"] if isinstance(value, dict) else value.typename,
    )


class ShopifyShop:
    """The books of the contract, and the address that the adapter goes to."""

    channel = "mugs"
    articles = ("MUG-BLUE", "MUG-RED", "LAMP")

    def __init__(self) -> None:
        self.url = ""
        self.memory = Memory()
        self.throttled = False
        self.versions: set[str] = set()
        for sku in self.articles:
            self._list(sku)

    def answer(self, asked: Asked) -> Reply:
        if not _PATH.fullmatch(asked.target):
            return Reply(404, b'{"errors":"Not Found"}')
        if asked.headers.get("x-shopify-access-token") != TOKEN:
            return Reply(401, b'{"errors":"[API] Invalid API key or access token"}')
        if self.throttled:
            self.throttled = False
            return Reply(200, json.dumps(_throttled()).encode())
        self.versions.add(asked.target.split("/")[3])
        question = json.loads(asked.body)
        root = Mutations(self.memory) if question["query"].lstrip().startswith("mutation") else Queries(self.memory)
        result = _run(question["query"], root, question["variables"])
        return Reply(200, json.dumps({**result.formatted, "extensions": _cost(2000.0 - 10)}).encode())

    async def place(self, *wanted: Wanted, currency: str = "EUR", buyer: str = "Ada Byron") -> Placed:
        memory, number = self.memory, next(self.memory.ids)
        currencies = ("EUR", currency)
        lines = [Line(next(memory.ids), each.sku, each.quantity, _sums(each.price, currencies)) for each in wanted]
        goods = [PortionLine(memory.gid("FulfillmentOrderLineItem"), line, line.quantity) for line in lines]
        portions = [Portion(memory.gid("FulfillmentOrder"), f"gid://shopify/Location/{LOCATION}", goods)]
        at = memory.tick()
        order = Order(number, currencies, lines, buyer, at, at, portions, [])
        order.movements.append(Movement(memory.gid("OrderTransaction"), "SALE", order.sums(order.total)))
        memory.orders[order.id] = order
        return Placed(str(number), tuple(str(line.number) for line in lines), wanted, currency)

    async def together(self, count: int) -> list[Placed]:
        placed = [await self.place(Wanted(self.articles[0])) for _ in range(count)]
        at = self.memory.tick()
        for each in placed:
            self.order(each).updated_at = at
        return placed

    async def touch(self, placed: Placed) -> None:
        order = self.order(placed)
        order.note, order.updated_at = "ring twice", self.memory.tick()

    async def cancel(self, placed: Placed, *quantities: int) -> None:
        order = self.order(placed)
        order.updated_at = self.memory.tick()
        if not quantities:
            order.cancelled_at = order.updated_at
            quantities = tuple(line.quantity for line in order.lines)
        for line, quantity in zip(order.lines, quantities, strict=True):
            line.removed += quantity

    async def give_back(self, placed: Placed, amount: int) -> None:
        order = self.order(placed)
        back = order.sums(Money(amount=amount, currency=placed.currency).major)
        paid = order.movements[0]
        order.movements.append(Movement(self.memory.gid("OrderTransaction"), "REFUND", back, parent_transaction=paid))
        order.updated_at = self.memory.tick()

    async def parcels(self, placed: Placed) -> list[BookedParcel]:
        return [
            BookedParcel(
                sent.company, sent.number, {str(each["line_item"].number): each["quantity"] for each in sent.lines}
            )
            for sent in self.order(placed).sent
        ]

    async def cancelled(self, placed: Placed) -> dict[str, int]:
        return {str(line.number): line.removed for line in self.order(placed).lines if line.removed}

    async def refunds(self, placed: Placed) -> list[BookedRefund]:
        order = self.order(placed)
        moved = [
            BookedRefund(Money.of_major(each.amount_set.shown, placed.currency), moved=True)
            for each in order.movements
            if each.kind == "REFUND"
        ]
        notes = [
            json.loads(each["value"])
            for (owner, _, key), each in self.memory.metafields.items()
            if owner == order.id and key.startswith("refund_")
        ]
        return moved + [BookedRefund(Money.of_major(each["amount"], each["currency"]), moved=False) for each in notes]

    async def stock(self) -> dict[str, int]:
        return {variant.sku: variant.available for variant in self.memory.variants.values()}

    async def listed(self, sku: str) -> str:
        return self._list(sku)

    async def throttle(self) -> float:
        self.throttled = True
        return _WAIT_S

    def read(self, payload: bytes):
        (reading,) = ShopifyOrders(channel=self.channel).read(payload)
        assert reading.error is None, reading.error
        return reading.document

    def order(self, placed: Placed) -> Order:
        return self.memory.orders[f"gid://shopify/Order/{placed.external_id}"]

    def _list(self, sku: str) -> str:
        id_ = self.memory.gid("ProductVariant")
        self.memory.variants[id_] = Variant(id_, sku, self.memory.gid("InventoryItem"), self.memory)
        return sku


def _sums(minor: int, currencies: tuple[str, str]) -> Sums:
    price = Decimal(minor).scaleb(-exponent(currencies[1]))
    return Sums(price, price, currencies)


def _cost(available: float) -> dict[str, object]:
    bucket = {"maximumAvailable": 2000.0, "currentlyAvailable": available, "restoreRate": _RATE}
    return {"cost": {"requestedQueryCost": _COST, "throttleStatus": bucket}}


def _throttled() -> dict[str, object]:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED"}}
    return {"errors": [error], "extensions": _cost(_COST - _WAIT_S * _RATE)}


@asynccontextmanager
async def shopify_shop() -> AsyncIterator[ShopifyShop]:
    """Open a shop with nothing in it but its articles."""
    shop = ShopifyShop()
    async with serving(shop.answer) as url:
        shop.url = url
        yield shop
