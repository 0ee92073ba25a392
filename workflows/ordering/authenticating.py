"""Waiting for a customer who has to prove to the bank that it is him who pays (3-D Secure)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.payments import PaymentActivities
from models.messages import Verdict
from models.order.snapshot import TimelineKind
from models.order.standing import PLATFORM
from models.partners.payments import Void
from models.states.hold import HoldKind, HoldState
from workflows.asking import Manner, NotDone
from workflows.ordering import telling
from workflows.queues import Partner

if TYPE_CHECKING:
    from datetime import datetime

    from models.partners.payments import Authorisation, AuthorisationRequest
    from models.states.hold import Hold
    from workflows.ordering.run import Run

CUSTOMER = "customer"
_REASON_MAX = 500


async def authenticated(
    run: Run, request: AuthorisationRequest, answer: Authorisation, manner: Manner
) -> Authorisation:
    """Wait until the money is set aside after all; asked again under the same key, the provider says where it stands.

    Whoever lets the time pass has not paid: the payment is let go, which is a refusal like any other.

    Args:
        run: the order.
        request: what was asked for.
        answer: what the provider answered.
        manner: how it was asked for.

    Raises:
        CancelOrder: it was finally refused, or somebody wants the order cancelled.
        NotDone: somebody gave it up, where the manner allows that.
    """
    while answer.authentication is not None:
        try:
            in_time = await _Waiting(run, answer, manner).over()
        except NotDone:
            await _let_go(run, request, answer, "nobody waits for its confirmation any more")
            raise
        answer = await _again(run, request, manner)
        if answer.authentication is not None and not in_time:
            await _let_go(run, request, answer, "the customer has not confirmed it in time")
            answer = await _again(run, request, manner)
    return answer


async def _again(run: Run, request: AuthorisationRequest, manner: Manner) -> Authorisation:
    asked = request.model_copy(update={"key": run.asked_as(request.key)})
    return await run.ask(PaymentActivities.authorise, asked, manner)


async def _let_go(run: Run, request: AuthorisationRequest, answer: Authorisation, why: str) -> None:
    run.standing.tell(f"the payment of {answer.amount} is let go: {why}", kind=TimelineKind.TROUBLE)
    void = Void(
        key=run.asked_as(request.key),
        order_id=run.order.id,
        authorisation=answer.reference,
        reason=why,
    )
    manner = Manner(Partner.PAYMENT, "let the payment go that was not confirmed", may_give_up=True)
    try:
        await run.ask(PaymentActivities.void, void, manner)
    except NotDone:
        return


class _Waiting:
    """One payment's wait for its customer."""

    def __init__(self, run: Run, answer: Authorisation, manner: Manner) -> None:
        self._run = run
        self._answer = answer
        self._manner = manner
        self._until = workflow.now() + timedelta(hours=run.standing.account.terms.authenticate_within_hours)

    async def over(self) -> bool:
        """Show whom the order waits for, tell him, and wait; false where time is up without a word."""
        run, reference = self._run, self._answer.reference
        hold = self._opened()
        self._tell_customer(self._until)
        await run.desk.show()
        await run.stock.hold_on()
        try:
            await workflow.wait_condition(
                lambda: reference in run.payments_heard or not self._is_open(hold) or self._interrupted,
                timeout=self._until - workflow.now(),
                timeout_summary="then the payment has failed",
            )
        except TimeoutError:
            self._close(hold, "time is up")
            return False
        if reference in run.payments_heard:
            run.payments_heard.discard(reference)
            self._close(hold, "the bank has answered")
            return True
        await self._heed(hold)
        return True

    def _opened(self) -> Hold:
        return self._run.standing.open_hold(
            HoldKind.PAYMENT,
            f"the customer has to confirm the payment of {self._answer.amount} with the bank",
            waiting_on=CUSTOMER,
            release_rule=f"the bank's word, until {self._until:%Y-%m-%d %H:%M} UTC; approve to ask the provider now",
        )

    def _tell_customer(self, until: datetime) -> None:
        action = self._answer.authentication
        where = f" here: {action.url}" if action and action.url else ""
        reason = f"please confirm your payment of {self._answer.amount} with your bank{where}"
        telling.question(self._run, self._answer.reference, reason[:_REASON_MAX], until)

    @property
    def _interrupted(self) -> bool:
        return self._run.desk.wish is not None and not self._manner.may_give_up

    async def _heed(self, hold: Hold) -> None:
        """Take a person's answer, or a wish to cancel."""
        if not self._manner.may_give_up:
            await self._run.desk.approved(hold)
        elif await self._run.desk.answer(hold) is Verdict.REJECT:
            raise NotDone

    def _is_open(self, hold: Hold) -> bool:
        return self._run.standing.holds[hold.id].state is HoldState.OPEN

    def _close(self, hold: Hold, reason: str) -> None:
        if self._is_open(hold):
            self._run.standing.close_hold(hold.id, HoldState.RELEASED, actor=PLATFORM, reason=reason)
