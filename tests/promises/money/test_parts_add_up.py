"""However an order is split into shipments, tax, discount and freight add up to the minor unit."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.ledger.portions import Portion, tax_code
from models.ledger.sales import sold_between
from models.ledger.sharing import share
from models.ledger.terms import FreightTime
from models.money import Money
from models.order.document import Line
from models.order.pricing import Charge, ChargeKind, Discount, ShippingCharge, Tax
from models.order.worth import worth
from tests.promises.orders.orders import an_order, euro

AMOUNT = st.integers(0, 10_000)


@st.composite
def priced(draw: st.DrawFn) -> dict[str, object]:
    subtotal, discount = draw(AMOUNT), draw(st.integers(0, 500))
    taxes = tuple(
        Tax(name=name, amount=euro(draw(st.integers(0, 3000)))) for name in draw(st.sets(st.sampled_from("ABC")))
    )
    discount = min(discount, subtotal)
    total = subtotal - discount + sum(tax.amount.amount for tax in taxes)
    discounts = (Discount(name="summer", amount=euro(discount)),) if discount else ()
    return {"subtotal": euro(subtotal), "discounts": discounts, "taxes": taxes, "total": euro(total)}


@st.composite
def orders(draw: st.DrawFn) -> object:
    lines = tuple(
        Line(id=str(number), sku="MUG", quantity=draw(st.integers(1, 12)), **draw(priced()))
        for number in range(1, draw(st.integers(1, 4)) + 1)
    )
    shipping = tuple(ShippingCharge(name="Parcel", **draw(priced())) for _ in range(draw(st.integers(0, 2))))
    rounding = draw(st.integers(-3, 3))
    charges = (Charge(kind=ChargeKind.ROUNDING, name="Rounding", subtotal=euro(rounding), total=euro(rounding)),)
    total = Money.sum_of((part.total for part in (*lines, *shipping, *charges)), "EUR")
    return an_order().model_copy(update={"lines": lines, "shipping": shipping, "charges": charges, "total": total})


@pytest.mark.slow
@settings(max_examples=60)
@given(order=orders(), freight=st.sampled_from(FreightTime), data=st.data())
def test_every_component_adds_up_over_any_split_into_shipments(order, freight, data) -> None:
    sales, so_far = [], dict.fromkeys((line.id for line in order.lines), 0)
    while any(so_far[line.id] < line.quantity for line in order.lines):
        now = {
            line.id: data.draw(st.integers(so_far[line.id], line.quantity), label=f"of {line.id}")
            for line in order.lines
        }
        if now == so_far:
            now = {line.id: line.quantity for line in order.lines}
        sale = sold_between(order, so_far, now, freight)
        assert sale.whole.total == worth(order, now, freight) - worth(order, so_far, freight)
        assert Money.sum_of(sale.freight_by_line().values(), "EUR") == sale.beside.total
        sales.append(sale)
        so_far = now

    whole = Portion.sum_of((sale.whole for sale in sales), "EUR")
    everything = (*order.lines, *order.shipping, *order.charges)
    assert whole.total == order.total
    assert whole.discount == Money.sum_of((part.discount_total() for part in everything), "EUR")
    taxes: Counter[str] = Counter()
    for part in everything:
        for tax in part.taxes:
            taxes[tax.name] += tax.amount.amount
    assert {tax.code: tax.amount.amount for tax in whole.taxes} == {code: sum_ for code, sum_ in taxes.items() if sum_}
    for sale in sales:
        assert sale.whole.gross - sale.whole.discount + _tax(sale.whole) == sale.whole.total


def _tax(portion: Portion) -> Money:
    return Money.sum_of((tax.amount for tax in portion.taxes), "EUR")


def test_freight_goes_with_the_first_shipment_or_with_the_value() -> None:
    order = an_order(mug=3, shipping=490)
    first, then = {"1": 1}, {"1": 3}

    by_first = [
        sold_between(order, {}, first, FreightTime.FIRST_SHIPMENT),
        sold_between(order, first, then, FreightTime.FIRST_SHIPMENT),
    ]
    by_value = [
        sold_between(order, {}, first, FreightTime.BY_VALUE),
        sold_between(order, first, then, FreightTime.BY_VALUE),
    ]

    assert [sale.shipping.total.amount for sale in by_first] == [490, 0]
    assert [sale.shipping.total.amount for sale in by_value] == [163, 327]


def test_a_tax_is_named_with_its_rate_so_that_two_rates_stay_apart() -> None:
    full, reduced = (Tax(name="VAT", rate=Decimal(rate), amount=euro(100)) for rate in ("0.190", "0.07"))

    assert [tax_code(full), tax_code(reduced), tax_code(Tax(name="VAT", amount=euro(1)))] == [
        "VAT 19%",
        "VAT 7%",
        "VAT",
    ]


@given(amount=st.integers(-(10**12), 10**12), whole=st.integers(1, 10**6), data=st.data())
def test_a_quick_share_is_what_allocation_says(amount: int, whole: int, data: st.DataObject) -> None:
    part = data.draw(st.integers(0, whole))

    assert share(amount, part, whole) == euro(amount).allocate([part, whole - part])[0].amount
    assert share(amount, part, whole) + share(amount, whole - part, whole) - amount in {-1, 0, 1}
