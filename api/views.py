"""What the API shows: an order and everything around it, as responses. Amounts are minor units."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, JsonValue

from models.order.snapshot import Headline, TimelineKind
from models.order.worth import held_by_channel
from models.states.hold import HoldState
from models.states.lifecycle import Lifecycle

if TYPE_CHECKING:
    from activities.records import OrderView, Quarantined
    from models.order.order import Order
    from models.order.snapshot import OrderSnapshot
    from models.policy.decision import Decision
    from models.states.hold import Hold


class Amount(BaseModel):
    """Minor units of a currency: 1999 EUR is 19.99 euro."""

    amount: int
    currency: str


class HoldView(BaseModel):
    """Why an order waits, for whom, and what ends it."""

    id: str
    kind: str
    owner: str
    reason: str
    release_rule: str
    waiting_on: str | None
    state: str
    opened_at: datetime
    decided_at: datetime | None = None
    decided_by: str | None = None
    decision_reason: str | None = None


class PaymentView(BaseModel):
    """How much money is where."""

    terms: str
    state: str
    authorised: int
    captured: int
    """What was taken from the customer: by our payment provider, or by the channel."""
    held_by_channel: int
    """The part of `captured` that the channel took."""
    refunded: int
    invoiced: int
    by: str
    """``channel`` or ``orderloom``: who takes the money."""


class LineView(BaseModel):
    """One line, and how many of it are where."""

    id: str
    sku: str
    name: str | None
    quantity: int
    total: Amount
    reserved: int = 0
    released: int = 0
    short: int = 0
    shipped: int = 0
    delivered: int = 0
    cancelled: int = 0
    invoiced: int = 0


class ShipmentView(BaseModel):
    """One parcel."""

    id: str
    node: str
    carrier: str
    tracking_number: str
    state: str
    value: Amount


class OrderSummary(BaseModel):
    """An order in a list."""

    id: str
    channel: str
    external_id: str
    number: str | None
    customer_id: str | None
    status: Headline
    lifecycle: Lifecycle
    waiting_on: str | None
    holds: list[HoldView]
    """The open ones; a single order shows the closed ones too, after them."""
    total: Amount
    payment: PaymentView
    lines: list[LineView]
    placed_at: datetime
    received_at: datetime
    updated_at: datetime


class OrderDetail(OrderSummary):
    """One order, whole."""

    fulfilment: str
    shipments: list[ShipmentView]
    references: dict[str, str]
    policy_version: str | None
    version: int
    links: dict[str, str]


class OrderPage(BaseModel):
    """Some orders, newest first."""

    orders: list[OrderSummary]
    next_cursor: str | None


class EntryView(BaseModel):
    """One thing that happened."""

    position: int
    at: datetime
    kind: TimelineKind
    text: str
    actor: str


class Timeline(BaseModel):
    """Everything that happened to an order."""

    order_id: str
    entries: list[EntryView]


class DecisionView(BaseModel):
    """One decision: what it rested on, what came out, what was not chosen and why."""

    kind: str
    policy_version: str
    input: dict[str, JsonValue]
    outcome: str
    reasons: list[str]
    refused: list[dict[str, str]]


class Decisions(BaseModel):
    """Every decision made about an order."""

    order_id: str
    decisions: list[DecisionView]


class Submitted(BaseModel):
    """The answer to a submission."""

    id: str
    channel: str
    external_id: str
    status: Headline
    holds: list[str] = []
    location: str


class QuarantineView(BaseModel):
    """A payload that could not become an order."""

    id: str
    channel: str
    state: str
    received_at: datetime
    attempts: int
    errors: list[dict[str, JsonValue]]
    order_id: str | None
    payload: Any = None
    """As it came in; shown for a single entry only."""


class QuarantinePage(BaseModel):
    """Some of the quarantine, newest first."""

    entries: list[QuarantineView]
    next_cursor: str | None


class Acknowledged(BaseModel):
    """What an order made of what it was asked."""

    id: str
    status: Headline
    text: str


def order_location(order_id: str) -> str:
    """Where an order is found."""
    return f"/v1/orders/{order_id}"


def summary(view: OrderView) -> OrderSummary:
    """Show an order in a list."""
    return OrderSummary(**_common(view, closed_holds=False))


def detail(view: OrderView) -> OrderDetail:
    """Show one order."""
    snapshot, location = view.snapshot, order_location(view.order.id)
    return OrderDetail(
        **_common(view, closed_holds=True),
        fulfilment=snapshot.fulfilment.value if snapshot else "open",
        shipments=_shipments(snapshot),
        references=snapshot.references if snapshot else {},
        policy_version=snapshot.policy_version if snapshot else None,
        version=snapshot.version if snapshot else 0,
        links={
            "self": location,
            "timeline": f"{location}/timeline",
            "decisions": f"{location}/decisions",
            "cancellation": f"{location}/cancellation",
        },
    )


def _common(view: OrderView, *, closed_holds: bool) -> dict[str, Any]:
    order, snapshot = view.order, view.snapshot
    return {
        "id": order.id,
        "channel": order.channel,
        "external_id": order.external_id,
        "number": order.number,
        "customer_id": order.customer.id,
        "status": snapshot.headline if snapshot else Headline.RECEIVED,
        "lifecycle": snapshot.lifecycle if snapshot else Lifecycle.RECEIVED,
        "waiting_on": snapshot.waiting_on if snapshot else None,
        "holds": _holds(snapshot, closed=closed_holds),
        "total": Amount(amount=order.total.amount, currency=order.currency),
        "payment": _payment(order, snapshot),
        "lines": _lines(order, snapshot),
        "placed_at": order.placed_at,
        "received_at": view.received_at,
        "updated_at": view.updated_at,
    }


def _holds(snapshot: OrderSnapshot | None, *, closed: bool) -> list[HoldView]:
    holds = snapshot.holds if snapshot else ()
    found = [hold for hold in holds if hold.state is HoldState.OPEN]
    if closed:
        found += [hold for hold in holds if hold.state is not HoldState.OPEN]
    return [_hold(hold) for hold in found]


def _hold(hold: Hold) -> HoldView:
    return HoldView.model_validate(hold.model_dump(exclude={"opened_by"}))


def _payment(order: Order, snapshot: OrderSnapshot | None) -> PaymentView:
    terms = order.payment.terms.value
    if snapshot is None:
        held = order.total.amount if terms == "prepaid" else held_by_channel(order).amount
        refunded = order.payment.refunded.amount if order.payment.refunded else 0
        return PaymentView(
            terms=terms,
            state="pending",
            authorised=0,
            captured=held,
            held_by_channel=held,
            refunded=refunded,
            invoiced=0,
            by="channel" if terms == "prepaid" else "orderloom",
        )
    money = snapshot.money
    return PaymentView(
        terms=terms,
        state=money.state.value,
        authorised=money.authorised.amount,
        captured=money.captured.amount,
        held_by_channel=money.held_by_channel.amount if money.held_by_channel else 0,
        refunded=money.refunded.amount,
        invoiced=money.invoiced.amount,
        by="channel" if money.by_channel else "orderloom",
    )


def _lines(order: Order, snapshot: OrderSnapshot | None) -> list[LineView]:
    progress = {line.line_id: line for line in snapshot.lines} if snapshot else {}
    return [
        LineView(
            id=line.id,
            sku=line.sku,
            name=line.name,
            quantity=line.quantity,
            total=Amount(amount=line.total.amount, currency=order.currency),
            **(progress[line.id].model_dump(exclude={"line_id", "sku", "ordered"}) if line.id in progress else {}),
        )
        for line in order.lines
    ]


def _shipments(snapshot: OrderSnapshot | None) -> list[ShipmentView]:
    return [
        ShipmentView(
            id=shipment.shipment_id,
            node=shipment.node,
            carrier=shipment.carrier,
            tracking_number=shipment.tracking_number,
            state=shipment.state.value,
            value=Amount(amount=shipment.value.amount, currency=shipment.value.currency),
        )
        for shipment in (snapshot.shipments if snapshot else ())
    ]


def decision_view(decision: Decision) -> DecisionView:
    """Show a decision."""
    return DecisionView.model_validate(decision.model_dump(mode="json"))


def quarantine_view(entry: Quarantined, *, payload: Any = None) -> QuarantineView:  # noqa: ANN401 - any JSON
    """Show a quarantined payload."""
    return QuarantineView(
        id=entry.id,
        channel=entry.channel,
        state=entry.state.value,
        received_at=entry.received_at,
        attempts=entry.attempts,
        errors=entry.errors,
        order_id=entry.order_id,
        payload=payload,
    )
