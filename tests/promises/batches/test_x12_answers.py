"""What a buyer hears of his purchase orders, read back segment by segment: 855, 856 and 810."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from activities.adapters.files.x12.answers import X12Answers
from activities.adapters.files.x12.segments import Segment, Segments
from activities.records.batches import Ordered
from models.batch.batch import AnswerKind, BatchFormat
from models.money import Money
from models.order.account import Account
from models.order.snapshot import Headline, LineProgress, OrderSnapshot, ShipmentProgress
from models.states.fulfilment import FulfilmentState, ShipmentState
from models.states.hold import Hold, HoldKind
from models.states.lifecycle import Lifecycle
from tests.promises.batches.table import GOOD, HEAD, Table
from tests.promises.batches.test_x12_files import interchange, transaction

NOW = datetime(2026, 11, 21, 8, 30, tzinfo=UTC)
BODY = (
    "BEG*00*SA*P-1**20261120",
    "PO1*1*3*EA*2.50**VN*MUG",
    "PO1*2*5*EA*1.10**VN*PEN",
    "SAC*C*D240***150**********Freight",
)


class InMemory:
    def __init__(self, text: str) -> None:
        self._text = text.encode()
        self.size = len(self._text)

    async def read(self, offset: int) -> bytes:
        return self._text[offset:]


async def read_back(text: str) -> list[Segment]:
    """Read an interchange as its receiver would, and check its envelopes' counts and numbers."""
    reading = Segments(InMemory(text), 0)
    found: list[Segment] = []
    while (segment := await reading.next()) is not None:
        found.append(segment)
    names = [segment.name for segment in found]
    assert names[:2] == ["ISA", "GS"]
    assert names[-2:] == ["GE", "IEA"]
    assert found[-1].at(2) == found[0].raw[90:99]
    assert found[-2].at(1) == str(names.count("ST"))
    assert found[-2].at(2) == found[1].at(6)
    starts = [at for at, name in enumerate(names) if name == "ST"]
    ends = [at for at, name in enumerate(names) if name == "SE"]
    for start, end in zip(starts, ends, strict=True):
        assert (found[end].at(1), found[end].at(2)) == (str(end - start + 1), found[start].at(2))
    return found


def elements(segments: list[Segment], name: str) -> list[tuple[str, ...]]:
    return [segment.elements for segment in segments if segment.name == name]


async def an_order(table: Table, isa: tuple[str, str] = ("", "")) -> Ordered:
    body = interchange(transaction(1, *BODY)).replace(*(part.encode() for part in isa)) if isa[0] else None
    batch = await table.imported(body or interchange(transaction(1, *BODY)), BatchFormat.X12)
    (ordered,) = await table.batches.orders(batch.id, after=0, limit=10)
    return ordered


def at_work(ordered: Ordered, **changes: object) -> Ordered:
    """The order when two mugs have left and were invoiced, one was cancelled, and the pens are waited for."""
    order = ordered.view.order
    snapshot = OrderSnapshot(
        order_id=order.id,
        version=3,
        at=NOW,
        lifecycle=Lifecycle.IN_FULFILMENT,
        headline=Headline.PARTIALLY_SHIPPED,
        fulfilment=FulfilmentState.SHIPPED,
        money=Account(order).progress().model_copy(update={"invoiced": Money(amount=650, currency="EUR")}),
        lines=(
            LineProgress(line_id="1", sku="MUG", ordered=3, shipped=2, invoiced=2, cancelled=1),
            LineProgress(line_id="2", sku="PEN", ordered=5, backordered=5),
        ),
        shipments=(
            ShipmentProgress(
                shipment_id="S1",
                node="north",
                carrier="Swift",
                tracking_number="TRK-1",
                state=ShipmentState.DISPATCHED,
                value=Money(amount=650, currency="EUR"),
            ),
        ),
        references={"invoice": "INV-9"},
    ).model_copy(update=changes)
    return replace(ordered, view=replace(ordered.view, snapshot=snapshot))


async def test_an_order_taken_in_is_accepted_whole(table: Table) -> None:
    ordered = await an_order(table)
    said = await read_back(X12Answers().answer(AnswerKind.CONFIRMATION, [ordered]))
    assert elements(said, "BAK") == [("00", "AD", "P-1", "20261120")]
    assert elements(said, "PO1") == [("1", "3", "EA", "2.5", "", "VN", "MUG"), ("2", "5", "EA", "1.1", "", "VN", "PEN")]
    assert elements(said, "ACK") == [("IA", "3", "EA"), ("IA", "5", "EA")]
    assert elements(said, "CTT") == [("2",)]
    for kind in (AnswerKind.SHIP_NOTICE, AnswerKind.INVOICE):
        assert X12Answers().answer(kind, [ordered]) == ""


async def test_what_changed_is_confirmed_line_by_line(table: Table) -> None:
    said = await read_back(X12Answers().answer(AnswerKind.CONFIRMATION, [at_work(await an_order(table))]))
    assert elements(said, "BAK")[0][1] == "AC"
    assert elements(said, "ACK") == [("ID", "1", "EA"), ("IA", "2", "EA"), ("IB", "5", "EA")]


@pytest.mark.parametrize("lifecycle", [Lifecycle.REJECTED, Lifecycle.CANCELLED])
async def test_an_order_that_will_not_be_is_rejected(table: Table, lifecycle: Lifecycle) -> None:
    ordered = at_work(await an_order(table), lifecycle=lifecycle)
    said = await read_back(X12Answers().answer(AnswerKind.CONFIRMATION, [ordered]))
    assert elements(said, "BAK")[0][1] == "RD"
    assert [one[0] for one in elements(said, "ACK")] == ["IR", "IR"]


async def test_an_order_on_hold_says_so(table: Table) -> None:
    hold = Hold(
        id="credit-1",
        kind=HoldKind.CREDIT,
        owner="finance",
        reason="limit",
        release_rule="an answer",
        opened_at=NOW,
        opened_by="us",
    )
    said = await read_back(
        X12Answers().answer(AnswerKind.CONFIRMATION, [at_work(await an_order(table), holds=(hold,))])
    )
    assert elements(said, "BAK")[0][1] == "AH"
    assert elements(said, "ACK")[1] == ("IH", "2", "EA")


async def test_a_ship_notice_has_what_left_and_its_tracking_number(table: Table) -> None:
    said = await read_back(X12Answers().answer(AnswerKind.SHIP_NOTICE, [at_work(await an_order(table))]))
    assert elements(said, "BSN") == [("00", "P-1", "20261121", "0830")]
    assert elements(said, "REF") == [("CN", "TRK-1")]
    assert elements(said, "LIN") == [("1", "VN", "MUG")]
    assert elements(said, "SN1") == [("1", "2", "EA")]
    assert elements(said, "CTT") == [(str(len(elements(said, "HL"))),)]


async def test_an_invoices_parts_add_up_to_its_total(table: Table) -> None:
    said = await read_back(X12Answers().answer(AnswerKind.INVOICE, [at_work(await an_order(table))]))
    assert elements(said, "BIG") == [("20261121", "INV-9", "20261120", "P-1")]
    assert elements(said, "IT1") == [("1", "2", "EA", "2.5", "", "VN", "MUG")]
    assert elements(said, "TDS") == [("650",)]
    (charge,) = elements(said, "SAC")
    assert (charge[0], charge[4], charge[14]) == ("C", "150", "Shipping, charges and tax")


async def test_answers_go_from_whom_the_order_went_to_to_whom_it_came_from(table: Table) -> None:
    ordered = await an_order(table, ("*ZZ*BUYERCO        *", "*01*123456789      *"))
    said = await read_back(X12Answers().answer(AnswerKind.CONFIRMATION, [ordered]))
    between = said[0].raw.split("*")
    assert (between[5], between[6].strip(), between[7], between[8].strip()) == ("ZZ", "ORDERLOOM", "01", "123456789")


async def test_the_same_order_gives_the_same_words_down_to_the_control_number(table: Table) -> None:
    ordered = await an_order(table)
    first = X12Answers().answer(AnswerKind.CONFIRMATION, [ordered])
    again = await table.batches.ordered(ordered.view.order.id)
    assert X12Answers().answer(AnswerKind.CONFIRMATION, [again]) == first
    assert X12Answers().answer(AnswerKind.CONFIRMATION, [at_work(ordered)])[90:99] != first[90:99]


async def test_an_order_that_came_otherwise_has_no_answer(table: Table) -> None:
    await table.imported(HEAD + GOOD)
    ordered = await table.batches.ordered("order:b2b:G-1")
    assert X12Answers().answer(AnswerKind.CONFIRMATION, [ordered]) == ""
