"""Notices: the customer and the channel hear of what matters, once, beside the order's story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.notices import NoticeActivities
from models.partners.notices import Audience, Notice, NoticeKind, Parcel
from workflows.asides import together
from workflows.asking import Manner, NotDone
from workflows.ordering import telling_channel
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from models.money import Money
    from models.partners.events import ParcelShipped
    from models.promises.promise import Window
    from workflows.ordering.run import Run


def confirm(run: Run) -> None:
    """Confirm the order to the customer (R16)."""
    if run.assessment.notices.confirm and _may_write(run):
        run.aside(_send(run, NoticeKind.ORDER_CONFIRMED, Audience.CUSTOMER))


def shipped(run: Run, event: ParcelShipped, before: Mapping[str, int]) -> None:
    """Tell the channel of a parcel (R28), and the customer; `before` is how many of each line had left until then."""
    parcel = Parcel(carrier=event.carrier, tracking_number=event.tracking_number)
    told = run.assessment.channel_connected and telling_channel.shipped(run, event, before)
    for audience in _but_channel(run) if told else _audiences(run):
        run.aside(_send(run, NoticeKind.ORDER_SHIPPED, audience, part=event.shipment_id, parcels=(parcel,)))


def backordered(run: Run, part: str, expected_at: datetime | None) -> None:
    """Tell the channel and the customer that something of it has to wait."""
    for audience in _audiences(run):
        run.aside(_send(run, NoticeKind.ORDER_BACKORDERED, audience, part=part, expected_at=expected_at))


def delayed(run: Run, part: str, expected_at: datetime) -> None:
    """Tell the channel and the customer that what they wait for comes later than was said."""
    for audience in _audiences(run):
        run.aside(_send(run, NoticeKind.ORDER_DELAYED, audience, part=part, expected_at=expected_at))


def promised(run: Run, version: int, deliver: Window, reason: str) -> None:
    """Tell the channel and the customer of other dates than they go by."""
    for audience in _audiences(run):
        run.aside(_send(run, NoticeKind.PROMISE_CHANGED, audience, part=f"v{version}", deliver=deliver, reason=reason))


def ready_to_collect(run: Run, part: str, node: str, until: datetime) -> None:
    """Tell the channel and the customer that goods lie ready at a node, and until when."""
    _collectable(run, NoticeKind.READY_FOR_PICKUP, part, node, until)


def reminded_to_collect(run: Run, part: str, node: str, until: datetime) -> None:
    """Remind the customer of goods that lie ready."""
    _collectable(run, NoticeKind.PICKUP_REMINDER, part, node, until)


def _collectable(run: Run, kind: NoticeKind, part: str, node: str, until: datetime) -> None:
    for audience in _audiences(run):
        run.aside(_send(run, kind, audience, part=part, answer_by=until, reason=f"to be collected at {node}"))


def question(run: Run, part: str, reason: str, answer_by: datetime | None) -> None:
    """Ask the customer, through the channel where we may not write to him, what to do about what is short."""
    audience = Audience.CUSTOMER if _may_write(run) else Audience.CHANNEL
    run.aside(_send(run, NoticeKind.QUESTION, audience, part=part, reason=reason, answer_by=answer_by))


def changed(run: Run, change: str, reason: str, refund_due: Money) -> None:
    """Tell the channel, and what it has to give back, and the customer that the order is changed as was wished."""
    told = telling_channel.left_out(run, reason)
    if refund_due and run.assessment.channel_connected:
        told = True
        telling_channel.refunded(run, change, refund_due, reason, by_channel=True)
    elif not refund_due and run.standing.changes[change].proposed_by == run.order.channel:
        # It was made there: the channel need not hear of it.
        told = True
    for audience in _but_channel(run) if told else _audiences(run):
        due = refund_due if refund_due and audience is Audience.CHANNEL else None
        run.aside(_send(run, NoticeKind.ORDER_CHANGED, audience, part=change, refund_due=due, reason=reason))


def not_done(run: Run, part: str, reason: str) -> None:
    """Tell the channel that what it has done to the order could not be done here as well."""
    run.aside(_send(run, NoticeKind.NOT_DONE, Audience.CHANNEL, part=part, reason=reason))


def refund_due(run: Run, part: str, amount: Money, reason: str) -> None:
    """Tell the channel, which holds the money, to give so much of it back."""
    if run.assessment.channel_connected:
        telling_channel.refunded(run, part, amount, reason, by_channel=True)
    else:
        run.aside(_send(run, NoticeKind.REFUND_DUE, Audience.CHANNEL, part=part, refund_due=amount, reason=reason))


def refunded(run: Run, part: str, amount: Money, reason: str) -> None:
    """Have a connected channel note what we gave back ourselves."""
    if run.assessment.channel_connected:
        telling_channel.refunded(run, part, amount, reason, by_channel=False)


async def cancelled(run: Run, reason: str, refund_due: Money) -> None:
    """Tell the channel that the order is cancelled and what it has to give back, and the customer."""
    connected = run.assessment.channel_connected
    notices = [
        _send(
            run,
            NoticeKind.ORDER_CANCELLED,
            audience,
            refund_due=refund_due if refund_due and audience is Audience.CHANNEL else None,
            reason=reason,
        )
        for audience in (_but_channel(run) if connected else _audiences(run))
    ]
    await together(*notices, *([telling_channel.cancelled(run, reason, refund_due)] if connected else []))


def _may_write(run: Run) -> bool:
    own_voice = run.order.channel in run.assessment.notices.channels_that_write_themselves
    return run.order.customer.email is not None and not own_voice


def _audiences(run: Run) -> list[Audience]:
    return [Audience.CHANNEL, Audience.CUSTOMER] if _may_write(run) else [Audience.CHANNEL]


def _but_channel(run: Run) -> list[Audience]:
    """Who gets a notice where the channel is told itself."""
    return [audience for audience in _audiences(run) if audience is not Audience.CHANNEL]


async def _send(  # noqa: PLR0913 - a notice says several things
    run: Run,
    kind: NoticeKind,
    audience: Audience,
    *,
    part: str = "",
    parcels: tuple[Parcel, ...] = (),
    refund_due: Money | None = None,
    expected_at: datetime | None = None,
    answer_by: datetime | None = None,
    deliver: Window | None = None,
    reason: str | None = None,
) -> None:
    notice = Notice(
        key=run.key(f"{kind.value}-{audience.value}", part),
        order_id=run.order.id,
        kind=kind,
        audience=audience,
        channel=run.order.channel,
        external_id=run.order.external_id,
        email=run.order.customer.email if audience is Audience.CUSTOMER else None,
        parcels=parcels,
        refund_due=refund_due,
        expected_at=expected_at,
        answer_by=answer_by,
        deliver_from=deliver.earliest if deliver else None,
        deliver_by=deliver.latest if deliver else None,
        reason=reason[:500] if reason else None,
    )
    manner = Manner(
        Partner.NOTIFICATION, f"tell the {audience.value}: {kind.value.replace('_', ' ')}", may_give_up=True
    )
    try:
        await run.ask(NoticeActivities.send, notice, manner)
    except NotDone:
        return
