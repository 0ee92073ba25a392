"""What a changed line costs: every unit as those before it, exact to the minor unit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from models.changes.pricing import keeps_the_past, times, with_more
from models.changes.record import erp_lines
from models.money import Money
from models.order.order import Order
from models.order.worth import share_of, worth
from tests.promises.orders.orders import an_order, euro

UNITS = st.integers(1, 60)
AMOUNTS = st.integers(0, 100_000)


@given(quantity=UNITS, more=UNITS, net=AMOUNTS, tax=AMOUNTS)
def test_a_line_that_grows_still_adds_up(quantity: int, more: int, net: int, tax: int) -> None:
    order = priced(quantity, net, tax)

    larger = with_more(order, "1", more)

    # The document's own rules hold: every total is the sum of its parts.
    Order.model_validate(larger.model_dump())
    line = larger.lines[0]
    assert line.quantity == quantity + more
    assert line.total == line.subtotal + line.tax_total()
    assert larger.total - order.total == line.total - order.lines[0].total
    exact = net * (quantity + more) / quantity
    assert abs(line.subtotal.amount - exact) <= 1
    assert larger.shipping == order.shipping


@given(quantity=UNITS, left=UNITS, net=AMOUNTS, tax=AMOUNTS)
def test_what_the_erp_is_told_comes_to_what_the_customer_pays(quantity: int, left: int, net: int, tax: int) -> None:
    order = priced(max(quantity, left), net, tax)
    wanted = {"1": left}

    parts = [part for line in erp_lines(order, wanted) for part in (line.net, line.tax)]

    assert Money.sum_of(parts, "EUR") + euro(490) == worth(order, wanted)


@given(quantity=UNITS, more=UNITS, shipped=UNITS, net=AMOUNTS, tax=AMOUNTS)
def test_a_line_of_which_some_has_left_grows_only_if_that_stays_worth_the_same(
    quantity: int, more: int, shipped: int, net: int, tax: int
) -> None:
    order = priced(quantity, net, tax)
    gone = min(shipped, quantity)
    larger = with_more(order, "1", more)
    was, becomes = order.lines[0], larger.lines[0]

    same = share_of(was.total, gone, quantity) == share_of(becomes.total, gone, quantity + more)

    assert same or not keeps_the_past(order, larger, "1", gone)


def test_units_cost_their_share() -> None:
    assert times(euro(1000), 3, 3) == euro(1000)
    assert times(euro(1000), 7, 3) == euro(2333)
    assert times(euro(1000), 0, 3) == euro(0)


def priced(quantity: int, net: int, tax: int) -> Order:
    order = an_order(mug=quantity)
    line = order.lines[0]
    charged = line.taxes[0].model_copy(update={"amount": euro(tax)})
    changed = line.model_copy(update={"subtotal": euro(net), "taxes": (charged,), "total": euro(net + tax)})
    total = euro(net + tax + 490)
    tenders = (order.payment.tenders[0].model_copy(update={"amount": total}),)
    payment = order.payment.model_copy(update={"tenders": tenders})
    return order.model_copy(update={"lines": (changed,), "total": total, "payment": payment})
