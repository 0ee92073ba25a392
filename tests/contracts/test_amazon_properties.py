"""Laws of speaking to Amazon: no order is passed over, and what is given back is the amount to the minor unit."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.adapters.amazon.feeds.refunding import shared_out
from activities.adapters.amazon.selling.spans import Span, SpanPage, read_span
from models.errors import Refused, Unavailable
from models.money import Money
from models.order.document import Line, OrderDocument
from models.order.payment_terms import Payment, PaymentTerms, Tender, TenderKind
from models.order.pricing import ShippingCharge, Tax
from models.partners.channels import ChannelLine, ChannelRefund

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_READINGS_MAX = 400


class Account:
    """Orders changed at some seconds, given in pages; so many pages may be read at a time."""

    partner = "amazon"

    def __init__(self, seconds: list[int], size: int, calls: int) -> None:
        self._orders = [{"id": number, "at": NOON + timedelta(seconds=each)} for number, each in enumerate(seconds)]
        self._size = size
        self.calls = calls

    async def page(self, span: Span, token: str | None) -> SpanPage:
        if self.calls == 0:
            raise Unavailable(self.partner, "asks us to slow down")
        self.calls -= 1
        until = span.until or NOON + timedelta(hours=2)
        within = [{"id": each["id"]} for each in self._orders if span.since <= each["at"] <= until]
        begin = int(token or 0)
        more = str(begin + self._size) if begin + self._size < len(within) else None
        return SpanPage(within[begin : begin + self._size], until, more)


@settings(max_examples=60)
@given(
    seconds=st.lists(st.integers(0, 3600), max_size=40, unique=True),
    size=st.integers(2, 10),
    calls=st.integers(1, 4),
)
async def test_every_order_is_read_however_little_may_be_asked(seconds, size, calls):
    account = Account(seconds, size, calls)
    now = NOON + timedelta(hours=2, minutes=2)
    cursor, more, read = None, True, set()
    for _ in range(_READINGS_MAX):
        account.calls = calls
        page = await read_span(account, Span.read(cursor, NOON, now), now)
        read |= set(page.payloads)
        cursor, more = page.cursor, page.more
        if not more:
            break

    assert not more
    assert len(read) == len(seconds)


def eur(amount):
    return Money(amount=amount, currency="EUR")


@st.composite
def orders(draw):
    lines = []
    for number in range(1, draw(st.integers(1, 4)) + 1):
        net, tax = eur(draw(st.integers(0, 5000))), eur(draw(st.integers(0, 999)))
        quantity = draw(st.integers(1, 5))
        taxes = (Tax(name="Tax", amount=tax),)
        lines.append(Line(id=str(number), sku="MUG", quantity=quantity, subtotal=net, taxes=taxes, total=net + tax))
    postage = eur(draw(st.integers(0, 900)))
    total = Money.sum_of((*(line.total for line in lines), postage), "EUR")
    tenders = (Tender(kind=TenderKind.MARKETPLACE, amount=total, captured=True),) if total else ()
    return OrderDocument(
        channel="amazon",
        external_id="1",
        placed_at=NOON,
        currency="EUR",
        lines=tuple(lines),
        shipping=(ShippingCharge(name="Standard", subtotal=postage, total=postage),),
        payment=Payment(terms=PaymentTerms.PREPAID, tenders=tenders),
        total=total,
    )


def told(order, amount, named):
    return ChannelRefund(
        key="k",
        order_id="order:amazon:1",
        channel="amazon",
        external_id="1",
        amount=eur(amount),
        lines=tuple(ChannelLine(line_id=line.id, sku=line.sku, quantity=1) for line in order.lines[:named]),
        held_by_channel=True,
        reason="returned",
    )


@given(order=orders(), named=st.integers(0, 4), part=st.floats(0, 1))
def test_what_is_given_back_of_the_items_comes_to_the_amount(order, named, part):
    amount = int(order.total.amount * part)

    items = shared_out("amazon", told(order, amount, named), order)

    assert Money.sum_of((paid for item in items for _, paid in item.parts), "EUR") == eur(amount)
    assert all(paid.amount > 0 for item in items for _, paid in item.parts)
    limits = {line.id: line.total + eur(order.shipping[0].total.amount) for line in order.lines}
    for item in items:
        assert Money.sum_of((paid for _, paid in item.parts), "EUR") <= limits[item.item_id]


@given(order=orders(), more=st.integers(1, 1000))
def test_more_than_was_paid_is_refused_at_once(order, more):
    with pytest.raises(Refused):
        shared_out("amazon", told(order, order.total.amount + more, 0), order)
