"""The money for what was shipped: captured and invoiced, side by side; and given back where no return does it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.erp import ErpActivities
from activities.payments import PaymentActivities
from models.ledger.tenders import Draw
from models.ledger.terms import InvoiceTime
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import TimelineKind
from models.order.worth import other_charges
from models.partners.erp import CreditMemo, Invoice
from models.partners.payments import Capture, Refund
from models.states.hold import HoldKind
from workflows.asides import together
from workflows.asking import Manner, NotDone
from workflows.ordering import telling
from workflows.ordering.securing import renew, set_rest_aside
from workflows.patches import REAL_PARTNERS
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.ledger.sales import Sale
    from models.ledger.tenders import Authorised
    from models.partners.erp import InvoiceLine
    from workflows.ordering.run import Run

_PAID_IN = {PaymentTerms.PREPAID, PaymentTerms.CAPTURE_ON_SHIPMENT}


async def settle(run: Run, part: str, value: Money, *, final: bool) -> None:
    """Capture and invoice what now left us.

    Args:
        run: the order.
        part: which shipment, for the keys.
        value: what the customer pays for it.
        final: whether nothing more will be shipped.
    """
    account, goods = run.standing.account, run.standing.goods
    account.sell(goods.line_quantities(), part)
    before = goods.worth_shipped - value
    due = account.to_capture(before, value) if run.assessment.route.authorise else Money.zero(value.currency)
    rules = run.assessment.money
    if rules is not None and rules.invoice is InvoiceTime.PER_ORDER and not final:
        await capture(run, part, due, final=final)
    else:
        await together(capture(run, part, due, final=final), invoice(run, part, value))


# --- taken ------------------------------------------------------------------------------------------------------------


async def capture(run: Run, part: str, amount: Money, *, final: bool) -> None:
    """Take an amount from what is set aside, the first tender's money first; what was given up stays owed."""
    account = run.standing.account
    if not amount or not account.authorisations:
        return
    try:
        await renew(run, amount if final else None)
        for number, draw in enumerate(_draws(run, amount), start=1):
            await _capture_one(run, part if number == 1 else f"{part}-{number}", draw, final=final)
            await _keep_rest(run, draw.source)
    except NotDone:
        return


async def _keep_rest(run: Run, source: Authorised) -> None:
    """Set aside anew what a provider that captures once has let go of."""
    rest = source.left
    if source.captures_once and rest:
        run.standing.account.let_go(source)
        run.standing.tell(f"{rest} no longer set aside: it can be captured once only", actor=Partner.PAYMENT.value)
        await set_rest_aside(run, source, rest)


def _draws(run: Run, amount: Money) -> list[Draw]:
    account = run.standing.account
    if run.assessment.money is None:
        # Judged before there was split tender: one authorisation, asked for whatever is due.
        return [Draw(account.authorisations[0], amount)]
    return account.draws(amount)


async def _capture_one(run: Run, part: str, draw: Draw, *, final: bool) -> None:
    source, amount = draw
    asked = Capture(
        key=run.key("capture", part),
        order_id=run.order.id,
        authorisation=source.reference,
        amount=amount,
        final=final,
    )
    manner = Manner(Partner.PAYMENT, f"capture {amount}", refusal=HoldKind.PAYMENT, may_give_up=True)
    done = await run.ask(PaymentActivities.capture, asked, manner)
    run.standing.account.take(draw, final=final, reference=done.reference)
    run.standing.tell(f"{amount} captured", actor=Partner.PAYMENT.value)


# --- invoiced ---------------------------------------------------------------------------------------------------------


async def invoice(run: Run, part: str, value: Money) -> None:
    """Post an invoice for what has left us and stands on none yet; `value` is what it was worth by older rules."""
    goods, account = run.standing.goods, run.standing.account
    first = not goods.invoiced
    account.sell(goods.line_quantities(), part)
    lines, sale = goods.to_invoice(), account.to_bill()
    if not lines:
        return
    asked = Invoice(
        key=run.key("invoice", part),
        order_id=run.order.id,
        sales_order=run.standing.references["erp_order"],
        lines=lines,
        other_charges=other_charges(run.order) if first else Money.zero(value.currency),
        total=value,
        net_days=run.order.payment.net_days or 0,
        paid=run.order.payment.terms in _PAID_IN,
    )
    if run.assessment.money is not None:
        asked = _in_full(run, asked, sale)
    node = _node(run, part)
    if node is not None and workflow.patched(REAL_PARTNERS):
        asked = asked.model_copy(update={"node": node})
    manner = Manner(Partner.ERP, f"post an invoice of {asked.total}", refusal=HoldKind.DATA_QUALITY, may_give_up=True)
    try:
        done = await run.ask(ErpActivities.post_invoice, asked, manner)
    except NotDone:
        run.standing.tell(f"no invoice was posted for {asked.total}", kind=TimelineKind.TROUBLE)
        return
    account.invoice(sale, done.reference)
    run.standing.references[f"invoice {part}"] = done.reference
    run.standing.tell(f"invoice {done.reference} of {asked.total}", actor=Partner.ERP.value)


def _node(run: Run, part: str) -> str | None:
    """Say where the goods of a shipment left from; None where it is more than one shipment, or none."""
    return next((shipment.node for shipment in run.standing.goods.shipments() if shipment.shipment_id == part), None)


def _in_full(run: Run, asked: Invoice, sale: Sale) -> Invoice:
    """Say who sells, when it is due, and what every line consists of."""
    account, freight = run.standing.account, sale.freight_by_line()
    due_at = None if asked.paid else workflow.now() + timedelta(days=account.net_days)

    def with_parts(line: InvoiceLine) -> InvoiceLine:
        sold = sale.lines[line.line_id]
        parts = {"amount": sold.total, "net": sold.net, "discount": sold.discount, "taxes": sold.taxes}
        return line.model_copy(update=parts | {"freight": freight[line.line_id]})

    return asked.model_copy(
        update={
            "lines": tuple(with_parts(line) for line in asked.lines),
            "other_charges": sale.shipping.total + sale.charges.total,
            "charge_taxes": sale.beside.taxes,
            "total": sale.whole.total,
            "net_days": account.net_days,
            "entity": account.terms.entity,
            "due_at": due_at,
        }
    )


# --- given back -------------------------------------------------------------------------------------------------------


async def refund(run: Run, part: str, amount: Money, reason: str, *, invoiced: bool = True) -> None:
    """Give money back outside a return: for a lost parcel, or for what was paid and will not be delivered.

    It goes back to where it came from, the last tender first; what the channel holds, the channel is told to give
    back. Whoever has not paid yet owes less by the credit memo.

    Args:
        run: the order.
        part: what it is for, for the keys: asked again for the same part, the customer is not paid twice.
        amount: how much; more than was taken goes back only as far as it was.
        reason: for the provider, the ERP and the channel.
        invoiced: whether the goods stand on an invoice, so that the ERP has to credit them.
    """
    account = run.standing.account
    if invoiced:
        await _credit(run, part, amount, reason)
    draws, by_channel = account.refunds(amount)
    for number, draw in enumerate(draws, start=1):
        await _refund_one(run, part if number == 1 else f"{part}-{number}", draw, reason)
    if by_channel:
        account.return_held(by_channel, part)
        telling.refund_due(run, part, by_channel, reason)
        run.standing.tell(f"the channel is to give {by_channel} back: {reason}")


async def _refund_one(run: Run, part: str, draw: Draw, reason: str) -> None:
    source, amount = draw
    asked = Refund(
        key=run.key("refund", part),
        order_id=run.order.id,
        authorisation=source.reference,
        amount=amount,
        reason=reason[:500],
    )
    manner = Manner(Partner.PAYMENT, f"refund {amount}", refusal=HoldKind.REFUND, may_give_up=True)
    try:
        done = await run.ask(PaymentActivities.refund, asked, manner)
    except NotDone:
        return
    run.standing.account.refund(draw, done.reference)
    run.standing.references[f"refund {part}"] = done.reference
    run.standing.tell(f"refund {done.reference} of {amount}: {reason}", actor=Partner.PAYMENT.value)
    telling.refunded(run, part, amount, reason)


async def _credit(run: Run, part: str, amount: Money, reason: str) -> None:
    zero = Money.zero(amount.currency)
    memo = CreditMemo(
        key=run.key("credit", part),
        order_id=run.order.id,
        return_id=None,
        sales_order=run.standing.references.get("erp_order"),
        customer_id=run.order.customer.id,
        lines=(),
        shipping=zero,
        fees=zero,
        allowance=amount,
        total=amount,
        store_credit=False,
    )
    manner = Manner(Partner.ERP, f"post a credit memo of {amount}", refusal=HoldKind.DATA_QUALITY, may_give_up=True)
    try:
        done = await run.ask(ErpActivities.credit_memo, memo, manner)
    except NotDone:
        return
    run.standing.account.credit(amount, done.reference)
    run.standing.references[f"credit memo {part}"] = done.reference
    run.standing.tell(f"credit memo {done.reference} of {amount}: {reason}", actor=Partner.ERP.value)
