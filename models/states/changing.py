"""A change of an accepted order, and each party's answer to it."""

from enum import StrEnum

from models.states.machine import Machine


class ChangeState(StrEnum):
    """What became of a change."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    """Every party agreed, and it is so in every system."""
    DECLINED = "declined"
    """A party said no: what was done for it is undone."""
    EXPIRED = "expired"
    """A party gave no answer in time, or the order could not be changed for too long."""
    WITHDRAWN = "withdrawn"
    """Whoever wished it took it back, or the whole order is cancelled."""


CHANGE = Machine(
    "change",
    ChangeState.PROPOSED,
    {
        ChangeState.PROPOSED: frozenset(
            {ChangeState.CONFIRMED, ChangeState.DECLINED, ChangeState.EXPIRED, ChangeState.WITHDRAWN}
        ),
        ChangeState.CONFIRMED: frozenset(),
        ChangeState.DECLINED: frozenset(),
        ChangeState.EXPIRED: frozenset(),
        ChangeState.WITHDRAWN: frozenset(),
    },
)


class AnswerState(StrEnum):
    """Where one party stands with a change."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    SILENT = "silent"
    """It did not answer by its deadline."""
    UNDONE = "undone"
    """What it had done, or may have done, is taken back."""


ANSWER = Machine(
    "answer to a change",
    AnswerState.ASKED,
    {
        AnswerState.ASKED: frozenset(
            {AnswerState.CONFIRMED, AnswerState.DECLINED, AnswerState.SILENT, AnswerState.UNDONE}
        ),
        AnswerState.CONFIRMED: frozenset({AnswerState.DECLINED, AnswerState.UNDONE}),
        # A party that said no, or nothing, may have done a part of it before.
        AnswerState.DECLINED: frozenset({AnswerState.UNDONE}),
        AnswerState.SILENT: frozenset({AnswerState.UNDONE}),
        AnswerState.UNDONE: frozenset(),
    },
)
