"""One ask of each kind, each under a key of its own, and everything it stands on in place."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

from activities.adapters.partners import Partners
from activities.adapters.sandbox.wire import Effect as Asked
from models.money import Money
from models.order.document import ServiceLevel
from models.order.parties import Address, Customer
from models.order.payment_terms import PaymentTerms
from models.partners.carriers import Booking
from models.partners.erp import CreditLine, CreditMemo, ErpLine, Invoice, InvoiceLine, SalesOrder
from models.partners.notices import Audience, Notice, NoticeKind
from models.partners.payments import AuthorisationRequest, Capture, Refund
from models.partners.transfers import PurchaseRequisition, TransferLine, TransferOrder
from models.partners.warehouse import Release, ReleaseLine

_numbers = count(1)
HOME = Address(name="Ōtani 王小明 Ævar", lines=("Straße der Pariser Kommune 8",), city="Łódź", country="PL")


def new_order() -> str:
    return f"order:b2b:T{next(_numbers)}"


def eur(amount: int) -> Money:
    return Money(amount=amount, currency="EUR")


def sales_order(order_id: str, *, sku: str = "MUG-BLUE", quantity: int = 2, key: str = "") -> SalesOrder:
    return SalesOrder(
        key=key or f"{order_id}/erp-order",
        order_id=order_id,
        external_reference="PO № 4711 / Größe",
        channel="b2b",
        customer=Customer(id="ACME-900", name="Acme Schrauben GmbH"),
        shipping_address=HOME,
        lines=(ErpLine(line_id="1", sku=sku, quantity=quantity, net=eur(1681), tax=eur(318)),),
        other_charges=eur(490),
        total=eur(2489),
        terms=PaymentTerms.ACCOUNT,
    )


def invoice(order_id: str, reference: str, quantity: int = 1, part: str = "1") -> Invoice:
    return Invoice(
        key=f"{order_id}/invoice/{part}",
        order_id=order_id,
        sales_order=reference,
        lines=(InvoiceLine(line_id="1", quantity=quantity, amount=eur(1999)),),
        other_charges=eur(490),
        total=eur(2489),
        paid=False,
    )


def credit_memo(order_id: str, reference: str | None, quantity: int = 1, part: str = "1") -> CreditMemo:
    return CreditMemo(
        key=f"{order_id}/memo/{part}",
        order_id=order_id,
        return_id="return:b2b:T1:1",
        sales_order=reference,
        lines=(CreditLine(line_id="1", sku="MUG-BLUE", quantity=quantity, amount=eur(1999)),),
        shipping=eur(490),
        fees=eur(400),
        total=eur(2089),
        store_credit=False,
    )


def authorisation(
    order_id: str, amount: int = 2489, token: str | None = None, currency: str = "EUR"
) -> AuthorisationRequest:
    return AuthorisationRequest(
        key=f"{order_id}/authorise", order_id=order_id, amount=Money(amount=amount, currency=currency), token=token
    )


def capture(order_id: str, reference: str, amount: int, part: str = "1") -> Capture:
    return Capture(key=f"{order_id}/capture/{part}", order_id=order_id, authorisation=reference, amount=eur(amount))


def release(order_id: str, *, sku: str = "MUG-BLUE", quantity: int = 1, label: str | None = "SBX") -> Release:
    return Release(
        key=f"{order_id}/release/berlin",
        order_id=order_id,
        node="berlin",
        lines=(ReleaseLine(line_id="1", sku=sku, quantity=quantity),),
        ship_to=HOME,
        service_level=ServiceLevel.STANDARD,
        carrier="sandbox" if label else None,
        tracking_number=label,
    )


def booking(order_id: str) -> Booking:
    return Booking(
        key=f"{order_id}/release/berlin/label",
        order_id=order_id,
        node="berlin",
        ship_to=HOME,
        service_level=ServiceLevel.STANDARD,
        weight_grams=700,
    )


def requisition(key: str, *, sku: str = "MUG-BLUE", quantity: int = 48, node: str = "berlin") -> PurchaseRequisition:
    return PurchaseRequisition(key=key, sku=sku, quantity=quantity, node=node, reason="zu wenig übrig")


def transfer(key: str, *, sku: str = "MUG-BLUE", quantity: int = 2) -> TransferOrder:
    lines = (TransferLine(sku=sku, quantity=quantity),)
    return TransferOrder(key=key, from_node="berlin", to_node="store-mitte", lines=lines, reason="für den Laden")


def notice(order_id: str) -> Notice:
    return Notice(
        key=f"{order_id}/order_confirmed-customer",
        order_id=order_id,
        kind=NoticeKind.ORDER_CONFIRMED,
        audience=Audience.CUSTOMER,
        channel="b2b",
        external_id="T1",
        email="ævar@example.com",
    )


@dataclass(frozen=True)
class Effect:
    """One kind of effect: how its ask is made, altered and sent."""

    service: str
    operation: str
    ask: Callable[[Partners, str], Awaitable[Any]]
    send: Callable[[Partners, Any], Awaitable[Any]]
    moves_money: bool = False

    def __str__(self) -> str:
        return self.operation


def altered(ask: Asked) -> Asked:
    """The same key, but something else is asked under it."""
    if isinstance(ask, PurchaseRequisition | TransferOrder):
        return ask.model_copy(update={"reason": "something else"})
    return ask.model_copy(update={"order_id": f"{ask.order_id}x"})


async def _sales_order(_partners: Partners, order_id: str) -> SalesOrder:
    return sales_order(order_id)


async def _invoice(partners: Partners, order_id: str) -> Invoice:
    return invoice(order_id, (await partners.erp.create_order(sales_order(order_id))).reference)


async def _credit_memo(partners: Partners, order_id: str) -> CreditMemo:
    posted = (await _invoice(partners, order_id)).sales_order
    await partners.erp.post_invoice(invoice(order_id, posted, quantity=2))
    return credit_memo(order_id, posted)


async def _release(_partners: Partners, order_id: str) -> Release:
    return release(order_id)


async def _authorisation(_partners: Partners, order_id: str) -> AuthorisationRequest:
    return authorisation(order_id)


async def _capture(partners: Partners, order_id: str) -> Capture:
    return capture(order_id, (await partners.payments.authorise(authorisation(order_id))).reference, 1999)


async def _refund(partners: Partners, order_id: str) -> Refund:
    taken = await _capture(partners, order_id)
    await partners.payments.capture(taken)
    return Refund(
        key=f"{order_id}/refund", order_id=order_id, authorisation=taken.authorisation, amount=eur(999), reason="zurück"
    )


async def _booking(_partners: Partners, order_id: str) -> Booking:
    return booking(order_id)


async def _notice(_partners: Partners, order_id: str) -> Notice:
    return notice(order_id)


async def _requisition(_partners: Partners, order_id: str) -> PurchaseRequisition:
    return requisition(f"replenish/{order_id}")


async def _transfer(_partners: Partners, order_id: str) -> TransferOrder:
    return transfer(f"transfer/{order_id}")


EFFECTS = [
    Effect("erp", "create_order", _sales_order, lambda p, ask: p.erp.create_order(ask), moves_money=True),
    Effect("erp", "post_invoice", _invoice, lambda p, ask: p.erp.post_invoice(ask), moves_money=True),
    Effect("erp", "credit_memo", _credit_memo, lambda p, ask: p.erp.credit_memo(ask), moves_money=True),
    Effect("erp", "requisition", _requisition, lambda p, ask: p.erp.requisition(ask)),
    Effect("wms", "transfer", _transfer, lambda p, ask: p.warehouse.transfer(ask)),
    Effect("wms", "release", _release, lambda p, ask: p.warehouse.release(ask)),
    Effect("payment", "authorise", _authorisation, lambda p, ask: p.payments.authorise(ask), moves_money=True),
    Effect("payment", "capture", _capture, lambda p, ask: p.payments.capture(ask), moves_money=True),
    Effect("payment", "refund", _refund, lambda p, ask: p.payments.refund(ask), moves_money=True),
    Effect("carrier", "book", _booking, lambda p, ask: p.carriers.book(ask)),
    Effect("notification", "send", _notice, lambda p, ask: p.notices.send(ask)),
]
