"""Second part of the story: the customer's credit, the stock, the money."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.erp import ErpActivities
from activities.payments import PaymentActivities
from models.ledger.tenders import Authorised, Wanted, wanted_of
from models.order.assessment import Objection
from models.order.casebook import said
from models.order.payment_terms import TenderKind
from models.order.snapshot import TimelineKind
from models.order.worth import open_worth, to_authorise
from models.partners.erp import CreditEnquiry
from models.partners.payments import AuthorisationRequest, Void
from models.policy.credit import credit
from models.policy.screening import HOLD
from models.states.hold import HoldKind
from workflows.asking import Manner
from workflows.ordering.authenticating import authenticated
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.money import Money
    from workflows.ordering.run import Run


async def secure(run: Run) -> None:
    """Make sure of credit, goods and money, as far as the route asks.

    Raises:
        CancelOrder: credit, stock or payment was finally refused, or somebody wants the order cancelled.
    """
    route = run.assessment.route
    run.desk.check_wish()
    if route.check_credit:
        await _check_credit(run)
    if route.reserve:
        await run.stock.begin(run.assessment.needs)
    run.desk.check_wish()
    if route.authorise:
        await _authorise(run)
        run.desk.check_wish()


async def _check_credit(run: Run) -> None:
    customer = run.order.customer.id
    if customer is None:
        reason = "an order on account without a customer number"
        await run.desk.clear([Objection(kind=HoldKind.CREDIT, reason=reason)])
        return
    amount = open_worth(run.order)
    enquiry = CreditEnquiry(customer_id=customer, amount=amount)
    manner = Manner(Partner.ERP, "check the customer's credit", refusal=HoldKind.CREDIT)
    answer = await run.ask(ErpActivities.credit, enquiry, manner)
    decision = credit(run.assessment.policy_version, amount, answer)
    if run.order.payment.net_days is None:
        run.standing.account.net_days = answer.net_days
    run.standing.decide(decision)
    if decision.outcome == HOLD:
        await run.desk.clear([Objection(kind=HoldKind.CREDIT, reason=said("; ".join(decision.reasons)))])


async def _authorise(run: Run) -> None:
    amount = to_authorise(run.order, run.standing.goods.still_wanted(), run.standing.goods.freight)
    if run.assessment.money is None:
        # Judged before there was split tender: one authorisation, of the first tender.
        token = next((tender.token for tender in run.order.payment.tenders if not tender.captured), None)
        tenders: tuple[Wanted, ...] = (Wanted(TenderKind.CARD, amount, token),)
    else:
        tenders = wanted_of(run.order, amount)
    for number, wanted in enumerate(tenders, start=1):
        key = run.key("authorise") if len(tenders) == 1 else run.key("authorise", str(number))
        await _authorise_one(run, key, wanted)


async def _authorise_one(run: Run, key: str, wanted: Wanted) -> None:
    """Set a tender's money aside, so that it is let go if the order is cancelled.

    Raises:
        CancelOrder: it was finally refused, or somebody wants the order cancelled.
    """
    made: list[Authorised] = []
    account = run.standing.account

    async def let_go() -> str:
        source = made[0] if made else None
        if source is not None and source.ended:
            return "it had run out"
        void = Void(
            key=run.asked_as(key),
            order_id=run.order.id,
            authorisation=source.reference if source else None,
            reason="the order was cancelled",
        )
        manner = Manner(Partner.PAYMENT, f"let the authorisation of {wanted.amount} go", may_give_up=True)
        undone = await run.ask(PaymentActivities.void, void, manner)
        account.void(*made)
        return "voided" if undone.happened else "there was none"

    run.undoing.note("void the payment authorisation", let_go)
    made.append(await _ask(run, key, wanted, may_give_up=False))


async def _ask(run: Run, key: str, wanted: Wanted, *, may_give_up: bool) -> Authorised:
    amount, account = wanted.amount, run.standing.account
    request = AuthorisationRequest(
        key=key, order_id=run.order.id, amount=amount, token=wanted.token, customer_reference=run.order.customer.id
    )
    manner = Manner(
        Partner.PAYMENT,
        f"authorise {amount}",
        refusal=HoldKind.PAYMENT,
        refused=account.decline,
        may_give_up=may_give_up,
    )
    answer = await run.ask(PaymentActivities.authorise, request, manner)
    if answer.authentication is not None:
        answer = await authenticated(run, request, answer, manner)
    days = account.terms.authorisation_days
    made = account.authorise(
        amount,
        key=run.asked_as(key),
        reference=answer.reference,
        kind=wanted.kind,
        token=wanted.token,
        expires_at=answer.expires_at or (workflow.now() + timedelta(days=days) if days else None),
        captures_once=answer.captures_once,
    )
    run.standing.references.setdefault("authorisation", answer.reference)
    run.standing.tell(f"{amount} authorised", actor=Partner.PAYMENT.value)
    return made


async def renew(run: Run, most: Money | None = None) -> None:
    """Ask again for authorisations that have run out with something left to take; goods have left us already.

    Args:
        run: the order.
        most: what is still to be taken of it, where that is known to be all.

    Raises:
        NotDone: it was declined, and somebody gave it up.
    """
    if run.assessment.money is None:
        return
    for source in run.standing.account.expired(workflow.now()):
        wanted = source.left if most is None else min(source.left, most)
        _ran_out(run, source)
        if wanted:
            await _ask(run, _further(run), Wanted(source.kind, wanted, source.token), may_give_up=True)
        most = None if most is None else most - wanted


async def assure(run: Run) -> None:
    """Before goods are released: see that what is still to be paid for them is set aside, and authorise what is not.

    An authorisation that was declined when it was renewed is asked for again, and so is what was ordered since the
    last one; one that has run out as well, where policy says that it is renewed before goods leave.

    Raises:
        CancelOrder: it was finally refused, or somebody wants the order cancelled.
    """
    rules, account = run.assessment.money, run.standing.account
    if rules is None or not account.authorisations:
        return
    if rules.reauthorise_before_release:
        for source in account.expired(workflow.now()):
            _ran_out(run, source)
    missing = _missing(run)
    if missing.amount > 0:
        last = account.authorisations[-1]
        await _authorise_one(run, _further(run), Wanted(last.kind, missing, last.token))


async def set_rest_aside(run: Run, ended: Authorised, rest: Money) -> None:
    """Set aside anew what a provider that captures once has let go, as far as it is for goods still to leave us.

    Raises:
        NotDone: it was declined, and somebody gave it up.
    """
    wanted = min(rest, _missing(run))
    if wanted.amount > 0:
        await _ask(run, _further(run), Wanted(ended.kind, wanted, ended.token), may_give_up=True)


async def authorise_more(run: Run, amount: Money) -> None:
    """Set more aside for goods that have left us already, from the tender that was used last.

    Raises:
        NotDone: it was declined, and somebody gave it up.
    """
    sources = run.standing.account.authorisations
    last = wanted_of(run.order, amount)[-1]
    wanted = Wanted(sources[-1].kind, amount, sources[-1].token) if sources else Wanted(last.kind, amount, last.token)
    await _ask(run, _further(run), wanted, may_give_up=True)


def _missing(run: Run) -> Money:
    """What is to be paid for all that is wanted still, and neither taken nor set aside."""
    account = run.standing.account
    due = to_authorise(run.order, run.standing.goods.still_wanted(), run.standing.goods.freight)
    return due - account.taken_by_provider - account.set_aside


def _ran_out(run: Run, source: Authorised) -> None:
    run.standing.account.let_go(source)
    run.standing.tell(f"the authorisation {source.reference} had run out", kind=TimelineKind.TROUBLE)


def _further(run: Run) -> str:
    return run.key("authorise", f"again-{run.standing.account.number()}")
