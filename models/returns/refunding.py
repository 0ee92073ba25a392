"""How much is given for returned goods: pure, exact to the minor unit, never more than was paid and is left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.base import Count, StrictModel
from models.money import Money
from models.order.payment_terms import PaymentTerms
from models.order.worth import share_of
from models.policy.decision import Decision, DecisionKind
from models.policy.returns import ShippingRefund, TenderOrder
from models.returns.money import RefundGrant, RefundLine, Ways
from models.returns.request import Resolution

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.returns.money import ClaimedLine, RefundClaim
    from models.returns.sold import Sold


class LineGiven(StrictModel):
    """What was given for a line so far, by all returns of the order."""

    units: Count = 0
    amount: Money


class Given(StrictModel):
    """What was paid for an order, and what was given back so far, by all its returns."""

    paid: Money
    """Captured; for an order on account, or paid at the door, invoiced."""
    held_by_channel: Money
    """The part of it that the channel took."""
    refunded_before: Money
    """What the order itself had given back, through the channel."""
    lines: dict[str, LineGiven]
    shipping: Money
    ways: Ways
    refunded_by_provider: Money | None = None
    """The part of `refunded_before` that our payment provider gave back."""

    @property
    def left(self) -> Money:
        """What could still be given."""
        rest = self.paid - self.refunded_before - self.ways.total
        return rest if rest.amount > 0 else Money.zero(rest.currency)


def grant(claim: RefundClaim, sold: Sold, given: Given) -> RefundGrant:
    """Work out what is given for accepted goods.

    Args:
        claim: which goods, and by which rules.
        sold: the order.
        given: what was given for it so far.
    """
    lines = tuple(_line(claim, sold, given, line) for line in claim.lines)
    shipping = _shipping(claim, sold, given, lines)
    goods = Money.sum_of((line.amount for line in lines), sold.currency)
    kept = Money.sum_of((line.fee for line in lines), sold.currency) + claim.label_fee
    fees = min(kept, goods + shipping, key=_size)
    owed = goods + shipping - fees
    total = min(owed, given.left, key=_size)
    ways = _ways(claim, sold, given, total)
    return RefundGrant(
        lines=lines,
        shipping=shipping,
        fees=fees,
        ways=ways,
        before=_before(given),
        capped=total < owed,
        decision=_decision(claim, given, owed=owed, lines=lines, shipping=shipping, fees=fees, ways=ways),
    )


def less(granted: RefundGrant, amount: Money, tenders: TenderOrder) -> Ways:
    """Give less than was granted: the ways that would have come last give less first.

    Raises:
        ValueError: it is more.
    """
    if granted.total < amount or amount.amount < 0:
        message = f"{amount} is not between nothing and the {granted.total} that the rules give"
        raise ValueError(message)
    ways = granted.ways
    first, second = _first_and_second(ways.card, ways.channel, tenders)
    rest = amount
    parts = []
    for most in (first, second, ways.credit, ways.by_hand):
        parts.append(min(most, rest, key=_size))
        rest = rest - parts[-1]
    card, channel = _first_and_second(parts[0], parts[1], tenders)
    return Ways(card=card, channel=channel, credit=parts[2], by_hand=parts[3])


def _line(claim: RefundClaim, sold: Sold, given: Given, line: ClaimedLine) -> RefundLine:
    bought = sold.line(line.line_id)
    zero = Money.zero(sold.currency)
    amount = zero
    if bought is not None:
        before = given.lines.get(line.line_id) or LineGiven(amount=zero)
        # What was given before is subtracted, rather than its share: then all returns of a line together come to its
        # total, in whatever parts and order they are claimed, and whatever was set aside and let go in between.
        due = share_of(bought.total, min(before.units + line.quantity, bought.quantity), bought.quantity)
        amount = max(due - before.amount, zero, key=_size)
    fee = _fee(claim, line, amount)
    return RefundLine(line_id=line.line_id, sku=line.sku, quantity=line.quantity, amount=amount, fee=fee)


def _fee(claim: RefundClaim, line: ClaimedLine, amount: Money) -> Money:
    parts = amount.allocate(list(line.grades.values()))
    percents = [claim.rules.fee_percent(line.sku, grade, line.reason) for grade in line.grades]
    fees = (share_of(part, percent, 100) for part, percent in zip(parts, percents, strict=True))
    return Money.sum_of(fees, amount.currency)


def _shipping(claim: RefundClaim, sold: Sold, given: Given, lines: Sequence[RefundLine]) -> Money:
    left = sold.shipping - given.shipping
    rules = {line.line_id: claim.rules.reason(line.reason).shipping for line in claim.lines}
    whole = Money.sum_of((line.total for line in sold.lines), sold.currency)
    if left.amount <= 0 or not whole:
        return Money.zero(sold.currency)
    if ShippingRefund.WHOLE in rules.values() and _all_back(claim, sold, given):
        return left
    before = Money.sum_of((line.amount for line in given.lines.values()), sold.currency)
    shared = Money.sum_of((line.amount for line in lines if rules[line.line_id] is ShippingRefund.SHARE), sold.currency)
    now = share_of(sold.shipping, (before + shared).amount, whole.amount)
    return min(now - share_of(sold.shipping, before.amount, whole.amount), left, key=_size)


def _all_back(claim: RefundClaim, sold: Sold, given: Given) -> bool:
    back = {line_id: line.units for line_id, line in given.lines.items()}
    for claimed in claim.lines:
        back[claimed.line_id] = back.get(claimed.line_id, 0) + claimed.quantity
    return all(back.get(line.line_id, 0) >= line.shipped for line in sold.lines)


def _ways(claim: RefundClaim, sold: Sold, given: Given, total: Money) -> Ways:
    none = Ways.none(sold.currency)
    if claim.resolution is Resolution.STORE_CREDIT or sold.terms is PaymentTerms.ACCOUNT:
        return none.model_copy(update={"credit": total})
    if sold.terms is PaymentTerms.CASH_ON_DELIVERY:
        return none.model_copy(update={"by_hand": total})
    before = _before(given)
    at_provider = given.paid - given.held_by_channel - before.card
    if sold.authorisation is None:
        at_provider = Money.zero(sold.currency)
    at_channel = given.held_by_channel - before.channel
    first_holds, second_holds = _first_and_second(at_provider, at_channel, claim.rules.tenders)
    first = min(total, max(first_holds, Money.zero(sold.currency), key=_size), key=_size)
    second = min(total - first, max(second_holds, Money.zero(sold.currency), key=_size), key=_size)
    card, channel = _first_and_second(first, second, claim.rules.tenders)
    return none.model_copy(update={"card": card, "channel": channel})


def _before(given: Given) -> Ways:
    """What went back before, by the order itself and by its returns."""
    by_provider = given.refunded_by_provider or Money.zero(given.paid.currency)
    by_channel = given.refunded_before - by_provider
    more = {"card": given.ways.card + by_provider, "channel": given.ways.channel + by_channel}
    return given.ways.model_copy(update=more)


def _first_and_second(card: Money, channel: Money, tenders: TenderOrder) -> tuple[Money, Money]:
    """Put card and channel in the rule's order, or back from it."""
    return (card, channel) if tenders is TenderOrder.CARD_FIRST else (channel, card)


def _size(amount: Money) -> int:
    return amount.amount


def _decision(  # noqa: PLR0913 - what the decision rested on and came to
    claim: RefundClaim,
    given: Given,
    *,
    owed: Money,
    lines: Sequence[RefundLine],
    shipping: Money,
    fees: Money,
    ways: Ways,
) -> Decision:
    reasons = [f"{line.quantity} x {line.sku}: {line.amount}" for line in lines[:40]]
    if shipping:
        reasons.append(f"shipping: {shipping}")
    if fees:
        reasons.append(f"kept back: {fees}")
    if ways.total < owed:
        reasons.append(f"only {given.left} of what was paid is left")
    return Decision(
        kind=DecisionKind.REFUND,
        policy_version=claim.policy_version,
        input={
            "lines": [
                {
                    "line_id": line.line_id,
                    "quantity": line.quantity,
                    "grades": {grade.value: count for grade, count in line.grades.items()},
                }
                for line in claim.lines
            ],
            "resolution": claim.resolution.value,
            "paid": given.paid.amount,
            "given_before": (given.refunded_before + given.ways.total).amount,
            "currency": owed.currency,
        },
        outcome=str(ways.total),
        reasons=tuple(reasons),
    )
