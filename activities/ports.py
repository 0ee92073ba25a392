"""The ports: what we ask of the world, in our own words. An adapter answers each; nothing else does I/O.

A partner's port raises only the four kinds of `models.errors.PartnerError`. An effect carries its idempotency key in
`Ask.key`: asked again with the same key, the adapter answers as at first and the effect is there once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.records import Reading
    from models.order.assessment import Assessment, AssessmentRequest
    from models.order.snapshot import OrderSnapshot
    from models.partners.asking import Done, Undo, Undone
    from models.partners.carriers import Booking, Label
    from models.partners.erp import (
        CataloguePage,
        CreditAnswer,
        CreditEnquiry,
        Invoice,
        ItemAnswer,
        ItemEnquiry,
        SalesOrder,
    )
    from models.partners.notices import Notice
    from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void
    from models.partners.warehouse import NodeCount, RecallAnswer, Release
    from models.stock import Balance, Consumption, ReservationAnswer, ReservationRelease, ReservationRequest, StockCount


class Erp(Protocol):
    """The system of record for articles, customers' accounts, sales orders and invoices."""

    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        """Look articles up."""

    async def catalogue(self, cursor: str | None = None) -> CataloguePage:
        """Read all articles, a page at a time."""

    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        """Look a customer's account up."""

    async def create_order(self, order: SalesOrder) -> Done:
        """Create the order of record."""

    async def cancel_order(self, undo: Undo) -> Undone:
        """Cancel the order of record that was created under the key."""

    async def post_invoice(self, invoice: Invoice) -> Done:
        """Post an invoice."""


class Warehouse(Protocol):
    """A WMS or 3PL."""

    async def release(self, release: Release) -> Done:
        """Have goods sent."""

    async def recall(self, undo: Undo) -> RecallAnswer:
        """Stop the release made under the key, if it can still be stopped."""

    async def counts(self) -> tuple[NodeCount, ...]:
        """What it has on its shelves."""


class Payments(Protocol):
    """A payment provider."""

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        """Set money aside; a decline is `Refused` with the provider's code."""

    async def capture(self, capture: Capture) -> Done:
        """Take money set aside."""

    async def void(self, void: Void) -> Undone:
        """Let an authorisation go."""

    async def refund(self, refund: Refund) -> Done:
        """Give captured money back."""


class Carriers(Protocol):
    """One carrier or a hub of them."""

    async def book(self, booking: Booking) -> Label:
        """Book a parcel."""

    async def void(self, undo: Undo) -> Undone:
        """Void the booking made under the key."""


class Notices(Protocol):
    """The notification service."""

    async def send(self, notice: Notice) -> Done:
        """Tell somebody something."""


class ChannelFormat(Protocol):
    """A channel's own order format."""

    format: str
    """What is read: ``shopify/orders``."""

    def read(self, body: bytes) -> list[Reading]:
        """Turn a channel's payload into canonical orders: one, or several where the channel sends a list.

        Raises:
            models.errors.InvalidInput: there is no order in it at all; says what it is instead.
        """

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Check the channel's signature; true where no secret is set. Header names are in lower case."""


class StockLedger(Protocol):
    """What may be promised. Every write is atomic, and the same whether asked once or several times."""

    async def reserve(self, request: ReservationRequest) -> ReservationAnswer:
        """Reserve all or nothing."""

    async def release(self, release: ReservationRelease) -> None:
        """Give back what is still held under a key."""

    async def consume(self, consumption: Consumption) -> None:
        """Take shipped goods out of reservation and off the shelf."""

    async def count(self, count: StockCount) -> None:
        """Receive or adjust stock."""

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        """What each node has of these articles."""


class OrderBook(Protocol):
    """Our own record of orders: what the API shows, written by the workflow."""

    async def assess(self, request: AssessmentRequest) -> Assessment:
        """Judge an order by master data and policy."""

    async def learn(self, answer: ItemAnswer) -> None:
        """Keep what the ERP knows of articles, for later judgements."""

    async def record(self, snapshot: OrderSnapshot) -> None:
        """Write the order's state and what is new in its story; an older version changes nothing."""
