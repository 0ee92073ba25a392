"""The first step: policy, or a person where policy asks for one, says whether the goods may come back, and how."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from temporalio import workflow

from activities.carriers import CarrierActivities
from activities.returns import ReturnActivities
from models.messages import Verdict
from models.order.document import ServiceLevel
from models.partners.carriers import Booking
from models.partners.notices import NoticeKind, Parcel
from models.returns.assessment import Authorisation, ReturnAssessmentRequest
from models.states.hold import HoldKind
from models.states.returning import ReturnState
from workflows.asking import Manner, NotDone
from workflows.queues import Partner
from workflows.returning import telling

if TYPE_CHECKING:
    from workflows.returning.run import ReturnRun


async def judge(run: ReturnRun) -> bool:
    """Have it judged; False where it is declined, which ends it.

    Raises:
        CancelOrder: it was withdrawn while a person was to decide.
    """
    standing = run.standing
    standing.tell(f"return requested by {run.case.requested_by.value}", actor=run.case.opened_by)
    run.judged(
        await run.own(ReturnActivities.assess, ReturnAssessmentRequest(case=run.case), "judge the return by policy")
    )
    judgement = run.assessment
    for decision in judgement.decisions:
        standing.decide(decision)
    if judgement.outcome is Authorisation.DECLINE:
        await _decline(run, judgement.reason)
        return False
    if judgement.outcome is Authorisation.ASK:
        standing.move(ReturnState.MANUAL_INTERVENTION, "a person decides")
        hold = standing.open_hold(HoldKind.RETURN, f"{judgement.reason}: may the goods come back?")
        await run.desk.show()
        if await run.desk.answer(hold) is Verdict.REJECT:
            await _decline(run, standing.holds[hold.id].decision_reason or "declined by a person")
            return False
    await _authorise(run)
    return True


async def _decline(run: ReturnRun, reason: str) -> None:
    run.standing.move(ReturnState.DECLINED, f"declined: {reason}")
    await run.let_go(dict.fromkeys(run.standing.goods.lines, 0))
    telling.tell(run, NoticeKind.RETURN_DECLINED, reason)
    await run.desk.show()


async def _authorise(run: ReturnRun) -> None:
    standing, judgement = run.standing, run.assessment
    standing.goods.authorise()
    standing.move(ReturnState.AUTHORISED, "authorised")
    if judgement.keeps:
        standing.goods.keep()
        telling.tell(run, NoticeKind.RETURN_AUTHORISED, "the goods need not be sent back")
    else:
        standing.goods.nothing_to_send()
        standing.return_by = workflow.now() + timedelta(days=judgement.rules.return_within_days)
        standing.awaiting = "customer"
        # The carrier may take days to answer: what comes back in the meantime is received all the same.
        run.aside(_show_the_way(run))
    await run.desk.show()


async def _show_the_way(run: ReturnRun) -> None:
    parcel = await _label(run) if run.assessment.label else None
    said = "a label is on its way" if parcel else "please send the goods back"
    telling.tell(run, NoticeKind.RETURN_AUTHORISED, said, parcel=parcel)


async def _label(run: ReturnRun) -> Parcel | None:
    node, home = run.assessment.node, run.case.sold.ship_from
    if node is None or home is None:
        return None
    bought = {line.line_id: line.weight_grams for line in run.case.sold.lines}
    booking = Booking(
        key=run.key("label"),
        order_id=run.case.sold.order_id,
        node=node,
        ship_to=home,
        service_level=ServiceLevel.STANDARD,
        weight_grams=sum(bought.get(line.line_id, 0) * line.quantity for line in run.case.lines),
        way_back=True,
    )
    manner = Manner(Partner.CARRIER, "book the way back", refusal=HoldKind.ADDRESS, may_give_up=True)
    try:
        label = await run.ask(CarrierActivities.book, booking, manner)
    except NotDone:
        return None
    standing = run.standing
    standing.tracking_number = label.tracking_number
    standing.references["label"] = label.reference
    standing.tell(f"label {label.reference} for the way back, {label.tracking_number}", actor=Partner.CARRIER.value)
    await run.desk.show(index=False)
    return Parcel(carrier=label.carrier, tracking_number=label.tracking_number)
