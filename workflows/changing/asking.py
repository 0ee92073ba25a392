"""What the other parties of a change are asked: our ledger for more stock, the carrier, the provider, the ERP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.carriers import CarrierActivities
from activities.erp import ErpActivities
from activities.payments import PaymentActivities
from activities.stock import StockActivities
from models.changes.progress import Party
from models.changes.record import change_of_record
from models.order.payment_terms import PaymentTerms
from models.order.worth import to_authorise
from models.partners.erp import CreditEnquiry
from models.partners.payments import AuthorisationRequest, Void
from models.policy.credit import credit
from models.policy.screening import HOLD
from models.states.lifecycle import Lifecycle
from models.stock.reservation import ReservationRelease, ReservationRequest
from workflows.asking import Manner
from workflows.changing.warehouses import next_consignment
from workflows.fulfilling.releasing import booking_of, void_label
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.partners.erp import SalesOrderChange
    from workflows.changing.deal import Deal
    from workflows.changing.talks import Talks
    from workflows.fulfilling.consignment import Consignment
    from workflows.ordering.run import Run


async def reserve_more(run: Run, talks: Talks, deal: Deal) -> None:
    """Have our ledger set aside what is wanted more: all of it, now.

    Raises:
        NoDeal: there is not enough.
    """
    if not deal.needs:
        return
    talks.change.asks(Party.STOCK)
    key = run.key("stock", talks.change.id)

    async def give_back() -> str:
        why = f"{talks.change.id} was not made"
        release = ReservationRelease(reservation_key=key, order_id=run.order.id, reason=why)
        await run.own(StockActivities.release, release, "give the stock back")
        return "given back"

    talks.undoing.note("reserve more stock", give_back)
    request = ReservationRequest(
        key=key,
        order_id=run.order.id,
        needs=deal.needs,
        demand=run.stock.demand,
        policy_version=run.assessment.policy_version,
    )
    answer = await talks.own(StockActivities.reserve, request, "reserve what is wanted more")
    if answer.decision is not None:
        run.standing.decide(answer.decision)
    if not answer.granted:
        short = "; ".join(f"{item.sku}: {item.available} of {item.wanted}" for item in answer.shortages)
        talks.decline(Party.STOCK, f"short of stock: {short}")
    deal.reserved = answer.allocations
    talks.confirm(Party.STOCK)


async def book_labels(run: Run, talks: Talks, deal: Deal) -> None:
    """Have the carrier take what goes elsewhere, or another way; its release is then asked for under the same keys.

    Raises:
        NoDeal: the carrier does not go there, or did not answer.
    """
    stopped = [one for one in deal.stopped if one.consignment.label is not None] if deal.reroutes else []
    for one in stopped:
        coming = next_consignment(run, one, talks.change.id)
        booking = booking_of(deal.order, coming, run.assessment.weight_grams)

        async def void(coming: Consignment = coming) -> str:
            return await void_label(run, coming, f"{talks.change.id} was not made")

        talks.undoing.note("book a new label", void)
        await talks.ask(Party.CARRIER, CarrierActivities.book, booking, f"book a parcel from {coming.node}")
    if stopped:
        talks.confirm(Party.CARRIER)


async def secure_money(run: Run, talks: Talks, deal: Deal) -> None:
    """Have the rise secured: our provider sets it aside, or the ERP's credit allows it.

    Raises:
        NoDeal: it was declined, or nobody answered.
    """
    rise = deal.total_after(run) - deal.total_before()
    if rise.amount <= 0:
        return
    if run.assessment.route.authorise and _is_secured(run):
        await _authorise(run, talks, deal)
    customer = run.order.customer.id
    if run.order.payment.terms is PaymentTerms.ACCOUNT and run.assessment.route.check_credit and customer is not None:
        enquiry = CreditEnquiry(customer_id=customer, amount=rise)
        answer = await talks.ask(Party.ERP, ErpActivities.credit, enquiry, "check the customer's credit")
        decision = credit(run.assessment.policy_version, rise, answer)
        run.standing.decide(decision)
        if decision.outcome == HOLD:
            talks.decline(Party.ERP, "; ".join(decision.reasons))


def _is_secured(run: Run) -> bool:
    """Whether the order's own money was set aside already; if not, all of it will be, once its turn comes."""
    return run.standing.lifecycle is Lifecycle.IN_FULFILMENT or "authorisation" in run.standing.references


async def _authorise(run: Run, talks: Talks, deal: Deal) -> None:
    account = run.standing.account
    amount = to_authorise(deal.order, deal.wanted(run), run.standing.goods.freight) - account.authorised
    if amount.amount <= 0:
        return
    key = run.key("authorise", talks.change.id)

    async def void() -> str:
        question = Void(key=key, order_id=run.order.id, reason=f"{talks.change.id} was not made")
        manner = Manner(Partner.PAYMENT, f"let the authorisation of {amount} go", may_give_up=True)
        undone = await run.ask(PaymentActivities.void, question, manner)
        return "voided" if undone.happened else "there was none"

    talks.undoing.note(f"authorise {amount} more", void)
    token = next((tender.token for tender in run.order.payment.tenders if not tender.captured), None)
    request = AuthorisationRequest(
        key=key, order_id=run.order.id, amount=amount, token=token, customer_reference=run.order.customer.id
    )
    answer = await talks.ask(Party.PAYMENT, PaymentActivities.authorise, request, f"authorise {amount} more")
    deal.authorisation = (request, answer)
    talks.confirm(Party.PAYMENT)


async def tell_erp(run: Run, talks: Talks, deal: Deal) -> None:
    """Have the order of record changed, where there is one.

    Raises:
        NoDeal: the ERP refused, or did not answer.
    """
    if "erp_order" not in run.standing.references:
        return

    async def change_back() -> str:
        back = _record(run, talks, deal, back=True)
        await run.ask(ErpActivities.change_order, back, Manner(Partner.ERP, "change the order back", may_give_up=True))
        return "as it was"

    talks.undoing.note("change the order of record", change_back)
    await talks.ask(
        Party.ERP, ErpActivities.change_order, _record(run, talks, deal, back=False), "change the order of record"
    )
    talks.confirm(Party.ERP)


def _record(run: Run, talks: Talks, deal: Deal, *, back: bool) -> SalesOrderChange:
    change = talks.change
    return change_of_record(
        deal.before if back else deal.order,
        deal.wanted_before if back else deal.wanted(run),
        key=run.key("change-erp", f"{change.id}-back" if back else change.id),
        sales_order=run.standing.references["erp_order"],
        revision=2 * change.number + (1 if back else 0),
        reason=f"{change.id} was not made" if back else change.request.reason[:500],
    )
