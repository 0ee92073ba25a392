"""The worklists: what is not in everybody's books yet, and what is late; live, for all teams alike."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response

from activities.records.reconciling import Worklist, Worklists
from api.http.authentication import Caller
from api.http.documentation import answers
from api.orders.routes import link_to_next
from api.reconciliation import examples
from api.reconciliation.routes import RunQuery
from api.reconciliation.views import WorklistEntryView, WorklistPage, WorklistsView, WorklistView
from api.services import Provided
from models.errors import NotFound

router = APIRouter(prefix="/v1/worklists", tags=["worklists"])


class WorklistQuery(RunQuery):
    """How many entries at once."""


def _desk(services: Provided) -> Worklists:
    if services.worklists is None:
        message = "no worklists are kept here"
        raise NotFound(message)
    return services.worklists


Desk = Annotated[Worklists, Depends(_desk)]


@router.get(
    "",
    summary="Show how long each worklist is",
    responses=answers(401, 404, 503, s200=(WorklistsView, examples.WORKLISTS)),
)
async def worklists(desk: Desk, _caller: Caller) -> WorklistsView:
    """Each list with its length, and since when its oldest entry waits."""
    return WorklistsView(worklists=[WorklistView.of(summary) for summary in await desk.summaries()])


@router.get(
    "/{name}",
    summary="Show a worklist, oldest first",
    responses=answers(401, 404, 422, 503, s200=(WorklistPage, examples.WORKLIST)),
)
async def entries(
    request: Request,
    response: Response,
    desk: Desk,
    _caller: Caller,
    name: Worklist,
    wanted: Annotated[WorklistQuery, Query()],
) -> WorklistPage:
    """Each entry with its age, its owner, its reason and its value; the `Link` header points at the next page."""
    found = await desk.page(name, cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    shown = [WorklistEntryView.of(entry) for entry in found.items]
    return WorklistPage(name=name, entries=shown, next_cursor=found.next_cursor)
