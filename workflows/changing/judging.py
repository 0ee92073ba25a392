"""What a change is, and what our own rules say to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.order_book import OrderBookActivities
from models.changes.checking import check, difference
from models.changes.pricing import keeps_the_past, with_address, with_fewer, with_more, with_service
from models.changes.progress import Party
from models.changes.request import CancelLine, CancelOrder, CancelQuantity, ChangeAddress, ChangeQuantity, ChangeService
from models.changes.shifting import needs_for, pieces_for
from models.errors import Conflict, InvalidInput
from models.order.assessment import AssessmentRequest
from models.policy.changes import ChangeStage
from models.policy.decision import Decision, DecisionKind, RefusedOption
from workflows.changing.deal import Deal
from workflows.changing.warehouses import must_stop

if TYPE_CHECKING:
    from models.changes.request import LineChange
    from models.order.assessment import Assessment
    from workflows.changing.talks import Talks
    from workflows.ordering.run import Run

_GONE = {"all_shipped", "nothing_left", "shipped", "too_large"}


async def judge(run: Run, talks: Talks) -> Deal:
    """Work out what a change comes to, and whether our rules allow it.

    Raises:
        NoDeal: it makes no sense any more, or the rules do not allow it.
    """
    talks.change.asks(Party.POLICY)
    deal = _worked_out(run, talks)
    until = run.assessment.changes.until(talks.change.request.kind, run.order.channel)
    if until is ChangeStage.NEVER:
        _refuse(run, talks, "no such change is taken after an order was accepted")
    if until is ChangeStage.BEFORE_RELEASE and must_stop(run, deal):
        _refuse(run, talks, "a warehouse has it already, and policy stops no warehouse for this")
    if deal.more or deal.reroutes:
        await _screen(run, talks, deal)
    _record(run, talks, "pass")
    talks.confirm(Party.POLICY)
    return deal


def _worked_out(run: Run, talks: Talks) -> Deal:
    """Work it out of the order as it is now: it may have moved on since the wish."""
    goods, request = run.standing.goods, talks.change.request
    try:
        check(run.order, goods.progress(), request)
    except Conflict as error:
        talks.decline(Party.WMS if error.code in _GONE else Party.POLICY, str(error))
    except InvalidInput as error:
        gone = error.errors[0].code in _GONE
        talks.decline(Party.WMS if gone else Party.POLICY, f"it {error.errors[0].message}")
    deal = Deal(before=run.order, order=run.order, wanted_before=goods.still_wanted())
    match request:
        case ChangeQuantity() | CancelQuantity() | CancelLine():
            _line(run, talks, deal, request)
        case ChangeAddress(address=address):
            deal.order, deal.reroutes = with_address(run.order, address), True
        case ChangeService(service_level=level):
            deal.order, deal.reroutes = with_service(run.order, level), True
        case CancelOrder():
            message = f"{talks.change.id} cancels the order, which its own story does"
            raise AssertionError(message)
    return deal


def _line(run: Run, talks: Talks, deal: Deal, request: LineChange) -> None:
    goods = run.standing.goods
    deal.line_id = request.line_id
    progress = next(line for line in goods.progress() if line.line_id == request.line_id)
    units = difference(progress, request)
    sent_by_us = bool(needs_for(goods, request.line_id, 1))
    if units > 0:
        deal.more, deal.needs = units, needs_for(goods, request.line_id, units)
        deal.order = with_more(run.order, request.line_id, units)
        if not keeps_the_past(run.order, deal.order, request.line_id, progress.shipped):
            talks.decline(Party.POLICY, "what has left was priced so unevenly that the line cannot grow: order it anew")
    elif sent_by_us:
        deal.drop = pieces_for(goods, request.line_id, None if isinstance(request, CancelLine) else -units)
    else:
        deal.fewer, deal.order = -units, with_fewer(run.order, request.line_id, -units)


async def _screen(run: Run, talks: Talks, deal: Deal) -> None:
    """Judge the order again as it would be; what did not speak against it before must not do so now."""
    request = AssessmentRequest(order=deal.order, policy_version=run.standing.policy_version)
    assessment = await talks.own(OrderBookActivities.assess, request, "judge the changed order")
    known = {objection.kind for objection in run.assessment.objections}
    new = [objection.reason for objection in assessment.objections if objection.kind not in known]
    if new:
        _refuse(run, talks, "; ".join(new))
    _go_by(run, deal, assessment)


def _go_by(run: Run, deal: Deal, assessment: Assessment) -> None:
    if deal.reroutes:
        route = run.assessment.route.model_copy(update={"expedite": assessment.route.expedite})
        deal.assessment = run.assessment.model_copy(update={"route": route, "demand": assessment.demand})


def _refuse(run: Run, talks: Talks, reason: str) -> None:
    _record(run, talks, "refuse", reason)
    talks.decline(Party.POLICY, reason)


def _record(run: Run, talks: Talks, outcome: str, reason: str | None = None) -> None:
    kind = talks.change.request.kind.value
    run.standing.decide(
        Decision(
            kind=DecisionKind.CHANGE,
            policy_version=run.assessment.policy_version,
            input={"change": talks.change.id, "kind": kind},
            outcome=outcome,
            reasons=(reason[:500],) if reason else (),
            refused=(RefusedOption(option=kind, reason=reason[:500]),) if reason else (),
        )
    )
