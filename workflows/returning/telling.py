"""Notices about a return: the customer, or the channel where we may not write to him, hears of what matters, once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.channels import ChannelActivities
from activities.notices import NoticeActivities
from models.partners.channels import ChannelRefund
from models.partners.notices import Audience, Notice, NoticeKind, Parcel
from models.states.hold import HoldKind
from workflows.asking import Manner, NotDone
from workflows.queues import Partner, Shop

if TYPE_CHECKING:
    from models.money import Money
    from models.partners.channels import ChannelLine
    from workflows.returning.run import ReturnRun


def tell(run: ReturnRun, kind: NoticeKind, reason: str = "", *, part: str = "", parcel: Parcel | None = None) -> None:
    """Tell the customer something, beside the story."""
    run.aside(_tell(run, kind, reason, part, parcel))


async def _tell(run: ReturnRun, kind: NoticeKind, reason: str, part: str, parcel: Parcel | None) -> None:
    may_write = (
        run.case.sold.email is not None
        and run.case.sold.channel not in run.assessment.notices.channels_that_write_themselves
    )
    audience = Audience.CUSTOMER if may_write else Audience.CHANNEL
    await _send(run, _notice(run, kind, audience, part, reason=reason, parcels=(parcel,) if parcel else ()))


async def refund_due(run: ReturnRun, amount: Money, part: str, lines: tuple[ChannelLine, ...]) -> bool:
    """Tell the channel what to give back of the money it holds; False where a person gave up telling it."""
    if run.assessment.channel_connected:
        return await _tell_channel(run, amount, part, lines, by_channel=True)
    return await _send(run, _notice(run, NoticeKind.REFUND_DUE, Audience.CHANNEL, part, refund_due=amount))


def refunded(run: ReturnRun, amount: Money, part: str, lines: tuple[ChannelLine, ...]) -> None:
    """Have a connected channel note what we gave back ourselves, beside the story."""
    if run.assessment.channel_connected:
        run.aside(_note_at_channel(run, amount, part, lines))


async def _note_at_channel(run: ReturnRun, amount: Money, part: str, lines: tuple[ChannelLine, ...]) -> None:
    await _tell_channel(run, amount, part, lines, by_channel=False)


async def _tell_channel(
    run: ReturnRun, amount: Money, part: str, lines: tuple[ChannelLine, ...], *, by_channel: bool
) -> bool:
    sold = run.case.sold
    update = ChannelRefund(
        key=run.key("refund-channel", part),
        order_id=sold.order_id,
        channel=sold.channel,
        external_id=sold.external_id,
        amount=amount,
        lines=lines,
        held_by_channel=by_channel,
        reason=f"return {run.case.id}",
    )
    said = f"have {sold.channel} give {amount} back" if by_channel else f"tell {sold.channel} of {amount} back"
    manner = Manner(Shop(sold.channel), said, refusal=HoldKind.STATUS_UPDATE, may_give_up=True)
    try:
        await run.ask(ChannelActivities.tell, update, manner)
    except NotDone:
        return False
    return True


def _notice(  # noqa: PLR0913 - a notice says several things
    run: ReturnRun,
    kind: NoticeKind,
    audience: Audience,
    part: str,
    *,
    reason: str = "",
    parcels: tuple[Parcel, ...] = (),
    refund_due: Money | None = None,
) -> Notice:
    sold = run.case.sold
    return Notice(
        key=run.key(f"{kind.value}-{audience.value}", part),
        order_id=sold.order_id,
        kind=kind,
        audience=audience,
        channel=sold.channel,
        external_id=sold.external_id,
        email=sold.email if audience is Audience.CUSTOMER else None,
        parcels=parcels,
        refund_due=refund_due,
        reason=reason[:500] or None,
    )


async def _send(run: ReturnRun, notice: Notice) -> bool:
    said = f"tell the {notice.audience.value}: {notice.kind.value.replace('_', ' ')}"
    try:
        await run.ask(NoticeActivities.send, notice, Manner(Partner.NOTIFICATION, said, may_give_up=True))
    except NotDone:
        return False
    return True
