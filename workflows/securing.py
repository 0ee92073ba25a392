"""Second part of the story: the customer's credit, the stock, the money."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.erp import ErpActivities
from activities.payments import PaymentActivities
from models.order.assessment import Objection
from models.order.worth import open_worth, to_authorise
from models.partners.erp import CreditEnquiry
from models.partners.payments import AuthorisationRequest, Void
from models.policy.credit import credit
from models.policy.screening import HOLD
from models.states.hold import HoldKind
from workflows.asking import Manner
from workflows.queues import Partner

if TYPE_CHECKING:
    from workflows.run import Run


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
    run.standing.decide(decision)
    if decision.outcome == HOLD:
        await run.desk.clear([Objection(kind=HoldKind.CREDIT, reason="; ".join(decision.reasons))])


async def _authorise(run: Run) -> None:
    amount = to_authorise(run.order, run.standing.goods.still_wanted())
    token = next((tender.token for tender in run.order.payment.tenders if not tender.captured), None)
    key = run.key("authorise")
    account = run.standing.account

    async def let_go() -> str:
        void = Void(
            key=run.asked_as(key),
            order_id=run.order.id,
            authorisation=run.standing.references.get("authorisation"),
            reason="the order was cancelled",
        )
        manner = Manner(Partner.PAYMENT, f"let the authorisation of {amount} go", may_give_up=True)
        undone = await run.ask(PaymentActivities.void, void, manner)
        account.void()
        return "voided" if undone.happened else "there was none"

    run.undoing.note("void the payment authorisation", let_go)
    request = AuthorisationRequest(
        key=key, order_id=run.order.id, amount=amount, token=token, customer_reference=run.order.customer.id
    )
    manner = Manner(Partner.PAYMENT, f"authorise {amount}", refusal=HoldKind.PAYMENT, refused=account.decline)
    authorisation = await run.ask(PaymentActivities.authorise, request, manner)
    account.authorise(amount)
    run.standing.references["authorisation"] = authorisation.reference
    run.standing.tell(f"{amount} authorised", actor=Partner.PAYMENT.value)
