"""Telling the channel itself what becomes of its order (R28): what was sent, what will not be, what is given back.

Only where the channel is connected (`Assessment.channel_connected`); every other channel gets a notice (telling.py).
What it does not take is a hold of its own kind, with an owner, and keeps no parcel waiting.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.channels import ChannelActivities
from models.order.channel_lines import channel_lines
from models.partners.channels import ChannelCancellation, ChannelFulfilment, ChannelRefund
from models.states.hold import HoldKind
from workflows.asides import together
from workflows.asking import Manner, NotDone
from workflows.queues import Shop

if TYPE_CHECKING:
    from collections.abc import Mapping

    from models.money import Money
    from models.partners.channels import ChannelLine, ChannelUpdate
    from models.partners.events import ParcelShipped
    from workflows.ordering.run import Run

_FULFILMENT, _CANCELLATION = "fulfilment-channel", "cancellation-channel"
_REFUND_DUE, _REFUNDED = "refund-due-channel", "refunded-channel"
_REASON_MAX = 500


def shipped(run: Run, event: ParcelShipped, before: Mapping[str, int]) -> bool:
    """Tell it of a parcel; False where no line has become whole by it, so that there is nothing for it to show."""
    lines = channel_lines(run.order, run.at_channel.left(before, run.standing.goods.line_quantities()))
    if not lines:
        return False
    run.aside(
        _tell(
            run,
            ChannelFulfilment(
                key=run.key(_FULFILMENT, event.shipment_id),
                order_id=run.order.id,
                channel=run.order.channel,
                external_id=run.order.external_id,
                number=run.order.number,
                shipment_id=event.shipment_id,
                node=event.node,
                carrier=event.carrier,
                tracking_number=event.tracking_number,
                lines=lines,
                shipped_at=event.occurred_at,
            ),
            f"tell {run.order.channel} of parcel {event.tracking_number}",
        )
    )
    return True


def left_out(run: Run, reason: str) -> bool:
    """Tell it what it does not know yet that will not be delivered; False where it knows all of it."""
    lines = channel_lines(run.order, run.at_channel.not_known(run.standing.goods.progress()))
    if not (run.assessment.channel_connected and lines):
        return False
    number = run.at_channel.left_out(lines)
    run.aside(_cancel(run, lines, str(number), reason, whole=False))
    return True


def refunded(run: Run, part: str, amount: Money, reason: str, *, by_channel: bool) -> None:
    """Have it give money back that it holds, or note what we gave back."""
    run.aside(_refund(run, part, amount, reason, by_channel=by_channel))


async def cancelled(run: Run, reason: str, due: Money) -> None:
    """Tell it that nothing will be delivered, unless it said so itself, and what it has to give back."""
    lines = channel_lines(run.order, run.at_channel.rest())
    telling = []
    if lines and not run.at_channel.whole:
        telling.append(_cancel(run, lines, "", reason, whole=True))
    if due:
        telling.append(_refund(run, "", due, reason, by_channel=True))
    await together(*telling)


async def _cancel(run: Run, lines: tuple[ChannelLine, ...], part: str, reason: str, *, whole: bool) -> None:
    update = ChannelCancellation(
        key=run.key(_CANCELLATION, part),
        order_id=run.order.id,
        channel=run.order.channel,
        external_id=run.order.external_id,
        number=run.order.number,
        lines=lines,
        whole=whole,
        reason=reason[:_REASON_MAX],
    )
    await _tell(run, update, f"tell {run.order.channel} what is cancelled")


async def _refund(run: Run, part: str, amount: Money, reason: str, *, by_channel: bool) -> None:
    update = ChannelRefund(
        key=run.key(_REFUND_DUE if by_channel else _REFUNDED, part),
        order_id=run.order.id,
        channel=run.order.channel,
        external_id=run.order.external_id,
        number=run.order.number,
        amount=amount,
        held_by_channel=by_channel,
        reason=reason[:_REASON_MAX],
    )
    said = (
        f"have {run.order.channel} give {amount} back" if by_channel else f"tell {run.order.channel} of {amount} back"
    )
    await _tell(run, update, said)


async def _tell(run: Run, update: ChannelUpdate, summary: str) -> None:
    manner = Manner(Shop(run.order.channel), summary, refusal=HoldKind.STATUS_UPDATE, may_give_up=True)
    try:
        await run.ask(ChannelActivities.tell, update, manner)
    except NotDone:
        return
