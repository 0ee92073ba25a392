"""The ports: what we ask of the world, in our own words. An adapter answers each; nothing else does I/O.

A partner's port raises only the four kinds of `models.errors.PartnerError`. An effect carries its idempotency key in
`Ask.key`: asked again with the same key, the adapter answers as at first and the effect is there once.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping

    from activities.records.orders import Reading
    from models.order.assessment import Assessment, AssessmentRequest
    from models.order.snapshot import OrderSnapshot
    from models.partners.asking import Done, Undo, Undone
    from models.partners.carriers import Booking, Label, Redelivery
    from models.partners.erp import (
        CataloguePage,
        CreditAnswer,
        CreditEnquiry,
        CreditMemo,
        Invoice,
        ItemAnswer,
        ItemEnquiry,
        SalesOrder,
        SalesOrderChange,
    )
    from models.partners.notices import Notice
    from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void
    from models.partners.purchasing import DropShipOrder
    from models.partners.transfers import PurchaseRequisition, RequisitionAnswer, TransferOrder
    from models.partners.warehouse import (
        NodeCount,
        RecallAnswer,
        Release,
        ReleaseEnquiry,
        ReleaseStanding,
    )
    from models.returns.assessment import ReturnAssessment, ReturnAssessmentRequest
    from models.returns.money import (
        ClaimAnswer,
        ClaimChange,
        HandedIn,
        RefundClaim,
        RefundGrant,
        RefundOutcome,
        Replacement,
    )
    from models.returns.snapshot import ReturnSnapshot


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

    async def change_order(self, change: SalesOrderChange) -> Done:
        """Change the order of record; a change older than the one it has changes nothing."""

    async def cancel_order(self, undo: Undo) -> Undone:
        """Cancel the order of record that was created under the key."""

    async def post_invoice(self, invoice: Invoice) -> Done:
        """Post an invoice."""

    async def credit_memo(self, memo: CreditMemo) -> Done:
        """Post what is given back for a return."""

    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        """Order from a supplier who sends for us."""

    async def cancel_drop_ship(self, undo: Undo) -> Undone:
        """Cancel the purchase that was made under the key."""

    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        """Have purchasing buy something."""

    async def stock_levels(self) -> tuple[NodeCount, ...]:
        """What the ERP's own books have on each node's shelves."""


class Warehouse(Protocol):
    """A WMS or 3PL."""

    async def release(self, release: Release) -> Done:
        """Have goods sent."""

    async def recall(self, undo: Undo) -> RecallAnswer:
        """Stop the release made under the key, if it can still be stopped."""

    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        """Say where a release stands."""

    async def transfer(self, order: TransferOrder) -> Done:
        """Have goods sent from one node to another."""

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

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        """Try to deliver a parcel once more."""


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


class OrderBook(Protocol):
    """Our own record of orders: what the API shows, written by the workflow."""

    async def assess(self, request: AssessmentRequest) -> Assessment:
        """Judge an order by master data and policy."""

    async def learn(self, answer: ItemAnswer) -> None:
        """Keep what the ERP knows of articles, for later judgements."""

    async def record(self, snapshot: OrderSnapshot) -> None:
        """Write the order's state and what is new in its story; an older version changes nothing."""


class ReturnBook(Protocol):
    """Our own record of returns: what the API shows, and what all returns of an order may give together."""

    async def assess(self, request: ReturnAssessmentRequest) -> ReturnAssessment:
        """Judge a return by policy."""

    async def claim(self, claim: RefundClaim) -> RefundGrant:
        """Set aside what is given for goods, never more than the order was paid and is left; once a key."""

    async def settle(self, outcome: RefundOutcome) -> None:
        """Note what was given of a grant; the rest of it is free again."""

    async def change_claim(self, change: ClaimChange) -> ClaimAnswer:
        """Set how many units a return has a claim to; never more than were shipped, over all returns."""

    async def hand_in(self, replacement: Replacement) -> HandedIn:
        """Hand in an order in place of what came back; once a return and part."""

    async def record(self, snapshot: ReturnSnapshot) -> None:
        """Write the return's state and what is new in its story; an older version changes nothing."""
