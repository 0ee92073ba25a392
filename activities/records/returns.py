"""The port to our own records of returns that the API and its background loops use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from activities.records.orders import Page
    from models.order.snapshot import TimelineEntry
    from models.policy.decision import Decision
    from models.returns.case import ReturnCase
    from models.returns.request import LooseReturnRequest, ReturnRequest
    from models.returns.snapshot import ReturnSnapshot
    from models.states.hold import HoldKind
    from models.states.returning import ReturnState


@dataclass(frozen=True)
class OpenedReturn:
    """A return as it was opened, and whether its workflow has been started."""

    case: ReturnCase
    is_new: bool
    """False where the same request had opened it before."""


@dataclass(frozen=True)
class ReturnView:
    """A return as the API shows it: what was opened, and its latest state."""

    case: ReturnCase
    received_at: datetime
    updated_at: datetime
    snapshot: ReturnSnapshot | None
    """None until its workflow has written for the first time."""


@dataclass(frozen=True)
class ReturnFilter:
    """Which returns; None means any."""

    order_id: str | None = None
    channel: str | None = None
    state: ReturnState | None = None
    hold: HoldKind | None = None
    """An open hold of this kind."""
    waiting_on: str | None = None


@dataclass(frozen=True)
class OrderReturns:
    """What came back of an order, and what was given for it."""

    returns: tuple[ReturnView, ...] = ()
    """Oldest first."""
    refunded: int = 0
    """Money given back, in minor units of the order's currency."""
    credited: int = 0
    """Given as the customer's credit, or taken off what he owes."""
    replaces: str | None = None
    """The return that this order sends something in place of."""


class Returns(Protocol):
    """Every return, newest first."""

    async def open(
        self, order_id: str, request: ReturnRequest, *, opened_by: str, request_key: str | None
    ) -> OpenedReturn:
        """Open a return in one transaction that claims its goods; the same request again finds the first one.

        Raises:
            models.errors.Conflict: nothing of the order has been shipped.
            models.errors.InvalidInput: a line is not the order's, or more than may still come back.
            models.errors.NotFound: there is no such order.
        """

    async def open_loose(self, request: LooseReturnRequest, *, opened_by: str, request_key: str | None) -> OpenedReturn:
        """Open a return of goods nobody knows the order of; raises `Conflict` where the order is known."""

    async def mark_started(self, return_id: str) -> None:
        """Note that its workflow runs."""

    async def unstarted(self, *, older_than_s: float, limit: int) -> list[ReturnCase]:
        """Returns whose workflow has not been started, oldest first."""

    async def find(self, return_id: str) -> ReturnView:
        """Read one return; raises `models.errors.NotFound`."""

    async def page(self, wanted: ReturnFilter, *, cursor: str | None, limit: int) -> Page[ReturnView]:
        """Read a page; raises `models.errors.InvalidInput` for a cursor that is not ours."""

    async def timeline(self, return_id: str) -> list[TimelineEntry]:
        """Everything that happened to a return, in order; raises `NotFound`."""

    async def decisions(self, return_id: str) -> list[Decision]:
        """Every decision made about a return, in order; raises `NotFound`."""

    async def of_order(self, order_id: str) -> OrderReturns:
        """What came back of an order; nothing where there is no such order."""

    async def of_parcel(self, tracking_number: str) -> str | None:
        """The return that a parcel carries, if it is one's."""
