"""What the tests of an ERP ask of it, and what they are given: one ERP, the way to it, and a look behind it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from typing import Protocol, TypeVar

import pytest

from activities.ports.partners import Erp
from activities.ports.reconciling import Documents
from models.errors import Refused, Transient
from models.money import Money
from models.order.parties import Address, Customer
from models.order.payment_terms import PaymentTerms
from models.partners.asking import Undo
from models.partners.erp import (
    CreditLine,
    CreditMemo,
    ErpLine,
    Invoice,
    InvoiceLine,
    SalesOrder,
    SalesOrderChange,
)
from tests.contracts.between import Between

Answer = TypeVar("Answer")

numbers = count(1)
_WAIT_S = 300.0
ABROAD = Address(
    name="王小明 · שלום · Zoe\u0301 😀",
    company="Ōtani & Söhne",
    lines=("Straße der Pariser Kommune 8", "後ろの建物 2階"),
    postal_code="90-001",
    city="Łódź",
    country="PL",
)


class Books(Protocol):
    """The ERP's own books, looked at directly."""

    async def orders(self, key: str) -> list[Money]:
        """What each order of record under a key comes to; without those cancelled."""

    async def invoices(self, key: str) -> list[Money]:
        """What each posted invoice under a key comes to."""

    async def memos(self, key: str) -> list[Money]:
        """What each posted credit note under a key gives back."""

    async def purchases(self, key: str) -> int:
        """How many requisitions and purchases there are under a key; without those cancelled."""

    async def written_on(self, key: str) -> str:
        """The names and the address on the order under a key, as the ERP would print them."""


@dataclass
class Stand:
    """One ERP, the way to it, and a look behind it."""

    adapter: Erp
    way: Between
    books: Books
    documents: Documents
    hasty: Erp
    """The same ERP, waited for half a second at most."""
    making: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Method and part of the path of the request that makes an effect: ``order``, ``invoice``, ``memo``,
    ``requisition``, ``drop_ship``."""


def euro(amount: int, currency: str = "EUR") -> Money:
    return Money(amount=amount, currency=currency)


def order(
    *lines: tuple[str, int, int, int],
    charges: int = 590,
    currency: str = "EUR",
    customer: Customer | None = None,
    terms: PaymentTerms = PaymentTerms.PREPAID,
) -> SalesOrder:
    """An order; a line is its article, how many, net and tax in minor units."""
    order_id = f"order:b2b:E{next(numbers)}-{datetime.now(UTC):%H%M%S}"
    sold = lines or (("MUG-BLUE", 3, 1000, 190), ("MUG-RED", 1, 333, 63))
    return SalesOrder(
        key=f"{order_id}/erp-order",
        order_id=order_id,
        external_reference="#1001 é 注文",
        channel="b2b",
        customer=customer or Customer(name="Zoë 山田", email="zoe@example.com"),
        billing_address=ABROAD,
        shipping_address=ABROAD,
        lines=tuple(
            ErpLine(
                line_id=f"L{number}", sku=sku, name=sku, quantity=many, net=euro(net, currency), tax=euro(tax, currency)
            )
            for number, (sku, many, net, tax) in enumerate(sold, start=1)
        ),
        other_charges=euro(charges, currency),
        total=euro(sum(net + tax for _, _, net, tax in sold) + charges, currency),
        terms=terms,
        net_days=30 if terms is PaymentTerms.ACCOUNT else 0,
    )


def invoice(sold: SalesOrder, number: str, part: str = "1", quantities: dict[str, int] | None = None) -> Invoice:
    """An invoice of so many of each line, all of them unless told; the first bears the charges."""
    wanted = quantities or {line.line_id: line.quantity for line in sold.lines}
    before = {line.line_id: line.quantity - wanted.get(line.line_id, 0) for line in sold.lines} if part != "1" else {}

    def share(amount: Money, line: ErpLine) -> Money:
        """What the pieces up to here are worth, less those before: nothing is lost to rounding."""
        first = before.get(line.line_id, 0)
        upto = amount.amount * (first + wanted[line.line_id]) // line.quantity
        return euro(upto - amount.amount * first // line.quantity, amount.currency)

    lines = tuple(
        InvoiceLine(
            line_id=line.line_id,
            quantity=wanted[line.line_id],
            net=share(line.net, line),
            amount=share(line.net, line) + share(line.tax, line),
        )
        for line in sold.lines
        if wanted.get(line.line_id)
    )
    charges = sold.other_charges if part == "1" else Money.zero(sold.total.currency)
    total = Money.sum_of((line.amount for line in lines), sold.total.currency) + charges
    return Invoice(
        key=f"{sold.order_id}/invoice/{part}",
        order_id=sold.order_id,
        sales_order=number,
        lines=lines,
        other_charges=charges,
        total=total,
        paid=True,
        node="berlin",
    )


def memo(sold: SalesOrder, number: str, amount: int, *, line: str = "L1", quantity: int = 1) -> CreditMemo:
    """A credit note for some of a line."""
    currency = sold.total.currency
    given = CreditLine(line_id=line, sku=sold.lines[0].sku, quantity=quantity, amount=euro(amount, currency))
    zero = Money.zero(currency)
    return CreditMemo(
        key=f"{sold.order_id.replace('order', 'return')}:1/memo/{amount}",
        order_id=sold.order_id,
        return_id=f"{sold.order_id.replace('order', 'return')}:1",
        sales_order=number,
        lines=(given,),
        shipping=zero,
        fees=zero,
        total=euro(amount, currency),
        store_credit=False,
    )


def change(sold: SalesOrder, number: str, revision: int, line: tuple[int, int, int]) -> SalesOrderChange:
    """The first line is so many now, at this net and tax, and the others are not wanted any more."""
    quantity, net, tax = line
    wanted = sold.lines[0].model_copy(update={"quantity": quantity, "net": euro(net), "tax": euro(tax)})
    return SalesOrderChange(
        key=f"{sold.order_id}/change/{revision}",
        order_id=sold.order_id,
        sales_order=number,
        revision=revision,
        lines=(wanted,),
        other_charges=sold.other_charges,
        total=euro(net + tax) + sold.other_charges,
        reason="the customer wants fewer",
    )


def undo(sold: SalesOrder) -> Undo:
    return Undo(key=sold.key, order_id=sold.order_id, reason="the order was cancelled")


async def at_last(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask until it is done, as a worker does: what is transient is tried again."""
    async with asyncio.timeout(_WAIT_S):
        while True:
            try:
                return await ask()
            except Transient:
                await asyncio.sleep(0.2)


async def refusal(asked: Awaitable[object]) -> str:
    """Wait for a refusal; answers its code."""
    with pytest.raises(Refused) as caught:
        await asked
    return caught.value.code


async def invoiced(erp: Stand) -> tuple[SalesOrder, str]:
    """An order that is invoiced whole, and its number."""
    sold = order()
    number = (await erp.adapter.create_order(sold)).reference
    await erp.adapter.post_invoice(invoice(sold, number))
    return sold, number
