"""Whatever parcels an order leaves in, its money and quantities add up, and no more is taken than was shipped."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.money import Money
from models.order.account import Account
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.order.standing import Standing
from models.order.worth import open_worth, to_authorise, worth
from models.partners.events import ParcelShipped, PickedLine
from models.states.hold import HoldKind, HoldState
from models.states.lifecycle import Lifecycle
from models.states.payment import PaymentState
from models.stock.demand import Need
from tests.promises.orders.orders import an_order, euro

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def a_parcel(order_id: str, number: int, quantity: int) -> ParcelShipped:
    return ParcelShipped(
        event_id=f"e{number}",
        order_id=order_id,
        occurred_at=NOW,
        release_key="r",
        shipment_id=f"P{number}",
        node="berlin",
        carrier="Swift",
        tracking_number=f"T{number}",
        lines=(PickedLine(line_id="1", sku="MUG", quantity=quantity),),
    )


@given(parcels=st.lists(st.integers(1, 5), min_size=1, max_size=8), gift_card=st.integers(0, 1500))
def test_parcels_add_up_to_the_order_and_captures_to_what_the_card_owes(parcels: list[int], gift_card: int) -> None:
    order = an_order(mug=sum(parcels), gift_card=min(gift_card, 1500))
    standing = Standing(order, lambda: NOW)
    standing.goods.plan([Need(line_id="1", sku="MUG", quantity=sum(parcels))])
    standing.account.authorise(to_authorise(order))

    values = []
    for number, quantity in enumerate(parcels):
        value = standing.goods.shipped(a_parcel(order.id, number, quantity))
        due = standing.account.to_capture(standing.goods.worth_shipped - value, value)
        assert due.amount >= 0
        if due:
            standing.account.capture(due, final=standing.goods.all_shipped)
        assert standing.account.captured <= standing.goods.worth_shipped + standing.account.held
        values.append(value)

    assert Money.sum_of(values, "EUR") == order.total
    assert standing.account.captured == order.total
    assert standing.goods.all_shipped


@given(total=st.integers(1, 10**6), quantity=st.integers(1, 60), data=st.data())
def test_the_worth_of_more_is_never_less(total: int, quantity: int, data: st.DataObject) -> None:
    line = an_order(mug=quantity).lines[0]
    order = an_order(mug=quantity, shipping=0).model_copy(
        update={"lines": (line.model_copy(update={"total": euro(total)}),), "total": euro(total)}
    )
    fewer = data.draw(st.integers(0, quantity))
    more = data.draw(st.integers(fewer, quantity))

    assert worth(order, {"1": fewer}) <= worth(order, {"1": more})
    assert worth(order, {"1": quantity}) == open_worth(order) == euro(total)


def test_nothing_beyond_the_authorisation_is_captured() -> None:
    order = an_order()
    account = Account(order)
    account.authorise(euro(100))

    with pytest.raises(ValueError, match="cannot capture"):
        account.capture(euro(101), final=True)


def test_what_the_channel_cancelled_unpaid_counts_as_no_money() -> None:
    order = an_order(terms=PaymentTerms.PREPAID, changes={"cancelled_at": NOW})

    account = Account(order)

    assert account.state is PaymentState.VOIDED
    assert account.captured == euro(0)


def test_the_headline_is_derived_from_all_dimensions() -> None:
    standing = Standing(an_order(mug=2), lambda: NOW)
    standing.goods.plan([Need(line_id="1", sku="MUG", quantity=2)])
    seen = [standing.headline]
    standing.move(Lifecycle.VALIDATING, "received")
    hold = standing.open_hold(HoldKind.FRAUD, "odd")
    seen.append(standing.headline)
    standing.close_hold(hold.id, HoldState.APPROVED, actor="anna", reason="fine")
    standing.move(Lifecycle.ACCEPTED, "accepted")
    standing.move(Lifecycle.IN_FULFILMENT, "on its way")
    standing.goods.shipped(a_parcel(standing.order.id, 1, 1))
    seen.append(standing.headline)
    standing.goods.shipped(a_parcel(standing.order.id, 2, 1))
    seen.append(standing.headline)

    assert seen == [Headline.RECEIVED, Headline.ON_HOLD, Headline.PARTIALLY_SHIPPED, Headline.SHIPPED]


def test_each_snapshot_tells_only_what_is_new_and_counts_up() -> None:
    standing = Standing(an_order(), lambda: NOW)
    standing.tell("one")
    first = standing.snapshot()
    standing.tell("two")
    second = standing.snapshot()

    assert [entry.text for entry in first.entries] == ["one"]
    assert [(entry.position, entry.text) for entry in second.entries] == [(1, "two")]
    assert (first.version, second.version) == (1, 2)


def test_more_than_is_outstanding_is_not_believed() -> None:
    standing = Standing(an_order(mug=2), lambda: NOW)
    standing.goods.plan([Need(line_id="1", sku="MUG", quantity=2)])

    too_many = standing.goods.check((PickedLine(line_id="1", sku="MUG", quantity=3),))
    unknown = standing.goods.check((PickedLine(line_id="9", sku="MUG", quantity=1),))

    assert too_many == "3 of MUG for line 1, of which only 2 are outstanding"
    assert unknown == "line 9 has no MUG"
