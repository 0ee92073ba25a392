"""What the channel says anew of an order: cancelled there, in whole or in part, or money given back there.

It is heard beside the order's story. What can still be done is asked for as an operator would ask for it; what comes
too late is a hold, with the reason, and the channel is told. What we told the channel ourselves is no news: compared is
how much is cancelled and given back in all (models/order/channel_news.py, and here again, where nothing is late).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from temporalio import workflow

from models.changes.request import CancelQuantity, ChangeProposal
from models.errors import Conflict, InvalidInput
from models.messages import Cancellation
from models.order.snapshot import TimelineKind
from models.states.changing import CHANGE, ChangeState
from models.states.hold import HoldKind, HoldState
from workflows.desk import BEING_CANCELLED
from workflows.ordering import telling

if TYPE_CHECKING:
    from models.money import Money
    from models.order.snapshot import LineProgress
    from models.partners.events import ChangedAtChannel
    from workflows.ordering.run import Run

_BUSY = {"change_under_way", "being_cancelled"}
"""Refusals that pass: the wish is made again when the order is free for it."""
_LAST = "nothing_left"
"""Nothing would be left of the order: it is cancelled as a whole."""
_LATE = "the order was as good as done"


def hear(run: Run, event: ChangedAtChannel) -> None:
    """Take the channel's word, and do what follows beside the story."""
    run.aside(_heed(run, event))


async def _heed(run: Run, event: ChangedAtChannel) -> None:
    if event.whole:
        run.at_channel.whole = True
        if event.refunded is not None:
            _note_held(run, event.refunded)
        # It may stop an order that is held before it was judged.
        await _cancel(run, event.event_id)
        return
    await workflow.wait_condition(lambda: run.is_judged or _over(run))
    if _over(run):
        return
    if event.refunded is not None:
        run.aside(_refunded(run, event.refunded, event.event_id))
    for line in event.lines:
        run.at_channel.knows(line.line_id, line.quantity)
    for line in event.lines:
        await _leave_out(run, line.line_id, line.quantity, event.event_id)


def _over(run: Run) -> bool:
    """Whether nothing of the order is carried out any more."""
    return run.standing.ended or run.desk.wish_answer == BEING_CANCELLED


# --- cancelled as a whole ---------------------------------------------------------------------------------------------


async def _cancel(run: Run, part: str) -> None:
    """Have the order cancelled, as the customer wished at the channel, with all that was done undone."""
    goods, channel = run.standing.goods, run.order.channel
    if not (_over(run) or run.closing or (goods.anything_shipped and goods.all_shipped)):
        if not _wished(run):
            run.desk.wish = Cancellation(reason=f"cancelled at {channel}", actor=channel)
        await workflow.wait_condition(lambda: _over(run) or not _wished(run) or run.closing)
        if _wished(run) and not _over(run):
            run.desk.answer_wish(_LATE)
    if not _over(run):
        await _too_late(run, f"it was cancelled at {channel}, but some of it has left", part)


def _wished(run: Run) -> bool:
    return run.desk.wish is not None


# --- cancelled in part ------------------------------------------------------------------------------------------------


async def _leave_out(run: Run, line_id: str, quantity: int, part: str) -> None:
    """Have so many of a line in all left out, as an operator would; what has left by then is too late."""
    channel = run.order.channel
    while not _over(run) and (line := _line(run, line_id)) is not None and quantity > line.cancelled:
        left = max(line.ordered - line.cancelled - line.shipped, 0)
        wish = CancelQuantity(
            line_id=line_id, quantity=max(min(quantity - line.cancelled, left), 1), reason=f"cancelled at {channel}"
        )
        proposal = ChangeProposal(request=wish, actor=channel)
        code, reason = _refusal(run, proposal) if left else (_LAST, "it has left")
        if code in _BUSY:
            await workflow.wait_condition(lambda: (run.changing.idle and not _wished(run)) or run.closing or _over(run))
            if not run.closing:
                continue
        if code == _LAST and left:
            await _cancel(run, part)
            return
        if code is None:
            reason = await _declined(run, (await run.changing.propose(proposal)).change)
        if reason is not None and not _over(run):
            said = f"{quantity} of line {line_id} were cancelled at {channel}: {reason}"
            await _too_late(run, said, f"{part}-{line_id}")
            return


def _refusal(run: Run, proposal: ChangeProposal) -> tuple[str | None, str | None]:
    """Why the change cannot be wished now, by code and in words; none where it can."""
    if run.closing:
        return "closing", _LATE
    try:
        run.changing.check(proposal)
    except Conflict as error:
        return error.code, str(error)
    except InvalidInput as error:
        return error.errors[0].code, str(error)
    return None, None


async def _declined(run: Run, change: str) -> str | None:
    """Wait for a change's end; why it was not made, if it was not."""
    changes = run.standing.changes

    def over() -> bool:
        return CHANGE.is_final(changes[change].state)

    await workflow.wait_condition(lambda: over() or _over(run) or (run.closing and run.changing.calls))
    progress = changes[change]
    if progress.state is ChangeState.CONFIRMED:
        return None
    return progress.reason or _LATE


def _line(run: Run, line_id: str) -> LineProgress | None:
    return next((line for line in run.standing.goods.progress() if line.line_id == line_id), None)


# --- money ------------------------------------------------------------------------------------------------------------


async def _refunded(run: Run, refunded: Money, part: str) -> None:
    """Note what the channel gave back of the money it holds; what it gave of money that we hold, finance settles."""
    beyond = _note_held(run, refunded)
    if not beyond:
        return
    said = f"{run.order.channel} gave {beyond} back, which it does not hold: it is ours to settle"
    await _held(run, HoldKind.REFUND, said, "an answer from finance, once it is settled with the channel")
    telling.not_done(run, part, said)


def _note_held(run: Run, refunded: Money) -> Money:
    """Book what the channel says it gave back in all, as far as it held it; answers what is beyond that."""
    account = run.standing.account
    news = refunded - account.refunded
    holds = account.held - account.returned_by_channel
    noted = min(news, holds, key=lambda money: money.amount)
    if noted.amount > 0:
        account.return_held(noted, run.order.channel)
        run.standing.tell(f"{noted} was given back at {run.order.channel}", actor=run.order.channel)
        news -= noted
    return news if news.amount > 0 else news - news


# --- too late ---------------------------------------------------------------------------------------------------------


async def _too_late(run: Run, reason: str, part: str) -> None:
    """Have service settle with the customer what could not be done, and tell the channel."""
    run.standing.tell(reason, kind=TimelineKind.TROUBLE, actor=run.order.channel)
    if run.is_judged:
        telling.not_done(run, part, reason)
    await _held(run, HoldKind.CUSTOMER_REQUEST, reason, "an answer from service, once it is settled with the customer")


async def _held(run: Run, kind: HoldKind, reason: str, rule: str) -> None:
    """Show it to its owner until he has answered; either answer settles it."""
    hold = run.standing.open_hold(kind, reason, release_rule=rule)
    await run.desk.show()
    await workflow.wait_condition(lambda: run.standing.holds[hold.id].state is not HoldState.OPEN)
