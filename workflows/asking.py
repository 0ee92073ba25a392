"""Asking partners: an answer, or a hold that says who is waited for and goes away by itself when they answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from activities.failures import trouble_of
from models.errors import Trouble
from models.ids import first_key
from models.messages import Verdict
from models.order.casebook import PLATFORM
from models.order.snapshot import TimelineKind
from models.partners.asking import Ask
from models.states.hold import HoldKind, HoldState
from workflows.attempting import attempt, sparing
from workflows.desk import CancelOrder
from workflows.patches import SECOND_LOOK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from datetime import datetime

    from activities.failures import Failure
    from models.order.casebook import Casebook
    from models.policy.policy_set import PatiencePolicy
    from models.states.hold import Hold
    from workflows.desk import HoldDesk
    from workflows.queues import Partner, Shop

Question = TypeVar("Question")
Reply = TypeVar("Reply")


class NotDone(Exception):
    """An operator gave a step up."""


@dataclass(frozen=True)
class Manner:
    """How a step is asked for."""

    partner: Partner | Shop
    summary: str
    """What the Web UI shows beside the activity."""
    refusal: HoldKind = HoldKind.OTHER
    """The hold a business refusal leads to."""
    refused: Callable[[], None] | None = None
    """What a refusal does to the order's state."""
    may_give_up: bool = False
    """Whether rejecting the hold gives only this step up, and cancelling does not interrupt it: notices and undoing."""
    no_longer_than: timedelta | None = None
    """After so long without a partner's answer only this step is given up; none: it is asked for ever."""


class Asking:
    """How one order asks its partners."""

    def __init__(
        self,
        standing: Casebook,
        desk: HoldDesk,
        patience: PatiencePolicy,
        keys: dict[str, str],
        thinking: Callable[[], Awaitable[None]],
    ) -> None:
        """Ask with so much patience.

        `keys` notes under which key an effect was finally asked for; `thinking` is done when a person has to think.
        """
        self._standing = standing
        self._desk = desk
        self._patience = patience
        self._keys = keys
        self._thinking = thinking

    async def ask(self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, manner: Manner) -> Reply:
        """Ask until there is an answer.

        A partner that is not there is asked again, by itself, in growing pauses, while a hold shows it. What the
        partner refuses, or nobody can be sure of, waits for a person; once approved it is asked again, after a
        refusal under a fresh key, since that refusal had no effect.

        Raises:
            CancelOrder: the hold was rejected, or somebody wants the order cancelled.
            NotDone: the hold was rejected, and the manner allows to give up; or nobody answered for too long.
        """
        begun = workflow.now()
        hold: Hold | None = None
        pause = timedelta(seconds=self._patience.first_pause_seconds)
        while True:
            try:
                reply = await self._attempt(verb, question, manner, quickly=hold is None)
            except ActivityError as error:
                failure = trouble_of(error)
            else:
                self._answered(hold, manner)
                return reply
            if failure.kind in {Trouble.RETRY, Trouble.WAIT}:
                self._check_patience(begun, hold, manner)
                hold = await self._park(hold, failure, manner, max(pause, failure.retry_after or pause))
                pause = min(pause * 2, timedelta(seconds=self._patience.longest_pause_seconds))
                continue
            self._answered(hold, manner)
            hold = None
            await self._ask_person(failure, manner)
            if failure.kind is Trouble.REFUSE:
                question = self._under_fresh_key(question)

    async def _attempt(
        self, verb: Callable[[Any, Question], Awaitable[Reply]], question: Question, manner: Manner, *, quickly: bool
    ) -> Reply:
        return await attempt(
            verb,
            question,
            manner.partner.value,
            summary=manner.summary,
            retries=RetryPolicy(
                initial_interval=timedelta(seconds=1),
                maximum_interval=timedelta(seconds=10),
                maximum_attempts=self._patience.quick_attempts if quickly else 1,
            ),
        )

    async def _park(self, hold: Hold | None, failure: Failure, manner: Manner, pause: timedelta) -> Hold:
        """Wait a while for a partner, or until an operator says to try now."""
        if hold is None or self._standing.holds[hold.id].state is not HoldState.OPEN:
            hold = self._standing.open_hold(
                HoldKind.PARTNER_UNAVAILABLE,
                f"{manner.partner.called} did not answer when asked to {manner.summary}: {failure.message}",
                waiting_on=manner.partner.value,
                release_rule=f"{manner.partner.called} answering again, which is tried by itself",
            )
            await self._desk.show()
        try:
            await workflow.wait_condition(
                lambda: self._closed(hold) or self._interrupted(manner),
                timeout=self._spread(sparing(pause)),
                timeout_summary=f"then {manner.partner.called} is asked again",
            )
        except TimeoutError:
            return hold
        await self._heed(hold, manner)
        return hold

    def _spread(self, pause: timedelta) -> timedelta:
        # Orders parked together must not all ask at once when the partner is back.
        return pause * workflow.random().uniform(0.75, 1.25)

    async def _ask_person(self, failure: Failure, manner: Manner) -> None:
        """Wait for a person's answer to a refusal, or to an outcome nobody can be sure of."""
        refused = failure.kind is Trouble.REFUSE
        if refused and manner.refused:
            manner.refused()
        said = f"refused ({failure.code})" if failure.code else "refused" if refused else "left unclear"
        hold = self._standing.open_hold(
            manner.refusal if refused else HoldKind.OTHER,
            f"{manner.partner.called} {said}: {failure.message}",
            waiting_on=None if refused else manner.partner.value,
        )
        await self._desk.show()
        await self._thinking()
        await workflow.wait_condition(lambda: self._closed(hold) or self._interrupted(manner))
        await self._heed(hold, manner)

    async def _heed(self, hold: Hold, manner: Manner) -> None:
        if not manner.may_give_up:
            await self._approved(hold, manner)
        elif await self._desk.answer(hold) is Verdict.REJECT:
            self._standing.tell(f"given up: {manner.summary}", kind=TimelineKind.TROUBLE)
            raise NotDone

    async def _approved(self, hold: Hold, manner: Manner) -> None:
        try:
            await self._desk.approved(hold)
        except CancelOrder:
            if workflow.patched(SECOND_LOOK):
                # What has left of the order may live on, and this is waited for no more.
                self._release(hold, f"{manner.partner.called} is not asked to {manner.summary} any more")
            raise

    def _release(self, hold: Hold, reason: str) -> None:
        if not self._closed(hold):
            self._standing.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason=reason)

    def _under_fresh_key(self, question: Question) -> Question:
        if not isinstance(question, Ask):
            return question
        first = first_key(question.key)
        last = self._keys.get(first, f"{first}~1")
        self._keys[first] = f"{first}~{int(last.rsplit('~', 1)[1]) + 1}"
        return question.model_copy(update={"key": self._keys[first]})

    def _answered(self, hold: Hold | None, manner: Manner) -> None:
        if hold is not None:
            self._release(hold, f"{manner.partner.called} answers again")

    def _check_patience(self, begun: datetime, hold: Hold | None, manner: Manner) -> None:
        if manner.no_longer_than is None or workflow.now() - begun < manner.no_longer_than:
            return
        if hold is not None:
            self._release(hold, f"{manner.partner.called} is not asked to {manner.summary} any more")
        raise NotDone

    def _closed(self, hold: Hold) -> bool:
        return self._standing.holds[hold.id].state is not HoldState.OPEN

    def _interrupted(self, manner: Manner) -> bool:
        return self._desk.wish is not None and not manner.may_give_up
