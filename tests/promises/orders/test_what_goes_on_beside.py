"""What goes on beside a story is waited for, and what fails there is seen at once."""

from __future__ import annotations

import asyncio

import pytest

from workflows.asides import Asides
from workflows.asking import NotDone


async def fails(error: Exception) -> None:
    raise error


async def test_what_fails_as_nobody_foresaw_stops_the_story_at_once() -> None:
    asides, never = Asides(), asyncio.Event()
    story = asyncio.ensure_future(never.wait())
    asides.begin(fails(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        await asides.beside(story)  # type: ignore[arg-type] - what it answers does not matter
    story.cancel()


async def test_what_nobody_waits_for_is_seen_to_fail_as_well() -> None:
    asides, never = Asides(), asyncio.Event()
    story = asyncio.ensure_future(never.wait())
    asides.along(fails(ZeroDivisionError()))

    with pytest.raises(ZeroDivisionError):
        await asides.beside(story)  # type: ignore[arg-type] - what it answers does not matter
    assert not asides.busy
    story.cancel()


async def test_what_a_person_gave_up_is_told_when_the_story_ends() -> None:
    asides = Asides()
    asides.begin(fails(NotDone("tell the customer")))
    story = asyncio.ensure_future(asyncio.sleep(0.01))

    await asides.beside(story)

    assert story.done()
    with pytest.raises(NotDone):
        await asides.done()


async def test_what_is_begun_by_what_goes_on_is_waited_for_too() -> None:
    asides, done = Asides(), []

    async def second() -> None:
        await asyncio.sleep(0.01)
        done.append("second")

    async def first() -> None:
        await asyncio.sleep(0.01)
        asides.begin(second())

    asides.begin(first())
    await asides.done()

    assert done == ["second"]
    assert not asides.busy
