"""The ERP's port, answered by Tryton.

Every effect begins by looking for what is there under its key, and goes on from where that stands; so it can be asked
for again after anything, and nothing has to be remembered here. A reply that was lost is looked up before the caller
hears of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from activities.adapters.http import LostReply, Nonsense
from activities.adapters.tryton.erp.accounts import Accounts
from activities.adapters.tryton.erp.articles import Articles
from activities.adapters.tryton.erp.billing.bills import Bills
from activities.adapters.tryton.erp.billing.complaints import Complaints
from activities.adapters.tryton.erp.billing.deliveries import Deliveries
from activities.adapters.tryton.erp.billing.invoices import Invoices
from activities.adapters.tryton.erp.billing.memos import Memos
from activities.adapters.tryton.erp.billing.settling import Settling
from activities.adapters.tryton.erp.buying.purchasing import Purchasing
from activities.adapters.tryton.erp.buying.supplies import Supplies
from activities.adapters.tryton.erp.masters import Masters
from activities.adapters.tryton.erp.options import erp_options
from activities.adapters.tryton.erp.parties import Parties
from activities.adapters.tryton.erp.selling.changing import Changing
from activities.adapters.tryton.erp.selling.orders import Orders
from activities.adapters.tryton.erp.stock import stock_levels
from activities.adapters.tryton.keeping import Keeping
from activities.adapters.tryton.rest import Rest
from models.errors import Transient, Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from models.partners.asking import Done, Undo, Undone
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
    from models.partners.feeds import FeedPage, FeedQuery
    from models.partners.purchasing import DropShipOrder
    from models.partners.transfers import PurchaseRequisition, RequisitionAnswer
    from models.partners.warehouse import NodeCount
    from models.settings import PartnerSettings

Answer = TypeVar("Answer")


class TrytonErp:
    """Answers the ERP's port."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to the database at `settings.url` with the key of one of its users.

        Raises:
            ValueError: an option is missing or wrong; names the setting.
        """
        options = erp_options(settings)
        rest = self._rest = Rest("erp", settings, {"company": options.company})
        masters = self._masters = Masters(rest, options)
        keeping, parties = Keeping(rest), Parties(rest)
        settling = Settling(rest, options.company, masters, keeping)
        bills = Bills(rest, options.company, masters, keeping, settling)
        deliveries = Deliveries(rest, masters, keeping)
        self._articles = Articles(rest, options.page)
        self._accounts = Accounts(rest, options, masters)
        self._orders = Orders(rest, options, masters, parties, keeping)
        self._changing = Changing(rest, options, parties)
        self._invoices = Invoices(rest, bills, deliveries, options.price_decimals)
        self._memos = Memos(rest, bills, Complaints(rest, options, keeping), parties, options.price_decimals)
        self._purchasing = Purchasing(rest, options, masters, keeping)
        self._supplies = Supplies(rest, options)

    async def items(self, enquiry: ItemEnquiry) -> ItemAnswer:
        """Look articles up."""
        return await self._articles.items(enquiry)

    async def catalogue(self, cursor: str | None = None) -> CataloguePage:
        """Read all articles, a page at a time."""
        return await self._articles.catalogue(cursor)

    async def credit(self, enquiry: CreditEnquiry) -> CreditAnswer:
        """Look a customer's account up."""
        return await self._accounts.credit(enquiry)

    async def create_order(self, order: SalesOrder) -> Done:
        """Create the order of record."""
        return await _settled(self._orders.create(order), lambda: self._orders.find(order))

    async def change_order(self, change: SalesOrderChange) -> Done:
        """Change the order of record."""
        return await _settled(self._changing.change(change), lambda: self._changing.changed(change))

    async def cancel_order(self, undo: Undo) -> Undone:
        """Cancel the order of record that was created under the key."""
        return await self._changing.cancel(undo)

    async def post_invoice(self, invoice: Invoice) -> Done:
        """Post an invoice, and have the goods on it delivered in the ERP's own stock."""
        return await _settled(self._invoices.post(invoice), lambda: self._invoices.find(invoice))

    async def credit_memo(self, memo: CreditMemo) -> Done:
        """Post what is given back for a return."""
        return await _settled(self._memos.post(memo), lambda: self._memos.find(memo))

    async def order_drop_ship(self, order: DropShipOrder) -> Done:
        """Order from a supplier who sends for us."""
        return await _settled(self._purchasing.order(order), lambda: self._purchasing.ordered(order))

    async def cancel_drop_ship(self, undo: Undo) -> Undone:
        """Cancel the purchase that was made under the key."""
        return await self._purchasing.cancel(undo)

    async def requisition(self, requisition: PurchaseRequisition) -> RequisitionAnswer:
        """Have purchasing buy something."""
        return await _settled(
            self._purchasing.requisition(requisition), lambda: self._purchasing.requisitioned(requisition)
        )

    async def stock_levels(self) -> tuple[NodeCount, ...]:
        """What the ERP's own books have on each node's shelves."""
        return await stock_levels(self._rest, self._masters)

    async def since(self, query: FeedQuery) -> FeedPage:
        """Read what suppliers promise of what was asked for; Tryton itself calls nobody."""
        return await self._supplies.since(query)

    async def close(self) -> None:
        """Close every connection."""
        await self._rest.close()


async def _settled(asked: Awaitable[Answer], look_up: Callable[[], Awaitable[Answer | None]]) -> Answer:
    """Wait for an effect; where a reply was lost on the way, look whether it is there whole.

    Raises:
        Transient: it is not, or not yet: asking again goes on from where it stands.
    """
    try:
        return await asked
    except (LostReply, Nonsense) as doubt:
        try:
            found = await look_up()
        except Unavailable as error:
            raise Unavailable(doubt.partner, f"{doubt}; then it {error}", retry_after_s=error.retry_after_s) from error
        except Transient as error:
            raise Transient(doubt.partner, f"{doubt}; and it could not be looked up: {error}") from error
        if found is None:
            raise Transient(doubt.partner, f"{doubt}; it was not done, or not all of it") from doubt
        return found
