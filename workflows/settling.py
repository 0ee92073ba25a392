"""The money for what was shipped: captured and invoiced, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.erp import ErpActivities
from activities.payments import PaymentActivities
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import TimelineKind
from models.order.worth import other_charges
from models.partners.erp import Invoice
from models.partners.payments import Capture
from models.states.hold import HoldKind
from workflows.asking import Manner, NotDone
from workflows.queues import Partner
from workflows.run import together

if TYPE_CHECKING:
    from workflows.run import Run


async def settle(run: Run, part: str, value: Money, *, final: bool) -> None:
    """Capture and invoice what now left us.

    Args:
        run: the order.
        part: which shipment, for the keys.
        value: what the customer pays for it.
        final: whether nothing more will be shipped.
    """
    before = run.standing.goods.worth_shipped - value
    due = (
        run.standing.account.to_capture(before, value) if run.assessment.route.authorise else Money.zero(value.currency)
    )
    await together(_capture(run, part, due, final=final), _invoice(run, part, value))


async def _capture(run: Run, part: str, amount: Money, *, final: bool) -> None:
    authorisation = run.standing.references.get("authorisation")
    if not amount or authorisation is None:
        return
    capture = Capture(
        key=run.key("capture", part), order_id=run.order.id, authorisation=authorisation, amount=amount, final=final
    )
    manner = Manner(Partner.PAYMENT, f"capture {amount}", refusal=HoldKind.PAYMENT, may_give_up=True)
    try:
        await run.ask(PaymentActivities.capture, capture, manner)
    except NotDone:
        return
    run.standing.account.capture(amount, final=final)
    run.standing.tell(f"{amount} captured", actor=Partner.PAYMENT.value)


async def _invoice(run: Run, part: str, value: Money) -> None:
    goods = run.standing.goods
    first = not goods.invoiced
    lines = goods.to_invoice()
    if not lines:
        return
    invoice = Invoice(
        key=run.key("invoice", part),
        order_id=run.order.id,
        sales_order=run.standing.references["erp_order"],
        lines=lines,
        other_charges=other_charges(run.order) if first else Money.zero(value.currency),
        total=value,
        net_days=run.order.payment.net_days or 0,
        paid=run.order.payment.terms in {PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT},
    )
    manner = Manner(Partner.ERP, f"post an invoice of {value}", refusal=HoldKind.DATA_QUALITY, may_give_up=True)
    try:
        done = await run.ask(ErpActivities.post_invoice, invoice, manner)
    except NotDone:
        run.standing.tell(f"no invoice was posted for {value}", kind=TimelineKind.TROUBLE)
        return
    run.standing.account.invoice(value)
    run.standing.references[f"invoice {part}"] = done.reference
    run.standing.tell(f"invoice {done.reference} of {value}", actor=Partner.ERP.value)
