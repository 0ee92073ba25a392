"""What only Tryton does: its own deliveries and stock, its credit limit, its locks, its late processing, its purchases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from decimal import Decimal
from typing import Any

import pytest
from pydantic import SecretStr

from activities.adapters.tryton.erp.adapter import TrytonErp
from activities.adapters.tryton.wire import Read
from models.errors import Refused, Unavailable
from models.ledger.portions import TaxShare
from models.order.parties import Customer
from models.order.payment_terms import PaymentTerms
from models.partners.erp import CreditEnquiry
from models.partners.feeds import FeedQuery
from models.partners.transfers import PurchaseRequisition
from models.partners.warehouse import NodeCount
from models.stock.events import SupplyAnnounced
from ops.partners.tryton.server.installation import ADMINISTRATOR, PASSWORD
from ops.partners.tryton.server.rpc import Rpc
from tests.contracts.erp_asks import at_last, euro, invoice, memo, order, refusal
from tests.contracts.tryton import Delivery, Office, TrytonBooks, office

pytestmark = pytest.mark.real


@pytest.fixture(scope="module")
def tryton(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with office(tmp_path_factory.mktemp("tryton") / "erp") as running:
        yield running


@pytest.fixture(scope="module")
async def books(tryton: Office) -> AsyncIterator[TrytonBooks]:
    clerk = tryton.clerk()
    yield TrytonBooks(clerk)
    await clerk.close()


@pytest.fixture
async def erp(tryton: Office) -> AsyncIterator[TrytonErp]:
    adapter = TrytonErp(tryton.settings())
    yield adapter
    await adapter.close()


@pytest.fixture
def administrator(tryton: Office) -> Iterator[Rpc]:
    with Rpc(tryton.url.removesuffix("/rest"), ADMINISTRATOR, PASSWORD) as rpc:
        yield rpc


class Complaint(Read):
    state: str
    description: str


def levels(counts: tuple[NodeCount, ...], *skus: str) -> dict[tuple[str, str], int]:
    return {
        (one.node, one.sku): one.quantity for one in counts if one.sku in skus and one.node in {"berlin", "rotterdam"}
    }


async def test_each_parcel_is_one_delivery_and_one_invoice_and_leaves_its_nodes_stock(
    erp: TrytonErp, books: TrytonBooks
) -> None:
    skus = ("MUG-BLUE", "LAMP-OAK", "NOTEBOOK-A5", "PEN-GEL")
    before = levels(await erp.stock_levels(), *skus)
    sold = order(("MUG-BLUE", 3, 1000, 190), ("GIFTSET-DESK", 2, 5998, 1140), ("WARRANTY-2Y", 1, 999, 190))
    number = (await erp.create_order(sold)).reference
    first = invoice(sold, number, quantities={"L1": 2, "L2": 1})
    rest = invoice(sold, number, "2", {"L1": 1, "L2": 1, "L3": 1}).model_copy(update={"node": "rotterdam"})
    for asked in (first, rest):
        await at_last(lambda asked=asked: erp.post_invoice(asked))

    after = levels(await erp.stock_levels(), *skus)
    assert {place: before[place] - after[place] for place in before} == {
        ("berlin", "MUG-BLUE"): 2,
        ("berlin", "LAMP-OAK"): 1,
        ("berlin", "NOTEBOOK-A5"): 2,
        ("berlin", "PEN-GEL"): 3,
        ("rotterdam", "MUG-BLUE"): 1,
        ("rotterdam", "LAMP-OAK"): 1,
        ("rotterdam", "NOTEBOOK-A5"): 2,
        ("rotterdam", "PEN-GEL"): 3,
    }
    sale = await books.sale(sold.key)
    where = [["id", "in", [one.id for one in sale.shipments]]]
    deliveries = await books.clerk.find("stock.shipment.out", Delivery, where)
    assert [(one.reference, one.state, one.warehouse.code) for one in deliveries] == [
        (first.key, "done", "berlin"),
        (rest.key, "done", "rotterdam"),
    ]
    assert (sale.state, sale.shipment_state) == ("done", "sent")
    assert sale.money == sold.total


async def test_what_does_not_leave_our_stock_is_sold_and_invoiced_and_never_delivered(
    erp: TrytonErp, books: TrytonBooks
) -> None:
    skus = ("LAMP-OAK", "NOTEBOOK-A5", "PEN-GEL")
    before = levels(await erp.stock_levels(), *skus)
    sold = order(("GIFTSET-DESK", 1, 9664, 1836), ("LAMP-OAK", 1, 0, 0))
    bundle, lamp = sold.lines
    sold = sold.model_copy(update={"lines": (bundle.model_copy(update={"from_stock": False}), lamp)})

    await erp.post_invoice(invoice(sold, (await erp.create_order(sold)).reference))

    after = levels(await erp.stock_levels(), *skus)
    assert {place: before[place] - after[place] for place in before if before[place] != after[place]} == {
        ("berlin", "LAMP-OAK"): 1
    }
    sale = await books.sale(sold.key)
    assert (sale.money, sale.state) == (sold.total, "done")


async def test_an_invoice_that_was_refused_can_be_asked_for_again_once_the_books_are_put_right(
    erp: TrytonErp, books: TrytonBooks, administrator: Rpc
) -> None:
    setting = "currency_exchange_credit_account", "currency_exchange_debit_account"
    [kept] = administrator.all("account.configuration", *setting)
    # In euros each line comes to five cents, and all three together to fourteen.
    sold = order(("MUG-BLUE", 1, 5, 0), ("MUG-RED", 1, 5, 0), ("PEN-GEL", 1, 5, 0), charges=0, currency="USD")
    asked = invoice(sold, (await erp.create_order(sold)).reference)
    administrator.write("account.configuration", 1, **dict.fromkeys(setting))
    try:
        with pytest.raises(Refused, match="currency exchange"):
            await erp.post_invoice(asked)
    finally:
        administrator.write("account.configuration", 1, **{name: kept[name] for name in setting})

    again = asked.model_copy(update={"key": f"{asked.key}~2"})
    await erp.post_invoice(again)

    assert [bill.state for bill in await books.bills(asked.key)] == []
    assert [bill.money for bill in await books.bills(again.key)] == [sold.total]
    assert (await books.sale(sold.key)).shipment_state == "sent"


async def test_taxes_stand_in_the_books_as_the_channel_reckoned_them(erp: TrytonErp, books: TrytonBooks) -> None:
    sold = order(("MUG-BLUE", 3, 1000, 190), ("NOTEBOOK-A5", 1, 500, 35), charges=590)
    asked = invoice(sold, (await erp.create_order(sold)).reference)
    vat, books_vat, freight = ("VAT 19%", 190), ("VAT 7%", 35), ("VAT 19%", 94)
    shares = [
        tuple(TaxShare(code=code, amount=euro(amount)) for code, amount in [one]) for one in (vat, books_vat, freight)
    ]
    lines = tuple(line.model_copy(update={"taxes": taxes}) for line, taxes in zip(asked.lines, shares, strict=False))
    await erp.post_invoice(asked.model_copy(update={"lines": lines, "charge_taxes": shares[2]}))
    [bill] = await books.bills(asked.key)
    assert {(tax.description, tax.base, tax.amount) for tax in bill.taxes} == {
        ("VAT 19%", Decimal("14.96"), Decimal("2.84")),
        ("VAT 7%", Decimal("5.00"), Decimal("0.35")),
    }
    assert (bill.money, bill.tax_amount, bill.state) == (sold.total, Decimal("3.19"), "paid")


async def test_what_is_given_back_of_a_paid_invoice_is_paid_and_has_its_tax(erp: TrytonErp, books: TrytonBooks) -> None:
    sold = order()
    number = (await erp.create_order(sold)).reference
    await erp.post_invoice(invoice(sold, number))
    back = memo(sold, number, 397).model_copy(update={"shipping": euro(100), "fees": euro(50), "total": euro(447)})
    done = await erp.credit_memo(back)
    assert await erp.credit_memo(back) == done
    [note] = await books.bills(back.key)
    assert (note.state, note.total_amount, note.tax_amount) == ("paid", Decimal("-4.47"), Decimal("-0.63"))
    [complaint] = await books.clerk.find("sale.complaint", Complaint, [["reference", "=", back.return_id]])
    assert (complaint.state, complaint.description) == ("done", f"Settled by credit note {done.reference}")


async def test_prices_of_four_decimals_leave_a_line_for_rounding(tryton: Office, books: TrytonBooks) -> None:
    erp = TrytonErp(tryton.settings(price_decimals=4))
    sold = order(("PEN-GEL", 999, 33_331, 6_333))
    asked = invoice(sold, (await erp.create_order(sold)).reference)
    await erp.post_invoice(asked)
    await erp.close()
    [bill] = await books.bills(asked.key)
    assert bill.money == asked.total
    assert [line.amount for line in bill.lines if line.description == "Rounding"] == [Decimal("0.04")]


async def test_the_credit_limit_refuses_an_order_until_it_is_raised(
    erp: TrytonErp, books: TrytonBooks, administrator: Rpc
) -> None:
    sold = order(("MUG-BLUE", 3, 20_000, 3_800), customer=Customer(id="BRICKS-200"), terms=PaymentTerms.ACCOUNT)
    for _ in range(2):
        assert await refusal(erp.create_order(sold)) == "credit_limit"
    assert (await books.sale(sold.key)).state == "quotation"
    party = administrator.one("party.party", where=[["code", "=", "BRICKS-200"]])["id"]
    administrator.write("party.party", party, credit_limit_amount=Decimal(5000))
    number = (await erp.create_order(sold)).reference
    assert await books.orders(sold.key) == [sold.total]
    asked = invoice(sold, number).model_copy(update={"paid": False, "net_days": 14})
    await erp.post_invoice(asked)
    owed = await erp.credit(CreditEnquiry(customer_id="BRICKS-200", amount=euro(1)))
    assert owed.exposure == euro(90_000) + sold.total
    administrator.write("party.party", party, credit_limit_amount=Decimal(1000))


async def test_several_orders_at_once_meet_each_others_locks_and_all_are_done(
    erp: TrytonErp, books: TrytonBooks
) -> None:
    async def whole(sold: Any) -> None:
        done = await at_last(lambda: erp.create_order(sold))
        await at_last(lambda: erp.post_invoice(invoice(sold, done.reference)))

    sold = [order() for _ in range(4)]
    await asyncio.gather(*map(whole, sold))
    for one in sold:
        assert await books.orders(one.key) == [one.total]
        assert await books.invoices(f"{one.order_id}/invoice/1") == [one.total]


async def test_a_wrong_key_waits_for_somebody_to_put_it_right(tryton: Office) -> None:
    settings = tryton.settings().model_copy(update={"key": SecretStr("x" * 64)})
    erp = TrytonErp(settings)
    with pytest.raises(Unavailable):
        await erp.catalogue()
    await erp.close()


async def test_goods_nobody_has_left_are_not_delivered(erp: TrytonErp, books: TrytonBooks) -> None:
    sold = order()
    asked = invoice(sold, (await erp.create_order(sold)).reference).model_copy(update={"node": "nowhere"})
    with pytest.raises(Refused) as refused:
        await erp.post_invoice(asked)
    assert refused.value.code == "unknown_node"
    assert await books.invoices(asked.key) == []
    await erp.post_invoice(asked.model_copy(update={"node": "berlin"}))


async def test_what_a_supplier_promises_is_read_once_purchasing_has_bought(erp: TrytonErp, administrator: Rpc) -> None:
    key = f"supply/{order().order_id}"
    asked = PurchaseRequisition(key=key, sku="MUG-RED", quantity=24, node="rotterdam", reason="zu wenig")
    number = (await erp.requisition(asked)).reference
    bought(administrator, number)
    page = await erp.since(FeedQuery())
    [event] = [one for one in page.events if isinstance(one, SupplyAnnounced) and one.supply_id == number]
    assert (event.node, event.lines[0].sku, event.lines[0].quantity) == ("rotterdam", "MUG-RED", 24)
    assert (await erp.since(FeedQuery())).events == page.events
    assert (await erp.since(FeedQuery(cursor=page.cursor))).events == ()


def bought(administrator: Rpc, number: str) -> None:
    """Do as a purchaser does: make a purchase of what was asked for, and confirm it."""
    [requisition] = administrator.all("purchase.requisition", "lines", where=[["number", "=", number]])
    where = [["origin", "in", [f"purchase.requisition.line,{line}" for line in requisition["lines"]]]]
    [request] = administrator.all("purchase.request", where=where)
    wizard, context = (
        "purchase.request.create_purchase",
        {"active_ids": [request["id"]], "active_id": request["id"], "active_model": "purchase.request"},
    )
    session, *_ = administrator.call(wizard, "create", kind="wizard", **context)
    administrator.call(wizard, "execute", session, {}, "start", kind="wizard", **context)
    purchase = administrator.one("purchase.request", "purchase", where=[["id", "=", request["id"]]])["purchase"]
    for action in ("quote", "confirm"):
        administrator.call("purchase.purchase", action, [purchase])


@pytest.mark.slow
async def test_an_order_that_is_processed_later_is_answered_at_once(tmp_path_factory: pytest.TempPathFactory) -> None:
    class Stated(Read):
        state: str

    with office(tmp_path_factory.mktemp("tryton") / "erp", workers=1, later=True) as running:
        erp, clerk = TrytonErp(running.settings()), running.clerk()
        sold = order()
        number = (await erp.create_order(sold)).reference
        states = set()
        async with asyncio.timeout(300):
            while "processing" not in states:
                [sale] = await clerk.find("sale.sale", Stated, [["reference", "=", sold.key]])
                states.add(sale.state)
                await asyncio.sleep(0.05)
        assert states <= {"confirmed", "processing"}
        asked = invoice(sold, number)
        await at_last(lambda: erp.post_invoice(asked))
        books = TrytonBooks(clerk)
        assert await books.invoices(asked.key) == [asked.total]
        await erp.close()
        await clerk.close()
