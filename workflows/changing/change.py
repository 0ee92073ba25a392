"""One change: what is known of it, and how each party's answer is noted."""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.changes.progress import PartyAnswer
from models.order.casebook import TEXT_MAX
from models.order.snapshot import TimelineKind
from models.states.changing import ANSWER, CHANGE, AnswerState, ChangeState

if TYPE_CHECKING:
    from models.changes.progress import ChangeProgress, Party
    from models.changes.request import ChangeWithdrawal
    from models.order.standing import Standing


class Change:
    """A change of an order, kept in its state so that each snapshot shows it."""

    def __init__(self, standing: Standing, progress: ChangeProgress) -> None:
        """Begin with a wish nobody has been asked about."""
        self._standing = standing
        self.id = progress.id
        self.request = progress.request
        self.taken_up = False
        """Whether the order has turned to it."""
        self.withdrawal: ChangeWithdrawal | None = None
        standing.changes[self.id] = progress

    @property
    def progress(self) -> ChangeProgress:
        """What is known of it."""
        return self._standing.changes[self.id]

    @property
    def settled(self) -> bool:
        """Whether nothing more becomes of it."""
        return CHANGE.is_final(self.progress.state)

    @property
    def number(self) -> int:
        """1, 2, 3... in its order."""
        return int(self.id.rsplit("-", 1)[1])

    def note(self, **known: object) -> None:
        """Keep what is known now."""
        self._standing.changes[self.id] = self.progress.model_copy(update=known)

    def asks(self, party: Party) -> None:
        """A party is asked, or asked about more."""
        if all(answer.party is not party for answer in self.progress.answers):
            asked = PartyAnswer(party=party, asked_at=workflow.now())
            self.note(answers=(*self.progress.answers, asked))

    def hears(self, party: Party, state: AnswerState, reason: str | None = None) -> None:
        """A party has answered, or what it did is undone."""
        self.asks(party)
        answers = tuple(
            answer.model_copy(
                update={
                    "state": ANSWER.move(answer.state, state),
                    "reason": reason[:TEXT_MAX] if reason else answer.reason,
                    "answered_at": workflow.now(),
                }
            )
            if answer.party is party
            else answer
            for answer in self.progress.answers
        )
        self.note(answers=answers)

    def waits_because(self, party: Party, reason: str) -> None:
        """A party could not be asked yet."""
        answers = tuple(
            answer.model_copy(update={"reason": reason[:TEXT_MAX]}) if answer.party is party else answer
            for answer in self.progress.answers
        )
        self.note(answers=answers)

    def settle(self, state: ChangeState, by: str, reason: str | None = None) -> None:
        """End it, with who and why."""
        self.note(
            state=CHANGE.move(self.progress.state, state),
            settled_at=workflow.now(),
            settled_by=by[:100],
            reason=reason[:TEXT_MAX] if reason else None,
        )
        said = f"{self.id} {state.value}" + (f" by {by}" if state is not ChangeState.CONFIRMED else "")
        kind = TimelineKind.STEP if state is ChangeState.CONFIRMED else TimelineKind.DECISION
        self._standing.tell(said + (f": {reason}" if reason else ""), kind=kind)
