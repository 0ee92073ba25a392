"""What the API shows of stock. Times are UTC, RFC 3339; no view holds personal data."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Literal, Self
from urllib.parse import quote

from api.orders.views import View, order_path
from models.errors import FieldError
from models.stock.demand import Need
from models.stock.differences import Difference
from models.stock.events import StockEventAnswer
from models.stock.nodes import Node
from models.stock.quantities import MovementKind, StockState
from models.stock.supply import SupplyKind, SupplyState

if TYPE_CHECKING:
    from activities.records.stock import RunningOut, StockMovement, TouchedOrder
    from models.stock.availability import Availability
    from models.stock.backorders import Backorder
    from models.stock.publication import Published
    from models.stock.supply import Supply


def article_path(sku: str) -> str:
    """Where an article's availability is found."""
    return f"/v1/inventory/{quote(sku, safe='')}"


def supply_path(supply_id: str) -> str:
    """Where a supply is found."""
    return f"/v1/inventory/supplies/{quote(supply_id, safe='')}"


class ShortAvailability(View):
    """What may be promised of an article, without the reasons."""

    sku: str
    known: bool
    """False: nothing was ever written about it."""
    atp: int
    ats: int
    location: str
    """Where the number is explained."""

    @classmethod
    def of(cls, sku: str, found: Availability | None) -> Self:
        """Show an answer in short; none where nobody knows the article."""
        atp, ats = (found.atp, found.ats) if found else (0, 0)
        return cls(sku=sku, known=found is not None, atp=atp, ats=ats, location=article_path(sku))


class ShortAvailabilities(View):
    """What may be promised of several articles, in the order they were asked for."""

    channel: str | None
    articles: list[ShortAvailability]


class MovementView(View):
    """One line of the ledger."""

    id: int
    kind: MovementKind
    state: StockState
    """The quantity it changed."""
    sku: str
    node: str
    lot: str
    quantity: int
    """Signed."""
    document: str
    actor: str
    """Who told: a partner, a person, or ourselves."""
    order_id: str | None
    reason: str | None
    occurred_at: datetime
    at: datetime
    """When we were told."""

    @classmethod
    def of(cls, movement: StockMovement) -> Self:
        """Show a movement."""
        return cls(**vars(movement))


class MovementPage(View):
    """Some movements, newest first."""

    movements: list[MovementView]
    next_cursor: str | None


class BackorderView(View):
    """A place in the queue."""

    key: str
    order_id: str
    needs: list[Need]
    channel: str
    customer_class: str | None
    priority: int
    """The highest number is served first."""
    since: datetime
    expected_at: datetime | None
    """When supply is expected to reach it; none where nobody knows."""
    deadline: datetime | None
    """When it is given up by itself."""

    @classmethod
    def of(cls, backorder: Backorder) -> Self:
        """Show a backorder."""
        demand = backorder.demand
        return cls(
            key=backorder.key,
            order_id=backorder.order_id,
            needs=list(backorder.needs),
            channel=demand.channel,
            customer_class=demand.customer_class,
            priority=demand.priority,
            since=backorder.since,
            expected_at=backorder.expected_at,
            deadline=backorder.deadline,
        )


class BackorderPage(View):
    """Some backorders, in the order in which they will be served."""

    backorders: list[BackorderView]
    next_cursor: str | None


class SupplyView(View):
    """So many of one article on their way to a node."""

    id: str
    kind: SupplyKind
    sku: str
    node: str
    lot: str
    quantity: int
    received: int
    outstanding: int
    """What has not come yet and still may."""
    state: SupplyState
    source: str | None
    """The supplier, or the node it comes from."""
    ordered_at: datetime
    expected_at: datetime | None
    first_expected_at: datetime | None
    """What was said first."""
    location: str

    @classmethod
    def of(cls, supply: Supply) -> Self:
        """Show a supply."""
        return cls(**supply.model_dump(), outstanding=supply.outstanding, location=supply_path(supply.id))


class SupplyPage(View):
    """Some of what is outstanding, the soonest first."""

    supplies: list[SupplyView]
    next_cursor: str | None


class TouchedOrderView(View):
    """An order that a supply's date touches."""

    order_id: str
    backorder_key: str
    expected_before: datetime | None
    """By the date that was said first."""
    expected_now: datetime | None
    substitutes: list[str]
    """Articles policy allows instead of which there is enough now."""
    location: str

    @classmethod
    def of(cls, touched: TouchedOrder) -> Self:
        """Show whom it touches."""
        values = vars(touched) | {"substitutes": list(touched.substitutes)}
        return cls(**values, location=order_path(touched.order_id))


class SupplyDetail(View):
    """A purchase or transfer with its articles, and whom its date touches."""

    id: str
    articles: list[SupplyView]
    touched: list[TouchedOrderView]


class DifferencePage(View):
    """Some places where books differ, the latest seen first."""

    differences: list[Difference]
    next_cursor: str | None


class NodeList(View):
    """Every node, the preferred first."""

    nodes: list[Node]


class EventOutcome(View):
    """What became of one event of several."""

    event_id: str | None
    """None where it could not be read."""
    outcome: Literal["written", "repeated", "refused"]
    answer: StockEventAnswer | None
    errors: list[FieldError]
    """Why it was refused; pointers begin with the event's place in the list."""


class EventOutcomes(View):
    """What became of several events, in their order. Each was written by itself."""

    answers: list[EventOutcome]


class OfferView(View):
    """What a channel may show of an article."""

    sku: str
    quantity: int
    version: int
    """Counts up with each number."""
    changed_at: datetime
    """When the stock changed that it tells of."""

    @classmethod
    def of(cls, published: Published) -> Self:
        """Show a number."""
        return cls(**published.model_dump(include=set(cls.model_fields)))


class Offered(View):
    """What a channel may show, as it was worked out last."""

    channel: str
    offers: list[OfferView]
    unknown: list[str]
    """Articles for which nothing was ever worked out for this channel: show nothing."""


class RiskView(View):
    """An article that a channel will soon have none of."""

    channel: str
    sku: str
    quantity: int
    """What the channel may sell of it now."""
    daily: float
    """How much is wanted of it a day, by everybody, over the days that policy looks back."""
    days_left: float
    """At that pace, and without what is still to come."""
    expected_at: datetime | None
    """When more is expected."""
    location: str

    @classmethod
    def of(cls, found: RunningOut) -> Self:
        """Show one."""
        return cls(**vars(found), location=article_path(found.sku))


class Risks(View):
    """Articles at risk, the soonest first."""

    within_days: int
    risks: list[RiskView]
