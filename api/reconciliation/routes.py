"""Reconciliation: what differs between our books and our partners', whose it is, and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from activities.records.reconciling import DifferenceFilter, Differences
from api.http.authentication import Caller
from api.http.body import read_as
from api.http.documentation import answers, body, reference
from api.http.idempotency import once
from api.orders.routes import Cursor, Limit, link_to_next
from api.reconciliation import examples
from api.reconciliation.views import (
    DifferencePage,
    DifferenceView,
    ReconciliationView,
    RunPage,
)
from api.services import Provided
from models.base import Note, StrictModel, Text
from models.errors import NotFound
from models.reconciling.differences import Comparison, DifferenceKind, DifferenceState

if TYPE_CHECKING:
    from models.reconciling.differences import Difference

router = APIRouter(prefix="/v1/reconciliation", tags=["reconciliation"])
DifferenceId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$"), Path(description="The difference's id.")]
Team = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9 _-]{0,63}$")]
About = Annotated[str, StringConstraints(pattern=r"^[!-~]{1,200}$")]


class DifferenceQuery(BaseModel):
    """Which differences, and how many at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    state: DifferenceState | None = None
    kind: DifferenceKind | None = None
    comparison: Comparison | None = None
    owner: Team | None = None
    order_id: About | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


class RunQuery(BaseModel):
    """How many runs at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


class AssignmentBody(StrictModel):
    """Who is to look after it."""

    assignee: Text


class ClosureBody(StrictModel):
    """How it was put right, or why it may stand."""

    reason: Note


BODIES = (AssignmentBody, ClosureBody)
"""Schemas of what is read by hand."""


def _desk(services: Provided) -> Differences:
    if services.differences is None:
        message = "books are not reconciled here"
        raise NotFound(message)
    return services.differences


Desk = Annotated[Differences, Depends(_desk)]


@router.get(
    "",
    summary="Show how reconciling stands",
    responses=answers(401, 404, 503, s200=(ReconciliationView, examples.RECONCILIATION)),
)
async def overview(desk: Desk, _caller: Caller) -> ReconciliationView:
    """How far each partner's documents have been read, what the last run came to, and what stands with whom."""
    return ReconciliationView.of(await desk.overview())


@router.get(
    "/differences",
    summary="List differences, newest first",
    responses=answers(401, 404, 422, 503, s200=(DifferencePage, examples.DIFFERENCES)),
)
async def page(
    request: Request, response: Response, desk: Desk, _caller: Caller, wanted: Annotated[DifferenceQuery, Query()]
) -> DifferencePage:
    """List what differs, and what became of it; the `Link` header points at the next page."""
    chosen = DifferenceFilter(**wanted.model_dump(exclude={"limit", "cursor"}))
    found = await desk.page(chosen, cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    return DifferencePage(differences=[DifferenceView.of(one) for one in found.items], next_cursor=found.next_cursor)


@router.get(
    "/differences/{difference_id}",
    summary="Show a difference",
    responses=answers(401, 404, 503, s200=(DifferenceView, examples.DIFFERENCE)),
)
async def show(desk: Desk, _caller: Caller, difference_id: DifferenceId) -> DifferenceView:
    """Show what differs, what is at stake, and who has it."""
    return DifferenceView.of(await desk.find(difference_id))


@router.post(
    "/differences/{difference_id}/assignment",
    response_class=Response,
    summary="Give a difference to somebody",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503, s200=(DifferenceView, examples.DIFFERENCE)),
    openapi_extra=body(reference("AssignmentBody"), examples.ASSIGNMENT),
)
async def assign(
    request: Request, services: Provided, desk: Desk, caller: Caller, difference_id: DifferenceId
) -> Response:
    """Give it to a person, or take it on; the caller's name stays with it."""

    async def act(sent: bytes) -> Response:
        wanted = read_as(AssignmentBody, sent)
        return _shown(await desk.assign(difference_id, assignee=wanted.assignee, actor=caller.name))

    return await once(request, services, caller, act)


@router.post(
    "/differences/{difference_id}/closure",
    response_class=Response,
    summary="Close a difference",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503, s200=(DifferenceView, examples.DIFFERENCE)),
    openapi_extra=body(reference("ClosureBody"), examples.CLOSURE),
)
async def close(
    request: Request, services: Provided, desk: Desk, caller: Caller, difference_id: DifferenceId
) -> Response:
    """Say how it was put right, or why it may stand; should it change, it is open again."""

    async def act(sent: bytes) -> Response:
        reason = read_as(ClosureBody, sent).reason[:500]
        return _shown(await desk.close(difference_id, reason=reason, actor=caller.name))

    return await once(request, services, caller, act)


@router.get(
    "/runs", summary="List runs, newest first", responses=answers(401, 404, 422, 503, s200=(RunPage, examples.RUNS))
)
async def runs(
    request: Request, response: Response, desk: Desk, _caller: Caller, wanted: Annotated[RunQuery, Query()]
) -> RunPage:
    """What each run read, compared, found, healed and left to people, and what it had to skip."""
    found = await desk.runs(cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    return RunPage(runs=found.items, next_cursor=found.next_cursor)


def _shown(difference: Difference) -> Response:
    return Response(DifferenceView.of(difference).model_dump_json(), media_type="application/json")
