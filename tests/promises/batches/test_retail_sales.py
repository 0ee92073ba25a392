"""A wholesaler's books: invoices become orders, cancellations find their sale, and every row has one outcome."""

from __future__ import annotations

import gzip
import os
from collections import Counter
from pathlib import Path

import pytest

from models.batch.batch import BatchFormat, RowOutcome
from models.order.payment_terms import PaymentTerms
from models.order.pricing import ChargeKind
from tests.promises.batches.table import SAMPLES, Table, adds_up

SALES = BatchFormat.RETAIL_SALES
HEAD = b"InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country\n"
WEEK = os.environ.get("ORDERLOOM_RETAIL_SALES_WEEK", "../shared/data/online_retail_2010-12-01_to_12-07.csv.gz")


async def test_an_invoice_is_an_order_with_its_fees_beside_the_goods(table: Table) -> None:
    batch = await table.imported((SAMPLES / "retail-sales.csv").read_bytes(), SALES, channel="retail", currency="GBP")
    order = (await table.orders.find("order:retail:700001")).order
    assert [(line.sku, line.quantity, line.total.amount) for line in order.lines] == [
        ("23001", 6, 1950),
        ("23002", 12, 1020),
        ("23009", 1, 0),
    ]
    assert [(charge.name, charge.total.amount) for charge in order.shipping] == [("POSTAGE", 1800)]
    assert (str(order.total), order.payment.terms) == ("47.70 GBP", PaymentTerms.PREPAID)
    assert order.customer.id == "20001"
    guest = (await table.orders.find("order:retail:700002")).order
    assert guest.customer.id is None
    assert guest.shipping_address is not None
    assert guest.shipping_address.country == "IE"
    assert [(charge.kind, charge.total.amount) for charge in guest.charges] == [(ChargeKind.OTHER, 150)]
    assert adds_up(batch, await table.rows(batch))


async def test_what_is_taken_back_is_noted_beside_its_sale(table: Table) -> None:
    batch = await table.imported((SAMPLES / "retail-sales.csv").read_bytes(), SALES)
    notes = {row.number: row.reason for row in await table.rows(batch, RowOutcome.RECORDED)}
    assert notes == {
        9: "cancels 5 of 23002 of invoice 700001",
        10: "cancels 7 of 23002 of invoice 700001; no sale found for 2 of 23002",
        11: "4.00 EUR of Discount given back",
        12: "cancels 1 of 23007; no sale found",
        13: "15.00 EUR of Bank Charges, and nothing to deliver",
    }


async def test_the_same_cancellation_in_another_file_counts_once(table: Table) -> None:
    whole = (SAMPLES / "retail-sales.csv").read_bytes()
    await table.imported(whole, SALES)
    again = await table.imported(whole + b"700009,23002,LANTERN,1,2026-11-04 08:00:00,0.85,20001.0,France\n", SALES)
    known = {row.number: row.reason for row in await table.rows(again, RowOutcome.KNOWN)}
    assert known[9] == "cancels 5 of 23002 of invoice 700001"
    assert adds_up(again, await table.rows(again))


async def test_a_discount_is_shared_out_over_the_goods(table: Table) -> None:
    body = HEAD + b"1,A,Tin,1,2026-11-02 09:10:00,10,7,France\n1,BX,Box,2,2026-11-02 09:10:00,5,7,France\n"
    await table.imported(body + b"1,D,Discount,-1,2026-11-02 09:10:00,3.01,7,France\n", SALES)
    order = (await table.orders.find("order:b2b:1")).order
    assert order.total.amount == 1699
    assert [line.discount_total().amount for line in order.lines] == [151, 150]


ROWS = {
    "stock written off": (b"1,A,,-5,2026-11-02 09:10:00,0.0,,France\n", "stock written off"),
    "stock found": (b"1,A,found,5,2026-11-02 09:10:00,0.0,,France\n", "without price and customer"),
    "a bad debt": (b"A1,B,Adjust bad debt,1,2026-11-02 09:10:00,-110.6,,France\n", "a correction in the books"),
    "no quantity": (b"1,A,Tin,0,2026-11-02 09:10:00,1,7,France\n", "between 1 and"),
    "no price": (b"1,A,Tin,1,2026-11-02 09:10:00,,7,France\n", "1234.56"),
    "a spreadsheet's time": (b"1,A,Tin,1,02/11/2026 09:10,1,7,France\n", "must be a time"),
    "a spreadsheet's article": (b"1,1E+05,Tin,1,2026-11-02 09:10:00,1,7,France\n", "spreadsheet"),
    "more than nothing on a cancellation": (b"C1,A,Tin,1,2026-11-02 09:10:00,1,7,France\n", "more than nothing"),
    "too few cells": (b"1,A,Tin,1\n", "has 4 cells"),
}


@pytest.mark.parametrize("case", ROWS)
async def test_what_is_no_sale_is_refused_with_a_plain_reason(table: Table, case: str) -> None:
    row, why = ROWS[case]
    good = b"2,A,Tin,1,2026-11-02 09:10:00,1,7,France\n"
    batch = await table.imported(HEAD + row + good, SALES)
    assert await table.order_ids() == {"2"}
    assert why in str((await table.refusals(batch))[1][1])


async def test_a_note_on_stock_spoils_no_sale_beside_it(table: Table) -> None:
    body = HEAD + b"1,A,Tin,1,2026-11-02 09:10:00,1,,France\n1,BX,lost,-2,2026-11-02 09:10:00,0,,France\n"
    batch = await table.imported(body, SALES)
    assert [row.outcome for row in await table.rows(batch)] == [RowOutcome.ACCEPTED, RowOutcome.REFUSED]


async def test_an_order_of_more_than_a_thousand_lines_goes_in_whole(table: Table) -> None:
    rows = b"".join(b"1,%d,Tin,1,2026-11-02 09:10:00,1.25,7,France\n" % number for number in range(1200))
    await table.imported(HEAD + rows, SALES)
    order = (await table.orders.find("order:b2b:1")).order
    assert (len(order.lines), order.total.amount) == (1200, 150_000)


@pytest.mark.slow
async def test_a_real_week_adds_up_row_by_row(table: Table) -> None:
    path = Path(__file__).parents[3] / WEEK
    if not path.exists():
        pytest.skip("the real week of sales is not here")
    batch = await table.imported(gzip.decompress(path.read_bytes()), SALES, channel="retail", currency="GBP")
    rows = await table.rows(batch)
    assert adds_up(batch, rows)
    assert batch.counts.rows == 16_985
    assert batch.counts.orders_accepted == 608
    outcomes = Counter(row.outcome for row in rows)
    assert outcomes == {RowOutcome.ACCEPTED: 16_674, RowOutcome.RECORDED: 186, RowOutcome.REFUSED: 125}
    assert sum("of invoice" in (row.reason or "") for row in rows) > 10


@pytest.mark.parametrize(
    "row",
    [
        b"700001,23001,LANTERN,1000000,2026-11-02 08:00:00,999999999999,20001.0,France\n",
        b"700001,POST,POSTAGE,1000000,2026-11-02 08:00:00,999999999999,20001.0,France\n",
        b"C700001,POST,POSTAGE,-1000000,2026-11-02 08:00:00,999999999999,20001.0,France\n",
    ],
    ids=["goods", "a fee alone", "a fee given back"],
)
async def test_a_row_beyond_any_amount_spoils_no_other(table: Table, row: bytes) -> None:
    good = b"700002,23001,LANTERN,1,2026-11-02 08:00:00,0.85,20001.0,France\n"
    batch = await table.imported(HEAD + row + good, SALES, channel="retail")
    assert await table.order_ids() == {"700002"}
    assert await table.refusals(batch) == {1: ("UnitPrice", "makes the row worth more than any amount")}


async def test_a_discount_is_less_than_nothing(table: Table) -> None:
    goods = b"700001,23001,LANTERN,10,2026-11-02 08:00:00,0.85,20001.0,France\n"
    discount = b"700001,D,Discount,%d,2026-11-02 08:00:00,3,20001.0,France\n"
    batch = await table.imported(HEAD + goods + discount % 1, SALES, channel="retail")
    assert {column for column, _ in (await table.refusals(batch)).values()} == {"Quantity"}
    await table.imported(HEAD + goods + discount % -1, SALES, channel="retail")
    assert (await table.orders.find("order:retail:700001")).order.total.amount == 550
