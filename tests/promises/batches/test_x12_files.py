"""Interchanges of purchase orders: each transaction counts for itself, and the sender hears what became of it."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from activities.adapters.files.x12.heading import Heading
from activities.adapters.files.x12.ordering.purchase_order import external_id
from activities.records.batches import Batch
from models.batch.batch import BatchFormat, BatchState
from models.money import Money
from tests.promises.batches.table import SAMPLES, Table, adds_up

BODY = ("BEG*00*SA*P-{0}**20261120", "PO1*1*3*EA*2.50**VN*MUG", "CTT*1")


def transaction(
    number: int, *body: str, count: int | None = None, trailer: str | None = None, kind: str = "850"
) -> str:
    inside = body or tuple(part.format(number) for part in BODY)
    control = f"{number:04}"
    said = len(inside) + 2 if count is None else count
    last = trailer if trailer is not None else f"SE*{said}*{control}"
    return "~\n".join([f"ST*{kind}*{control}", *inside, *([last] if last else [])])


def interchange(*transactions: str, groups: str | None = None, closing: str | None = None, group: str = "PO") -> bytes:
    isa = f"ISA*00*{'':10}*00*{'':10}*ZZ*{'BUYERCO':15}*ZZ*{'ORDERLOOM':15}*261120*0930*U*00401*000000042*0*P*>"
    parts = [isa, f"GS*{group}*BUYERCO*ORDERLOOM*20261120*0930*7*X*004010", *transactions]
    parts += [f"GE*{len(transactions)}*7" if groups is None else groups, closing or "IEA*1*000000042"]
    return "~\n".join(part for part in parts if part).encode() + b"~\n"


async def told(table: Table, batch: Batch) -> str:
    return "".join(one.text for one in await table.batches.acknowledgements(batch.id, after=0, limit=100))


async def test_a_bad_transaction_is_refused_and_the_rest_goes_in(table: Table) -> None:
    batch = await table.imported((SAMPLES / "purchase-orders.edi").read_bytes(), BatchFormat.X12)
    assert await table.order_ids() == {"BUYERCO.4500001", "BUYERCO.4500003"}
    assert await table.refusals(batch) == {2: ("PO1 at 10, element 2", "TWELVE is no whole number")}
    order = (await table.orders.find("order:b2b:BUYERCO.4500003")).order
    assert (order.number, order.currency, order.total.amount, order.payment.net_days) == ("4500003", "USD", 28750, 30)
    assert order.customer.id == "B100"
    assert order.shipping_address is not None
    assert (order.shipping_address.city, order.shipping_address.country) == ("SPRINGFIELD", "US")
    segments = (await told(table, batch)).split("~\n")
    assert segments[3:8] == ["AK1*PO*42", "AK2*850*0002", "AK3*PO1*10**8", "AK4*2**6", "AK5*R*5"]
    assert segments[8] == "AK9*P*3*3*2"


@pytest.mark.parametrize("marks", ["*>~", "|:'", "^<\n", "+&!"])
async def test_each_interchange_has_separators_of_its_own(table: Table, marks: str) -> None:
    element, component, end = marks
    other = (
        interchange(transaction(1))
        .decode()
        .replace("~\n", "~")
        .translate(str.maketrans({"*": element, ">": component, "~": end}))
    )
    await table.imported(other.encode() + interchange(transaction(2)), BatchFormat.X12)
    assert await table.order_ids() == {"BUYERCO.P-1", "BUYERCO.P-2"}


TRANSACTIONS = {
    "count of segments": (transaction(2, count=9), "AK5*R*4"),
    "control numbers differ": (transaction(2, trailer="SE*5*0003"), "AK5*R*3"),
    "no trailer": (transaction(2, trailer=""), "AK5*R*2"),
    "control number twice": (transaction(1), "AK5*R*23"),
    "not an 850": (transaction(2, "BIG*20261120*1", kind="810"), "AK5*R*1"),
    "no BEG": (transaction(2, "PO1*1*3*EA*2.50**VN*MUG"), "AK3*BEG*2**3"),
    "no PO1": (transaction(2, BODY[0], "CTT*0"), "AK3*PO1*4**3"),
    "a change of an order": (transaction(2, "BEG*04*SA*P-2**20261120", *BODY[1:]), "AK4*1**7"),
    "a blanket order": (transaction(2, "BEG*00*BK*P-2**20261120", *BODY[1:]), "AK4*2**7"),
    "no order number": (transaction(2, "BEG*00*SA***20261120", *BODY[1:]), "AK4*3**1"),
    "no such day": (transaction(2, "BEG*00*SA*P-2**20261320", *BODY[1:]), "AK4*5**8"),
    "a negative quantity": (transaction(2, BODY[0], "PO1*1*-3*EA*2.50**VN*MUG", "CTT*1"), "AK4*2**6"),
    "no article": (transaction(2, BODY[0], "PO1*1*3*EA*2.50", "CTT*1"), "AK4*7**1"),
    "no price": (transaction(2, BODY[0], "PO1*1*3*EA***VN*MUG", "CTT*1"), "AK4*4**1"),
    "unknown unit": (transaction(2, BODY[0], "PO1*1*3*each*2.50**VN*MUG", "CTT*1"), "AK4*3**7"),
    "another count of lines": (transaction(2, *BODY[:2], "CTT*2"), "AK3*CTT*4**8"),
    "another total": (transaction(2, *BODY[:2], "AMT*TT*9.99"), "AK4*2**7"),
    "unknown currency": (transaction(2, BODY[0], "CUR*BY*usd", *BODY[1:]), "AK3*CUR*3**8"),
    "unknown country": (transaction(2, BODY[0], "N1*ST*X", "N4*A**1*XX", *BODY[1:]), "AK4*4**7"),
    "a segment nobody knows": (transaction(2, BODY[0], "XYZ*1", *BODY[1:]), "AK3*XYZ*3**2"),
}


@pytest.mark.parametrize("case", TRANSACTIONS)
async def test_what_is_wrong_is_told_by_segment_and_element(table: Table, case: str) -> None:
    bad, code = TRANSACTIONS[case]
    batch = await table.imported(interchange(transaction(1), bad, transaction(4)), BatchFormat.X12)
    assert await table.order_ids() == {"BUYERCO.P-1", "BUYERCO.P-4"}
    assert list(await table.refusals(batch)) == [2]
    answer = await told(table, batch)
    assert code in answer
    assert "AK9*P*3*3*2" in answer
    assert adds_up(batch, await table.rows(batch))


async def test_counts_of_the_envelopes_are_checked(table: Table) -> None:
    batch = await table.imported(interchange(transaction(1), groups="GE*2*8"), BatchFormat.X12)
    assert "AK9*E*2*1*1*4*5" in await told(table, batch)
    batch = await table.imported(interchange(transaction(2), closing="IEA*2*000000043"), BatchFormat.X12)
    assert (await table.refusals(batch))[2] == ("IEA", "IEA has the control number 000000043, and ISA 000000042")
    batch = await table.imported(interchange(transaction(3), groups="", closing="N1*XX"), BatchFormat.X12)
    assert "AK9*E*1*1*1*3" in await told(table, batch)
    assert list(await table.refusals(batch)) == [2]
    assert await table.order_ids() == {"BUYERCO.P-1", "BUYERCO.P-2", "BUYERCO.P-3"}


@pytest.mark.parametrize(
    "body",
    [
        b"UNA:+.? 'UNB+UNOC",
        b"ISA*00*short~",
        interchange(transaction(1))[:60],
        b"ISA" + b"*" * 300,
        interchange(transaction(1)).replace(b"     ", " \u00a0 \u00a0 ".encode(), 1),
    ],
    ids=["EDIFACT", "a short ISA", "cut off in the ISA", "separators that make no sense", "hard spaces in the ISA"],
)
async def test_what_does_not_begin_with_an_interchange_is_unreadable(table: Table, body: bytes) -> None:
    assert (await table.imported(body, BatchFormat.X12)).state is BatchState.UNREADABLE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda body: b"\xef\xbb\xbf" + body,
        lambda body: body.replace(b"*ZZ*BUYERCO  ", b"*ZZ*BUYERCO", 1),
        lambda body: body.replace(b"*ZZ*BUYERCO", b"*ZZ*BUYERCO    ", 1),
    ],
    ids=["a byte order mark", "a sender that is too short", "a sender that is too long"],
)
async def test_an_interchange_is_read_and_answered_whatever_its_first_segment_is_padded_with(
    table: Table, spoil: Callable[[bytes], bytes]
) -> None:
    body = spoil(interchange(transaction(1), transaction(2, BODY[0])))
    assert body != interchange(transaction(1), transaction(2, BODY[0]))

    batch = await table.imported(body, BatchFormat.X12)

    assert await table.order_ids() == {"BUYERCO.P-1"}
    answer = await told(table, batch)
    assert "AK9*P*2*2*1" in answer
    # What he gets back to correct goes by that segment as well.
    back = Heading.of(await table.refused_file(batch))
    assert [back.at(number) for number in (6, 8, 13)] == [Heading.of(body).at(number) for number in (6, 8, 13)]


async def test_a_segment_without_end_ends_the_reading_and_not_what_was_read(table: Table) -> None:
    batch = await table.imported(interchange(transaction(1), "ST*850" + "x" * 50_000), BatchFormat.X12)
    assert (batch.state, await table.order_ids()) == (BatchState.UNREADABLE, {"BUYERCO.P-1"})
    assert "no end" in batch.reason


async def test_reading_goes_on_in_the_middle_of_a_group(table: Table) -> None:
    one_by_one = Table(table.database, orders_a_part=1)
    batch = await one_by_one.imported(interchange(*(transaction(number) for number in range(1, 8))), BatchFormat.X12)
    assert batch.counts.orders_accepted == 7
    assert (await told(table, batch)).count("AK9*A*7*7*7") == 1


@pytest.mark.parametrize("orders_a_part", [1, 50])
async def test_groups_without_end_or_content_are_answered_one_by_one(table: Table, orders_a_part: int) -> None:
    one_by_one = Table(table.database, orders_a_part=orders_a_part)
    begin = "GS*PO*BUYERCO*ORDERLOOM*20261120*0930*{}*X*004010"
    inside = (transaction(1), begin.format(8), begin.format(9), transaction(2))
    body = interchange(*inside, groups="").replace(b"IEA*1*000000042~\n", b"")
    batch = await one_by_one.imported(body + interchange(transaction(3)), BatchFormat.X12)
    assert await table.order_ids() == {"BUYERCO.P-1", "BUYERCO.P-2", "BUYERCO.P-3"}
    answers = await table.batches.acknowledgements(batch.id, after=0, limit=100)
    assert [one.number for one in answers] == [1, 2, 3, 4]
    assert re.findall(r"AK1\*PO\*(\d)", await told(table, batch)) == ["7", "8", "9", "7"]
    after = await table.batches.acknowledgements(batch.id, after=2, limit=1)
    assert [one.number for one in after] == [3]


async def test_an_acknowledgement_is_never_acknowledged(table: Table) -> None:
    body = interchange(transaction(1, "AK1*PR*1", "AK9*A*1*1*1", kind="997"), group="FA")
    batch = await table.imported(body, BatchFormat.X12)
    assert await told(table, batch) == ""
    assert (batch.counts.rows_recorded, batch.counts.orders_refused) == (1, 0)


async def test_an_interchange_sent_twice_orders_once(table: Table) -> None:
    batch = await table.imported(interchange(transaction(1)) * 2, BatchFormat.X12)
    assert (batch.counts.orders_accepted, batch.counts.orders_known) == (1, 1)


async def test_amounts_of_charges_are_hundredths_in_any_currency(table: Table) -> None:
    body = ("BEG*00*SA*P-1**20261120", "CUR*BY*JPY", "PO1*1*1*EA*500**VN*MUG", "SAC*C*D240***25000")
    await table.imported(interchange(transaction(1, *body)), BatchFormat.X12)
    assert (await table.orders.find("order:b2b:BUYERCO.P-1")).order.total == Money(amount=750, currency="JPY")


async def test_refused_transactions_come_back_as_an_interchange(table: Table) -> None:
    bad = transaction(2, BODY[0].format(2), "PO1*1*THREE*EA*2.50**VN*MUG", "CTT*1")
    batch = await table.imported(interchange(transaction(1), bad), BatchFormat.X12)
    back = await table.refused_file(batch)
    assert b"NTE**REFUSED: PO1 at 3, element 2 THREE is no whole number~" in back
    again = await table.imported(back.replace(b"*THREE*", b"*3*"), BatchFormat.X12)
    assert (again.counts.orders_accepted, again.counts.rows) == (1, 1)


def test_a_purchase_order_number_of_any_kind_names_an_order() -> None:
    assert external_id("BUYER CO", "PO/7 b") == "BUYER~20CO.PO~2F7~20b"
