"""The middle of the story: goods are waited for, received, inspected, and settled, part by part as they come."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from models.messages import Verdict
from models.order.snapshot import TimelineKind
from models.partners.notices import NoticeKind
from models.states.fulfilment import ShipmentState
from models.states.hold import HoldKind, HoldState
from models.states.returning import ReturnState
from workflows.queues import Partner
from workflows.returning import telling
from workflows.returning.questions import ask_about
from workflows.returning.run import Came, Judged, Nudge
from workflows.returning.settling import settle, state_after

if TYPE_CHECKING:
    from models.partners.events import ParcelMoved
    from workflows.returning.run import News, ReturnRun

_MOMENT = timedelta(milliseconds=1)


async def follow(run: ReturnRun) -> None:
    """Go on until nothing is waited for any more: all has come and is settled, or will not come."""
    goods = run.standing.goods
    while True:
        while run.news or run.parcels:
            if run.parcels:
                await _parcel(run, run.parcels.popleft())
            else:
                await _follow_up(run, run.news.popleft())
        if goods.to_settle():
            await _settle_part(run)
        elif run.desk.wish is not None:
            await _wait_no_longer(run)
        elif goods.expected or goods.uninspected or run.questions:
            await _wait(run)
        else:
            return


async def _wait(run: ReturnRun) -> None:
    goods, standing = run.standing.goods, run.standing
    standing.awaiting = "warehouse" if goods.uninspected else standing.awaiting
    await run.desk.show()
    try:
        await workflow.wait_condition(
            lambda: bool(run.news or run.parcels) or run.desk.wish is not None,
            timeout=_time_left(run) if goods.expected else None,
            timeout_summary="the goods are waited for until then",
        )
    except TimeoutError:
        await _never_came(run)


def _time_left(run: ReturnRun) -> timedelta | None:
    until = run.standing.return_by
    return max(until - workflow.now(), _MOMENT) if until is not None else None


async def _follow_up(run: ReturnRun, news: News) -> None:
    match news:
        case Came(oddities):
            run.standing.move(ReturnState.RECEIVED, "the goods are at the node")
            part = str(len(run.receipts))
            telling.tell(run, NoticeKind.RETURN_RECEIVED, part=part)
            for oddity in oddities:
                run.aside(ask_about(run, oddity))
        case Judged(accepted, rejected):
            await _inspected(run, accepted, rejected)
        case Nudge():
            return


async def _inspected(run: ReturnRun, accepted: int, rejected: int) -> None:
    standing = run.standing
    standing.move(ReturnState.INSPECTED, "inspected")
    if accepted:
        standing.move(ReturnState.ACCEPTED, f"{accepted} accepted")
    else:
        standing.move(ReturnState.REJECTED, f"{rejected} rejected")
    # Nothing is given before the stock it is given for stands in the books.
    await run.shelving.done()
    standing.move(ReturnState.DISPOSITIONED, "the goods are where they belong")
    if rejected:
        part = str(len(run.inspections))
        telling.tell(run, NoticeKind.RETURN_REJECTED, f"nothing is given for {rejected}", part=part)
        await _given_already(run, f"{rejected} of the goods are not accepted")


async def _settle_part(run: ReturnRun) -> None:
    await settle(run, run.standing.goods.to_settle())
    after = state_after(run)
    if after is not None and run.standing.state is ReturnState.DISPOSITIONED:
        run.standing.move(after, after.value)
    await run.desk.show()


async def _given_already(run: ReturnRun, why: str) -> None:
    """Have finance look at what was given too early."""
    standing = run.standing
    if not run.assessment.early or state_after(run) is None:
        return
    hold = standing.open_hold(
        HoldKind.REFUND,
        f"{why}, and {standing.given} was given before: approve once it is settled with the customer",
        release_rule="an answer from finance, once it is settled",
    )
    await run.verdict(hold)


async def _parcel(run: ReturnRun, event: ParcelMoved) -> None:
    standing = run.standing
    where = event.state.value.replace("_", " ")
    standing.tell(f"the parcel is {where}", kind=TimelineKind.PARTNER, actor=Partner.CARRIER.value)
    if event.state is ShipmentState.LOST:
        await _lost(run)
    elif event.state is ShipmentState.DELIVERED:
        standing.awaiting = "warehouse"
    elif standing.state is ReturnState.AUTHORISED:
        standing.move(ReturnState.IN_TRANSIT, "on its way back")


async def _lost(run: ReturnRun) -> None:
    expected = run.standing.goods.expected
    if not expected:
        return
    hold = run.standing.open_hold(
        HoldKind.RETURN,
        f"the carrier lost the parcel with {expected} units: approve to give what is wanted for them all the same, "
        "reject to give nothing",
    )
    if await run.verdict(hold) is Verdict.REJECT:
        await _give_up_the_rest(run, "lost on the way")
        return
    run.standing.goods.lost_on_the_way()
    if run.standing.state in {ReturnState.AUTHORISED, ReturnState.IN_TRANSIT}:
        run.standing.move(ReturnState.ACCEPTED, "accepted, though lost on the way")
        run.standing.move(ReturnState.DISPOSITIONED, "there is nothing to put away")


async def _wait_no_longer(run: ReturnRun) -> None:
    """Meet the wish to withdraw: what has not come is not waited for."""
    wish = run.desk.wish
    if wish is None:
        return
    run.standing.tell(f"withdrawn: {wish.reason}", kind=TimelineKind.OPERATOR, actor=wish.actor)
    await _give_up_the_rest(run, "withdrawn")
    run.desk.answer_wish("what has not come is not waited for any more")


async def _never_came(run: ReturnRun) -> None:
    if run.standing.goods.anything_received:
        await _give_up_the_rest(run, "the rest did not come in time")
        return
    await _given_already(run, "the goods never came")
    if run.news:
        return
    telling.tell(run, NoticeKind.RETURN_EXPIRED, "the goods did not come in time")
    await _give_up_the_rest(run, "the goods never came")
    if not run.standing.goods.to_settle() and run.standing.state in {ReturnState.AUTHORISED, ReturnState.IN_TRANSIT}:
        run.standing.move(ReturnState.EXPIRED, "expired: the goods never came")


async def _give_up_the_rest(run: ReturnRun, why: str) -> None:
    missing = run.standing.goods.give_up_the_rest()
    run.standing.tell(f"{missing} not waited for any more: {why}")
    await run.let_go(run.standing.goods.claims())


async def close(run: ReturnRun) -> None:
    """End it well: the ledger knows all of it, and every notice is out."""
    standing = run.standing
    standing.awaiting = None
    await run.shelving.done()
    await run.asides.done()
    if not standing.ended:
        early = state_after(run)
        if standing.state is ReturnState.DISPOSITIONED and early is not None:
            standing.move(early, f"{early.value}: it was given before the goods came")
        standing.move(ReturnState.CLOSED, "closed")
    for hold in standing.open_holds:
        standing.close_hold(hold.id, HoldState.RELEASED, actor="orderloom", reason="the return has ended")
    await run.desk.show()
