"""Rows become orders whatever stands beside them, once, and as they were written."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from models.batch.batch import BatchFormat, BatchState, FileEncoding, RowOutcome
from models.errors import Conflict, InvalidInput
from models.order.payment_terms import PaymentTerms
from tests.promises.batches.table import GOOD, HEAD, SAMPLES, Table, adds_up, pieces


async def test_a_good_order_beside_a_bad_one_goes_in(table: Table) -> None:
    body = HEAD + GOOD + b"B-1,2026-11-20,MUG,none,9.90\n" + b"G-2,2026-11-20,MUG,1,9.90\n"
    batch = await table.imported(body)
    assert batch.state is BatchState.DONE
    assert await table.order_ids() == {"G-1", "G-2"}
    assert await table.refusals(batch) == {2: ("quantity", "must be a whole number such as 12")}
    assert adds_up(batch, await table.rows(batch))


async def test_rows_of_one_order_go_in_together_or_not_at_all(table: Table) -> None:
    body = HEAD + b"A,2026-11-20,MUG,2,9.90\nA,,LAMP,,79\nA,,PEN,1,1\nB,2026-11-20,MUG,1,1\n"
    batch = await table.imported(body)
    assert await table.order_ids() == {"B"}
    assert await table.refusals(batch) == {
        1: (None, "another row of the same order is refused"),
        2: ("quantity", "is empty"),
        3: (None, "another row of the same order is refused"),
    }


async def test_our_own_sample_says_what_it_is_there_for(table: Table) -> None:
    batch = await table.imported((SAMPLES / "orders.csv").read_bytes())
    order = (await table.orders.find("order:b2b:PO-7001")).order
    assert [(line.sku, line.quantity, line.total.amount) for line in order.lines] == [
        ("MUG-BLUE", 12, 14137),
        ("LAMP-OAK", 2, 17850),
    ]
    assert order.shipping[0].total.amount == 774
    assert order.total.amount == 14137 + 17850 + 774
    assert order.payment.terms is PaymentTerms.ACCOUNT
    address = (await table.orders.find("order:b2b:PO-7002")).order.shipping_address
    assert address is not None
    assert address.lines == ("Lindenweg 3\nHinterhaus",)
    assert set(await table.refusals(batch)) == {5, 6}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
async def test_delimiters_and_line_ends_are_seen_from_the_file(table: Table, delimiter: str, line_end: str) -> None:
    body = (HEAD + GOOD).decode().replace(",", delimiter).replace("\n", line_end)
    await table.imported(body.encode())
    assert await table.order_ids() == {"G-1"}


async def test_a_byte_order_mark_and_mixed_line_ends_do_no_harm(table: Table) -> None:
    batch = await table.imported(b"\xef\xbb\xbf" + HEAD.replace(b"\n", b"\r\n") + GOOD + b"\r\nG-2,2026-11-20,MUG,1,1")
    assert await table.order_ids() == {"G-1", "G-2"}
    assert batch.counts.rows == 2


async def test_windows_1252_is_read_where_it_is_said(table: Table) -> None:
    body = b"order_id,placed_at,sku,name,quantity,unit_price\nW-1,2026-11-20,MUG,Caf\xe9 mug \x80,1,9.90\n"
    refused = await table.imported(body)
    assert "windows-1252" in str((await table.refusals(refused))[1][1])
    await table.imported(body, encoding=FileEncoding.WINDOWS_1252)
    assert (await table.orders.find("order:b2b:W-1")).order.lines[0].name == "Café mug €"


async def test_prices_finer_than_the_minor_unit_are_kept(table: Table) -> None:
    await table.imported(HEAD + b"F-1,2026-11-20,SCREW,1000,0.0125\n")
    line = (await table.orders.find("order:b2b:F-1")).order.lines[0]
    assert (line.unit_price, line.subtotal.amount) == (Decimal("0.0125"), 1250)


async def test_the_same_file_is_the_same_batch(table: Table) -> None:
    first = await table.imported(HEAD + GOOD)
    again = await table.hand_in(HEAD + GOOD, name="another name")
    assert (again.id, again.state, again.source.name) == (first.id, BatchState.DONE, "orders")
    assert (await table.hand_in(HEAD + GOOD, currency="USD")).id != first.id


async def test_many_who_hand_in_the_same_file_get_the_same_batch(table: Table) -> None:
    batches = await asyncio.gather(*(table.hand_in(HEAD + GOOD) for _ in range(5)))
    assert len({batch.id for batch in batches}) == 1
    assert (await table.take_all(batches[0].id)).counts.orders_accepted == 1


async def test_the_same_order_in_another_file_is_known(table: Table) -> None:
    await table.imported(HEAD + GOOD)
    batch = await table.imported(HEAD + GOOD + b"G-2,2026-11-20,MUG,1,1\n" + GOOD)
    rows = await table.rows(batch)
    assert [row.outcome for row in rows] == [RowOutcome.KNOWN, RowOutcome.ACCEPTED, RowOutcome.KNOWN]
    assert batch.counts.orders_known == 2


async def test_an_order_that_says_something_else_than_before_is_refused(table: Table) -> None:
    batch = await table.imported(HEAD + GOOD + b"G-2,2026-11-20,MUG,1,1\n" + GOOD.replace(b"9.90", b"9.80"))
    assert await table.refusals(batch) == {3: (None, "order:b2b:G-1 is known with other content")}
    assert (await table.orders.find("order:b2b:G-1")).order.total.amount == 1980


async def test_a_part_is_taken_once_however_many_take_it(table: Table) -> None:
    body = HEAD + b"".join(b"O-%d,2026-11-20,MUG,1,1\n" % number for number in range(120))
    batch = await table.hand_in(body)

    async def take() -> int:
        part = await table.importing.take_part(batch.id, orders=50, beat=lambda: None)
        return len(part.new_orders)

    taken = 0
    while not (await table.batches.find(batch.id)).state.is_over:
        taken += sum(await asyncio.gather(*(take() for _ in range(3))))
    assert taken == 120
    found = await table.batches.find(batch.id)
    assert adds_up(found, await table.rows(found))


async def test_a_cancelled_batch_is_read_no_further_and_keeps_what_it_has(table: Table) -> None:
    body = HEAD + b"".join(b"O-%d,2026-11-20,MUG,1,1\n" % number for number in range(120))
    batch = await table.hand_in(body)
    await table.importing.take_part(batch.id, orders=50, beat=lambda: None)
    assert (await table.batches.cancel(batch.id)).state is BatchState.CANCELLED
    assert (await table.take_all(batch.id)).counts.orders_accepted == 50
    assert (await table.batches.cancel(batch.id)).state is BatchState.CANCELLED


async def test_a_batch_that_is_done_cannot_be_cancelled(table: Table) -> None:
    batch = await table.imported(HEAD + GOOD)
    with pytest.raises(Conflict):
        await table.batches.cancel(batch.id)


async def test_learning_takes_articles_from_the_file_and_overwrites_none(table: Table) -> None:
    body = b"order_id,placed_at,sku,name,quantity,unit_price\nL-1,2026-11-20,NEW,%b,1,9.90\n"
    await table.imported(body % b"First name", learn=True)
    await table.imported((body % b"Second name").replace(b"L-1", b"L-2"), learn=True)
    from activities.adapters.store.tables.catalogue import items

    async with table.database.reading() as connection:
        learned = [row.item.name for row in (await connection.execute(items.select())).all()]
    assert learned == ["First name"]


async def test_a_file_that_is_cut_off_is_no_batch(table: Table) -> None:
    batch = await table.hand_in(HEAD)
    with pytest.raises(InvalidInput, match="bytes came"):
        await table.uploads.take(batch.source, pieces(GOOD), expected=500)
    assert len((await table.batches.page(cursor=None, limit=10)).items) == 1


async def test_json_lines_are_documents_of_our_own(table: Table) -> None:
    batch = await table.imported((SAMPLES / "orders.jsonl").read_bytes(), BatchFormat.JSON_LINES)
    assert await table.order_ids() == {"JL-1", "JL-2"}
    assert list(await table.refusals(batch)) == [3]
    assert (await table.refusals(batch))[3][0] == "/currency"
