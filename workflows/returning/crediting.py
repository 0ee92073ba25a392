"""Sending what was granted: through the payment provider, the channel or finance, with its credit memo."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from activities.erp import ErpActivities
from activities.payments import PaymentActivities
from models.ledger.accounts import LedgerAccount
from models.messages import Verdict
from models.money import Money
from models.partners.channels import ChannelLine
from models.partners.erp import CreditLine, CreditMemo
from models.partners.notices import NoticeKind
from models.partners.payments import Refund
from models.policy.decision import Decision, DecisionKind
from models.returns.booking import book_channel, book_memo, book_refund, book_store_credit, tender_parts
from models.returns.money import RefundGrant, RefundLine, Ways
from models.returns.request import Resolution
from models.returns.standing import Gift
from models.states.hold import HoldKind
from workflows.asking import Manner, NotDone
from workflows.queues import Partner
from workflows.returning import telling

if TYPE_CHECKING:
    from workflows.returning.run import ReturnRun


async def send(run: ReturnRun, gift: Gift) -> bool:
    """Send it all, and have the ERP credit it; False where a person gave up a part of the sending.

    All of it is tried, whatever becomes of the others: nobody waits for his card because the ERP is down.
    """
    sent = await asyncio.gather(_card(run, gift), _channel(run, gift), _by_hand(run, gift), _memo(run, gift))
    card, channel, by_hand, _ = sent
    if not (card and channel and by_hand):
        return False
    kind = NoticeKind.STORE_CREDIT_GIVEN if gift.ways.credit else NoticeKind.REFUND_SENT
    telling.tell(run, kind, str(gift.ways.total), part=_part(gift))
    return True


async def _card(run: ReturnRun, gift: Gift) -> bool:
    for number, part in enumerate(tender_parts(run.case.sold, gift), start=1):
        name = "card" if number == 1 else f"card-{number}"
        refund = Refund(
            key=f"{gift.key}/{name}",
            order_id=run.case.sold.order_id,
            authorisation=part.authorisation,
            amount=part.amount,
            reason=run.case.id,
        )
        manner = Manner(Partner.PAYMENT, f"refund {part.amount}", refusal=HoldKind.REFUND, may_give_up=True)
        try:
            done = await run.ask(PaymentActivities.refund, refund, manner)
        except NotDone:
            return False
        book_refund(run.standing.journal, part.account, part.amount, done.reference)
        gift.references["refund" if number == 1 else f"refund-{number}"] = done.reference
        run.standing.tell(f"refund {done.reference} of {part.amount}", actor=Partner.PAYMENT.value)
        # The goods are named once: what goes back in several parts is for the same ones.
        telling.refunded(run, part.amount, f"{_part(gift)}-{name}", _lines(gift) if number == 1 else ())
    return True


async def _channel(run: ReturnRun, gift: Gift) -> bool:
    amount = gift.ways.channel
    if not amount:
        return True
    told = await telling.refund_due(run, amount, _part(gift), () if gift.ways.card else _lines(gift))
    if told:
        book_channel(run.standing.journal, run.case.sold, gift)
        run.standing.tell(f"the channel was told to give {amount} back", actor=Partner.NOTIFICATION.value)
    return told


async def _by_hand(run: ReturnRun, gift: Gift) -> bool:
    amount = gift.ways.by_hand
    if not amount:
        return True
    hold = run.standing.open_hold(
        HoldKind.REFUND,
        f"the customer paid at the door: pay {amount} out to him, then approve",
        release_rule="an answer from finance, once it is paid out",
    )
    if await run.verdict(hold) is not Verdict.APPROVE:
        return False
    book_refund(run.standing.journal, LedgerAccount.BANK, amount)
    return True


async def _memo(run: ReturnRun, gift: Gift) -> bool:
    sold, granted = run.case.sold, gift.grant
    goods = Money.sum_of((line.amount for line in granted.lines), sold.currency)
    memo = CreditMemo(
        key=f"{gift.key}/memo",
        order_id=sold.order_id,
        return_id=run.case.id,
        sales_order=sold.sales_order if run.case.known else None,
        customer_id=sold.customer_id,
        lines=tuple(
            CreditLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity, amount=line.amount)
            for line in granted.lines
        ),
        shipping=granted.shipping,
        # What a person gave less than the rules would is kept back like a fee.
        fees=goods + granted.shipping - gift.ways.total,
        total=gift.ways.total,
        store_credit=run.case.resolution is Resolution.STORE_CREDIT,
    )
    manner = Manner(Partner.ERP, f"post a credit memo of {memo.total}", refusal=HoldKind.DATA_QUALITY, may_give_up=True)
    try:
        done = await run.ask(ErpActivities.credit_memo, memo, manner)
    except NotDone:
        return False
    gift.references["credit_memo"] = done.reference
    book_memo(run.standing.journal, sold, gift, done.reference)
    if memo.store_credit or not run.case.known:
        book_store_credit(run.standing.journal, gift.ways.credit)
    run.standing.tell(f"credit memo {done.reference} of {memo.total}", actor=Partner.ERP.value)
    return True


def loose_gift(run: ReturnRun, quantities: dict[str, int], amount: Money) -> Gift:
    """What a person gives for goods of an order nobody knows, shared out over them."""
    goods = run.standing.goods.lines
    zero = Money.zero(amount.currency)
    parts = amount.allocate(list(quantities.values()))
    lines = tuple(
        RefundLine(line_id=line_id, sku=goods[line_id].line.sku, quantity=quantity, amount=part, fee=zero)
        for (line_id, quantity), part in zip(quantities.items(), parts, strict=True)
    )
    decision = Decision(
        kind=DecisionKind.REFUND,
        policy_version=run.assessment.policy_version,
        input={"known_order": False, "amount": amount.amount, "currency": amount.currency},
        outcome=str(amount),
        reasons=("a person said so: nobody knows the order",),
    )
    run.standing.decide(decision)
    ways = Ways.none(amount.currency).model_copy(update={"credit": amount})
    granted = RefundGrant(lines=lines, shipping=zero, fees=zero, ways=ways, decision=decision)
    return Gift(run.key("refund", str(len(run.standing.gifts) + 1)), granted, ways)


def _lines(gift: Gift) -> tuple[ChannelLine, ...]:
    return tuple(ChannelLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity) for line in gift.grant.lines)


def _part(gift: Gift) -> str:
    return gift.key.rsplit("/", 1)[1]
