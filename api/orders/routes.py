"""Orders: handed in, listed, shown, cancelled, and their holds decided."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from activities.records.orders import OrderFilter
from api.http.authentication import Caller
from api.http.body import read_as
from api.http.documentation import answers, body, reference
from api.http.idempotency import message_id, once
from api.intake.intake import Intake, accepted
from api.orders import examples
from api.orders.money_views import Postings
from api.orders.views import (
    AcceptedOrder,
    Decisions,
    OrderAnswer,
    OrderDetail,
    OrderPage,
    OrderSummary,
    Timeline,
    order_path,
)
from api.services import Background, Provided, Services
from models.base import ChannelName, Identifier, Note, StrictModel
from models.errors import Conflict, NotFound
from models.ids import OrderId
from models.messages import Cancellation, HoldDecision, Verdict
from models.order.snapshot import Headline
from models.promises.promise import PromiseState
from models.states.hold import HoldKind
from models.states.lifecycle import LIFECYCLE

router = APIRouter(prefix="/v1/orders", tags=["orders"])

Named = Annotated[OrderId, Path(description="The order's id.", examples=["order:b2b:PO-2026-0042"])]
HoldId = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$"), Path(description="The hold's id.", examples=["fraud-1"])
]
Cursor = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_.=~-]{1,400}$")]
Word = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{0,63}$")]
Limit = Annotated[int, Field(ge=1, le=200)]


class OrderQuery(BaseModel):
    """Which orders, and how many at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    channel: ChannelName | None = None
    status: Headline | None = None
    hold: HoldKind | None = None
    """Orders with an open hold of this kind."""
    waiting_on: Word | None = None
    """A partner or a team: `erp`, `risk`."""
    promise: PromiseState | None = None
    """Orders whose promise is at risk, was missed, or stands in another way."""
    customer_id: Identifier | None = None
    external_id: Identifier | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


class CancellationBody(StrictModel):
    """Why the order is to be cancelled."""

    reason: Note


class DecisionBody(StrictModel):
    """The answer to a hold."""

    decision: Verdict
    reason: Note


@router.post(
    "",
    status_code=202,
    response_class=Response,
    summary="Hand in a canonical order",
    responses=answers(400, 401, 408, 409, 413, 415, 422, s202=(AcceptedOrder, examples.ACCEPTED_ORDER)),
    openapi_extra=body(reference("OrderDocument"), examples.CANONICAL_ORDER),
)
async def submit(request: Request, services: Provided, background: Background, caller: Caller) -> Response:
    """Take in one order in our own format; the same order again gets the same answer."""
    return await once(request, services, caller, Intake(services, background).canonical)


@router.get("", summary="List orders, newest first", responses=answers(401, 422))
async def page(
    request: Request, response: Response, services: Provided, _caller: Caller, wanted: Annotated[OrderQuery, Query()]
) -> OrderPage:
    """List orders; the `Link` header points at the next page."""
    found = await services.orders.page(
        OrderFilter(
            channel=wanted.channel,
            headline=wanted.status,
            hold=wanted.hold,
            waiting_on=wanted.waiting_on,
            promise=wanted.promise,
            customer_id=wanted.customer_id,
            external_id=wanted.external_id,
        ),
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    link_to_next(request, response, wanted, found.next_cursor)
    return OrderPage(orders=[OrderSummary.of(view) for view in found.items], next_cursor=found.next_cursor)


@router.get("/{order_id}", summary="Show an order", responses=answers(401, 404))
async def show(services: Provided, _caller: Caller, order_id: Named) -> OrderDetail:
    """Show where an order stands: holds, money, lines, parcels, returns."""
    returning = services.returning
    returned = await returning.records.of_order(order_id) if returning is not None else None
    return OrderDetail.of(await services.orders.find(order_id), returned)


@router.get("/{order_id}/timeline", summary="Show an order's story", responses=answers(401, 404))
async def timeline(services: Provided, _caller: Caller, order_id: Named) -> Timeline:
    """Everything that happened, in order, with who did it."""
    return Timeline(order_id=order_id, entries=await services.orders.timeline(order_id))


@router.get("/{order_id}/decisions", summary="Show what was decided about an order", responses=answers(401, 404))
async def decisions(services: Provided, _caller: Caller, order_id: Named) -> Decisions:
    """Every decision with its policy version, its input and its reasons."""
    return Decisions(order_id=order_id, decisions=await services.orders.decisions(order_id))


@router.get(
    "/{order_id}/postings",
    summary="Show an order's journal",
    responses=answers(401, 404, s200=(Postings, examples.POSTINGS)),
)
async def postings(services: Provided, _caller: Caller, order_id: Named) -> Postings:
    """Every entry about the order's money and its returns', in double entry, with the balances."""
    return Postings.of(await services.orders.find(order_id), await services.orders.postings(order_id))


@router.post(
    "/{order_id}/cancellation",
    status_code=202,
    response_class=Response,
    summary="Cancel an order",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503, s202=(OrderAnswer, examples.ORDER_ANSWER)),
    openapi_extra=body(reference("CancellationBody"), examples.CANCELLATION),
)
async def cancel(request: Request, services: Provided, caller: Caller, order_id: Named) -> Response:
    """Stop an order and undo what was done; what has been shipped stays shipped."""

    async def act(sent: bytes) -> Response:
        wish = Cancellation(reason=read_as(CancellationBody, sent).reason, actor=caller.name)
        await services.orders.find(order_id)
        try:
            said = await services.running.cancel(message_id("cancel", request, caller, sent), order_id, wish)
        except NotFound as error:
            raise await _not_running(services, order_id) from error
        message = said.text if said else "the order has the wish and is undoing what was done"
        answer = OrderAnswer(
            id=order_id, status=said.headline if said else None, message=message, location=order_path(order_id)
        )
        return accepted(answer, answer.location)

    return await once(request, services, caller, act)


@router.post(
    "/{order_id}/holds/{hold_id}/decision",
    response_class=Response,
    summary="Approve or reject a hold",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503, s200=(OrderAnswer, examples.ORDER_ANSWER)),
    openapi_extra=body(reference("DecisionBody"), examples.HOLD_DECISION),
)
async def decide(request: Request, services: Provided, caller: Caller, order_id: Named, hold_id: HoldId) -> Response:
    """Answer a hold; the caller's name stands beside the decision for ever."""

    async def act(sent: bytes) -> Response:
        word = read_as(DecisionBody, sent)
        await services.orders.find(order_id)
        decision = HoldDecision(hold=hold_id, verdict=word.decision, reason=word.reason, actor=caller.name)
        try:
            said = await services.running.decide(message_id("decide", request, caller, sent), order_id, decision)
        except NotFound as error:
            raise await _not_running(services, order_id) from error
        answer = OrderAnswer(id=order_id, status=said.headline, message=said.text, location=order_path(order_id))
        return Response(answer.model_dump_json(), media_type="application/json")

    return await once(request, services, caller, act)


def link_to_next(request: Request, response: Response, wanted: BaseModel, cursor: str | None) -> None:
    """Point at the next page, where there is one."""
    if cursor is not None:
        asked = wanted.model_dump(mode="json", exclude_none=True) | {"cursor": cursor}
        # Spelt out anew: an article may have any name, and a header holds no other signs than these.
        here = quote(request.scope["path"], safe="/:")
        response.headers["Link"] = f'<{here}?{urlencode(asked)}>; rel="next"'


async def _not_running(services: Services, order_id: str) -> Conflict:
    snapshot = (await services.orders.find(order_id)).snapshot
    if snapshot is not None and LIFECYCLE.is_final(snapshot.lifecycle):
        return Conflict("order_ended", f"the order has ended: {snapshot.headline.value}")
    return Conflict("order_not_started", "the order has been taken in but does not run yet; try again shortly")
