"""Orders: submit, list, show, decide, cancel."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse

from activities.records import OrderFilter
from api.authentication import Caller, Using
from api.bodies import ORDER_EXAMPLE, CancellationBody, DecisionBody, body_of
from api.idempotency import once
from api.problems import Problem
from api.responses import PROBLEMS
from api.services import Services, channel_name
from api.submitting import accepted, submit
from api.views import (
    Acknowledged,
    Decisions,
    EntryView,
    OrderDetail,
    OrderPage,
    Submitted,
    Timeline,
    decision_view,
    detail,
    summary,
)
from models.errors import Conflict, NotFound
from models.messages import Acknowledgement, Cancellation, HoldDecision
from models.order.document import OrderDocument
from models.order.snapshot import Headline
from models.states.hold import HoldKind, HoldState
from models.strict_json import read

router = APIRouter(prefix="/v1/orders", tags=["orders"])

OrderPath = Annotated[str, Path(max_length=160, examples=["order:b2b:PO-2026-0815"])]
Text = Annotated[str | None, Query(max_length=100)]


@router.post(
    "",
    status_code=202,
    response_model=Submitted,
    responses=PROBLEMS,
    openapi_extra=body_of(OrderDocument, ORDER_EXAMPLE),
)
async def submit_order(request: Request, using: Using, caller: Caller) -> Response:
    """Submit an order in the canonical format."""

    async def handle() -> Response:
        body = await request.body()
        reading = using.canonical.read(body)[0]
        if reading.document is None:
            raise reading.error or Problem(422, "invalid", "there is no order in it")
        submitted = await submit(using, reading.document, body, using.canonical.format, strict=True)
        return accepted(submitted.model_dump(mode="json"))

    return await once(request, using, caller, handle)


@router.get("", response_model=OrderPage, responses=PROBLEMS)
async def list_orders(  # noqa: PLR0913 - one argument a filter
    request: Request,
    using: Using,
    _caller: Caller,
    channel: Text = None,
    status: Headline | None = None,
    hold: HoldKind | None = None,
    waiting_on: Text = None,
    customer_id: Text = None,
    external_id: Text = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
) -> Response:
    """List orders, newest first. `hold` finds those with an open hold of a kind, `waiting_on` those that wait for a
    partner or a team.
    """
    wanted = OrderFilter(
        channel=channel_name(channel) if channel else None,
        headline=status,
        hold=hold,
        waiting_on=waiting_on,
        customer_id=customer_id,
        external_id=external_id,
    )
    page = await using.orders.page(wanted, cursor=cursor, limit=limit)
    body = OrderPage(orders=[summary(view) for view in page.items], next_cursor=page.next_cursor)
    headers = {"Link": _next(request, page.next_cursor)} if page.next_cursor else {}
    return JSONResponse(body.model_dump(mode="json"), headers=headers)


def _next(request: Request, cursor: str) -> str:
    parameters = {**request.query_params, "cursor": cursor}
    return f'<{request.url.path}?{urlencode(parameters)}>; rel="next"'


@router.get("/{order_id}", response_model=OrderDetail, responses=PROBLEMS)
async def show_order(order_id: OrderPath, using: Using, _caller: Caller) -> OrderDetail:
    """Show one order."""
    return detail(await using.orders.find(order_id))


@router.get("/{order_id}/timeline", response_model=Timeline, responses=PROBLEMS)
async def show_timeline(order_id: OrderPath, using: Using, _caller: Caller) -> Timeline:
    """Show everything that happened to an order."""
    entries = await using.orders.timeline(order_id)
    return Timeline(order_id=order_id, entries=[EntryView.model_validate(entry.model_dump()) for entry in entries])


@router.get("/{order_id}/decisions", response_model=Decisions, responses=PROBLEMS)
async def show_decisions(order_id: OrderPath, using: Using, _caller: Caller) -> Decisions:
    """Show every decision made about an order, with what was not chosen and why."""
    found = await using.orders.decisions(order_id)
    return Decisions(order_id=order_id, decisions=[decision_view(decision) for decision in found])


@router.post(
    "/{order_id}/cancellation",
    status_code=202,
    response_model=Acknowledged,
    responses=PROBLEMS,
    openapi_extra=body_of(CancellationBody, {"reason": "the customer changed her mind"}),
)
async def cancel_order(order_id: OrderPath, request: Request, using: Using, caller: Caller) -> Response:
    """Cancel an order. What was done is undone; what has been shipped cannot be."""

    async def handle() -> Response:
        body = read(CancellationBody, await request.body())
        await _running(using, order_id)
        answer = await using.gateway.cancel(order_id, Cancellation(reason=body.reason, actor=caller.name))
        return _acknowledged(answer, 202)

    return await once(request, using, caller, handle)


@router.post(
    "/{order_id}/holds/{hold_id}/decision",
    response_model=Acknowledged,
    responses=PROBLEMS,
    openapi_extra=body_of(DecisionBody, {"decision": "approve", "reason": "known customer"}),
)
async def decide_hold(
    order_id: OrderPath, hold_id: Annotated[str, Path(max_length=100)], request: Request, using: Using, caller: Caller
) -> Response:
    """Approve or reject a hold. Who did it, and why, stays on the order."""

    async def handle() -> Response:
        body = read(DecisionBody, await request.body())
        await _hold_there(using, order_id, hold_id)
        decision = HoldDecision(hold=hold_id, verdict=body.decision, reason=body.reason, actor=caller.name)
        return _acknowledged(await using.gateway.decide(order_id, decision), 200)

    return await once(request, using, caller, handle)


async def _running(using: Services, order_id: str) -> None:
    """Refuse early what the order's record already rules out; the order itself has the last word.

    Raises:
        NotFound: there is no such order.
        Conflict: it has ended.
    """
    snapshot = (await using.orders.find(order_id)).snapshot
    if snapshot is not None and snapshot.lifecycle in {"completed", "cancelled", "rejected"}:
        raise Conflict("order_ended", f"{order_id} has ended: {snapshot.headline.value}")


async def _hold_there(using: Services, order_id: str, hold_id: str) -> None:
    snapshot = (await using.orders.find(order_id)).snapshot
    hold = next((hold for hold in snapshot.holds if hold.id == hold_id), None) if snapshot else None
    if hold is not None and hold.state is not HoldState.OPEN:
        raise Conflict("hold_decided", f"hold {hold_id} was {hold.state.value} already")
    if hold is None and snapshot is not None and snapshot.lifecycle in {"completed", "cancelled", "rejected"}:
        raise NotFound(f"{order_id} never had a hold {hold_id}")


def _acknowledged(answer: Acknowledgement, status: int) -> Response:
    view = Acknowledged(id=answer.order_id, status=answer.headline, text=answer.text)
    return JSONResponse(view.model_dump(mode="json"), status)
