"""What the API shows. Amounts are whole minor units; times are UTC, RFC 3339. No view holds an address or a name."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict

from api.orders.payment_view import PaymentView, payment_of
from models.errors import FieldError
from models.money import Money
from models.order.snapshot import Headline, LineProgress, ShipmentProgress, TimelineEntry
from models.policy.decision import Decision
from models.promises.promise import Promise
from models.returns.request import Resolution
from models.states.hold import Hold, HoldState
from models.states.lifecycle import Lifecycle
from models.states.returning import RETURN, ReturnState

if TYPE_CHECKING:
    from activities.records.orders import OrderView
    from activities.records.returns import OrderReturns, ReturnView
    from models.order.document import Line
    from models.order.order import Order


class View(BaseModel):
    """Part of an answer."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


def order_path(order_id: str) -> str:
    """Where an order is found."""
    return f"/v1/orders/{order_id}"


class AcceptedOrder(View):
    """The answer to a submission; the same however often the order is sent."""

    id: str
    channel: str
    external_id: str
    status: Literal["received"] = "received"
    """As it was taken in; what became of it is found at `location`."""
    location: str

    @classmethod
    def of(cls, order: Order) -> Self:
        """Answer for this order."""
        return cls(id=order.id, channel=order.channel, external_id=order.external_id, location=order_path(order.id))


class QuarantinedOrder(View):
    """What could not be taken in as an order, and is kept."""

    status: Literal["quarantined", "noted"]
    """Noted: nothing is wrong with it, it is no order yet, such as an unpaid basket; nobody need look at it."""
    quarantine_id: str
    location: str
    errors: list[FieldError]


class AcceptedOrders(View):
    """The answer to a payload with several orders, in the payload's order."""

    orders: list[AcceptedOrder | QuarantinedOrder]


class LineView(View):
    """One line, and how many of it are where."""

    id: str
    sku: str
    name: str | None
    quantity: int
    """As ordered."""
    unit: str
    total: Money
    reserved: int
    backordered: int
    released: int
    short: int
    shipped: int
    delivered: int
    cancelled: int
    invoiced: int
    returned: int
    """Came back, and something was given for them."""

    @classmethod
    def of(cls, line: Line, progress: LineProgress, returned: int = 0) -> Self:
        """Show a line."""
        counts = progress.model_dump(exclude={"line_id", "sku", "ordered"}) | {"returned": returned}
        about = {"name": line.name, "quantity": line.quantity, "unit": line.unit, "total": line.total}
        return cls(id=line.id, sku=line.sku, **about, **counts)


class OrderSummary(View):
    """An order in a list."""

    id: str
    channel: str
    external_id: str
    number: str | None
    """What the customer calls it."""
    status: Headline
    lifecycle: Lifecycle
    holds: list[Hold]
    """The open ones first."""
    total: Money
    waiting_on: str | None
    promise: Promise | None
    """When it leaves us and when the customer has it; none where nothing is promised."""
    placed_at: datetime
    received_at: datetime
    updated_at: datetime
    links: dict[str, str]

    @classmethod
    def of(cls, view: OrderView) -> Self:
        """Show an order in short."""
        return cls(**_summary(view))


class OrderReturn(View):
    """One of an order's returns."""

    id: str
    status: ReturnState
    resolution: Resolution
    location: str

    @classmethod
    def of(cls, view: ReturnView) -> Self:
        """Show it in one line."""
        state = view.snapshot.state if view.snapshot else RETURN.initial
        case = view.case
        return cls(id=case.id, status=state, resolution=case.resolution, location=f"/v1/returns/{case.id}")


class OrderDetail(OrderSummary):
    """An order with its lines, money and parcels."""

    customer_id: str | None
    test: bool
    policy_version: str | None
    payment: PaymentView
    lines: list[LineView]
    expected_at: datetime | None
    """When the last of what it waits for is expected; none where it waits for nothing, or nobody knows."""
    shipments: list[ShipmentProgress]
    references: dict[str, str]
    """What partners call it."""
    returns: list[OrderReturn]
    """What of it came back, or is to."""
    replaces: str | None
    """The return that it sends something in place of."""

    @classmethod
    def of(cls, view: OrderView, returned: OrderReturns | None = None) -> Self:
        """Show all of an order, and what came back of it."""
        order, snapshot = view.order, view.snapshot
        progress = {line.line_id: line for line in snapshot.lines} if snapshot else {}
        back = _units_back(returned)
        return cls(
            **_summary(view),
            customer_id=order.customer.id,
            test=order.test,
            policy_version=snapshot.policy_version if snapshot else None,
            payment=payment_of(view, returned),
            lines=[
                LineView.of(line, progress.get(line.id) or _untouched(line), back.get(line.id, 0))
                for line in order.lines
            ],
            expected_at=snapshot.expected_at if snapshot else None,
            shipments=list(snapshot.shipments) if snapshot else [],
            references=dict(snapshot.references) if snapshot else {},
            returns=[OrderReturn.of(one) for one in returned.returns] if returned else [],
            replaces=returned.replaces if returned else None,
        )


class OrderPage(View):
    """Some orders, newest first."""

    orders: list[OrderSummary]
    next_cursor: str | None


class Timeline(View):
    """Everything that happened to an order, in order."""

    order_id: str
    entries: list[TimelineEntry]


class Decisions(View):
    """Every decision made about an order, in order."""

    order_id: str
    decisions: list[Decision]


class OrderAnswer(View):
    """What an order made of what was asked of it."""

    id: str
    status: Headline | None
    """None where the order has not said yet."""
    message: str
    location: str


class ReceivedEvent(View):
    """The answer to a callback; the same for one that was here before."""

    event_id: str
    status: Literal["received", "noted", "quarantined"]
    """Noted: of a type that is not known here; kept, and nobody need look at it. Quarantined: somebody has to."""


def _summary(view: OrderView) -> dict[str, Any]:
    order, snapshot = view.order, view.snapshot
    here = order_path(order.id)
    return {
        "id": order.id,
        "channel": order.channel,
        "external_id": order.external_id,
        "number": order.number,
        "status": snapshot.headline if snapshot else Headline.RECEIVED,
        "lifecycle": snapshot.lifecycle if snapshot else Lifecycle.RECEIVED,
        "holds": sorted(snapshot.holds, key=lambda hold: hold.state is not HoldState.OPEN) if snapshot else [],
        "total": order.total,
        "waiting_on": snapshot.waiting_on if snapshot else None,
        "promise": snapshot.promise if snapshot else None,
        "placed_at": order.placed_at.astimezone(UTC),
        "received_at": view.received_at.astimezone(UTC),
        "updated_at": view.updated_at.astimezone(UTC),
        "links": {
            "self": here,
            "timeline": f"{here}/timeline",
            "decisions": f"{here}/decisions",
            "postings": f"{here}/postings",
            "cancellation": f"{here}/cancellation",
        },
    }


def _units_back(returned: OrderReturns | None) -> Counter[str]:
    units: Counter[str] = Counter()
    for view in returned.returns if returned else ():
        for line in view.snapshot.lines if view.snapshot else ():
            units[line.line_id] += line.accepted
    return units


def _untouched(line: Line) -> LineProgress:
    return LineProgress(line_id=line.id, sku=line.sku, ordered=line.quantity, cancelled=line.cancelled)
