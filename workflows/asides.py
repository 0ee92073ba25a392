"""What goes on beside a story: it is waited for before the story ends, and its errors are not lost."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, NoReturn

from temporalio import workflow

from models.messages import Cancellation
from workflows.asking import NotDone
from workflows.desk import CancelOrder

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

_ANSWERS = (CancelOrder, NotDone)
"""A person's word, which whoever waits for what went on beside takes as it is."""


class Asides:
    """The tasks of one order or return that go on beside its story."""

    def __init__(self) -> None:
        """Begin with none."""
        self._tasks: list[asyncio.Task[None]] = []
        self._unforeseen: asyncio.Future[NoReturn] = asyncio.Future()

    def begin(self, work: Awaitable[None]) -> None:
        """Let something go on."""
        self._tasks.append(self.along(work))

    def along(self, work: Awaitable[None]) -> asyncio.Task[None]:
        """Let something go on that the end does not wait for; its errors are seen all the same."""
        task = asyncio.ensure_future(work)
        task.add_done_callback(self._look)
        return task

    @property
    def busy(self) -> bool:
        """Whether something still goes on."""
        return not all(task.done() for task in self._tasks)

    async def done(self) -> None:
        """Wait for all of it, and for what it begins meanwhile; then raise the first one's error."""
        await together(*self._tasks)
        while self.busy:
            await together(*self._tasks)

    async def told_to_its_end(self, story: asyncio.Future[None], take_wish: Callable[[Cancellation], None]) -> None:
        """Wait for a story's end. A cancellation requested in Temporal is a wish like any other."""
        while not story.done():
            try:
                await self.beside(story)
            except asyncio.CancelledError:
                reason = workflow.cancellation_reason() or "cancelled in Temporal"
                take_wish(Cancellation(reason=reason, actor="temporal"))
        await story

    async def beside(self, story: asyncio.Future[None]) -> None:
        """Wait for the story's end, unless something beside it fails as nobody foresaw.

        Such an error fails the workflow task, as the story's own would: it is shown, and a new build goes on there.
        Left to itself it would be seen at the story's end, and the story might wait for what has failed.
        """
        either: list[asyncio.Future[Any]] = [story, self._unforeseen]
        await workflow.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if self._unforeseen.done():
            self._unforeseen.result()

    def _look(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or self._unforeseen.done():
            return
        error = task.exception()
        if error is not None and not isinstance(error, _ANSWERS):
            self._unforeseen.set_exception(error)


async def together(*work: Awaitable[object]) -> None:
    """Do several things at once, and let all of them finish before the first one's error is raised.

    A sibling that is left running while its undo begins could do its deed after the undo.
    """
    outcomes = await asyncio.gather(*work, return_exceptions=True)
    for outcome in outcomes:
        if isinstance(outcome, BaseException):
            raise outcome
