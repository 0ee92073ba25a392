"""What buyers write in an 850: each thing they say is heeded, or the order is refused at the element."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from activities.adapters.files.x12.reading import X12Orders
from activities.adapters.files.x12.writing import unit_code
from activities.records.batches import Found
from models.batch.batch import BatchFormat, BatchSource, BatchState, FileEncoding, Place
from models.order.document import OrderDocument, ServiceLevel
from tests.promises.batches.table import Table
from tests.promises.batches.test_x12_files import BODY, interchange, told, transaction

BEG, PO1 = "BEG*00*SA*P-1**20261120", "PO1*1*3*EA*2.50**VN*MUG"
PLACE = ("N1*ST*STORE 7*92*0007", "N3*100 MAIN STREET", "N4*SPRINGFIELD*IL*62701")
ELSEWHERE = ("N1*ST*STORE 8*92*0008", "N3*9 ELM STREET", "N4*CHICAGO*IL*60601")


class Whole:
    """A file in memory."""

    def __init__(self, body: bytes) -> None:
        self.size = len(body)
        self._body = body

    async def read(self, offset: int) -> bytes:
        return self._body[offset : offset + 10_000]


async def found(body: bytes, encoding: FileEncoding = FileEncoding.UTF_8) -> list[Found]:
    source = BatchSource(format=BatchFormat.X12, name="orders", currency="USD", encoding=encoding)
    return [each async for each in X12Orders().read(Whole(body), source, Place()) if each.rows]


async def taken(*body: str) -> OrderDocument:
    [one] = await found(interchange(transaction(1, *body)))
    assert one.document is not None, one.rows
    return one.document


async def refused(*body: str) -> tuple[str, str]:
    [one] = await found(interchange(transaction(1, *body)))
    assert one.document is None
    return one.rows[0].field, one.rows[0].refusal


def on(month: int, day: int) -> datetime:
    return datetime(2026, month, day, tzinfo=UTC)


# --- letters ---


async def test_names_may_be_in_any_script() -> None:
    place = ("N1*ST*Café Zürich 日本", "N3*Ünter den Linden", "N4*Québec*QC*G1A 1A1")
    address = (await taken(BEG, *place, PO1)).shipping_address
    assert address is not None
    assert (address.company, address.lines, address.city) == ("Café Zürich 日本", ("Ünter den Linden",), "Québec")


async def test_letters_of_another_encoding_are_read_as_such_or_refused_at_their_element() -> None:
    body = interchange(transaction(1, BEG, "N1*BY*Café*92*7", PO1), transaction(2, *(part.format(2) for part in BODY)))
    latin = body.decode().encode("windows-1252")

    spoilt, whole = await found(latin)
    assert (spoilt.rows[0].field, whole.document is not None) == ("N1 at 3, element 2", True)
    assert "windows-1252" in spoilt.rows[0].refusal

    right, _ = await found(latin, FileEncoding.WINDOWS_1252)
    assert right.document is not None
    assert right.document.customer.name == "Café"


# --- what stands under a line ---


async def test_a_line_cannot_send_the_order_somewhere_else() -> None:
    assert (await refused(BEG, *PLACE, PO1, *ELSEWHERE))[0] == "N1 at 7, element 2"
    assert (await refused(BEG, *PLACE, *ELSEWHERE, PO1))[0] == "N1 at 6, element 2"


@pytest.mark.parametrize("again", [PLACE, ("N1*ST**92*0007",)], ids=["in full", "by its number"])
async def test_the_same_place_may_be_named_again(again: tuple[str, ...]) -> None:
    address = (await taken(BEG, *PLACE, PO1, *again)).shipping_address
    assert address is not None
    assert (address.lines, address.city) == (("100 MAIN STREET",), "SPRINGFIELD")


@pytest.mark.parametrize(
    ("head", "line", "place"),
    [
        ("DTM*002*20261201", "DTM*002*20270101", "DTM at 5, element 2"),
        ("CUR*BY*USD", "CUR*BY*CAD", "CUR at 5, element 2"),
        ("REF*DP*32", "CUR*BY*CAD", "CUR at 5, element 2"),
        ("ITD*01*3*****30", "ITD*01*3*****60", "ITD at 5, element 7"),
    ],
)
async def test_a_line_cannot_change_the_orders_terms(head: str, line: str, place: str) -> None:
    assert (await refused(BEG, head, PO1, line))[0] == place


async def test_a_line_may_say_the_same_again() -> None:
    same = ("CUR*BY*USD", "ITD*01*3*****30", "DTM*002*20261201")
    document = await taken(BEG, *same, PO1, *same)
    assert (document.currency, document.payment.net_days) == ("USD", 30)
    assert document.fulfilment.deliver_by == on(12, 1)


async def test_a_line_that_comes_in_parts_is_refused_and_one_that_comes_whole_says_when() -> None:
    assert (await taken(BEG, PO1, "SCH*3*EA***002*20261201")).fulfilment.deliver_by == on(12, 1)
    parts = ("SCH*1*EA***002*20261201", "SCH*2*EA***002*20261215")
    assert (await refused(BEG, PO1, *parts))[0] == "SCH at 4, element 1"


@pytest.mark.parametrize("segment", ["SDQ*EA*92*0100*1*0131*2", "SLN*1**I*3*EA", "TXI*ST*100", "PO3*LD", "DIS*1"])
async def test_what_changes_place_goods_or_price_is_refused_with_what_to_do(segment: str) -> None:
    place, why = await refused(BEG, PO1, segment)
    assert place == f"{segment.partition('*')[0]} at 4"
    assert "not understood" not in why


async def test_what_changes_nothing_is_passed_over() -> None:
    more = ("PO4*6*6*EA", "MEA*PD*WT*1", "TD4****X", "LIN**UP*1", "QTY*38*3", "PCT*VI*1", "LDT*AF*3*DA", "CTP**RTL*5")
    assert (await taken(BEG, "CSH*SC", "PER*BD*ANN", PO1, *more, "CTT*1")).total.amount == 750


# --- prices ---


@pytest.mark.parametrize(
    ("line", "total"),
    [
        ("PO1*1*250*EA*12.50*HP*VN*MUG", 3125),
        ("PO1*1*24*EA*10*PD*VN*MUG", 2000),
        ("PO1*1*2*DZ*10*WD*VN*MUG", 2000),
        ("PO1*1*500*EA*3.999*TP*VN*MUG", 200),
        ("PO1*1*3*EA*2.50*PE*VN*MUG", 750),
        ("PO1*1*3*EA*2.50*CT*VN*MUG", 750),
        ("PO1*1*7*LB*2*PP*VN*MUG", 1400),
        ("PO1*1*7*EA**NC*VN*MUG", 0),
    ],
)
async def test_a_price_is_for_so_many_as_its_basis_says(line: str, total: int) -> None:
    assert (await taken(BEG, line)).total.amount == total


@pytest.mark.parametrize(
    ("line", "element"),
    [("PO1*1*7*EA*2*PP*VN*MUG", 5), ("PO1*1*7*EA*2*PT*VN*MUG", 5), ("PO1*1*7*EA*2*NC*VN*MUG", 4)],
)
async def test_a_price_that_nobody_can_reckon_is_refused(line: str, element: int) -> None:
    assert (await refused(BEG, line))[0] == f"PO1 at 3, element {element}"


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("EA", "C62"),
        ("PC", "C62"),
        ("DZ", "DZN"),
        ("FT", "FOT"),
        ("ST", "SET"),
        ("MR", "MTR"),
        ("CT", "CT"),
        ("", "C62"),
    ],
)
async def test_a_unit_is_read_for_what_it_is_and_written_as_it_was(written: str, meant: str) -> None:
    [line] = (await taken(BEG, f"PO1*1*3*{written}*2.50**VN*MUG")).lines
    assert line.unit == meant
    assert unit_code(line) == {"": "EA", "PC": "EA"}.get(written, written)


async def test_an_allowance_comes_off_its_line_or_is_shared_out_over_all() -> None:
    cup = "PO1*2*1*EA*2.50**VN*CUP"
    on_line = await taken(BEG, PO1, "SAC*A*C310***100**********PROMO", cup)
    assert [line.total.amount for line in on_line.lines] == [650, 250]
    assert on_line.lines[0].discounts[0].name == "PROMO"
    on_all = await taken(BEG, "SAC*A*C310***100", PO1, cup, "CTT*2", "AMT*TT*9")
    assert [line.total.amount for line in on_all.lines] == [675, 225]


@pytest.mark.parametrize("sac", ["SAC*N**VI*OHNS", "SAC*C*D240***500*******05", "SAC*A*C310***500*******01"])
async def test_what_is_settled_otherwise_changes_nothing(sac: str) -> None:
    document = await taken(BEG, sac, PO1)
    assert (document.total.amount, document.charges) == (750, ())


@pytest.mark.parametrize(
    ("sac", "element"),
    [
        ("SAC*C*D240***15.00", 5),
        ("SAC*A*C310", 5),
        ("SAC*A*C310***751", 5),
        ("SAC*S*X***1", 1),
        ("SAC*C*D240***-5", 5),
    ],
)
async def test_a_charge_that_nobody_can_read_is_refused(sac: str, element: int) -> None:
    assert (await refused(BEG, PO1, "CTT*1", sac))[0] == f"SAC at 5, element {element}"


async def test_more_money_than_there_is_spoils_no_other_order(table: Table) -> None:
    huge = transaction(1, BEG, "PO1*1*999999999*EA*999999999999**VN*MUG")
    fees = transaction(2, BEG, PO1, *["SAC*C*D240***999999999999999"] * 2)
    good = transaction(3, *(part.format(3) for part in BODY))
    batch = await table.imported(interchange(huge, fees, good), BatchFormat.X12)
    assert batch.state is BatchState.DONE
    assert await table.order_ids() == {"BUYERCO.P-3"}
    assert (await table.refusals(batch))[1][0] == "PO1 at 3, element 4"
    assert "AK9*P*3*3*1" in await told(table, batch)


# --- when, where to, how ---


async def test_windows_for_shipping_and_delivery_are_heeded() -> None:
    days = ("037*20261201", "038*20261205", "064*20261206", "063*20261210", "001*20261211", "999*soon")
    fulfilment = (await taken(BEG, *(f"DTM*{day}" for day in days), PO1)).fulfilment
    assert (fulfilment.ship_by, fulfilment.deliver_from, fulfilment.deliver_by) == (on(12, 5), on(12, 6), on(12, 10))
    assert fulfilment.instructions == "not to be shipped before 2026-12-01\nto be cancelled after 2026-12-11"


async def test_a_range_of_days_is_a_window() -> None:
    fulfilment = (await taken(BEG, "DTM*002****RD8*20261201-20261205", PO1)).fulfilment
    assert (fulfilment.deliver_from, fulfilment.deliver_by) == (on(12, 1), on(12, 5))
    assert (await refused(BEG, "DTM*002****RD8*20261201", PO1))[0] == "DTM at 3, element 6"


async def test_a_year_has_two_digits_before_release_4010() -> None:
    assert (await taken("BEG*00*SA*P-1**261120", PO1)).placed_at == on(11, 20)


async def test_a_rush_order_goes_first() -> None:
    levels = [(await taken(f"BEG*00*{kind}*P-1**20261120", PO1)).fulfilment.service_level for kind in ("RO", "SA")]
    assert levels == [ServiceLevel.EXPEDITED, ServiceLevel.STANDARD]


@pytest.mark.parametrize(
    ("segment", "level", "told"),
    [
        ("TD5*O*2*UPSN*U*UPS AIR*******ND", ServiceLevel.EXPEDITED, "to go by UPS AIR"),
        ("TD5*O*2*UPSN*********SE", ServiceLevel.EXPEDITED, "to go by UPSN"),
        ("TD5*O*ZZ*12345**UPS NEXT DAY", ServiceLevel.EXPEDITED, "to go by UPS NEXT DAY"),
        ("TD5*O*ZZ*12345**UPS GROUND*******CG", ServiceLevel.STANDARD, "to go by UPS GROUND"),
        ("TD5****H", ServiceLevel.STANDARD, "the customer has it picked up"),
        ("TD5*B", ServiceLevel.STANDARD, None),
    ],
)
async def test_how_it_is_to_be_carried_is_heeded(segment: str, level: ServiceLevel, told: str | None) -> None:
    fulfilment = (await taken(BEG, segment, PO1)).fulfilment
    assert (fulfilment.service_level, fulfilment.instructions) == (level, told)


async def test_remarks_reach_the_warehouse_and_ours_of_a_refusal_do_not() -> None:
    body = ("NTE**REFUSED: PO1 at 3", BEG, "N9*L1*SPECIAL", "MSG*Dock 7", PO1, "NTE*GEN*fragile", "CTT*1")
    assert (await taken(*body)).fulfilment.instructions == "Dock 7\nline 1: fragile"


@pytest.mark.parametrize(
    ("town", "country"),
    [
        ("AUSTIN*TX*78701", "US"),
        ("TORONTO*ON*M5V 2T6", "CA"),
        ("TORONTO*ON*M5V 2T6*CAN", "CA"),
        ("BERN**3000*CH", "CH"),
    ],
)
async def test_a_country_may_be_left_out_in_north_america(town: str, country: str) -> None:
    address = (await taken(BEG, "N1*ST*STORE", "N2*ATTN: BOB", "N3*1", f"N4*{town}", PO1)).shipping_address
    assert address is not None
    assert (address.country, address.name) == (country, "ATTN: BOB")


async def test_a_place_that_has_a_number_only_is_told_to_whoever_settles_it() -> None:
    document = await taken(BEG, PLACE[0], PO1)
    assert document.shipping_address is None
    assert document.note == "Ship to STORE 7 0007, whose address the order leaves out"


async def test_the_first_terms_that_name_days_count() -> None:
    assert (await taken(BEG, "ITD*05*3*****30", "ITD*08*3*2**10", PO1)).payment.net_days == 30
    assert (await refused(BEG, "ITD*05*3*****999", PO1))[0] == "ITD at 3, element 7"


async def test_a_test_interchange_orders_nothing_that_is_carried_out() -> None:
    body = interchange(transaction(1))
    assert [each.document.test for each in await found(body) if each.document] == [False]
    trial = body.replace(b"*0*P*>", b"*0*T*>")
    assert [each.document.test for each in await found(trial) if each.document] == [True]


async def test_a_line_that_stands_twice_is_refused_at_its_number() -> None:
    assert (await refused(BEG, PO1, PO1))[0] == "PO1 at 4, element 1"
