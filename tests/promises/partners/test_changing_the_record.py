"""The sandbox ERP changes an order of record: whole, once, and never below what is invoiced."""

from __future__ import annotations

import pytest

from activities.adapters.partners import Partners
from models.errors import Refused
from models.partners.asking import Undo
from models.partners.erp import ErpLine, SalesOrderChange
from tests.promises.partners.asks import eur, invoice, new_order, sales_order


def a_change(
    order_id: str, reference: str, quantity: int, revision: int = 2, total: int | None = None
) -> SalesOrderChange:
    net, tax = 840 * quantity, 160 * quantity
    return SalesOrderChange(
        key=f"{order_id}/change-erp/{reference}-{quantity}-{revision}-{total}",
        order_id=order_id,
        sales_order=reference,
        revision=revision,
        lines=(ErpLine(line_id="1", sku="MUG-BLUE", quantity=quantity, net=eur(net), tax=eur(tax)),),
        other_charges=eur(490),
        total=eur(net + tax + 490 if total is None else total),
        reason="the customer rang",
    )


async def created(partners: Partners) -> tuple[str, str]:
    order_id = new_order()
    return order_id, (await partners.erp.create_order(sales_order(order_id))).reference


async def refused(code: str, awaitable: object) -> None:
    with pytest.raises(Refused) as caught:
        await awaitable  # type: ignore[misc] # any of the ports' verbs
    assert caught.value.code == code


async def test_more_may_be_invoiced_once_more_is_ordered(partners: Partners) -> None:
    order_id, reference = await created(partners)
    await refused("beyond_ordered", partners.erp.post_invoice(invoice(order_id, reference, quantity=3, part="early")))

    change = a_change(order_id, reference, 3)
    assert (await partners.erp.change_order(change)).reference == reference
    assert (await partners.erp.change_order(change)).reference == reference

    await partners.erp.post_invoice(invoice(order_id, reference, quantity=3))


async def test_a_change_that_comes_late_changes_nothing(partners: Partners) -> None:
    order_id, reference = await created(partners)
    await partners.erp.change_order(a_change(order_id, reference, 3, revision=3))
    await partners.erp.change_order(a_change(order_id, reference, 1, revision=2))

    await partners.erp.post_invoice(invoice(order_id, reference, quantity=3))


async def test_what_contradicts_the_books_is_refused(partners: Partners) -> None:
    order_id, reference = await created(partners)
    await refused("unknown_order", partners.erp.change_order(a_change(order_id, "SO-999999", 1)))
    await refused("total_mismatch", partners.erp.change_order(a_change(order_id, reference, 1, total=1)))
    await partners.erp.post_invoice(invoice(order_id, reference, quantity=2))
    await refused("beyond_ordered", partners.erp.change_order(a_change(order_id, reference, 1)))


async def test_a_cancelled_order_is_not_changed(partners: Partners) -> None:
    order_id, reference = await created(partners)
    await partners.erp.cancel_order(Undo(key=f"{order_id}/erp-order", order_id=order_id, reason="no"))
    await refused("order_cancelled", partners.erp.change_order(a_change(order_id, reference, 3)))
