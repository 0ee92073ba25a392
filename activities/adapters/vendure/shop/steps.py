"""What is left to do at the shop so that it knows what it is told: a pure function of what it knows already.

Every step leaves a trace that the shop keeps: a parcel its tracking number, a cancellation, a refund and a note our
mark in their reason. So a step is never done twice, whoever asks again and whatever became of a reply.

Where the money is: the shop authorises with a token and we take the money, parcel by parcel. Vendure settles a payment
only as a whole, and sends nothing on before it is settled; so it is settled with the first parcel. What is settled and
was, or is, cancelled nobody has taken: that is noted at the shop as given back.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from activities.adapters.storefront.references import marked
from activities.adapters.vendure.payload import NEVER_TAKEN, SETTLED
from activities.adapters.vendure.shop import questions
from activities.adapters.vendure.shop.standing import in_parts
from models.errors import Refused
from models.partners.channels import ChannelCancellation, ChannelFulfilment

if TYPE_CHECKING:
    from activities.adapters.vendure.shop.standing import KnownPayment, Standing
    from models.partners.channels import ChannelRefund, ChannelUpdate

_REASON_MAX = 255
"""What Vendure's column for a reason holds on every database."""
_PENDING = "Pending"


@dataclass(frozen=True)
class Step:
    """One mutation."""

    mutation: str
    variables: dict[str, object]


@dataclass(frozen=True)
class Shop:
    """What has to be known of the shop itself."""

    name: str
    precision: int
    token_methods: frozenset[str]


def left_to_do(shop: Shop, standing: Standing, update: ChannelUpdate) -> Step | str:
    """Say what comes next; where nothing does, answer the shop's id of what it was told.

    Raises:
        Refused: the shop could not be told it.
    """
    if isinstance(update, ChannelFulfilment):
        return _fulfilment(shop, standing, update)
    if isinstance(update, ChannelCancellation):
        return _cancellation(shop, standing, update)
    return _refund(shop, standing, update)


def _fulfilment(shop: Shop, standing: Standing, update: ChannelFulfilment) -> Step | str:
    parcel = standing.fulfilment(update.tracking_number)
    if parcel is not None and parcel.state == _PENDING:
        return Step(questions.SHIP, {"id": parcel.id})
    if parcel is not None:
        return _never_taken(shop, standing, "cancelled before", update.key) or parcel.id
    if standing.authorised:
        return Step(questions.SETTLE, {"id": standing.authorised[0].id})
    told = {"method": update.carrier, "trackingCode": update.tracking_number}
    lines = [{"orderLineId": line.line_id, "quantity": line.quantity} for line in update.lines]
    handler = {"code": "manual-fulfillment", "arguments": [{"name": n, "value": value} for n, value in told.items()]}
    return Step(questions.FULFIL, {"input": {"lines": lines, "handler": handler}})


def _cancellation(shop: Shop, standing: Standing, update: ChannelCancellation) -> Step | str:
    done = standing.cancellation(update.key)
    if done is None and not standing.cancelled:
        lines = _still_open(standing, update)
        if lines:
            return _cancelling(standing, update, lines)
    if standing.cancelled and standing.authorised:
        return Step(questions.RELEASE, {"id": standing.authorised[0].id})
    return _never_taken(shop, standing, update.reason, update.key) or done or standing.id


def _still_open(standing: Standing, update: ChannelCancellation) -> list[dict[str, object]]:
    """What is to be cancelled; what the shop itself has cancelled in the meantime is left out."""
    asked = ((line.line_id, min(line.quantity, standing.open_quantity(line.line_id))) for line in update.lines)
    return [{"orderLineId": line_id, "quantity": quantity} for line_id, quantity in asked if quantity]


def _cancelling(standing: Standing, update: ChannelCancellation, lines: list[dict[str, object]]) -> Step:
    asked: dict[str, object] = {"orderId": standing.id, "reason": marked(update.reason, update.key, _REASON_MAX)}
    asked |= {"cancelShipping": True} if update.whole else {"lines": lines}
    return Step(questions.CANCEL, {"input": asked})


def _never_taken(shop: Shop, standing: Standing, reason: str, key: str) -> Step | None:
    """Note what was settled beyond what the order still comes to: nobody took it. Done once, nothing is left beyond."""
    beyond = sum(payment.refundable for payment in standing.payments) - standing.total_with_tax
    ours = (payment for payment in standing.payments if payment.method in shop.token_methods and payment.refundable)
    payment = next(ours, None)
    if payment is None or beyond <= 0:
        return None
    return _giving_back(payment, min(beyond, payment.refundable), NEVER_TAKEN + reason, key)


def _refund(shop: Shop, standing: Standing, update: ChannelRefund) -> Step | str:
    if update.amount.currency != standing.currency_code:
        raise Refused(shop.name, f"sold this order in {standing.currency_code}, not in {update.amount.currency}")
    moved = standing.refunds(update.key)
    noted = standing.note(update.key)
    if noted is not None and not moved:
        return noted
    left = in_parts(shop.name, update.amount, shop.precision) - sum(refund.total for refund in moved)
    if left <= 0:
        return ",".join(refund.id for refund in moved)
    # What we gave back is written down where that moves no money, and in a note where it would move it again.
    able = [each for each in standing.payments if update.held_by_channel or each.method in shop.token_methods]
    if sum(payment.refundable for payment in able) < left:
        return _not_refundable(shop, standing, update)
    payment = next(each for each in able if each.refundable)
    return _giving_back(payment, min(left, payment.refundable), update.reason, update.key)


def _not_refundable(shop: Shop, standing: Standing, update: ChannelRefund) -> Step:
    if update.held_by_channel:
        settled = [payment for payment in standing.payments if payment.state == SETTLED]
        why = "less than that is left to give back" if settled else "the shop has not taken the money"
        raise Refused(shop.name, f"cannot give back {update.amount}: {why}", code="not_refundable")
    note = marked(f"{update.amount} given back: {update.reason}", update.key, _REASON_MAX)
    return Step(questions.NOTE, {"input": {"id": standing.id, "note": note, "isPublic": False}})


def _giving_back(payment: KnownPayment, amount: int, reason: str, key: str) -> Step:
    asked: dict[str, object] = {"paymentId": payment.id, "amount": amount, "reason": marked(reason, key, _REASON_MAX)}
    # The amount says it all, but Vendure 3.7 cannot write a refund without the fields that came before it.
    return Step(questions.REFUND, {"input": asked | {"lines": [], "shipping": 0, "adjustment": 0}})
