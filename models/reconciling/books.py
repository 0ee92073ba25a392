"""What our own books say of one order: what each partner ought to have written down about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.ids import effect_key
from models.money import Currency, Money
from models.reconciling.documents import DocumentKind
from models.returns.money import MoneyState
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from models.order.snapshot import OrderSnapshot, ShipmentProgress
    from models.returns.snapshot import MoneyGiven, ReturnSnapshot

_INVOICE, _REFUND, _CARD = "invoice", "refund", "card"
_NOT_SENT = frozenset({Lifecycle.CANCELLED, Lifecycle.REJECTED})


class Expected(StrictModel):
    """One document a partner ought to have."""

    kind: DocumentKind
    key: Annotated[str, Field(max_length=250)] = ""
    """Under which we asked for it."""
    reference: Text | None = None
    """What the partner called it, where its answer reached us."""
    amount: Money | None = None
    """None where we do not know it by document."""
    state: Text | None = None
    place: Text | None = None
    """For shipments the node it left, for parcels the carrier."""

    @property
    def subject(self) -> str:
        """What it is called among differences."""
        return self.key or self.reference or self.kind.value


class OrderBooks(StrictModel):
    """All of it, for one order."""

    order_id: str
    currency: Currency
    known: bool = True
    """Whether we have the order, or a return of it."""
    ended: bool = False
    """Whether nothing more will happen to it."""
    cancelled: bool = False
    """Whether it ended without anything being sold."""
    expected: tuple[Expected, ...] = ()
    captured: Money | None = None
    """By our payment provider, over all captures."""
    refunded: Money | None = None
    """By our payment provider for the order itself, returns apart."""
    returned: Money | None = None
    """By our payment provider for returns, over all of them."""
    invoiced: Money | None = None
    """Over all invoices."""
    credited: Money | None = None
    """Over all credit memos for the order itself, returns apart."""

    def of_kind(self, kind: DocumentKind) -> tuple[Expected, ...]:
        """What is expected of one kind."""
        return tuple(found for found in self.expected if found.kind is kind)


def order_books(snapshot: OrderSnapshot, returns: Iterable[ReturnSnapshot] = ()) -> OrderBooks:
    """Work out what an order's latest state, and its returns', lead us to expect."""
    money = snapshot.money
    held = money.held_by_channel or Money.zero(money.captured.currency)
    returned = tuple(returns)
    ended = snapshot.lifecycle in _NOT_SENT or snapshot.lifecycle is Lifecycle.COMPLETED
    return OrderBooks(
        order_id=snapshot.order_id,
        currency=money.captured.currency,
        ended=ended,
        cancelled=snapshot.lifecycle in _NOT_SENT,
        expected=(*_posted(snapshot), *_sent(snapshot), *_given(returned)),
        returned=_by_card(returned, held.currency),
        captured=_beyond(money.captured, held),
        refunded=money.refunded_by_provider or Money.zero(held.currency),
        invoiced=money.invoiced,
        credited=money.credited,
    )


def _beyond(amount: Money, held: Money) -> Money:
    return amount - held if held <= amount else Money.zero(held.currency)


def unknown_books(order_id: str, currency: str, returns: Iterable[ReturnSnapshot] = ()) -> OrderBooks:
    """What we expect of an order we do not have: what its returns gave, if goods came back of it, and nothing else."""
    returned = tuple(returns)
    given = tuple(_given(returned))
    return OrderBooks(
        order_id=order_id,
        currency=currency,
        known=bool(given),
        ended=True,
        expected=given,
        returned=_by_card(returned, currency),
    )


def _posted(snapshot: OrderSnapshot) -> Iterator[Expected]:
    """The order of record, and the invoices by shipment."""
    number = snapshot.references.get("erp_order")
    if number is not None:
        state = "cancelled" if snapshot.lifecycle in _NOT_SENT else "open"
        key = effect_key(snapshot.order_id, "erp-order")
        yield Expected(kind=DocumentKind.SALES_ORDER, key=key, reference=number, state=state)
    parts = {
        name.removeprefix(_INVOICE).strip(): reference
        for name, reference in snapshot.references.items()
        if name == _INVOICE or name.startswith(f"{_INVOICE} ")
    }
    amounts = _invoice_amounts(snapshot, parts)
    for part, reference in sorted(parts.items()):
        key = effect_key(snapshot.order_id, _INVOICE, part)
        yield Expected(kind=DocumentKind.INVOICE, key=key, reference=reference, amount=amounts.get(part))


def _invoice_amounts(snapshot: OrderSnapshot, parts: Mapping[str, str]) -> dict[str, Money]:
    """Say what each invoice comes to; nothing where only their sum is known."""
    invoiced = snapshot.money.invoiced
    if len(parts) == 1:
        return dict.fromkeys(parts, invoiced)
    worth = {shipment.shipment_id: shipment.value for shipment in snapshot.shipments if shipment.shipment_id in parts}
    exact = len(worth) == len(parts) and Money.sum_of(worth.values(), invoiced.currency) == invoiced
    return worth if exact else {}


def _sent(snapshot: OrderSnapshot) -> Iterator[Expected]:
    for shipment in snapshot.shipments:
        yield Expected(kind=DocumentKind.SHIPMENT, reference=shipment.shipment_id, place=shipment.node)
        if _by_carrier(shipment):
            yield Expected(
                kind=DocumentKind.PARCEL,
                reference=shipment.tracking_number,
                state=shipment.state.value,
                place=shipment.carrier,
            )


def _by_carrier(shipment: ShipmentProgress) -> bool:
    return shipment.carrier != COLLECTED


COLLECTED = "collection"
"""The carrier of what the customer fetches himself: no carrier has a parcel of it."""


def _given(returns: Iterable[ReturnSnapshot]) -> Iterator[Expected]:
    for gift in _gifts(returns):
        if gift.ways.card:
            yield from _refunds_of(gift)
        yield Expected(
            kind=DocumentKind.CREDIT_MEMO,
            key=f"{gift.key}/memo",
            reference=gift.references.get("credit_memo"),
            amount=gift.ways.total,
        )


def _gifts(returns: Iterable[ReturnSnapshot]) -> Iterator[MoneyGiven]:
    """What was given; what is still on its way is not looked for."""
    for returned in returns:
        yield from (gift for gift in returned.money if gift.state is MoneyState.GIVEN and gift.total)


def _refunds_of(gift: MoneyGiven) -> Iterator[Expected]:
    """One refund for each tender it goes back to; what each comes to is known where there is one only."""
    numbers = {name: number for name, number in sorted(gift.references.items()) if _is_refund(name)}
    for name in numbers or (_REFUND,):
        yield Expected(
            kind=DocumentKind.REFUND,
            key=f"{gift.key}/{name.replace(_REFUND, _CARD, 1)}",
            reference=numbers.get(name),
            amount=gift.ways.card if len(numbers) <= 1 else None,
        )


def _is_refund(name: str) -> bool:
    return name == _REFUND or name.startswith(f"{_REFUND}-")


def _by_card(returns: Iterable[ReturnSnapshot], currency: str) -> Money:
    cards = (gift.ways.card for gift in _gifts(returns))
    return Money.sum_of((amount for amount in cards if amount.currency == currency), currency)
