"""What is sent to one order or return: a bad message is noted and harms nothing, a fact that is told twice is one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio.exceptions import ApplicationError

from models.errors import InvalidInput
from models.order.snapshot import TimelineKind
from models.states.hold import HoldState
from workflows.messages import conflict, sentence

if TYPE_CHECKING:
    from collections.abc import Awaitable

    from models.order.casebook import Casebook
    from workflows.desk import HoldDesk


class Hearing:
    """The ear of one order or return."""

    def __init__(self, book: Casebook, desk: HoldDesk) -> None:
        """Note in this book, and show it at this desk."""
        self._book = book
        self._desk = desk
        self._known: set[str] = set()

    async def heed(self, name: str, taking: Awaitable[object]) -> None:
        """Take what a signal carries; what it should not carry is noted: whoever sent it gets no answer."""
        try:
            await taking
        except (InvalidInput, ApplicationError) as error:
            said = sentence(error) if isinstance(error, InvalidInput) else error.message
            self._book.tell(f"signal {name} refused: {said}", kind=TimelineKind.REFUSED_MESSAGE)
            await self._desk.show(index=False)

    def is_news(self, event_id: str) -> bool:
        """Whether an event has not been told before; from now on it has."""
        if event_id in self._known:
            return False
        self._known.add(event_id)
        return True

    def open_hold(self, hold_id: str | None) -> str:
        """Find the open hold that is meant; without an id, the only one.

        Raises:
            ApplicationError: of type ``conflict``; there is no such hold, or it was answered.
        """
        open_ids = [hold.id for hold in self._book.open_holds]
        if hold_id is None and len(open_ids) == 1:
            return open_ids[0]
        if hold_id is not None and hold_id in open_ids:
            return hold_id
        hold = self._book.holds.get(hold_id or "")
        if hold is not None and hold.state is not HoldState.OPEN:
            raise conflict(f"hold {hold_id} was {hold.state.value} already")
        raise conflict(f"there is no open hold {hold_id or ''}; open are: {', '.join(open_ids) or 'none'}")
