"""Everything a file can have wrong with it: the row or the file is refused with a reason, and nothing else is."""

from __future__ import annotations

import csv
import io
import json

import pytest

from models.batch.batch import BatchFormat, BatchState
from models.errors import InvalidInput
from tests.promises.batches.table import GOOD, HEAD, Table

WIDE = b"order_id,placed_at,sku,name,quantity,unit_price,discount,country,currency,email\n"

UNREADABLE = {
    "header only is read, and is done": (HEAD, ""),
    "no header": (GOOD, "must name the columns"),
    "wrong delimiter": (HEAD.replace(b",", b"|") + GOOD, "must name the columns"),
    "unknown column": (HEAD.replace(b"sku", b"sku,colour") + GOOD, "colour"),
    "column twice": (HEAD.replace(b"sku", b"sku,sku") + GOOD, "twice"),
    "UTF-16": ((HEAD + GOOD).decode().encode("utf-16"), "UTF-16"),
    "zip": (b"PK\x03\x04" + b"\0" * 50, "ZIP"),
    "gzip": (b"\x1f\x8b\x08" + b"\0" * 50, "compressed"),
    "a million columns": (b"a," * 1_000_000 + b"\n", "first line"),
    "NUL in the header": (b"order\0id\n", "no such text"),
    "blank first line": (b"\n" + HEAD + GOOD, "empty"),
}


@pytest.mark.parametrize("case", UNREADABLE)
async def test_a_file_that_is_none_says_why(table: Table, case: str) -> None:
    body, why = UNREADABLE[case]
    batch = await table.imported(body)
    assert batch.state is (BatchState.UNREADABLE if why else BatchState.DONE)
    assert why in batch.reason
    assert batch.counts.rows == 0


async def test_an_empty_file_is_no_batch(table: Table) -> None:
    with pytest.raises(InvalidInput, match="empty"):
        await table.hand_in(b"")


BAD_ROWS = {
    "too few cells": (b"B,2026-11-20,MUG,Mug,1\n", None, "has 5 cells"),
    "too many cells": (b"B,2026-11-20,MUG,Mug,1,1,,,,,,\n", None, "has 12 cells"),
    "unclosed quote": (b'B,2026-11-20,MUG,"Mug,1,9.90,,,,\n', None, "quote"),
    "text after a quote": (b'B,2026-11-20,MUG,"Mug"s,1,9.90,,,,\n', None, "quote"),
    "NUL": (b"B,2026-11-20,MUG,M\0ug,1,9.90,,,,\n", None, "NUL"),
    "Latin-1": (b"B,2026-11-20,MUG,Caf\xe9,1,9.90,,,,\n", None, "is not utf-8"),
    "a cell of 5 MB": (b"B,2026-11-20,MUG," + b"x" * 5_000_000 + b",1,9.90,,,,\n", None, "longer than"),
    "a million cells": (b"B,2026-11-20," + b"," * 60_000 + b"\n", None, "cells"),
    "locale decimals": (b'B,2026-11-20,MUG,Mug,1,"1.234,56",,,,\n', "unit_price", "1234.56"),
    "a price with an exponent": (b"B,2026-11-20,MUG,Mug,1,1E+2,,,,\n", "unit_price", "1234.56"),
    "half a piece": (b"B,2026-11-20,MUG,Mug,1.5,1,,,,\n", "quantity", "whole number"),
    "none": (b"B,2026-11-20,MUG,Mug,0,1,,,,\n", "quantity", "at least 1"),
    "less than none": (b"B,2026-11-20,MUG,Mug,-3,1,,,,\n", "quantity", "at least 1"),
    "full-width digits": ("B,2026-11-20,MUG,Mug,\uff11,1,,,,\n".encode(), None, "whole number"),
    "too many": (b"B,2026-11-20,MUG,Mug,99999999,1,,,,\n", "quantity", "less than or equal"),
    "a negative price": (b"B,2026-11-20,MUG,Mug,1,-1,,,,\n", "unit_price", "negative"),
    "more off than it costs": (b"B,2026-11-20,MUG,Mug,1,1,2,,,\n", "discount", "more than the line costs"),
    "too many decimals": (b"B,2026-11-20,MUG,Mug,1,1,0.001,,,\n", "discount", "decimals"),
    "a spreadsheet's day": (b"B,20/11/2026,MUG,Mug,1,1,,,,\n", "placed_at", "must be a day"),
    "no such day": (b"B,2026-02-30,MUG,Mug,1,1,,,,\n", "placed_at", "no day of the calendar"),
    "a time without offset": (b"B,2026-11-20T10:00:00,MUG,Mug,1,1,,,,\n", None, "offset"),
    "a spreadsheet's article": (b"B,2026-11-20,1E+05,Mug,1,1,,,,\n", "sku", "spreadsheet"),
    "a formula for an article": (b'B,2026-11-20,"=cmd()",Mug,1,1,,,,\n', "sku", "formula"),
    "no article": (b"B,2026-11-20,,Mug,1,1,,,,\n", "sku", "is empty"),
    "no day": (b"B,,MUG,Mug,1,1,,,,\n", "placed_at", "is empty"),
    "an invisible character": ("B,2026-11-20,MU\u202eG,Mug,1,1,,,,\n".encode(), "sku", "invisible"),
    "an order id that is no id": (b"../B,2026-11-20,MUG,Mug,1,1,,,,\n", "order_id", "letters"),
    "an unknown currency": (b"B,2026-11-20,MUG,Mug,1,1,,,eur,\n", "currency", "ISO 4217"),
    "an address that is none": (b"B,2026-11-20,MUG,Mug,1,1,,Germany,,\n", "country", "ISO 3166"),
    "an e-mail that is none": (b"B,2026-11-20,MUG,Mug,1,1,,,,nobody\n", "email", ""),
    "more money than there is": (b"B,2026-11-20,MUG,Mug,999999999,999999999999,,,,\n", "unit_price", "less than"),
    "a discount beyond the price": (b"B,2026-11-20,MUG,Mug,1,1,1.01,,,\n", "discount", "more than the line costs"),
}


@pytest.mark.parametrize("case", BAD_ROWS)
async def test_a_bad_row_is_refused_between_two_good_ones(table: Table, case: str) -> None:
    row, column, why = BAD_ROWS[case]
    good = b"%b,2026-11-20,MUG,Mug,1,9.90,,,,\n"
    batch = await table.imported(WIDE + good % b"G-1" + row + good % b"G-2")
    assert batch.state is BatchState.DONE
    assert await table.order_ids() == {"G-1", "G-2"}
    refusals = await table.refusals(batch)
    assert list(refusals) == [2]
    blamed, reason = refusals[2]
    assert why in str(reason)
    assert column is None or blamed == column


FREIGHT = b"order_id,placed_at,sku,quantity,unit_price,tax,tax_name,shipping,shipping_tax\n"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        (b"B,2026-11-20,MUG,1,1,,,,0.95\n", "shipping"),
        ("B,2026-11-20,MUG,1,1,0.19,V\u202eAT,,\n".encode(), "tax_name"),
        (
            b"B,2026-11-20,MUG,1000000,9999999,,,,\nB,,CUP,1,999999999999,,,,\nB,,LAMP,1000000,9999999,,,,\n",
            "unit_price",
        ),
    ],
    ids=["tax on no shipping", "a tax with an invisible name", "a sum beyond any amount"],
)
async def test_what_is_said_of_the_whole_order_is_blamed_on_its_column(table: Table, row: bytes, column: str) -> None:
    batch = await table.imported(FREIGHT + row + b"G-1,2026-11-20,MUG,2,9.90,,,4.90,0.93\n")
    assert await table.order_ids() == {"G-1"}
    assert column in {blamed for blamed, _ in (await table.refusals(batch)).values()}
    assert (await table.orders.find("order:b2b:G-1")).order.total.amount == 1980 + 490 + 93


async def test_a_spoilt_row_spoils_the_order_it_belongs_to(table: Table) -> None:
    body = HEAD + b'A,2026-11-20,MUG,1,1\nA,,"LAMP,1,1\nB,2026-11-20,MUG,1,1\n'
    batch = await table.imported(body)
    assert await table.order_ids() == {"B"}
    assert set(await table.refusals(batch)) == {1, 2}


async def test_rows_that_contradict_one_another_are_refused(table: Table) -> None:
    body = b"order_id,placed_at,sku,quantity,unit_price,customer_id\nA,2026-11-20,MUG,1,1,C-1\nA,,LAMP,1,1,C-2\n"
    batch = await table.imported(body)
    assert (await table.refusals(batch))[2] == ("customer_id", "says something else of the order than the row before")


async def test_an_order_without_end_is_refused_piece_by_piece(table: Table) -> None:
    body = HEAD + b"A,2026-11-20,MUG,1,1\n" * 4500 + GOOD
    batch = await table.imported(body)
    refusals = await table.refusals(batch)
    assert (len(refusals), {reason for _, reason in refusals.values()}) == (
        4500,
        {"an order may have 2000 rows at most"},
    )
    assert await table.order_ids() == {"G-1"}


async def test_refused_rows_come_back_with_their_reasons_and_no_formula(table: Table) -> None:
    body = WIDE + b'B,2026-11-20,MUG,"=HYPERLINK(""x"")",none,-1,,,,\nC,2026-11-20,"MUG\n'
    batch = await table.imported(body)
    rows = list(csv.DictReader(io.StringIO((await table.refused_file(batch)).decode())))
    assert [row["refused_row"] for row in rows] == ["1", "2"]
    assert rows[0]["name"] == '\'=HYPERLINK("x")'
    assert rows[0]["unit_price"] == "-1"
    assert rows[0]["refused_for"].startswith("quantity: must be a whole number")
    assert not any(cell.startswith(("=", "+", "@")) for row in rows for cell in row.values())


async def test_a_refused_file_that_was_corrected_goes_in(table: Table) -> None:
    batch = await table.imported(HEAD + GOOD.replace(b",2,", b",two,"))
    corrected = (await table.refused_file(batch)).replace(b"two", b"2")
    assert (await table.imported(corrected)).counts.orders_accepted == 1


JSON_LINES = {
    "not JSON": b"{nope}\n",
    "no object": b"7\n",
    "a key twice": b'{"channel":"b2b","channel":"b2b"}\n',
    "not UTF-8": b'{"channel":"\xff"}\n',
    "NaN": b'{"total":NaN}\n',
    "longer than a megabyte": b'{"note":"' + b"x" * 1_100_000 + b'"}\n',
}


@pytest.mark.parametrize("case", JSON_LINES)
async def test_a_bad_line_of_json_is_refused(table: Table, case: str) -> None:
    batch = await table.imported(b"\n" + JSON_LINES[case], BatchFormat.JSON_LINES)
    assert (batch.state, list(await table.refusals(batch))) == (BatchState.DONE, [1])
    assert json.loads((await table.refused_file(batch)).decode())["refused_row"] == 1


async def test_one_json_list_is_no_file_of_lines(table: Table) -> None:
    assert (await table.imported(b'[\n{"channel":"b2b"}]', BatchFormat.JSON_LINES)).state is BatchState.UNREADABLE
