"""What a channel shows as sent, because we told it so, is not taken for cancelled when the order is read again."""

from __future__ import annotations

from models.order.channel_news import Known, news
from models.order.document import OrderDocument
from models.order.order import Order
from tests.promises.changed_at_the_channel.test_what_is_news import NOW, ORDER, at_the_channel, euro, known, snapshot


def sent(document: OrderDocument, mugs: int, lamps: int = 0) -> OrderDocument:
    lines = zip(document.lines, (mugs, lamps), strict=True)
    return document.model_copy(
        update={"lines": tuple(line.model_copy(update={"shipped": count}) for line, count in lines)}
    )


def test_a_parcel_of_ours_is_its_echo() -> None:
    assert news(sent(at_the_channel(mugs=2), 2), known(snapshot()), NOW) is None


def test_an_order_that_was_sent_whole_is_not_cancelled_whole() -> None:
    assert news(sent(at_the_channel(mugs=5, lamps=2), 5, 2), known(snapshot()), NOW) is None


def test_only_what_was_not_sent_is_cancelled() -> None:
    event = news(sent(at_the_channel(mugs=4), 1), known(snapshot()), NOW)

    assert event is not None
    assert [(line.line_id, line.quantity) for line in event.lines] == [("1", 3)]
    assert not event.whole


def test_what_was_sent_before_the_order_came_hides_no_later_cancellation() -> None:
    came = Order(**dict(ORDER) | {"lines": sent(at_the_channel(mugs=2), 2).lines})

    assert news(sent(at_the_channel(mugs=2), 2), Known(came, None, {}, euro(0)), NOW) is None
    event = news(sent(at_the_channel(mugs=3), 2), Known(came, None, {}, euro(0)), NOW)

    assert event is not None
    assert [(line.line_id, line.quantity) for line in event.lines] == [("1", 3)]


def test_a_line_lowered_to_one_that_is_cancelled_is_all_of_it() -> None:
    said = at_the_channel(lamps=2)
    lines = tuple(line.model_copy(update={"quantity": 1, "cancelled": 1}) for line in said.lines[:1])

    event = news(said.model_copy(update={"lines": (*lines, said.lines[1])}), Known(ORDER, None, {}, euro(0)), NOW)

    assert event is not None
    assert [line.quantity for line in event.lines] == [5, 2]
