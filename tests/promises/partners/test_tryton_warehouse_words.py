"""What stands in a Tryton's warehouse books, said in our words: no server is needed to see that it is said rightly."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr

from activities.adapters.documents import open_documents
from activities.adapters.partners import WAREHOUSES
from activities.adapters.tryton.reading_on import HandedOn, Mark, Standing
from activities.adapters.tryton.warehouse.happenings import Document, Internal, Move, Moved, moved, transferred
from activities.adapters.tryton.warehouse.masters import Place
from activities.adapters.tryton.warehouse.telling import UNASKED, Article, Named, Outgoing, Sent, told_by
from activities.adapters.tryton.warehouse.tickets import Ticket
from models.partners.events import ParcelShipped, PickedShort, ReleaseRejected
from models.partners.warehouse import ReleaseLine
from models.reconciling.documents import Party
from models.settings import PartnerSettings, Settings
from models.stock.quantities import StockState
from ops.partners.tryton.hands import Care, dial

NOW = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
SHELF, DAMAGED = 1, 2
PLACES = {
    SHELF: Place("storage", "berlin", None),
    DAMAGED: Place("storage", "berlin", StockState.DAMAGED),
    3: Place("storage", "store-mitte", None),
    4: Place("supplier", None, None),
    5: Place("customer", None, None),
    6: Place("lost_found", None, None),
    7: Place("storage", None, None),
}


def ticket(*lines: tuple[str, str, int, str], label: str | None = "SBX-1") -> Ticket:
    asked = tuple(ReleaseLine(line_id=name, sku=sku, quantity=n, lot=lot) for name, sku, n, lot in lines)
    order = "order:b2b:1"
    return Ticket(key=f"{order}/release/berlin", order_id=order, node="berlin", lines=asked, tracking_number=label)


def sent(number: int, sku: str, quantity: float, lot: str = "", package: int = 0) -> Sent:
    return Sent(
        id=number,
        product=Article(id=1, code=sku),
        internal_quantity=quantity,
        state="done",
        lot=Named(id=1, number=lot) if lot else None,
        package=Named(id=package, number=str(package)) if package else None,
    )


def shipment(*moves: Sent, state: str = "done", number: str | None = "12") -> Outgoing:
    return Outgoing(
        id=5,
        number=number,
        state=state,
        partially_assigned=False,
        create_date=NOW,
        write_date=NOW,
        outgoing_moves=list(moves),
    )


def told(shipped: Outgoing, asked: Ticket) -> list[tuple[str, str, int, str | None]]:
    parcels = [one for one in told_by(shipped, asked, stopped=False) if isinstance(one, ParcelShipped)]
    return [(line.line_id, line.sku, line.quantity, line.lot) for parcel in parcels for line in parcel.lines]


def test_goods_are_for_the_line_that_asked_for_their_lot_first():
    asked = ticket(("1", "WINE", 2, ""), ("2", "WINE", 1, "L1"))
    goods = shipment(sent(1, "WINE", 1, "L1"), sent(2, "WINE", 2, "L2"))
    assert told(goods, asked) == [("1", "WINE", 2, "L2"), ("2", "WINE", 1, "L1")]


def test_a_lot_spelt_as_ours_are_not_is_told_with_hyphens():
    assert told(shipment(sent(1, "WINE", 1, "L 1№2")), ticket(("1", "WINE", 1, ""))) == [("1", "WINE", 1, "L-1-2")]


def test_goods_that_nobody_asked_for_are_shown_and_not_hidden():
    assert told(shipment(sent(1, "MUG", 3)), ticket(("1", "MUG", 2, ""))) == [
        ("1", "MUG", 2, None),
        (UNASKED, "MUG", 1, None),
    ]


def test_a_release_cancelled_by_us_is_no_news_and_by_the_warehouse_is():
    asked, ended = ticket(("1", "MUG", 2, "")), shipment(state="cancelled")
    assert told_by(ended, asked, stopped=True) == ()
    assert [type(one) for one in told_by(ended, asked, stopped=False)] == [ReleaseRejected]
    assert told_by(shipment(state="cancelled", number=None), asked, stopped=False) == ()


@given(
    st.lists(
        st.tuples(st.sampled_from("AB"), st.integers(1, 5), st.sampled_from(["", "L1", "L2"])), min_size=1, max_size=5
    ),
    st.lists(st.tuples(st.sampled_from("AB"), st.integers(0, 4), st.sampled_from(["", "L1", "L2"]), st.integers(0, 3))),
)
def test_what_was_asked_for_is_either_in_a_parcel_or_short(
    lines: list[tuple[str, int, str]], moves: list[tuple[str, int, str, int]]
):
    asked = ticket(*((str(at), sku, n, lot) for at, (sku, n, lot) in enumerate(lines, start=1)))
    goods = shipment(*(sent(at, sku, n, lot, box) for at, (sku, n, lot, box) in enumerate(moves, start=1)))
    events = told_by(goods, asked, stopped=False)
    got: Counter[str] = Counter()
    for event in events:
        if isinstance(event, ParcelShipped | PickedShort):
            got.update(
                {line.line_id: line.quantity for line in event.lines if line.line_id != UNASKED and not line.lot}
            )
            for line in event.lines:
                if line.lot and line.line_id != UNASKED:
                    got[line.line_id] += line.quantity
    assert got == Counter({line.line_id: line.quantity for line in asked.lines})
    assert sum(n for _, n, _, _ in moves) == sum(quantity for _, _, quantity, _ in told(goods, asked))
    assert len({event.event_id for event in events}) == len(events)


def move(here: int, there: int, origin: str | None = None) -> Move:
    return Move(
        id=8,
        product=Article(id=1, code="MUG"),
        internal_quantity=3.0,
        lot=None,
        from_location=here,
        to_location=there,
        shipment=None,
        origin=origin,
        create_date=NOW,
        write_date=NOW,
    )


@pytest.mark.parametrize(
    ("here", "there", "types"),
    [
        (4, SHELF, ["stock.received"]),
        (SHELF, 4, ["stock.shipped"]),
        (5, SHELF, ["stock.returned"]),
        (SHELF, 5, ["stock.shipped"]),
        (6, SHELF, ["stock.adjusted"]),
        (6, DAMAGED, ["stock.adjusted", "stock.set_aside"]),
        (SHELF, 6, ["stock.adjusted"]),
        (DAMAGED, 6, ["stock.scrapped"]),
        (SHELF, DAMAGED, ["stock.set_aside"]),
        (DAMAGED, SHELF, ["stock.cleared"]),
        (SHELF, SHELF, []),
        (DAMAGED, DAMAGED, []),
        (SHELF, 3, ["stock.transfer_dispatched", "stock.transfer_received"]),
        (4, 5, []),
    ],
)
def test_each_way_goods_may_go_has_its_word(here: int, there: int, types: list[str]):
    assert [event.type for event in moved(move(here, there), PLACES, None)] == types


def test_a_return_names_its_order_only_where_it_is_one_of_ours():
    paper = Document(id=1, number="R1", reference="order:b2b:77")
    assert [event.order_id for event in moved(move(5, SHELF), PLACES, paper)] == ["order:b2b:77"]
    other = paper.model_copy(update={"reference": "Kunde Müller, Mai"})
    assert [event.order_id for event in moved(move(5, SHELF), PLACES, other)] == [None]


@pytest.mark.parametrize(
    ("state", "ends"), [("assigned", []), ("shipped", ["dispatched"]), ("done", ["dispatched", "received"])]
)
def test_a_transfer_is_told_as_far_as_it_has_come(state: str, ends: list[str]):
    def part(here: int, there: int, reached: str) -> Moved:
        article = Article(id=1, code="MUG")
        return Moved(
            id=here,
            product=article,
            internal_quantity=2.0,
            state=reached,
            lot=None,
            from_location=here,
            to_location=there,
        )

    way = Internal(
        id=3,
        number="4",
        reference=None,
        state=state,
        from_location=SHELF,
        to_location=3,
        create_date=NOW,
        write_date=NOW,
        moves=[
            part(SHELF, 7, "done" if state != "assigned" else "assigned"),
            part(7, 3, "done" if state == "done" else "draft"),
        ],
    )
    events = transferred(way, PLACES)
    assert [event.type.removeprefix("stock.transfer_") for event in events] == ends
    assert {event.transfer_id for event in events} <= {"TR-3"}


@given(
    st.lists(
        st.tuples(st.integers(0, 4 * 10**15), st.integers(0, 10**9)),
        min_size=1,
        max_size=4,
    ),
    st.integers(0, 10**6),
    st.sets(st.integers(0, 3)),
)
def test_a_cursor_says_where_reading_stands_to_the_microsecond(
    marks: list[tuple[int, int]], turn: int, through: set[int]
):
    found = tuple(Mark(NOW + timedelta(microseconds=at), number) for at, number in marks)
    standing = Standing(found, found[::-1], turn, frozenset(through & set(range(len(found)))))
    assert Standing.read(str(standing), len(found)) == standing


@pytest.mark.parametrize(
    "cursor", ["", "{}", "nonsense", "[", '[1,["x",2]]', "[1,5]", "null", "[]", "[1,[5,0],[6,0]]", "[1,2,3,4]"]
)
def test_another_cursor_is_not_taken_for_one(cursor: str):
    with pytest.raises(ValueError, match="cursor of"):
        Standing.read(cursor, 2)


def test_reading_goes_back_a_little_but_never_before_the_beginning():
    begins = Mark(NOW)
    assert Mark(NOW + timedelta(minutes=1), 7).before(timedelta(seconds=10), begins) == Mark(
        NOW + timedelta(seconds=50)
    )
    assert Mark(NOW + timedelta(seconds=3), 7).before(timedelta(seconds=10), begins) == begins


def test_what_was_handed_on_is_known_only_to_whoever_comes_with_that_cursor():
    memory, standing = HandedOn(), Standing((Mark(NOW),), (Mark(NOW),), 3)
    times = {
        name: NOW - timedelta(seconds=seconds) for name, seconds in {"now": 0, "just": 5, "long ago": 3600}.items()
    }

    def back(mark: Mark) -> Mark:
        return mark.before(timedelta(seconds=10), Mark())

    memory.remember(standing, {"long ago": times["long ago"], "just": times["just"]}, {"now": NOW}, back)
    assert memory.before(str(standing)) == {"now": NOW, "just": times["just"]}
    assert memory.before("another") == {}


def test_what_is_missing_in_the_settings_is_named():
    bare = PartnerSettings(kind="tryton", url="http://127.0.0.1:1/wms/rest")
    with pytest.raises(ValueError, match="ORDERLOOM_WMS__KEY is missing"):
        WAREHOUSES["tryton"](bare)
    keyed = bare.model_copy(update={"key": SecretStr("k")})
    with pytest.raises(ValueError, match="ORDERLOOM_WMS__OPTIONS: company is missing"):
        WAREHOUSES["tryton"](keyed)
    with pytest.raises(ValueError, match="ORDERLOOM_WMS__OPTIONS: page"):
        WAREHOUSES["tryton"](keyed.model_copy(update={"options": {"company": 1, "page": 0}}))


def test_its_shipments_are_listed_for_reconciling():
    tryton = {"kind": "tryton", "url": "http://127.0.0.1:1/wms/rest", "key": "k", "options": {"company": 1}}
    assert Party.WMS in open_documents(Settings.model_validate({"wms": tryton}))


def test_a_dial_says_how_each_next_release_is_carried_out():
    care = dial({Care.REJECT: 4, Care.SHORT: 2, Care.TWO_PARCELS: 0})
    assert [care() for _ in range(5)] == [Care.WHOLE, Care.SHORT, Care.WHOLE, Care.REJECT, Care.WHOLE]
