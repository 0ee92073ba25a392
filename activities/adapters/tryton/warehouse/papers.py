"""Shipments under a key of ours: found, made once, taken on, cancelled.

Tryton keeps no reference unique, so a shipment is made in three steps, each its own transaction: it is drafted with
the key as its reference; it gets a note that says what we asked for (a shipment has no other room for it); and it is
handed to the warehouse's people, which is the state ``waiting``. Nobody there works on a draft. Whoever comes again,
after a lost reply or a crash, finds what there is under the key and goes on from there. Where several draft at once,
each sees the other's draft before he hands his own over: the oldest that is not cancelled counts (unless another has
left already, which cannot be taken back), and the others are cancelled.

What we cancel gets a note first, that it was us. What was to be cancelled before it came leaves a cancelled shipment
without a number under the key: a late request finds it, and is refused.
"""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from activities.adapters.tryton.wire import Read
from models.errors import Refused, Transient, Uncertain

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable, Sequence

    from activities.adapters.tryton.rest import Rest

DRAFT, WAITING, CANCELLED = "draft", "waiting", "cancelled"
_LEFT = frozenset({"shipped", "done"})
_ROUNDS = 8
"""Each brings a shipment one step on; more mean that somebody else is at work on it all the time."""
_ASKED, _STOPPED = "orderloom", "orderloom_stopped"
"""The first field of our notes."""


class Shipment(Read):
    """A shipment, out or internal."""

    number: str | None
    reference: str | None
    state: str
    partially_assigned: bool


class _Note(Read):
    resource: str
    message: str | None


@dataclass(frozen=True)
class Notes:
    """What we noted on a shipment."""

    asked: dict[str, Any] | None = None
    """What we asked for; none: nothing yet, or it is not ours."""
    stopped: bool = False
    """Whether we cancelled it."""


@dataclass(frozen=True)
class Paper:
    """A shipment under our key, with our notes."""

    shipment: Shipment
    notes: Notes

    @property
    def alive(self) -> bool:
        """Whether it is not cancelled."""
        return self.shipment.state != CANCELLED

    @property
    def left(self) -> bool:
        """Whether the goods have left."""
        return self.shipment.state in _LEFT


class Papers:
    """The shipments of one model."""

    def __init__(self, rest: Rest, model: str) -> None:
        """Find and make them here: ``stock.shipment.out`` or ``stock.shipment.internal``."""
        self._rest = rest
        self._model = model

    async def under(self, key: str) -> list[Paper]:
        """All under a key, oldest first."""
        found = await self._rest.find(self._model, Shipment, [["reference", "=", key]])
        notes = await notes_on(self._rest, self._model, [one.id for one in found])
        return [Paper(one, notes[one.id]) for one in found]

    async def once(self, key: str, asked: dict[str, Any], draft: Callable[[], Awaitable[int]]) -> Shipment:
        """Have one shipment under a key handed to the warehouse's people, whatever of it is there already.

        Args:
            key: ours.
            asked: what we ask for, as JSON; what is there has to have been asked for alike.
            draft: drafts the shipment; answers its number in the books.

        Raises:
            Refused: it was taken back before it came.
            Uncertain: something else was asked for under this key.
            Transient: it could not be settled which of several counts.
        """
        for _ in range(_ROUNDS):
            found = await self.under(key)
            paper = self._that_counts(key, found)
            if paper is None:
                await self._note(await draft(), {_ASKED: key, **asked})
            elif paper.notes.asked is None:
                await self._note(paper.shipment.id, {_ASKED: key, **asked})
            elif not _alike(paper.notes.asked, asked):
                raise Uncertain(self._rest.partner, f"has something else under this key: {key}", code="key_reused")
            elif not await self._alone(paper, found):
                continue
            elif paper.shipment.state == DRAFT:
                await self._try(paper, "wait")
            else:
                return paper.shipment
        raise Transient(self._rest.partner, f"others are at work on {key}: it could not be settled which counts")

    async def stop(self, paper: Paper, reason: str) -> None:
        """Cancel a shipment, and note before that it was us; where it cannot be cancelled any more, it is as it was."""
        if not paper.notes.stopped:
            await self._note(paper.shipment.id, {_STOPPED: reason})
        await self._try(paper, "cancel")

    async def bar(self, reason: str, draft: Callable[[], Awaitable[int]]) -> None:
        """See that a late request does nothing: `draft` drafts an empty shipment under its key."""
        number = await draft()
        await self._note(number, {_STOPPED: reason})
        await self._rest.act(self._model, number, "cancel")

    def _that_counts(self, key: str, found: Sequence[Paper]) -> Paper | None:
        if any(paper.notes.stopped and paper.shipment.number is None for paper in found):
            raise Refused(self._rest.partner, f"{key} was taken back before it was done", code="undone_before")
        handed_over = [paper for paper in found if paper.shipment.number is not None]
        return next(iter([*living(found), *handed_over]), None)

    async def _alone(self, paper: Paper, found: Iterable[Paper]) -> bool:
        """Cancel what others drafted under the same key; answers whether there was none."""
        others = [other for other in found if other.alive and other is not paper]
        for other in others:
            await self._try(other, "cancel")
        return not others

    async def _try(self, paper: Paper, action: str) -> None:
        """Do what the shipment's state may not allow any more: the next look at it shows what became of it."""
        try:
            await self._rest.act(self._model, paper.shipment.id, action)
        except Refused:
            return

    async def _note(self, number: int, said: dict[str, Any]) -> None:
        message = json.dumps(said, ensure_ascii=False, indent=1)
        await self._rest.create("ir.note", Read, {"resource": f"{self._model},{number}", "message": message})


def living(found: Sequence[Paper]) -> list[Paper]:
    """Those that are not cancelled, the one that counts first: what has left cannot be taken back, else the oldest."""
    return sorted((paper for paper in found if paper.alive), key=lambda paper: not paper.left)


async def notes_on(rest: Rest, model: str, numbers: Sequence[int]) -> dict[int, Notes]:
    """Read our notes on shipments; what people noted there is left to people."""
    resources = [f"{model},{number}" for number in numbers]
    found = await rest.find("ir.note", _Note, [["resource", "in", resources]]) if resources else []
    said: defaultdict[int, list[dict[str, Any]]] = defaultdict(list)
    for note in found:
        said[int(note.resource.rpartition(",")[2])].append(_said(note.message or ""))
    return {number: _notes(said[number]) for number in numbers}


def _notes(said: Sequence[dict[str, Any]]) -> Notes:
    asked = next((one for one in said if _ASKED in one), None)
    return Notes(asked=asked, stopped=any(_STOPPED in one for one in said))


def _said(message: str) -> dict[str, Any]:
    try:
        found = json.loads(message)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _alike(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether the same goods were asked for, for the same order; how it is worded beside that may change."""
    return all(one.get(field) == other.get(field) for field in ("order_id", "node", "from_node", "to_node", "lines"))
