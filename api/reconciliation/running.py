"""Having books compared at once, rather than when their schedule comes round."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal, TypeVar

from fastapi import APIRouter, Request, Response

from api.http.authentication import Caller
from api.http.documentation import REPEATING, answers
from api.http.idempotency import once
from api.intake.intake import accepted
from api.orders.views import View
from api.reconciliation import examples
from api.services import Provided
from models.errors import NotFound
from workflows.regular import RECONCILIATION, STOCK_CHECK

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.records.orders import Principal
    from api.services import Services

Route = TypeVar("Route", bound="Callable[..., Awaitable[Response]]")
router = APIRouter(prefix="/v1", tags=["reconciliation"])
_REFUSALS = (400, 401, 404, 408, 409, 413, 415, 422, 503)


class RunBegun(View):
    """Whether a run has begun, and where it will be seen what it comes to."""

    status: Literal["begun", "going_on"]
    """``going_on``: one had begun already, and nothing was added to it."""
    location: str


def _at_once(path: str, summary: str, example: Any) -> Callable[[Route], Route]:  # noqa: ANN401 - a document
    """Have this address begin a run."""
    return router.post(
        path,
        status_code=202,
        response_class=Response,
        summary=summary,
        responses=answers(*_REFUSALS, s202=(RunBegun, example)),
        openapi_extra={"parameters": [REPEATING]},
    )


@_at_once("/reconciliation/runs", "Reconcile now", examples.RUN_BEGUN)
async def reconcile(request: Request, services: Provided, caller: Caller) -> Response:
    """Lay our books beside our partners' at once; by itself that is done every quarter of an hour."""
    return await _begin(request, services, caller, RECONCILIATION, "/v1/reconciliation/runs")


@_at_once("/inventory/checks", "Compare stock now", examples.CHECK_BEGUN)
async def check(request: Request, services: Provided, caller: Caller) -> Response:
    """Compare stock with the warehouse, the ERP and itself; what differs from a partner is shown if it lasts."""
    return await _begin(request, services, caller, STOCK_CHECK, "/v1/inventory/differences")


async def _begin(request: Request, services: Services, caller: Principal, name: str, location: str) -> Response:
    async def act(_sent: bytes) -> Response:
        if services.regular is None:
            message = "nothing runs by itself here"
            raise NotFound(message)
        begun = await services.regular.begin(name)
        return accepted(RunBegun(status="begun" if begun else "going_on", location=location), location)

    return await once(request, services, caller, act)
