"""What the database keeps of returns, on both kinds: never more back than was shipped, never more given than paid."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime

import pytest

from activities.adapters.store.database import Database
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.records.returns import ReturnFilter
from models.catalogue import Component, Item
from models.errors import Conflict, InvalidInput, NotFound
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.partners.erp import ItemAnswer
from models.returns import disposing
from models.returns.handling import Lot
from models.returns.money import ClaimChange, LineClaim, RefundOutcome, Replacement, ReplacementLine, Ways
from models.returns.request import Condition, LooseLine, LooseReturnRequest, ReturnReason
from models.returns.standing import ReturnStanding
from models.states.hold import HoldKind
from models.states.returning import ReturnState
from tests.promises.returns.shipped import POLICIES, a_claim, a_request, book_in, delivered, returns_in

LOOSE = LooseReturnRequest(
    channel="shopify",
    reference="PARCEL-1",
    currency="EUR",
    lines=(LooseLine(sku="MUG", quantity=1, reason=ReturnReason.OTHER, condition=Condition.USED),),
    node="berlin",
)


async def test_a_return_pins_what_was_sold_and_is_numbered(database: Database) -> None:
    order = await delivered(database, mug=3)
    returns = returns_in(database)

    first = await returns.open(order.id, a_request(1), opened_by="shop", request_key=None)
    second = await returns.open(order.id, a_request(2), opened_by="shop", request_key=None)

    assert first.case.id == f"return:shopify:{order.external_id}:1"
    assert second.case.number == 2
    line = first.case.sold.lines[0]
    assert (line.shipped, line.total, line.net) == (3, order.lines[0].total, Money(amount=3000, currency="EUR"))
    assert first.case.sold.delivered_at is not None
    assert first.case.sold.sales_order == "SO-1"


async def test_of_a_bundle_only_the_parts_that_are_goods_come_back(database: Database) -> None:
    mug, lamp, fitting = (
        Item(sku=sku, name=sku.title(), stocked=sku != "FITTING") for sku in ("MUG", "LAMP", "FITTING")
    )
    parts = tuple(Component(sku=sku, quantity=2) for sku in ("MUG", "FITTING"))
    bundles = (
        Item(sku="SET", name="Set, fitted", components=parts),
        Item(sku="KIT", name="Care kit", components=parts[1:]),
    )
    await SqlOrderBook(database, POLICIES).learn(ItemAnswer(items=(mug, lamp, fitting, *bundles)))
    order = await delivered(database, set=1, kit=1, lamp=1)

    opened = await returns_in(database).open(order.id, a_request(1), opened_by="shop", request_key=None)

    sold = {line.sku: line for line in opened.case.sold.lines}
    assert {sku: line.parts for sku, line in sold.items()} == {"SET": parts[:1], "KIT": (), "LAMP": ()}
    assert {sku: line.has_goods for sku, line in sold.items()} == {"SET": True, "KIT": False, "LAMP": True}
    came = disposing.came(opened.case, "R-1", [Lot("1", "SET", 3, "berlin", "")], datetime.now(UTC))
    assert [(line.sku, line.quantity) for event in came for line in event.lines] == [("MUG", 6)]


@pytest.mark.slow
async def test_the_last_unit_is_returned_once_however_many_ask_at_once(database: Database) -> None:
    order = await delivered(database, mug=3)
    returns = returns_in(database)
    asks = (returns.open(order.id, a_request(2), opened_by=f"shop {n}", request_key=None) for n in range(6))

    outcomes = await asyncio.gather(*asks, return_exceptions=True)

    refused = [outcome for outcome in outcomes if isinstance(outcome, InvalidInput)]
    assert len(refused) == 5
    assert "only 1 of the 3 shipped" in str(refused[0])
    assert [outcome.case.number for outcome in outcomes if not isinstance(outcome, BaseException)] == [1]


async def test_the_same_request_opens_one_return(database: Database) -> None:
    order = await delivered(database, mug=3)
    returns = returns_in(database)
    asks = (returns.open(order.id, a_request(1), opened_by="shop", request_key="key-1") for _ in range(4))

    opened = await asyncio.gather(*asks)

    assert len({one.case.id for one in opened}) == 1
    assert sum(one.is_new for one in opened) == 1
    assert len((await returns.of_order(order.id)).returns) == 1


async def test_what_cannot_come_back_is_refused_field_by_field(database: Database) -> None:
    order = await delivered(database, mug=2)
    returns = returns_in(database)
    for wanted, pointer in ((a_request(3), "/lines/0/quantity"), (a_request(1, "9"), "/lines/0/line_id")):
        with pytest.raises(InvalidInput) as told:
            await returns.open(order.id, wanted, opened_by="shop", request_key=None)
        assert told.value.errors[0].pointer == pointer
    twice = a_request(1, lines=a_request(1).lines * 2)
    with pytest.raises(InvalidInput, match="stands twice"):
        await returns.open(order.id, twice, opened_by="shop", request_key=None)
    with pytest.raises(NotFound):
        await returns.open("order:shopify:none", a_request(), opened_by="shop", request_key=None)

    assert (await returns.open(order.id, a_request(2), opened_by="shop", request_key=None)).is_new


async def test_nothing_shipped_is_nothing_to_return(database: Database) -> None:
    order = await delivered(database, mug=2, shipped=0)

    with pytest.raises(Conflict, match="cancelled instead"):
        await returns_in(database).open(order.id, a_request(), opened_by="shop", request_key=None)


async def test_what_a_return_lets_go_another_may_have(database: Database) -> None:
    order = await delivered(database, mug=2)
    returns, book = returns_in(database), book_in(database)
    first = (await returns.open(order.id, a_request(2), opened_by="shop", request_key=None)).case
    with pytest.raises(InvalidInput):
        await returns.open(order.id, a_request(1), opened_by="shop", request_key=None)

    let_go = ClaimChange(return_id=first.id, order_id=order.id, lines=(LineClaim(line_id="1", quantity=1),))
    for _ in range(2):
        assert (await book.change_claim(let_go)).granted
    second = (await returns.open(order.id, a_request(1), opened_by="shop", request_key=None)).case

    more = ClaimChange(return_id=first.id, order_id=order.id, lines=(LineClaim(line_id="1", quantity=2),))
    assert not (await book.change_claim(more)).granted
    gone = ClaimChange(return_id=second.id, order_id=order.id, lines=(LineClaim(line_id="1", quantity=0),))
    await book.change_claim(gone)
    assert (await book.change_claim(more)).granted


async def test_money_is_set_aside_once_a_key_and_never_beyond_what_was_paid(database: Database) -> None:
    order = await delivered(database, mug=3, shipping=0)
    returns, book = returns_in(database), book_in(database)
    cases = [(await returns.open(order.id, a_request(1), opened_by="s", request_key=None)).case for _ in range(3)]

    grants = await asyncio.gather(*(book.claim(a_claim(case.id, order)) for case in cases))
    again = await book.claim(a_claim(cases[0].id, order))

    assert again == grants[0]
    assert sum(granted.total.amount for granted in grants) == order.total.amount
    beyond = await book.claim(a_claim(cases[0].id, order, number=2))
    assert beyond.total.amount == 0


async def test_what_was_given_shows_on_the_order_and_what_was_not_is_free_again(database: Database) -> None:
    order = await delivered(database, mug=2, shipping=0)
    returns, book = returns_in(database), book_in(database)
    case = (await returns.open(order.id, a_request(2), opened_by="s", request_key=None)).case
    first = await book.claim(a_claim(case.id, order))
    assert (await returns.of_order(order.id)).refunded == 0

    refused = RefundOutcome(key=a_claim(case.id, order).key, return_id=case.id, given=Ways.none("EUR"))
    for _ in range(2):
        await book.settle(refused)
    second = await book.claim(a_claim(case.id, order, quantity=2, number=2))
    key = a_claim(case.id, order, number=2).key
    await book.settle(RefundOutcome(key=key, return_id=case.id, given=second.ways))

    assert first.total.amount == 1190
    assert second.total == order.total
    seen = await returns.of_order(order.id)
    assert (seen.refunded, seen.credited) == (order.total.amount, 0)


async def test_money_the_channel_holds_goes_back_through_the_channel(database: Database) -> None:
    order = await delivered(database, mug=1, terms=PaymentTerms.PREPAID, channel="amazon")
    case = (await returns_in(database).open(order.id, a_request(1), opened_by="s", request_key=None)).case

    granted = await book_in(database).claim(a_claim(case.id, order))

    assert granted.ways.card.amount == 0
    assert granted.ways.channel.amount == 1190 + 490


async def test_a_replacement_is_one_order_linked_both_ways(database: Database) -> None:
    order = await delivered(database, mug=2)
    returns, book = returns_in(database), book_in(database)
    case = (await returns.open(order.id, a_request(1), opened_by="s", request_key=None)).case
    wanted = Replacement(
        return_id=case.id, order_id=order.id, part=1, lines=(ReplacementLine(line_id="1", sku="MUG", quantity=1),)
    )

    handed_in = [await book.hand_in(wanted) for _ in range(2)]

    assert {one.order_id for one in handed_in} == {f"{order.id}-R1"}
    made = (await SqlOrders(database).find(f"{order.id}-R1")).order
    assert (made.total.amount, made.payment.terms) == (0, PaymentTerms.PREPAID)
    assert made.shipping_address == order.shipping_address
    assert (await returns.of_order(made.id)).replaces == case.id


async def test_a_return_is_written_read_and_found(database: Database) -> None:
    order = await delivered(database, mug=2)
    returns, book = returns_in(database), book_in(database)
    case = (await returns.open(order.id, a_request(1), opened_by="s", request_key=None)).case
    standing = ReturnStanding(case, lambda: case.opened_at)
    standing.tell("requested")
    standing.open_hold(HoldKind.RETURN, "may it?")
    standing.move(ReturnState.MANUAL_INTERVENTION, "a person decides")
    standing.tracking_number = "TRK-1"
    snapshot = standing.snapshot()
    for _ in range(2):
        await book.record(snapshot)

    assert (await returns.find(case.id)).snapshot == snapshot.model_copy(update={"entries": (), "decisions": ()})
    assert (await returns.timeline(case.id))[0].text == "requested"
    assert await returns.of_parcel("TRK-1") == case.id
    for wanted in (
        ReturnFilter(order_id=order.id),
        ReturnFilter(state=ReturnState.MANUAL_INTERVENTION),
        ReturnFilter(hold=HoldKind.RETURN),
        ReturnFilter(waiting_on="service"),
    ):
        page = await returns.page(wanted, cursor=None, limit=10)
        assert [view.case.id for view in page.items] == [case.id]
    assert (await returns.page(ReturnFilter(channel="b2b"), cursor=None, limit=10)).items == []
    assert await returns.unstarted(older_than_s=0, limit=10) == []
    with pytest.raises(NotFound):
        await returns.find("return:shopify:none:1")


async def test_pages_go_on_where_the_last_one_ended(database: Database) -> None:
    order = await delivered(database, mug=5)
    returns = returns_in(database)
    for _ in range(5):
        await returns.open(order.id, a_request(1), opened_by="s", request_key=None)

    first = await returns.page(ReturnFilter(), cursor=None, limit=3)
    rest = await returns.page(ReturnFilter(), cursor=first.next_cursor, limit=3)

    assert [view.case.number for view in (*first.items, *rest.items)] == [5, 4, 3, 2, 1]
    assert rest.next_cursor is None


async def test_goods_without_an_order_are_opened_unless_the_order_is_known(database: Database) -> None:
    order = await delivered(database, mug=1)
    returns = returns_in(database)

    opened = (await returns.open_loose(LOOSE, opened_by="dock", request_key=None)).case
    assert (opened.id, opened.known, opened.lines[0].sku) == ("return:shopify:PARCEL-1:1", False, "MUG")
    assert [case.id for case in await returns.unstarted(older_than_s=0, limit=9)] == [opened.id]

    known = LOOSE.model_copy(update={"reference": order.external_id})
    with pytest.raises(Conflict, match="is known"):
        await returns.open_loose(known, opened_by="dock", request_key=None)
