"""First part of the story: is this an order we can and want to carry out?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.erp import ErpActivities
from activities.order_book import OrderBookActivities
from models.order.assessment import AssessmentRequest
from models.partners.erp import ItemEnquiry
from models.states.hold import HoldKind
from models.states.lifecycle import Lifecycle
from workflows.asking import Manner
from workflows.queues import Partner

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.order.assessment import Assessment
    from workflows.ordering.run import Run

_CHECK_AGAIN = {HoldKind.DATA_QUALITY, HoldKind.ADDRESS}
"""Approving these means to look again, not to look away: an unknown article cannot be shipped by decision."""


async def validate(run: Run, judged: Callable[[], None]) -> None:
    """Judge the order by master data and policy; hold it for whatever speaks against it.

    `judged` is called once it is clear what speaks against it, so that the submission can be answered.

    Raises:
        CancelOrder: an objection was upheld, or somebody wants the order cancelled.
    """
    run.standing.move(Lifecycle.VALIDATING, "received")
    cleared: set[HoldKind] = set()
    while True:
        assessment = await _judge(run)
        for decision in assessment.decisions:
            run.standing.decide(decision)
        objections = [objection for objection in assessment.objections if objection.kind not in cleared]
        if not objections:
            break
        await run.desk.clear(objections, opened=judged)
        kinds = {objection.kind for objection in objections}
        cleared |= kinds - _CHECK_AGAIN
        if not kinds & _CHECK_AGAIN:
            break
    judged()
    run.standing.goods.plan(run.assessment.needs)
    run.standing.move(Lifecycle.ACCEPTED, f"accepted under policy {assessment.policy_version}")


async def _judge(run: Run) -> Assessment:
    # A pinned policy judges the order again after a correction; the very first judgement pins it.
    request = AssessmentRequest(order=run.order, policy_version=run.standing.policy_version)
    assessment = await run.own(OrderBookActivities.assess, request, "judge the order")
    run.judged(assessment)
    if not assessment.unknown_skus:
        return assessment
    manner = Manner(Partner.ERP, f"look up {len(assessment.unknown_skus)} articles", refusal=HoldKind.DATA_QUALITY)
    answer = await run.ask(ErpActivities.items, ItemEnquiry(skus=assessment.unknown_skus), manner)
    if not answer.items:
        return assessment
    await run.own(OrderBookActivities.learn, answer, "keep what the ERP knows")
    assessment = await run.own(OrderBookActivities.assess, request, "judge the order again")
    run.judged(assessment)
    return assessment
