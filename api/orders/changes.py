"""Changes of an accepted order: wished, listed, shown, taken back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Path, Request, Response

from api.http.authentication import Caller
from api.http.body import read_as
from api.http.documentation import answers, body, reference
from api.http.idempotency import is_keyed, message_id, once
from api.intake.intake import accepted
from api.orders import change_examples as examples
from api.orders.change_views import ChangeAnswer, ChangeBody, ChangeList, ChangeView, change_path
from api.orders.routes import Named
from api.returns.bodies import WithdrawalBody
from api.services import Provided, Services
from models.changes.checking import check
from models.changes.request import ChangeId, ChangeProposal, ChangeRequest, ChangeWithdrawal
from models.errors import Conflict, NotFound
from models.states.changing import ChangeState
from models.states.lifecycle import LIFECYCLE

if TYPE_CHECKING:
    from activities.records.orders import OrderView
    from api.orders.changing import RunningChanges
    from models.changes.progress import ChangeProgress

router = APIRouter(prefix="/v1/orders", tags=["changes"])
BODIES = (ChangeBody,)
_REFUSALS = (400, 401, 404, 408, 409, 413, 415, 422, 503)
NamedChange = Annotated[ChangeId, Path(description="The change's id in its order.", examples=["change-1"])]


@router.post(
    "/{order_id}/changes",
    status_code=202,
    response_class=Response,
    summary="Wish a change of an accepted order",
    responses=answers(*_REFUSALS, s202=(ChangeAnswer, examples.CHANGE_ANSWER)),
    openapi_extra=body(reference("ChangeBody"), examples.CHANGE),
)
async def propose(request: Request, services: Provided, caller: Caller, order_id: Named) -> Response:
    """Propose it to every party it touches: all of them confirm, or nothing is changed. One change at a time."""

    async def act(sent: bytes) -> Response:
        wish = read_as(ChangeBody, sent).root
        view = await services.orders.find(order_id)
        running = _running(services)
        if not is_keyed(request):
            _check(view, wish)
        proposal = ChangeProposal(request=wish, actor=caller.name)
        message = message_id("change", request, caller, sent)
        try:
            receipt = await running.propose(message, order_id, proposal)
        except NotFound as error:
            _check(view, wish)
            raise Conflict("order_not_started", "the order does not run yet; try again shortly") from error
        answer = ChangeAnswer.of(receipt)
        return accepted(answer, answer.location)

    return await once(request, services, caller, act)


@router.get("/{order_id}/changes", summary="List an order's changes", responses=answers(401, 404))
async def show_all(services: Provided, _caller: Caller, order_id: Named) -> ChangeList:
    """Show every change that was wished of an order, the oldest first."""
    found = _changes(await services.orders.find(order_id))
    return ChangeList(order_id=order_id, changes=[ChangeView.of(order_id, change) for change in found])


@router.get("/{order_id}/changes/{change}", summary="Show a change", responses=answers(401, 404))
async def show(services: Provided, _caller: Caller, order_id: Named, change: NamedChange) -> ChangeView:
    """Show where a change stands: who was asked, what each said, and what it comes to."""
    return ChangeView.of(order_id, _find(await services.orders.find(order_id), change))


@router.post(
    "/{order_id}/changes/{change}/withdrawal",
    status_code=202,
    response_class=Response,
    summary="Take a change back",
    responses=answers(*_REFUSALS, s202=(ChangeAnswer, examples.CHANGE_WITHDRAWN)),
    openapi_extra=body(reference("WithdrawalBody"), {"reason": "the customer keeps it as it was"}),
)
async def withdraw(
    request: Request, services: Provided, caller: Caller, order_id: Named, change: NamedChange
) -> Response:
    """Take back a change that is under way; what was done for it is undone."""

    async def act(sent: bytes) -> Response:
        withdrawal = ChangeWithdrawal(change=change, reason=read_as(WithdrawalBody, sent).reason, actor=caller.name)
        known = _find(await services.orders.find(order_id), change)
        if known.state is not ChangeState.PROPOSED and not is_keyed(request):
            raise Conflict("change_ended", f"the change has ended: {known.state.value}")
        message = message_id("withdraw_change", request, caller, sent)
        receipt = await _running(services).withdraw(message, order_id, withdrawal)
        if receipt is not None:
            answer = ChangeAnswer.of(receipt)
        else:
            answer = ChangeAnswer(
                id=change,
                order_id=order_id,
                status=known.state,
                message="the order has heard it and is undoing what was done",
                location=change_path(order_id, change),
            )
        return accepted(answer, answer.location)

    return await once(request, services, caller, act)


def _check(view: OrderView, wish: ChangeRequest) -> None:
    """Refuse at once what the order would refuse: it says the same of itself.

    Not where the request has a key: it may be sent again because its answer was lost, and is done by now. The order
    knows it by its key, and gives the first answer again.
    """
    if view.snapshot is None:
        return
    if LIFECYCLE.is_final(view.snapshot.lifecycle):
        raise Conflict("order_ended", f"the order has ended: {view.snapshot.headline.value}")
    check(view.order, view.snapshot.lines, wish)


def _changes(view: OrderView) -> tuple[ChangeProgress, ...]:
    return view.snapshot.changes if view.snapshot else ()


def _find(view: OrderView, change: str) -> ChangeProgress:
    for known in _changes(view):
        if known.id == change:
            return known
    raise NotFound(f"the order has no {change}")


def _running(services: Services) -> RunningChanges:
    if services.changing is None:
        raise NotFound("changes are not handled here")
    return services.changing
