"""Returns: opened, listed, shown; received, inspected, decided, withdrawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from activities.records.returns import ReturnFilter
from api.http.authentication import Caller
from api.http.body import read_as
from api.http.documentation import answers, body, reference
from api.http.idempotency import message_id, once, request_id
from api.intake.intake import accepted
from api.orders.routes import Cursor, Limit, Named, Word, link_to_next
from api.returns import examples
from api.returns.bodies import InspectionBody, ReceiptBody, ReturnDecisionBody, WithdrawalBody
from api.returns.views import (
    AcceptedReturn,
    ReturnAnswer,
    ReturnDecisions,
    ReturnDetail,
    ReturnPage,
    ReturnSummary,
    ReturnTimeline,
)
from api.services import Provided, Services
from models.base import ChannelName
from models.errors import Conflict, NotFound
from models.ids import OrderId, ReturnId
from models.messages import Cancellation
from models.returns.messages import GoodsReceipt, Inspection, ReturnDecision
from models.returns.request import LooseReturnRequest, ReturnRequest
from models.states.hold import HoldKind, HoldState
from models.states.returning import RETURN, ReturnState

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.records.returns import OpenedReturn
    from api.returns.returning import Returning
    from models.returns.messages import ReturnAcknowledgement

router = APIRouter(tags=["returns"])
_REFUSALS = (400, 401, 404, 408, 409, 413, 415, 422, 503)
NamedReturn = Annotated[ReturnId, Path(description="The return's id.", examples=["return:b2b:PO-2026-0042:1"])]


class ReturnQuery(BaseModel):
    """Which returns, and how many at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    order_id: OrderId | None = None
    channel: ChannelName | None = None
    status: ReturnState | None = None
    hold: HoldKind | None = None
    """Returns with an open hold of this kind."""
    waiting_on: Word | None = None
    """A partner or a team: `customer`, `warehouse`, `finance`."""
    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


@router.post(
    "/v1/orders/{order_id}/returns",
    status_code=202,
    response_class=Response,
    summary="Ask to return goods of an order",
    responses=answers(*_REFUSALS, s202=(AcceptedReturn, examples.ACCEPTED_RETURN)),
    openapi_extra=body(reference("ReturnRequest"), examples.RETURN_REQUEST),
)
async def open_return(request: Request, services: Provided, caller: Caller, order_id: Named) -> Response:
    """Open a return: its goods are claimed at once, so that several returns never ask back more than was shipped."""

    async def act(sent: bytes) -> Response:
        wish = read_as(ReturnRequest, sent)
        opened = await _returning(services).records.open(
            order_id, wish, opened_by=caller.name, request_key=request_id(request, caller, sent)
        )
        return await _begun(services, opened)

    return await once(request, services, caller, act)


@router.post(
    "/v1/returns",
    status_code=202,
    response_class=Response,
    summary="Tell of goods that come back of an order nobody knows",
    responses=answers(*_REFUSALS, s202=(AcceptedReturn, examples.ACCEPTED_LOOSE)),
    openapi_extra=body(reference("LooseReturnRequest"), examples.LOOSE_RETURN),
)
async def open_loose(request: Request, services: Provided, caller: Caller) -> Response:
    """Open a return without an order: goods are looked at, a person decides, and only store credit is given."""

    async def act(sent: bytes) -> Response:
        wish = read_as(LooseReturnRequest, sent)
        opened = await _returning(services).records.open_loose(
            wish, opened_by=caller.name, request_key=request_id(request, caller, sent)
        )
        return await _begun(services, opened)

    return await once(request, services, caller, act)


@router.get("/v1/returns", summary="List returns, newest first", responses=answers(401, 404, 422))
async def page(
    request: Request, response: Response, services: Provided, _caller: Caller, wanted: Annotated[ReturnQuery, Query()]
) -> ReturnPage:
    """List returns; the `Link` header points at the next page."""
    found = await _returning(services).records.page(
        ReturnFilter(
            order_id=wanted.order_id,
            channel=wanted.channel,
            state=wanted.status,
            hold=wanted.hold,
            waiting_on=wanted.waiting_on,
        ),
        cursor=wanted.cursor,
        limit=wanted.limit,
    )
    link_to_next(request, response, wanted, found.next_cursor)
    return ReturnPage(returns=[ReturnSummary.of(view) for view in found.items], next_cursor=found.next_cursor)


@router.get("/v1/returns/{return_id}", summary="Show a return", responses=answers(401, 404))
async def show(services: Provided, _caller: Caller, return_id: NamedReturn) -> ReturnDetail:
    """Show where a return stands: lines, holds, money."""
    return ReturnDetail.of(await _returning(services).records.find(return_id))


@router.get("/v1/returns/{return_id}/timeline", summary="Show a return's story", responses=answers(401, 404))
async def timeline(services: Provided, _caller: Caller, return_id: NamedReturn) -> ReturnTimeline:
    """Everything that happened, in order, with who did it."""
    entries = await _returning(services).records.timeline(return_id)
    return ReturnTimeline(return_id=return_id, entries=entries)


@router.get(
    "/v1/returns/{return_id}/decisions", summary="Show what was decided about a return", responses=answers(401, 404)
)
async def decisions(services: Provided, _caller: Caller, return_id: NamedReturn) -> ReturnDecisions:
    """Every decision with its policy version, its input and its reasons."""
    found = await _returning(services).records.decisions(return_id)
    return ReturnDecisions(return_id=return_id, decisions=found)


@router.post(
    "/v1/returns/{return_id}/receipt",
    response_class=Response,
    summary="Tell what has come",
    responses=answers(*_REFUSALS, s200=(ReturnAnswer, examples.RETURN_ANSWER)),
    openapi_extra=body(reference("ReceiptBody"), examples.RECEIPT),
)
async def receive(request: Request, services: Provided, caller: Caller, return_id: NamedReturn) -> Response:
    """Say what has come, all of it or a part; more, or other goods than were announced wait for a person."""

    async def act(sent: bytes) -> Response:
        told = GoodsReceipt(**dict(read_as(ReceiptBody, sent)), actor=caller.name)
        message, running = message_id("receive", request, caller, sent), _returning(services).running
        return await _said(services, return_id, lambda: running.receive(message, return_id, told))

    return await once(request, services, caller, act)


@router.post(
    "/v1/returns/{return_id}/inspection",
    response_class=Response,
    summary="Tell what the inspector found",
    responses=answers(*_REFUSALS, s200=(ReturnAnswer, examples.RETURN_ANSWER)),
    openapi_extra=body(reference("InspectionBody"), examples.INSPECTION),
)
async def inspect(request: Request, services: Provided, caller: Caller, return_id: NamedReturn) -> Response:
    """Say what was found: policy says where the goods go, unless the inspector does and says why."""

    async def act(sent: bytes) -> Response:
        told = Inspection(**dict(read_as(InspectionBody, sent)), actor=caller.name)
        message, running = message_id("inspect", request, caller, sent), _returning(services).running
        return await _said(services, return_id, lambda: running.inspect(message, return_id, told))

    return await once(request, services, caller, act)


@router.post(
    "/v1/returns/{return_id}/decision",
    response_class=Response,
    summary="Approve or reject a hold of a return",
    responses=answers(*_REFUSALS, s200=(ReturnAnswer, examples.RETURN_ANSWER)),
    openapi_extra=body(reference("ReturnDecisionBody"), examples.RETURN_DECISION),
)
async def decide(request: Request, services: Provided, caller: Caller, return_id: NamedReturn) -> Response:
    """Answer a hold; the caller's name stands beside the decision for ever."""

    async def act(sent: bytes) -> Response:
        word = read_as(ReturnDecisionBody, sent)
        decision = ReturnDecision(
            hold=word.hold or await _only_hold(services, return_id),
            verdict=word.decision,
            reason=word.reason,
            actor=caller.name,
            amount=word.amount,
        )
        message, running = message_id("decide", request, caller, sent), _returning(services).running
        return await _said(services, return_id, lambda: running.decide(message, return_id, decision))

    return await once(request, services, caller, act)


@router.post(
    "/v1/returns/{return_id}/withdrawal",
    response_class=Response,
    summary="Wait no longer for what has not come",
    responses=answers(*_REFUSALS, s200=(ReturnAnswer, examples.RETURN_ANSWER)),
    openapi_extra=body(reference("WithdrawalBody"), examples.WITHDRAWAL),
)
async def withdraw(request: Request, services: Provided, caller: Caller, return_id: NamedReturn) -> Response:
    """Let the customer keep what he has not sent; what has come is settled."""

    async def act(sent: bytes) -> Response:
        wish = Cancellation(reason=read_as(WithdrawalBody, sent).reason, actor=caller.name)
        message, running = message_id("withdraw", request, caller, sent), _returning(services).running
        return await _said(services, return_id, lambda: running.withdraw(message, return_id, wish))

    return await once(request, services, caller, act)


def _returning(services: Services) -> Returning:
    if services.returning is None:
        raise NotFound("returns are not handled here")
    return services.returning


async def _begun(services: Services, opened: OpenedReturn) -> Response:
    await _returning(services).begin(opened.case)
    answer = AcceptedReturn.of(opened.case)
    return accepted(answer, answer.location)


async def _said(services: Services, return_id: str, ask: Callable[[], Awaitable[ReturnAcknowledgement]]) -> Response:
    await _returning(services).records.find(return_id)
    try:
        said = await ask()
    except NotFound as error:
        raise await _not_running(services, return_id) from error
    return Response(ReturnAnswer.of(said).model_dump_json(), media_type="application/json")


async def _only_hold(services: Services, return_id: str) -> str:
    snapshot = (await _returning(services).records.find(return_id)).snapshot
    holds = snapshot.holds if snapshot else ()
    held = [hold.id for hold in holds if hold.state is HoldState.OPEN]
    if holds and not held:
        # Answered meanwhile: perhaps by this very request, whose answer was lost. The return knows.
        return holds[-1].id
    if len(held) != 1:
        raise Conflict("which_hold", f"name the hold; open are: {', '.join(held) or 'none'}")
    return held[0]


async def _not_running(services: Services, return_id: str) -> Conflict:
    snapshot = (await _returning(services).records.find(return_id)).snapshot
    if snapshot is not None and RETURN.is_final(snapshot.state):
        return Conflict("return_ended", f"the return has ended: {snapshot.state.value}")
    return Conflict("return_not_started", "the return has been taken in but does not run yet; try again shortly")
