"""The end of an order's money: all is invoiced, nothing stays set aside, and what is left owing has an owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.payments import PaymentActivities
from models.ledger.terms import InvoiceTime
from models.messages import Verdict
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.worth import open_worth
from models.partners.payments import Void
from models.states.hold import HoldKind
from workflows.asking import Manner, NotDone
from workflows.desk import CancelOrder
from workflows.ordering.securing import authorise_more
from workflows.ordering.settling import capture, invoice, refund
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.ledger.tenders import Authorised
    from models.states.hold import Hold
    from workflows.ordering.run import Run

_PAID_IN = {PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT}


async def balance(run: Run) -> None:
    """Settle what is left: see that the balances say what is owed, and by whom."""
    rules, account = run.assessment.money, run.standing.account
    if rules is None:
        return
    if rules.invoice is InvoiceTime.PER_ORDER:
        await invoice(run, "rest", Money.zero(run.order.currency))
    if run.order.payment.terms in _PAID_IN:
        await _collect_rest(run, rules.write_off)
        await _give_back_rest(run, rules.write_off)
    elif run.order.payment.terms is PaymentTerms.CASH_ON_DELIVERY and account.owed.amount > 0:
        account.collect(account.owed)
    for source in account.authorisations:
        if source.left:
            await _let_go(run, source)


async def _collect_rest(run: Run, limit: int) -> None:
    """Write off what is left owing within the limit; above it finance tries again, or gives it up."""
    account, tries = run.standing.account, 0
    if run.order.payment.refunded is not None:
        # What the channel gave back before the order came to us is owed by nobody.
        limit = max(limit, run.order.payment.refunded.amount)
    while (owed := account.owed).amount > 0:
        if owed.amount <= limit:
            _write_off(run, owed, "within the limit")
            return
        hold = run.standing.open_hold(
            HoldKind.PAYMENT,
            f"{owed} is still owed for what was shipped",
            release_rule="an answer from finance: approve to try to take it, reject to write it off",
        )
        await run.desk.show()
        if await _verdict(run, hold) is Verdict.REJECT:
            _write_off(run, owed, "finance gave it up")
            return
        tries += 1
        await _take(run, f"rest-{tries}", owed)


async def _take(run: Run, part: str, owed: Money) -> None:
    missing = owed - run.standing.account.set_aside
    if missing.amount > 0:
        try:
            await authorise_more(run, missing)
        except NotDone:
            return
    await capture(run, part, owed, final=True)


async def _verdict(run: Run, hold: Hold) -> Verdict:
    while True:
        try:
            return await run.desk.answer(hold)
        except CancelOrder:
            run.desk.answer_wish("cannot be cancelled: it has been delivered, and the customer can return it")


def _write_off(run: Run, amount: Money, why: str) -> None:
    run.standing.account.write_off(amount)
    run.standing.tell(f"{amount} written off: {why}")


async def _give_back_rest(run: Run, limit: int) -> None:
    """Have the channel give back what it took for goods we were to deliver and did not."""
    account = run.standing.account
    asked_of_us = min(account.held_for_open, open_worth(run.order))
    by_us = account.returned_by_channel - (run.order.payment.refunded or Money.zero(run.order.currency))
    shipped = run.standing.goods.worth_shipped - account.credited
    excess = asked_of_us - shipped - by_us
    if 0 < excess.amount <= limit:
        _write_off(run, Money.zero(excess.currency) - excess, "a rounding within the limit")
    elif excess.amount > 0:
        await refund(run, "rest", excess, "it was paid and not delivered", invoiced=False)


async def _let_go(run: Run, source: Authorised) -> None:
    left = source.left
    void = Void(
        key=source.key,
        order_id=run.order.id,
        authorisation=source.reference,
        reason="nothing more will be shipped",
    )
    manner = Manner(Partner.PAYMENT, f"let {left} of the authorisation go", may_give_up=True)
    try:
        await run.ask(PaymentActivities.void, void, manner)
    except NotDone:
        return
    run.standing.account.let_go(source)
    run.standing.tell(f"{left} no longer set aside", actor=Partner.PAYMENT.value)
