"""Talking with the parties of one change: an answer in time, or none; and what undoes what they have done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from activities.failures import trouble_of
from models.changes.progress import Party
from models.errors import Trouble
from models.states.changing import AnswerState, ChangeState
from workflows.attempting import LEAST, attempt
from workflows.ordering.undoing import Undoing
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from activities.failures import Failure
    from workflows.changing.change import Change
    from workflows.ordering.run import Run

Question = TypeVar("Question")
Reply = TypeVar("Reply")
_PARTNERS = {
    Party.WMS: Partner.WMS,
    Party.CARRIER: Partner.CARRIER,
    Party.PAYMENT: Partner.PAYMENT,
    Party.ERP: Partner.ERP,
}


class NoDeal(Exception):
    """The change is not made: a party declined or was silent, or somebody took it back."""

    def __init__(self, state: ChangeState, by: str, reason: str) -> None:
        """Say how it ends, by whom, and why."""
        super().__init__(reason)
        self.state = state
        self.by = by
        self.reason = reason


class Talks:
    """The talks about one change."""

    def __init__(self, run: Run, change: Change) -> None:
        """Begin with nobody asked."""
        self._run = run
        self.change = change
        self.undoing = Undoing(run.standing)
        """What each party has done for it, to be taken back if there is no deal."""

    async def ask(
        self, party: Party, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, summary: str
    ) -> Reply:
        """Ask a partner, patiently, until its deadline.

        Raises:
            NoDeal: it refused, nobody can be sure what it did, it did not answer in time, or the change was taken back.
        """
        patience = self._run.assessment.patience
        deadline = workflow.now() + timedelta(minutes=self._run.assessment.changes.minutes(party))
        pause = timedelta(seconds=patience.first_pause_seconds)
        self.check()
        self.change.asks(party)
        while True:
            try:
                return await self._attempt(_PARTNERS[party], verb, question, summary, deadline)
            except ActivityError as error:
                failure = trouble_of(error)
            if failure.kind not in {Trouble.RETRY, Trouble.WAIT}:
                self.decline(party, failure.message or failure.code)
            await self._pause(party, failure, max(pause, failure.retry_after or pause), deadline)
            pause = min(pause * 2, timedelta(seconds=patience.longest_pause_seconds))

    async def _attempt(
        self,
        partner: Partner,
        verb: Callable[[Any, Question], Awaitable[Reply]],
        question: Question,
        summary: str,
        deadline: datetime,
    ) -> Reply:
        return await attempt(
            verb,
            question,
            partner.value,
            summary=f"{self.change.id}: {summary}",
            # The pauses between attempts are ours: they end at once where somebody takes the change back.
            retries=RetryPolicy(maximum_attempts=1),
            # Nobody may be there to take it: that is the partner being away, and ends like all else.
            taken_up_within=max(deadline - workflow.now(), LEAST),
        )

    async def _pause(self, party: Party, failure: Failure, pause: timedelta, deadline: datetime) -> None:
        """Wait a while for a partner that is not there.

        Raises:
            NoDeal: its time is up, or the change was taken back.
        """
        first = all(answer.reason is None for answer in self.change.progress.answers if answer.party is party)
        self.change.waits_because(party, failure.message)
        if first:
            await self._run.desk.show()
        left = deadline - workflow.now()
        try:
            await workflow.wait_condition(
                lambda: self._taken_back,
                timeout=min(pause, max(left, timedelta(seconds=1))),
                timeout_summary=f"then {_PARTNERS[party].called} is asked again",
            )
        except TimeoutError:
            if workflow.now() >= deadline:
                self.change.hears(party, AnswerState.SILENT)
                raise NoDeal(ChangeState.EXPIRED, party.value, f"no answer in time: {failure.message}") from None
        self.check()

    async def own(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, summary: str) -> Reply:
        """Ask our own store.

        Raises:
            NoDeal: the change was taken back.
            CancelOrder: our books refused, and a person wants the order cancelled for it.
        """
        self.check()
        return await self._run.own(verb, question, f"{self.change.id}: {summary}")

    def confirm(self, party: Party) -> None:
        """A party agrees."""
        self.change.hears(party, AnswerState.CONFIRMED)

    def decline(self, party: Party, reason: str) -> NoReturn:
        """A party does not agree.

        Raises:
            NoDeal: always.
        """
        self.change.hears(party, AnswerState.DECLINED, reason)
        raise NoDeal(ChangeState.DECLINED, party.value, reason)

    @property
    def _taken_back(self) -> bool:
        return self.change.withdrawal is not None or self._run.desk.wish is not None

    def check(self) -> None:
        """Stop here if somebody took the change back, or wants the whole order cancelled.

        Raises:
            NoDeal: somebody does.
        """
        withdrawal, wish = self.change.withdrawal, self._run.desk.wish
        if withdrawal is not None:
            raise NoDeal(ChangeState.WITHDRAWN, withdrawal.actor, withdrawal.reason)
        if wish is not None:
            raise NoDeal(ChangeState.WITHDRAWN, wish.actor, "the whole order is to be cancelled")
