"""The channel's word is compared with what we know: only what goes beyond it is news, and it is the same news always."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from models.money import Money
from models.order.channel_news import Known, is_news_still, news, tells_of_change
from models.order.document import OrderDocument
from models.order.order import Order
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import OrderSnapshot
from models.order.standing import Standing
from models.states.lifecycle import Lifecycle
from tests.promises.orders.orders import an_order, euro

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
ORDER = an_order(mug=5, lamp=2, terms=PaymentTerms.PREPAID)


def at_the_channel(
    order: Order = ORDER, *, mugs: int = 0, lamps: int = 0, refunded: int = 0, whole: bool = False
) -> OrderDocument:
    """The order as the channel has it now."""
    said = {line.id: quantity for line, quantity in zip(order.lines, (mugs, lamps), strict=False)}
    changes: dict[str, Any] = {
        "lines": tuple(line.model_copy(update={"cancelled": said[line.id]}) for line in order.lines),
        "payment": order.payment.model_copy(update={"refunded": euro(refunded) if refunded else None}),
        "cancelled_at": NOW if whole else None,
    }
    return OrderDocument(**{name: value for name, value in dict(order).items() if name != "provenance"} | changes)


def snapshot(*, cancelled: int = 0, refunded: int = 0, lifecycle: Lifecycle = Lifecycle.IN_FULFILMENT) -> OrderSnapshot:
    """Where we are: so many mugs cancelled, so much given back."""
    taken = Standing(ORDER, lambda: NOW).snapshot()
    lines = tuple(line.model_copy(update={"cancelled": cancelled if line.sku == "MUG" else 0}) for line in taken.lines)
    money = taken.money.model_copy(update={"refunded": euro(refunded)})
    return taken.model_copy(update={"lines": lines, "money": money, "lifecycle": lifecycle})


def known(state: OrderSnapshot | None = None, *, returned: int = 0, given_back: int = 0) -> Known:
    return Known(ORDER, state, {"1": returned} if returned else {}, euro(given_back))


def test_an_order_that_says_what_it_said_is_no_news() -> None:
    assert not tells_of_change(at_the_channel())
    assert news(at_the_channel(), known(), NOW) is None


def test_a_quantity_that_is_cancelled_there_is_news_with_how_many_in_all() -> None:
    event = news(at_the_channel(mugs=2), known(snapshot(cancelled=1)), NOW)

    assert event is not None
    assert [(line.line_id, line.quantity) for line in event.lines] == [("1", 2)]
    assert (event.whole, event.refunded, event.order_id) == (False, None, ORDER.id)


def test_what_we_cancelled_and_gave_back_ourselves_is_its_echo() -> None:
    echo = at_the_channel(mugs=2, refunded=2380)

    assert news(echo, known(snapshot(cancelled=2, refunded=2380)), NOW) is None


def test_what_the_channel_shows_as_sent_because_we_told_it_is_no_news() -> None:
    said = at_the_channel(mugs=5, lamps=2)
    sent = said.model_copy(
        update={"lines": tuple(line.model_copy(update={"shipped": line.cancelled}) for line in said.lines)}
    )
    assert news(sent, known(snapshot()), NOW) is None

    mugs, lamps = sent.lines
    refunded_too = sent.model_copy(update={"lines": (mugs.model_copy(update={"shipped": 4}), lamps)})
    event = news(refunded_too, known(snapshot()), NOW)
    assert event is not None
    assert [(line.line_id, line.quantity) for line in event.lines] == [("1", 1)]
    assert not event.whole


def test_what_the_channel_had_sent_before_the_order_came_is_no_news_either() -> None:
    lines = (ORDER.lines[0].model_copy(update={"cancelled": 2, "shipped": 2}), ORDER.lines[1])
    came = ORDER.model_copy(update={"lines": lines})
    then = Known(came, None, {}, euro(0))
    assert news(came, then, NOW) is None

    more = (lines[0].model_copy(update={"cancelled": 4, "shipped": 3}), lines[1])
    event = news(came.model_copy(update={"lines": more}), then, NOW)
    assert event is not None
    assert [(line.line_id, line.quantity) for line in event.lines] == [("1", 3)]


def test_what_came_back_as_a_return_of_ours_is_no_news() -> None:
    after = at_the_channel(mugs=1, refunded=1190)

    assert news(after, known(snapshot(), returned=1, given_back=1190), NOW) is None
    event = news(at_the_channel(mugs=2, refunded=2380), known(snapshot(), returned=1, given_back=1190), NOW)
    assert event is not None
    assert [(line.line_id, line.quantity) for line in event.lines] == [("1", 1)]
    assert event.refunded == euro(1190)


def test_an_order_cancelled_there_is_cancelled_whole() -> None:
    event = news(at_the_channel(whole=True), known(), NOW)
    assert event is not None
    assert event.whole


def test_every_line_cancelled_there_is_the_whole_order() -> None:
    event = news(at_the_channel(mugs=5, lamps=2), known(snapshot()), NOW)
    assert event is not None
    assert event.whole


def test_all_the_money_given_back_is_the_whole_order_unless_it_came_back_as_a_return() -> None:
    all_back = at_the_channel(refunded=ORDER.total.amount)
    event = news(all_back, known(snapshot()), NOW)
    assert event is not None
    assert event.whole
    again = news(all_back, known(snapshot(), given_back=100), NOW)
    assert again is not None
    assert not again.whole


def test_an_order_that_is_cancelled_here_cannot_be_cancelled_there_again() -> None:
    over = known(snapshot(lifecycle=Lifecycle.CANCELLED, refunded=ORDER.total.amount))

    assert news(at_the_channel(whole=True, mugs=5, lamps=2, refunded=ORDER.total.amount), over, NOW) is None


def test_an_order_that_was_cancelled_before_it_came_stays_as_it_is() -> None:
    never = Order(**dict(ORDER) | {"cancelled_at": NOW})

    assert news(at_the_channel(whole=True, refunded=100), Known(never, None, {}, euro(0)), NOW) is None


@given(mugs=st.integers(0, 5), lamps=st.integers(0, 2), refunded=st.integers(0, 5000), whole=st.booleans())
def test_the_same_word_is_the_same_event_and_once_heeded_is_none(
    *, mugs: int, lamps: int, refunded: int, whole: bool
) -> None:
    said = at_the_channel(mugs=mugs, lamps=lamps, refunded=refunded, whole=whole)
    first = news(said, known(snapshot()), NOW)
    assert (first is None) == (not tells_of_change(said))
    if first is None:
        return
    again = news(said, known(snapshot()), datetime(2027, 1, 1, tzinfo=UTC))
    assert again is not None
    assert again.event_id == first.event_id

    state = snapshot(refunded=refunded, lifecycle=Lifecycle.CANCELLED if first.whole else Lifecycle.IN_FULFILMENT)
    heeded = {line.line_id: line.quantity for line in first.lines}
    lines = tuple(line.model_copy(update={"cancelled": heeded.get(line.line_id, 0)}) for line in state.lines)
    assert news(said, known(state.model_copy(update={"lines": lines})), NOW) is None


def test_money_in_another_currency_is_not_compared() -> None:
    strange = at_the_channel(mugs=1)
    payment = strange.payment.model_copy(update={"refunded": Money(amount=5, currency="USD")})
    event = news(strange.model_copy(update={"payment": payment}), known(), NOW)
    assert event is not None
    assert event.refunded is None


COUNTS, AMOUNTS = st.integers(0, 5), st.sampled_from([0, 1190, 2380])
LIFECYCLES = st.sampled_from([Lifecycle.IN_FULFILMENT, Lifecycle.CANCELLED, Lifecycle.COMPLETED])


@given(COUNTS, AMOUNTS, st.booleans(), COUNTS, AMOUNTS, COUNTS, AMOUNTS, LIFECYCLES)
def test_what_the_order_came_to_itself_while_the_word_was_on_its_way_is_no_news_any_more(  # noqa: PLR0913, PLR0917
    mugs: int,
    refunded: int,
    whole: bool,  # noqa: FBT001
    then: int,
    paid: int,
    now: int,
    paid_now: int,
    lifecycle: Lifecycle,
) -> None:
    there = at_the_channel(mugs=mugs, refunded=refunded, whole=whole)
    heard = news(there, known(snapshot(cancelled=then, refunded=paid)), NOW)
    later = known(snapshot(cancelled=max(then, now), refunded=max(paid, paid_now), lifecycle=lifecycle))

    assert heard is None or is_news_still(heard, later) == (news(there, later, NOW) is not None)


def test_what_was_called_off_and_given_back_by_both_is_nobodys_work() -> None:
    there = at_the_channel(refunded=2380, whole=True)
    heard = news(there, known(snapshot()), NOW)
    assert heard is not None

    assert is_news_still(heard, known(snapshot()))
    assert is_news_still(heard, known(snapshot(lifecycle=Lifecycle.CANCELLED)))
    assert not is_news_still(heard, known(snapshot(refunded=2380, lifecycle=Lifecycle.CANCELLED)))
