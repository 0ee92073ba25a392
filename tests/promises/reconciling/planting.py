"""What is planted: orders in our books, and in the partners' books what agrees with them or does not."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from activities.adapters.store.database import Database
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.returns.book import SqlReturnBook
from activities.adapters.store.returns.reading import SqlReturns
from models.ids import effect_key
from models.order.order import Order
from models.partners.payments import Authorisation
from models.reconciling.documents import DocumentQuery, Party
from models.returns.money import MoneyState, RefundOutcome
from models.returns.snapshot import MoneyGiven, ReturnLineProgress, ReturnSnapshot
from models.states.lifecycle import Lifecycle
from models.states.returning import ReturnState
from tests.promises.orders.orders import an_order
from tests.promises.partners import asks
from tests.promises.reconciling.conftest import Street
from tests.promises.reconciling.pictures import LONG_AGO, a_snapshot, euro
from tests.promises.returns.shipped import POLICIES, a_claim, a_request

_WITHIN_S = 60.0


class Planting:
    """Plants one thing after another; each answers the order it is about."""

    def __init__(self, street: Street, database: Database) -> None:
        self._street = street
        self._partners = street.partners
        self._database = database
        self._book = SqlOrderBook(database, POLICIES)

    async def all_well(self) -> Order:
        order, numbers = await self._posted()
        await self._captured(order, 2870)
        await self._invoiced(order, numbers)
        return await self._known(order, numbers)

    async def lost_shipment(self) -> Order:
        """The warehouse has sent it, and nobody told the order."""
        order, numbers = await self._posted()
        label = await self._partners.carriers.book(asks.booking(order.id))
        await self._partners.warehouse.release(asks.release(order.id, label=label.tracking_number))
        await self._listed(Party.WMS, order.id)
        running: dict[str, Any] = {"lifecycle": Lifecycle.IN_FULFILMENT, "captured": 0, "invoiced": 0}
        return await self._known(order, numbers, **running)

    async def invoice_twice(self) -> Order:
        order, numbers = await self._posted()
        await self._captured(order, 2870)
        await self._invoiced(order, numbers)
        with self._street.services["erp"].dialled(idempotent=False):
            await self._invoiced(order, dict(numbers))
        return await self._known(order, numbers)

    async def lost_invoice(self) -> Order:
        """The ERP answered, and has it no more."""
        order, numbers = await self._posted()
        await self._captured(order, 2870)
        return await self._known(order, numbers | {"invoice P-1": "INV-LOST"})

    async def captured_too_little(self) -> Order:
        order, numbers = await self._posted()
        await self._captured(order, 2000)
        await self._invoiced(order, numbers)
        return await self._known(order, numbers)

    async def captured_after_cancelling(self) -> Order:
        order = an_order(mug=2)
        await self._captured(order, 2870, final=True)
        cancelled: dict[str, Any] = {"lifecycle": Lifecycle.CANCELLED, "captured": 0, "invoiced": 0}
        return await self._known(order, {}, **cancelled)

    async def captured_for_nobody(self) -> str:
        order = an_order(mug=2)
        await self._captured(order, 700)
        return order.id

    async def refund_without_memo(self) -> Order:
        """Goods came back, the card has its money, and the ERP has no credit memo."""
        order, numbers = await self._posted()
        held = await self._captured(order, 2870)
        await self._invoiced(order, numbers)
        await self._known(order, numbers | {"authorisation": held.reference}, shipped=2)
        returns, book = SqlReturns(self._database, POLICIES), SqlReturnBook(self._database, POLICIES)
        case = (await returns.open(order.id, a_request(1), opened_by="shop", request_key=None)).case
        claim = a_claim(case.id, order)
        granted = await book.claim(claim)
        refund = asks.Refund(
            key=f"{claim.key}/card",
            order_id=order.id,
            authorisation=held.reference,
            amount=granted.total,
            reason=case.id,
        )
        done = await self._partners.payments.refund(refund)
        await book.settle(RefundOutcome(key=claim.key, return_id=case.id, given=granted.ways))
        given = MoneyGiven(
            key=claim.key,
            state=MoneyState.GIVEN,
            total=granted.total,
            goods=granted.total,
            shipping=euro(0),
            fees=euro(0),
            ways=granted.ways,
            references={"refund": done.reference, "credit_memo": "CM-LOST"},
        )
        line = ReturnLineProgress(line_id="1", sku="MUG", requested=1)
        said: dict[str, Any] = {"version": 1, "at": LONG_AGO, "state": ReturnState.REFUNDED, "lines": (line,)}
        await book.record(ReturnSnapshot(return_id=case.id, order_id=order.id, money=(given,), **said))
        return order

    async def _posted(self) -> tuple[Order, dict[str, str]]:
        order = an_order(mug=2)
        done = await self._partners.erp.create_order(asks.sales_order(order.id, quantity=4))
        return order, {"erp_order": done.reference}

    async def _captured(self, order: Order, amount: int, *, final: bool = False) -> Authorisation:
        held = await self._partners.payments.authorise(asks.authorisation(order.id, 2870))
        capture = asks.capture(order.id, held.reference, amount).model_copy(update={"final": final})
        await self._partners.payments.capture(capture)
        return held

    async def _invoiced(self, order: Order, numbers: dict[str, str]) -> None:
        invoice = asks.Invoice(
            key=effect_key(order.id, "invoice", "P-1"),
            order_id=order.id,
            sales_order=numbers["erp_order"],
            lines=(asks.InvoiceLine(line_id="1", quantity=2, amount=euro(2380)),),
            other_charges=euro(490),
            total=euro(2870),
            paid=True,
        )
        done = await self._partners.erp.post_invoice(invoice)
        numbers["invoice P-1"] = done.reference

    async def _known(self, order: Order, references: dict[str, str], *, shipped: int = 0, **snapshot: Any) -> Order:
        await SqlOrders(self._database).submit(order, b"{}")
        taken = a_snapshot(order, references=references, **{"parcel": None} | snapshot)
        lines = tuple(line.model_copy(update={"shipped": shipped}) for line in taken.lines)
        await self._book.record(taken.model_copy(update={"lines": lines}))
        return order

    async def _listed(self, party: Party, order_id: str) -> None:
        """Wait until a partner has written something down about an order."""
        query = DocumentQuery(since=datetime.now(UTC) - timedelta(hours=1))

        async def there() -> bool:
            listed = self._street.documents[party]
            page = await listed.documents(query)
            found = list(page.documents)
            while page.next_cursor:
                page = await listed.documents(query.model_copy(update={"cursor": page.next_cursor}))
                found += page.documents
            return any(document.order_id == order_id for document in found)

        await until(there)


async def until(there: Callable[[], Awaitable[bool]]) -> None:
    """Wait for something that happens by itself."""
    async with asyncio.timeout(_WITHIN_S):
        while not await there():
            await asyncio.sleep(0.05)
