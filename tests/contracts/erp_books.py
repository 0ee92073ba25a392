"""What every ERP knows and lists: masters, accounts, money to the minor unit, words of all the world, documents."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from models.order.parties import Customer
from models.order.payment_terms import PaymentTerms
from models.partners.erp import (
    CreditEnquiry,
    ItemEnquiry,
)
from models.reconciling.documents import DocumentKind, DocumentQuery, PartnerDocument
from tests.contracts.erp_asks import (
    ABROAD,
    Stand,
    at_last,
    euro,
    invoice,
    invoiced,
    memo,
    order,
    undo,
)


class BooksContract:
    """The part of an ERP's contract that is about its books; `ErpContract` has the rest."""

    # --- masters and accounts ------------------------------------------------------------------------------------

    async def test_the_catalogue_is_read_page_by_page(self, erp: Stand):
        pages, cursor = [await erp.adapter.catalogue()], None
        while (cursor := pages[-1].next_cursor) is not None:
            pages.append(await erp.adapter.catalogue(cursor))
        skus = [item.sku for page in pages for item in page.items]
        assert len(pages) > 1
        assert len(skus) == len(set(skus))
        assert {"BATTERY-PACK", "GIFTSET-DESK", "WINE-RED", "WARRANTY-2Y"} <= set(skus)

    async def test_articles_are_looked_up_and_unknown_ones_left_out(self, erp: Stand):
        asked = ItemEnquiry(skus=("GIFTSET-DESK", "PAINT-5L", "WARRANTY-2Y", "WINE-RED", "NO-SUCH-THING"))
        found = {item.sku: item for item in (await erp.adapter.items(asked)).items}
        assert found.keys() == set(asked.skus) - {"NO-SUCH-THING"}
        assert {(part.sku, part.quantity) for part in found["GIFTSET-DESK"].components} == {
            ("LAMP-OAK", 1),
            ("NOTEBOOK-A5", 2),
            ("PEN-GEL", 3),
        }
        assert found["PAINT-5L"].barred_countries == ("CH",)
        assert (found["PAINT-5L"].weight_grams, found["PAINT-5L"].name) == (7300, "Wall paint, white, 5 l")
        assert not found["WARRANTY-2Y"].stocked
        assert found["WINE-RED"].regulated == "age-restricted goods"
        assert [(pack.unit, pack.holds) for pack in found["WINE-RED"].packs] == [("XCS", 6)]

    async def test_a_customers_account_is_known_in_any_currency(self, erp: Stand):
        known = await erp.adapter.credit(CreditEnquiry(customer_id="BRICKS-200", amount=euro(1, "USD")))
        assert (known.known, known.blocked, known.net_days) == (True, False, 14)
        assert (known.limit, known.exposure) == (euro(110_000, "USD"), euro(99_000, "USD"))
        yen = await erp.adapter.credit(CreditEnquiry(customer_id="GONE-300", amount=euro(1, "JPY")))
        assert (yen.blocked, yen.limit) == (True, euro(3_200_000, "JPY"))
        unknown = await erp.adapter.credit(CreditEnquiry(customer_id="NOBODY", amount=euro(1)))
        assert (unknown.known, unknown.limit) == (False, euro(0))

    async def test_what_is_on_order_counts_against_the_limit_until_it_is_cancelled(self, erp: Stand):
        enquiry = CreditEnquiry(customer_id="ACME-100", amount=euro(1))
        before = (await erp.adapter.credit(enquiry)).exposure
        sold = order(customer=Customer(id="ACME-100", name="Acme"), terms=PaymentTerms.ACCOUNT)
        await erp.adapter.create_order(sold)
        assert (await erp.adapter.credit(enquiry)).exposure == before + sold.total
        await at_last(lambda: erp.adapter.cancel_order(undo(sold)))
        assert (await erp.adapter.credit(enquiry)).exposure == before

    # --- money to the minor unit, and words of all the world -----------------------------------------------------

    @pytest.mark.parametrize(
        "lines",
        [(("PEN-GEL", 7, 1000, 189),), (("PEN-GEL", 999, 33_333, 6_333), ("MUG-RED", 3, 1, 0))],
        ids=["by seven", "many"],
    )
    async def test_parts_come_to_the_whole(self, erp: Stand, lines: tuple[tuple[str, int, int, int], ...]):
        sold = order(*lines)
        number = (await erp.adapter.create_order(sold)).reference
        first = invoice(sold, number, quantities={"L1": 2})
        rest = invoice(
            sold,
            number,
            part="2",
            quantities={line.line_id: line.quantity for line in sold.lines} | {"L1": sold.lines[0].quantity - 2},
        )
        for asked in (first, rest):
            await at_last(lambda asked=asked: erp.adapter.post_invoice(asked))
        posted = [*await erp.books.invoices(first.key), *await erp.books.invoices(rest.key)]
        assert posted == [first.total, rest.total]
        assert first.total + rest.total == sold.total
        assert await erp.books.orders(sold.key) == [sold.total]

    @pytest.mark.parametrize(("currency", "amounts"), [("JPY", (1000, 100)), ("KWD", (12_345, 617))])
    async def test_currencies_without_cents_and_with_mils_are_exact(
        self, erp: Stand, currency: str, amounts: tuple[int, int]
    ):
        sold = order(("MUG-BLUE", 3, *amounts), currency=currency, charges=51)
        asked = invoice(sold, (await erp.adapter.create_order(sold)).reference)
        await erp.adapter.post_invoice(asked)
        assert await erp.books.orders(sold.key) == [sold.total]
        assert await erp.books.invoices(asked.key) == [sold.total]

    async def test_names_and_places_arrive_as_they_are_written(self, erp: Stand):
        sold = order()
        await erp.adapter.create_order(sold)
        written = await erp.books.written_on(sold.key)
        wanted = (ABROAD.name, ABROAD.company, *ABROAD.lines, ABROAD.postal_code, ABROAD.city, sold.external_reference)
        assert [text for text in wanted if text and text not in written] == []

    # --- what it lists -------------------------------------------------------------------------------------------

    async def test_it_lists_what_it_has_written_down(self, erp: Stand):
        since = datetime.now(UTC) - timedelta(seconds=2)
        sold, number = await invoiced(erp)
        back = memo(sold, number, 397)
        given = await erp.adapter.credit_memo(back)
        gone = order()
        await erp.adapter.create_order(gone)
        await at_last(lambda: erp.adapter.cancel_order(undo(gone)))
        listed = {(one.kind, one.key): one for one in await self._listed(erp, since)}
        sale = listed[DocumentKind.SALES_ORDER, sold.key]
        bill = listed[DocumentKind.INVOICE, f"{sold.order_id}/invoice/1"]
        credit = listed[DocumentKind.CREDIT_MEMO, back.key]
        assert (sale.reference, sale.order_id, sale.amount, sale.state) == (number, sold.order_id, sold.total, "open")
        assert (bill.order_id, bill.amount) == (sold.order_id, sold.total)
        assert (credit.reference, credit.order_id, credit.amount) == (given.reference, sold.order_id, back.total)
        assert listed[DocumentKind.SALES_ORDER, gone.key].state == "cancelled"
        assert all(one.at >= since for one in listed.values())

    async def _listed(self, erp: Stand, since: datetime) -> list[PartnerDocument]:
        found, cursor = list[PartnerDocument](), None
        while True:
            page = await erp.documents.documents(DocumentQuery(since=since, cursor=cursor))
            found += page.documents
            cursor = page.next_cursor
            if cursor is None:
                return found
