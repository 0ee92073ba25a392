"""Reading a shop's orders by when they were changed: whatever happens between two pages, no change is passed over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from activities.adapters.storefront.keyset import Entry, Listed, Place, next_page

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
_SECOND = timedelta(seconds=1)


class Shop:
    """Orders by id with the second of their last change; what was changed in one second comes in any order."""

    def __init__(self, size: int, seed: int) -> None:
        self.now = NOON
        self.changed: dict[int, datetime] = {}
        self.asked = 0
        self._size = size
        self._random = Random(seed)  # noqa: S311 - only an order nobody can foretell

    async def since(self, moment: datetime | None) -> Listed:
        found = [number for number, at in self.changed.items() if moment is None or at >= moment]
        self._random.shuffle(found)
        return self._listed(sorted(found, key=self.changed.__getitem__))

    async def within(self, moment: datetime, above: int) -> Listed:
        return self._listed(sorted(each for each, at in self.changed.items() if at == moment and each > above))

    def _listed(self, numbers: list[int]) -> Listed:
        self.asked += 1
        entries = [Entry(Place(self.changed[number], number)) for number in numbers[: self._size]]
        return Listed(entries, full=len(numbers) > self._size or len(numbers) == self._size)


Acts = st.lists(
    st.one_of(
        st.tuples(st.just("change"), st.lists(st.integers(1, 12), min_size=1, max_size=12, unique=True)),
        st.tuples(st.just("wait"), st.integers(1, 3)),
        st.tuples(st.just("read"), st.integers(1, 3)),
    ),
    max_size=30,
)


class Reader:
    """Reads on, and knows which changes it has not read yet."""

    def __init__(self, shop: Shop) -> None:
        self.place: Place | None = None
        self.unread: dict[int, datetime] = {}
        self._shop = shop

    async def read(self) -> bool:
        # A second is over before what was changed in it is read.
        self._shop.now += _SECOND
        page = await next_page(self._shop, self.place, None)
        self.place = page.place
        for entry in page.entries:
            if self.unread.get(entry.place.number, NOON - _SECOND) <= entry.place.changed_at:
                self.unread.pop(entry.place.number, None)
        return page.more

    async def do(self, act: str, value) -> None:
        if act == "change":
            self._shop.changed |= dict.fromkeys(value, self._shop.now)
            self.unread |= dict.fromkeys(value, self._shop.now)
        elif act == "wait":
            self._shop.now += value * _SECOND
        else:
            for _ in range(value):
                await self.read()


@pytest.mark.slow
@settings(max_examples=150)
@given(acts=Acts, size=st.integers(1, 5), seed=st.integers(0, 2**16))
async def test_every_change_is_read_after_it_was_made(acts, size, seed) -> None:
    shop = Shop(size, seed)
    reader = Reader(shop)
    for act, value in acts:
        await reader.do(act, value)

    for _ in range(100):
        if not await reader.read():
            break
    else:
        raise AssertionError("reading on comes to no end")

    assert reader.unread == {}
    assert not (await next_page(shop, reader.place, None)).entries


async def test_nothing_is_asked_for_twice_where_a_page_holds_all() -> None:
    shop = Shop(50, 0)
    shop.changed = dict.fromkeys(range(1, 20), NOON)

    page = await next_page(shop, None, None)

    assert (len(page.entries), page.more, shop.asked) == (19, False, 1)


async def test_what_was_changed_before_the_beginning_is_left_out() -> None:
    shop = Shop(50, 0)
    shop.changed = {1: NOON, 2: NOON + _SECOND}

    page = await next_page(shop, None, NOON + _SECOND)

    assert [entry.place.number for entry in page.entries] == [2]


def test_a_place_is_read_as_it_was_written() -> None:
    place = Place(NOON, 5001)

    assert Place.read(str(place)) == place


@pytest.mark.parametrize("cursor", ["", "yesterday/5", "2026-11-20T12:00:00+00:00", "2026-11-20T12:00:00+00:00/x"])
def test_a_cursor_of_somebody_elses_is_none(cursor) -> None:
    with pytest.raises(ValueError, match=r"."):
        Place.read(cursor)
