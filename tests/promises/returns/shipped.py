"""Orders that were shipped and delivered, in a database of either kind."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from activities.adapters.store.database import Database
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.returns.book import SqlReturnBook
from activities.adapters.store.returns.reading import SqlReturns
from models.money import Money
from models.order.order import Order
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline, LineProgress, MoneyProgress, OrderSnapshot
from models.policy.book import PolicyBook
from models.policy.returns import ReturnRules
from models.returns.money import ClaimedLine, RefundClaim
from models.returns.request import Condition, RequestedLine, Resolution, ReturnReason, ReturnRequest
from models.states.fulfilment import FulfilmentState
from models.states.lifecycle import Lifecycle
from models.states.payment import PaymentState
from tests.promises.orders.orders import an_order

POLICIES = PolicyBook.load(Path(__file__).parents[3] / "ops" / "policies")


def returns_in(database: Database) -> SqlReturns:
    return SqlReturns(database, POLICIES)


def book_in(database: Database) -> SqlReturnBook:
    return SqlReturnBook(database, POLICIES)


async def delivered(database: Database, *, shipped: int | None = None, **about: Any) -> Order:
    """An order that has arrived, three days ago."""
    order = an_order(**about)
    await SqlOrders(database).submit(order, b"{}")
    await SqlOrderBook(database, POLICIES).record(snapshot(order, shipped=shipped))
    return order


def snapshot(order: Order, *, shipped: int | None = None) -> OrderSnapshot:
    zero = Money.zero(order.currency)
    prepaid = order.payment.terms is PaymentTerms.PREPAID
    return OrderSnapshot(
        order_id=order.id,
        version=1,
        at=datetime.now(UTC) - timedelta(days=3),
        lifecycle=Lifecycle.COMPLETED,
        headline=Headline.COMPLETED,
        fulfilment=FulfilmentState.DELIVERED,
        money=MoneyProgress(
            state=PaymentState.CAPTURED,
            authorised=order.total,
            captured=order.total,
            refunded=zero,
            invoiced=order.total,
            held_by_channel=order.total if prepaid else zero,
            by_channel=prepaid,
        ),
        lines=tuple(
            LineProgress(
                line_id=line.id,
                sku=line.sku,
                ordered=line.quantity,
                shipped=line.quantity if shipped is None else shipped,
            )
            for line in order.lines
        ),
        references={"authorisation": "AUTH-1", "erp_order": "SO-1"},
    )


def a_request(quantity: int = 1, line_id: str = "1", **changes: Any) -> ReturnRequest:
    line = RequestedLine(line_id=line_id, quantity=quantity, reason=ReturnReason.CHANGED_MIND)
    return ReturnRequest(**{"lines": (line,), **changes})


def a_claim(return_id: str, order: Order, quantity: int = 1, number: int = 1) -> RefundClaim:
    line = ClaimedLine(
        line_id="1",
        sku=order.lines[0].sku,
        quantity=quantity,
        reason=ReturnReason.CHANGED_MIND,
        grades={Condition.UNOPENED: quantity},
    )
    return RefundClaim(
        key=f"{return_id}/refund/{number}",
        return_id=return_id,
        order_id=order.id,
        resolution=Resolution.REFUND,
        lines=(line,),
        rules=ReturnRules(),
        policy_version="2026-01-01",
        label_fee=Money.zero(order.currency),
    )
