"""Visits every state the model of a reservation's life can reach, breadth first, and checks the laws in each."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from models.errors import OrderloomError
from ops.proof.life.deeds import PAIR, Scene, Verbs
from ops.proof.life.laws import broken_by, broken_in
from ops.proof.life.model import LIVE, Model

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ops.proof.life.model import State


class LifeSearch(BaseModel):
    """What a search came to."""

    model_config = ConfigDict(frozen=True)

    states: int
    transitions: int
    """Deeds tried and things that happened, over all states; refused deeds and repeats among them."""
    ended: int
    """States in which no claim is live."""
    seconds: float
    broken: str | None = None
    """The first law that was broken; none: all of them hold everywhere."""
    path: tuple[str, ...] = ()
    """What was done, from the beginning, to break it: no shorter way does."""


class _Found(Exception):
    def __init__(self, law: str, state: State, deed: str = "") -> None:
        super().__init__(law)
        self.law, self.state, self.deed = law, state, deed


class _Walk:
    """Where the search has been, and how it got there."""

    def __init__(self, model: Model) -> None:
        self.model = model
        self.numbers: dict[State, int] = {model.start: 0}
        self.came: list[tuple[int, str]] = [(0, "")]
        self.into: list[list[int]] = [[]]
        self.transitions = 0
        self._queue = deque([model.start])

    def visit_all(self) -> None:
        while self._queue:
            state = self._queue.popleft()
            law = broken_in(self.model, state)
            if law is not None:
                raise _Found(law, state)
            try:
                for name, after in self._followers(state):
                    self._arrive(state, name, after)
            except OrderloomError as error:
                raise _Found(str(error), state) from error

    def ended(self) -> list[int]:
        return [number for state, number in self.numbers.items() if not self._lives(state)]

    def path(self, state: State) -> tuple[str, ...]:
        number, names = self.numbers[state], []
        while number:
            number, name = self.came[number]
            names.append(name)
        return tuple(reversed(names))

    def stranded(self) -> State | None:
        """A state from which no end can be reached."""
        reached = set(self.ended())
        frontier = list(reached)
        while frontier:
            fresh = [before for before in self.into[frontier.pop()] if before not in reached]
            reached.update(fresh)
            frontier.extend(fresh)
        return next((state for state, number in self.numbers.items() if number not in reached), None)

    def _lives(self, state: State) -> bool:
        claims = (self.model.claim(number) for number in state.claims)
        return any(claim is not None and claim.state in LIVE for claim in claims)

    def _followers(self, state: State) -> Iterator[tuple[str, State]]:
        for number, deed in enumerate(self.model.deeds):
            self.transitions += 1
            after = self.model.after(state, number)
            law = broken_by(self.model, state, number, after)
            if law is not None:
                raise _Found(law, state, deed.name)
            if after is not None and after is not state:
                yield deed.name, after
        for name, after in self.model.happenings(state):
            self.transitions += 1
            yield name, after

    def _arrive(self, before: State, name: str, after: State) -> None:
        start = self.numbers[before]
        number = self.numbers.setdefault(after, len(self.came))
        if number == len(self.came):
            self.came.append((start, name))
            self.into.append([])
            self._queue.append(after)
        self.into[number].append(start)


def search_life(scene: Scene = PAIR, verbs: Verbs | None = None) -> LifeSearch:
    """Visit every state of a scene, under the rules in force or under others."""
    began = time.perf_counter()
    walk = _Walk(Model(scene, verbs or Verbs()))
    broken: str | None = None
    path: tuple[str, ...] = ()
    try:
        walk.visit_all()
        stranded = walk.stranded()
        if stranded is not None:
            broken, path = "no end can be reached", walk.path(stranded)
    except _Found as found:
        broken, path = found.law, (*walk.path(found.state), *([found.deed] if found.deed else []))
    return LifeSearch(
        states=len(walk.came),
        transitions=walk.transitions,
        ended=len(walk.ended()),
        seconds=time.perf_counter() - began,
        broken=broken,
        path=path,
    )
