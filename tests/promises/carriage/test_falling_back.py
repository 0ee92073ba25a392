"""A carrier that fails is replaced by the next, and a parcel never gets two labels."""

from __future__ import annotations

import pytest

from activities.adapters.carriage.several import Several
from models.errors import PartnerError, Refused, Transient, Unavailable, Uncertain
from models.partners.feeds import FeedPage, FeedQuery
from tests.contracts.carriage.books import booking, undo
from tests.promises.carriage.stubs import PocketBook, Told

DOWN = Unavailable("carrier", "cannot be reached", retry_after_s=30)
THROTTLES = Unavailable("carrier", "asks us to slow down", retry_after_s=7)
NO_SERVICE = Refused("carrier", "no service goes there", code="no_service")
LOST = Transient("carrier", "did not answer; and it could not be looked up", in_doubt=True)
DOUBTFUL_AND_DOWN = Unavailable("carrier", "did not answer; then it cannot be reached", in_doubt=True)


class Shop:
    """Two carriers, whoever asks them."""

    def __init__(self, *, cheapest: bool = False) -> None:
        self.first, self.second = Told("first"), Told("second")
        self.book = PocketBook()
        self._cheapest = cheapest

    def worker(self) -> Several:
        """A process that remembers nothing but what is in the book."""
        several = Several({"first": self.first, "second": self.second}, cheapest=self._cheapest, rest_s=60)
        several.remember_in(self.book)
        return several

    def labels(self, key: str) -> int:
        return (key in self.first.labels) + (key in self.second.labels)


@pytest.fixture
def shop() -> Shop:
    return Shop()


async def test_the_first_carrier_is_asked_first_and_nobody_else(shop: Shop):
    label = await shop.worker().book(booking())
    assert (label.carrier, shop.second.asked) == ("first", 0)


@pytest.mark.parametrize("trouble", [DOWN, THROTTLES, NO_SERVICE], ids=["down", "throttled", "refused"])
async def test_the_next_one_is_asked_where_the_first_certainly_has_nothing(shop: Shop, trouble: PartnerError):
    shop.first.troubles = [trouble]
    asked = booking()
    label = await shop.worker().book(asked)
    assert label.carrier == "second"
    assert label.note is not None
    assert str(trouble) in label.note, "people see why it is not the first one"
    assert shop.labels(asked.key) == 1


@pytest.mark.parametrize("doubt", [LOST, DOUBTFUL_AND_DOWN], ids=["lost", "doubtful_and_down"])
async def test_nobody_else_is_asked_while_the_first_may_have_booked_it(shop: Shop, doubt: PartnerError):
    shop.first.troubles, shop.first.books_all_the_same = [doubt, DOWN, DOWN], True
    shop.first.cannot_void = DOWN
    asked = booking()
    for _ in range(3):
        with pytest.raises(PartnerError):
            await shop.worker().book(asked)
    assert shop.second.asked == 0
    label = await shop.worker().book(asked)
    assert label.carrier == "first", "it had booked it all along"
    assert shop.labels(asked.key) == 1


async def test_what_was_in_doubt_is_given_back_before_the_next_one_is_asked(shop: Shop):
    shop.first.troubles, shop.first.books_all_the_same = [LOST, LOST], True
    asked = booking()
    with pytest.raises(Transient):
        await shop.worker().book(asked)
    label = await shop.worker().book(asked)
    assert shop.first.voided == [asked.key]
    assert (label.carrier, shop.labels(asked.key)) == ("second", 1)


async def test_a_worker_that_died_after_the_second_booked_it_does_not_have_the_first_book_it_too(shop: Shop):
    shop.first.troubles = [DOWN]
    asked = booking()
    before = await shop.worker().book(asked)
    after = await shop.worker().book(asked)
    assert after.tracking_number == before.tracking_number
    assert shop.labels(asked.key) == 1


async def test_a_worker_that_died_before_it_heard_leaves_the_parcel_with_whom_it_asked(shop: Shop):
    asked = booking()
    await shop.book.take(asked.key, asked.order_id, "second")
    assert (await shop.worker().book(asked)).carrier == "second"
    assert shop.first.asked == 0


async def test_trouble_that_passes_is_tried_again_with_the_same_carrier(shop: Shop):
    shop.first.troubles = [Transient("carrier", "failed (500)")]
    asked = booking()
    with pytest.raises(Transient):
        await shop.worker().book(asked)
    assert (await shop.worker().book(asked)).carrier == "first"


async def test_what_nobody_can_be_sure_of_is_left_to_a_person(shop: Shop):
    shop.first.troubles = [Uncertain("carrier", "has something else under this key")]
    with pytest.raises(Uncertain):
        await shop.worker().book(booking())
    assert shop.second.asked == 0


async def test_while_all_are_down_the_order_waits_and_then_any_may_carry_it(shop: Shop):
    shop.first.troubles, shop.second.troubles = [DOWN], [THROTTLES]
    asked = booking()
    with pytest.raises(Unavailable) as caught:
        await shop.worker().book(asked)
    assert caught.value.retry_after_s == 7
    assert "first" in str(caught.value)
    assert "second" in str(caught.value)
    assert (await shop.worker().book(asked)).carrier == "first"


async def test_what_all_refuse_is_refused_with_their_reason(shop: Shop):
    shop.first.troubles, shop.second.troubles = [NO_SERVICE], [NO_SERVICE]
    with pytest.raises(Refused) as caught:
        await shop.worker().book(booking())
    assert caught.value.code == "no_service"


async def test_a_carrier_that_was_down_is_asked_last_for_a_while(shop: Shop):
    shop.first.troubles = [DOWN]
    worker = shop.worker()
    await worker.book(booking())
    assert (await worker.book(booking())).carrier == "second"
    assert shop.first.asked == 1


async def test_the_label_is_given_back_where_it_was_bought(shop: Shop):
    shop.first.troubles = [DOWN]
    asked = booking()
    await shop.worker().book(asked)
    assert (await shop.worker().void(undo(asked))).happened
    assert (shop.first.voided, shop.second.voided) == ([], [asked.key])


async def test_who_wants_least_gets_it_where_prices_decide():
    shop = Shop(cheapest=True)
    shop.first.price, shop.second.price = 590, 480
    assert (await shop.worker().book(booking())).carrier == "second"


async def test_whoever_cannot_say_a_price_is_asked_after_those_who_can():
    shop = Shop(cheapest=True)
    shop.second.price = 480
    assert (await shop.worker().book(booking())).carrier == "second"


class Feeding(Told):
    """A carrier that can be asked where its parcels are."""

    def __init__(self, name: str, *pages: FeedPage | PartnerError) -> None:
        super().__init__(name)
        self.pages = list(pages)
        self.cursors: list[str | None] = []

    async def since(self, query: FeedQuery) -> FeedPage:
        self.cursors.append(query.cursor)
        page = self.pages.pop(0)
        if isinstance(page, PartnerError):
            raise page
        return page


async def test_where_parcels_are_is_read_at_each_of_them_from_where_it_ended():
    first = Feeding("first", FeedPage(events=(), cursor="f1", more=True), FeedPage(events=(), cursor="f2"))
    second = Feeding("second", DOWN, FeedPage(events=(), cursor="s1"))
    several = Several({"first": first, "second": second, "third": Told("third")}, cheapest=False, rest_s=60)
    page = await several.since(FeedQuery())
    assert page.more
    page = await several.since(FeedQuery(cursor=page.cursor))
    assert not page.more
    assert (first.cursors, second.cursors) == ([None, "f1"], [None, None])


async def test_where_none_of_them_answers_the_feed_says_so():
    several = Several({"first": Feeding("first", DOWN), "second": Told("second")}, cheapest=False, rest_s=60)
    with pytest.raises(Unavailable):
        await several.since(FeedQuery())
