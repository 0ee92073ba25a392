"""The partners of one life, each with its own memory: what is asked twice under one key takes effect once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from models.money import Money
from models.order.worth import worth
from models.partners.asking import Done, Undone
from models.partners.carriers import Label
from models.partners.erp import CataloguePage, CreditAnswer, ItemAnswer
from models.partners.payments import Authorisation
from models.partners.transfers import RequisitionAnswer
from models.partners.warehouse import NodeCount, RecallAnswer, ReleaseStanding
from ops.proof.lives.world.memory import MoneyWord
from ops.proof.lives.world.shop import ITEMS, units_sent

if TYPE_CHECKING:
    from models.partners.asking import Ask, Undo
    from models.partners.carriers import Booking, Redelivery
    from models.partners.erp import CreditEnquiry, CreditMemo, Invoice, ItemEnquiry, SalesOrder, SalesOrderChange
    from models.partners.notices import Notice
    from models.partners.payments import AuthorisationRequest, Capture, Refund, Void
    from models.partners.purchasing import DropShipOrder
    from models.partners.transfers import PurchaseRequisition, TransferOrder
    from models.partners.warehouse import Release, ReleaseEnquiry
    from ops.proof.lives.world.floor import Floor
    from ops.proof.lives.world.memory import World

_PLENTY = 10**9


class LifeErp:
    """The ERP."""

    def __init__(self, world: World) -> None:
        """Keep its documents in the world's journal."""
        self._world = world

    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        """Look articles up."""
        return ItemAnswer(items=tuple(ITEMS[sku] for sku in enquiry.skus if sku in ITEMS))

    async def catalogue(self, cursor: str | None = None) -> CataloguePage:  # noqa: ARG002 - the port's signature
        """Read all articles."""
        return CataloguePage(items=tuple(ITEMS.values()))

    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        """Look a customer up; every fourth owes us a lot."""
        poor = enquiry.customer_id.endswith("3")
        zero = Money.zero(enquiry.amount.currency)
        limit = zero if poor else Money(amount=_PLENTY, currency=zero.currency)
        return CreditAnswer(known=True, limit=limit, exposure=zero)

    async def create_order(self, order: SalesOrder) -> Done:
        """Create the order of record."""

        def make() -> Done:
            self._world.journal.sales_orders[order.key] = order
            return Done(reference=f"SO-{len(self._world.journal.sales_orders)}")

        return await self._world.effect("create order", order, make)

    async def cancel_order(self, undo: Undo) -> Undone:
        """Cancel it."""

        def make() -> Undone:
            happened = self._world.happened("create order", undo.key)
            self._world.journal.cancelled_sales_orders.add(undo.key)
            return Undone(happened=happened)

        return await self._world.effect("cancel order", undo, make)

    async def post_invoice(self, invoice: Invoice) -> Done:
        """Post an invoice."""

        def make() -> Done:
            self._world.journal.invoices.append(invoice)
            return Done(reference=f"INV-{len(self._world.journal.invoices)}")

        return await self._world.effect("invoice", invoice, make)

    async def credit_memo(self, memo: CreditMemo) -> Done:
        """Post what is given back."""

        def make() -> Done:
            self._world.journal.memos.append(memo)
            return Done(reference=f"CM-{len(self._world.journal.memos)}")

        return await self._world.effect("credit memo", memo, make)

    async def change_order(self, change: SalesOrderChange) -> Done:
        """Change the order of record; one that comes late changes nothing."""

        def make() -> Done:
            self._world.journal.order_changes.append(change)
            return Done(reference=change.sales_order)

        return await self._world.effect("change order", change, make)

    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        """Order from a supplier."""
        return await self._world.effect("drop ship", order, lambda: Done(reference="PO"))

    async def cancel_drop_ship(self, undo: Undo) -> Undone:
        """Cancel the purchase."""
        happened = self._world.happened("drop ship", undo.key)
        return await self._world.effect("cancel drop ship", undo, lambda: Undone(happened=happened))

    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        """Have purchasing buy something."""
        return await self._world.effect("requisition", requisition, lambda: RequisitionAnswer(reference="PO"))

    async def stock_levels(self) -> tuple[NodeCount, ...]:
        """Say nothing of stock."""
        return ()


class LifePayments:
    """The payment provider: it lets everything happen, so that the laws can tell."""

    def __init__(self, world: World) -> None:
        """Keep its money in the world's journal."""
        self._world = world

    async def authorise(self, request: AuthorisationRequest) -> Authorisation:
        """Set money aside."""

        def make() -> Authorisation:
            reference = f"AUTH-{len(self._world.journal.money) + 1}"
            self._did("authorise", request, reference, request.amount)
            return Authorisation(reference=reference, amount=request.amount)

        return await self._world.effect("authorise", request, make)

    async def capture(self, capture: Capture) -> Done:
        """Take money."""

        def make() -> Done:
            order = self._world.orders[capture.order_id]
            sent = None if order.id in self._world.touched else units_sent(order, self._world.journal.sent)
            shipped = None if sent is None else worth(order, sent).amount
            self._did("capture", capture, capture.authorisation, capture.amount, shipped)
            return Done(reference=f"CAP-{len(self._world.journal.money)}")

        return await self._world.effect("capture", capture, make)

    async def void(self, void: Void) -> Undone:
        """Let an authorisation go."""

        def make() -> Undone:
            happened = self._world.happened("authorise", void.key)
            for word in list(self._world.journal.money):
                if word.verb == "authorise" and word.key == void.key:
                    self._did("void", void, word.authorisation, word.amount)
            return Undone(happened=happened)

        return await self._world.effect("void", void, make)

    async def refund(self, refund: Refund) -> Done:
        """Give money back."""

        def make() -> Done:
            self._did("refund", refund, refund.authorisation, refund.amount)
            return Done(reference=f"REF-{len(self._world.journal.money)}")

        return await self._world.effect("refund", refund, make)

    def _did(
        self,
        verb: str,
        ask: Ask,
        authorisation: str,
        amount: Money,
        shipped: int | None = None,
    ) -> None:
        self._world.journal.money.append(MoneyWord(verb, ask.key, ask.order_id, authorisation, amount, shipped))


class LifeWarehouse:
    """Every warehouse's system; what the people on the floor do is in floor.py."""

    def __init__(self, world: World, floor: Floor) -> None:
        """Hand releases to the floor."""
        self._world, self._floor = world, floor

    async def release(self, release: Release) -> Done:
        """Have goods sent."""

        def make() -> Done:
            self._world.journal.releases[release.key] = release
            self._floor.take(release)
            return Done(reference=f"W-{len(self._world.journal.releases)}")

        return await self._world.effect("release", release, make)

    async def recall(self, undo: Undo) -> RecallAnswer:
        """Stop a release, if the floor still can."""

        def make() -> RecallAnswer:
            happened = self._world.happened("release", undo.key)
            recalled = happened and self._floor.stop(undo.key)
            if recalled:
                self._world.journal.recalled.add(undo.key)
            return RecallAnswer(recalled=recalled, happened=happened)

        return await self._world.effect("recall", undo, make)

    async def status(self, enquiry: ReleaseEnquiry) -> ReleaseStanding:
        """Say where a release stands."""
        return ReleaseStanding(state=self._floor.standing(enquiry.release_key))

    async def transfer(self, order: TransferOrder) -> Done:
        """Move goods between nodes."""

        def make() -> Done:
            self._floor.move(order)
            return Done(reference="TR")

        return await self._world.effect("transfer", order, make)

    async def counts(self) -> tuple[NodeCount, ...]:
        """Say nothing of counts."""
        return ()


class LifeCarriers:
    """The carrier."""

    def __init__(self, world: World) -> None:
        """Keep its labels in the world's journal."""
        self._world = world

    async def book(self, booking: Booking) -> Label:
        """Book a parcel."""

        def make() -> Label:
            self._world.journal.labels[booking.key] = booking
            number = f"TRK-{len(self._world.journal.labels)}"
            return Label(reference=number, carrier="Swift", service="parcel", tracking_number=number)

        return await self._world.effect("book", booking, make)

    async def deliver_again(self, redelivery: Redelivery) -> Done:
        """Try a parcel once more: the lorry comes again anyway."""
        return await self._world.effect("deliver again", redelivery, lambda: Done(reference="again"))

    async def void(self, undo: Undo) -> Undone:
        """Void a label."""

        def make() -> Undone:
            self._world.journal.voided_labels.add(undo.key)
            return Undone(happened=self._world.happened("book", undo.key))

        return await self._world.effect("void label", undo, make)


class LifeNotices:
    """The notification service."""

    def __init__(self, world: World) -> None:
        """Keep what was delivered in the world's journal."""
        self._world = world

    async def send(self, notice: Notice) -> Done:
        """Deliver a notice."""

        def make() -> Done:
            self._world.journal.notices.append(notice)
            return Done(reference=f"N-{len(self._world.journal.notices)}")

        return await self._world.effect("notice", notice, make)


def partners(world: World, floor: Floor) -> dict[str, Any]:
    """All of them, by the names that `workers.assembly.Workers` knows their ports by."""
    return {
        "erp": LifeErp(world),
        "warehouse": LifeWarehouse(world, floor),
        "payments": LifePayments(world),
        "carriers": LifeCarriers(world),
        "notices": LifeNotices(world),
    }
