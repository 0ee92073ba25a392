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
        CreditMemo,
        Invoice,
        ItemAnswer,
        ItemEnquiry,
        SalesOrder,
    )
    from models.partners.notices import Notice
    from models.partners.payments import Authorisation, AuthorisationRequest, Capture, Refund, Void
    from models.partners.transfers import PurchaseRequisition, RequisitionAnswer, TransferOrder
    from models.partners.warehouse import NodeCount, RecallAnswer, Release
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
    from models.stock.backorders import BackorderAnswer, BackorderRequest
    from models.stock.differences import Difference, DifferenceKind
    from models.stock.events import StockEvent, StockEventAnswer
    from models.stock.publication import OfferBatch
    from models.stock.quantities import Balance
    from models.stock.replenishment import Proposal
    from models.stock.reservation import (
        Consumption,
        ReservationAnswer,
        ReservationCommit,
        ReservationExtension,
        ReservationRelease,
        ReservationRequest,
        ReservationStanding,
    )


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

    async def credit_memo(self, memo: CreditMemo) -> Done:
        """Post what is given back for a return."""

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
        """Source and reserve: all of it, or what policy lets go ahead; says what is to be done about the rest."""

    async def backorder(self, request: BackorderRequest) -> BackorderAnswer:
        """Take a place in the queue; filled at once where stock has come in the meantime."""

    async def extend(self, extension: ReservationExtension) -> ReservationStanding:
        """Hold a reservation longer."""

    async def commit(self, commit: ReservationCommit) -> ReservationStanding:
        """Make a held reservation firm."""

    async def release(self, release: ReservationRelease) -> None:
        """Give back what is still reserved under a key, or a part of it; a backorder leaves the queue."""

    async def consume(self, consumption: Consumption) -> None:
        """Take shipped goods out of reservation and off the shelf."""

    async def consume_beyond(self, consumption: Consumption) -> None:
        """Take shipped goods off the shelf though the reservation has less of them: what has left has left."""

    async def apply(self, event: StockEvent, *, source: str) -> StockEventAnswer:
        """Write what happened to stock, told by `source`; once a source and event id."""

    async def balances(self, skus: tuple[str, ...]) -> tuple[Balance, ...]:
        """What each node has of these articles, lot by lot."""


class StockKeeping(Protocol):
    """What has to be done about stock as time goes by; each call does a part and may be repeated."""

    async def expire(self, *, limit: int) -> int:
        """Let go of held reservations and backorders whose time has run out; answers how many."""

    async def fill(self, *, limit: int) -> int:
        """Serve backorders that stock has come for, in policy's order; answers how many were filled."""

    async def fence(self) -> int:
        """Set aside, and let go, what the rules of ring-fencing and of spikes ask for; answers units moved."""

    async def audit(self) -> tuple[Difference, ...]:
        """Compare movements, balances, reservations and orders; writes the differences down and answers them."""

    async def compare(self, kind: DifferenceKind, theirs: tuple[NodeCount, ...]) -> tuple[Difference, ...]:
        """Compare what lies on the shelves with another's books; writes the differences down and answers them."""


class StockOffers(Protocol):
    """What channels are to be told; their publication is driven by a workflow a channel."""

    async def changed(self) -> tuple[str, ...]:
        """Work out what has changed for each channel; answers the channels that have something to hear."""

    async def next_batch(self, channel: str) -> OfferBatch | None:
        """What the channel is to hear next; the same batch until it is told to be published."""

    async def published(self, batch: OfferBatch) -> None:
        """Note that the channel has it."""


class ChannelStock(Protocol):
    """A channel that shows what it may sell."""

    async def publish(self, batch: OfferBatch) -> Done:
        """Tell it; an offer older than one it has changes nothing."""


class Replenishing(Protocol):
    """What is to be bought or moved."""

    async def proposals(self) -> tuple[Proposal, ...]:
        """What the rules ask for now and has not been asked for yet."""

    async def ordered(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        """Note the purchase order: the supply is expected from now on; once a proposal."""


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
