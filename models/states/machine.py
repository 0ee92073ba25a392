"""What every state machine is: an enum, a table of allowed moves, and a check that the table is whole."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Generic, TypeVar

from models.errors import OrderloomError

if TYPE_CHECKING:
    from collections.abc import Mapping

State = TypeVar("State", bound=StrEnum)


class IllegalTransition(OrderloomError):
    """A move that is not in the table: a bug in our code, never a business answer."""

    def __init__(self, machine: str, before: StrEnum, after: StrEnum) -> None:
        """Name both ends."""
        super().__init__(f"{machine}: no transition from {before.value} to {after.value}")
        self.before = before
        self.after = after


class Machine(Generic[State]):
    """A named table of allowed moves."""

    def __init__(self, name: str, initial: State, moves: Mapping[State, frozenset[State]]) -> None:
        """Check the table.

        Raises:
            ValueError: a state is missing from the table, or cannot be reached from the initial one.
        """
        states = set(type(initial))
        if set(moves) != states:
            message = f"{name}: the table must name every state once; it lacks {states - set(moves)}"
            raise ValueError(message)
        reached, frontier = {initial}, [initial]
        while frontier:
            fresh = moves[frontier.pop()] - reached
            reached |= fresh
            frontier.extend(fresh)
        if reached != states:
            message = f"{name}: these states cannot be reached from {initial}: {states - reached}"
            raise ValueError(message)
        self.name = name
        self.initial = initial
        self.moves = dict(moves)

    def move(self, before: State, after: State) -> State:
        """Return the state moved to; staying where one is, is no move and always allowed.

        Raises:
            IllegalTransition: the table has no such move.
        """
        if before is not after and after not in self.moves[before]:
            raise IllegalTransition(self.name, before, after)
        return after

    def is_final(self, state: State) -> bool:
        """Whether nothing can follow."""
        return not self.moves[state]
