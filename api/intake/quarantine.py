"""Quarantine: payloads that could not be mapped, listed, shown, corrected and replayed."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints

from activities.records.orders import Quarantined, QuarantineState
from activities.taking_orders import document_of
from api.http.authentication import Caller
from api.http.documentation import answers, body, reference
from api.http.idempotency import once
from api.http.problems import CONFLICT, Refusal, told_apart
from api.intake.events import is_event, read_quarantined, take
from api.intake.intake import Intake, accepted, refused_and_kept
from api.intake.quarantine_views import QuarantineDetail, QuarantineEntry, QuarantinePage, quarantine_path
from api.orders import examples
from api.orders.routes import Cursor, Limit, link_to_next
from api.orders.views import AcceptedOrder, ReceivedEvent, order_path
from api.services import Background, Provided, Services, Wakeable
from models.base import ChannelName
from models.errors import Conflict, InvalidInput
from models.strict_json import parse

router = APIRouter(prefix="/v1/quarantine", tags=["quarantine"])
EntryId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$"), Path(description="The entry's id.")]


class QuarantineQuery(BaseModel):
    """Which entries, and how many at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    state: QuarantineState | None = None
    channel: ChannelName | None = None
    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


class ReplayBody(BaseModel):
    """What to read instead of what came; an empty body replays that."""

    model_config = ConfigDict(extra="forbid")

    payload: dict[str, JsonValue] | list[JsonValue]


@router.get("", summary="List what could not be mapped", responses=answers(401, 422))
async def page(
    request: Request,
    response: Response,
    services: Provided,
    _caller: Caller,
    wanted: Annotated[QuarantineQuery, Query()],
) -> QuarantinePage:
    """List entries, newest first."""
    found = await services.quarantine.page(
        state=wanted.state, channel=wanted.channel, cursor=wanted.cursor, limit=wanted.limit
    )
    link_to_next(request, response, wanted, found.next_cursor)
    return QuarantinePage(entries=[QuarantineEntry.of(entry) for entry in found.items], next_cursor=found.next_cursor)


@router.get("/{entry_id}", summary="Show one with its payload", responses=answers(401, 404))
async def show(services: Provided, _caller: Caller, entry_id: EntryId) -> QuarantineDetail:
    """Show a payload exactly as it came, and what is wrong with it."""
    return QuarantineDetail.of(await services.quarantine.find(entry_id))


@router.post(
    "/{entry_id}/replay",
    status_code=202,
    response_class=Response,
    summary="Replay one, corrected or not",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, s202=(AcceptedOrder, examples.ACCEPTED_ORDER)),
    openapi_extra=body(reference("ReplayBody"), examples.CORRECTED, required=False),
)
async def replay(
    request: Request, services: Provided, background: Background, caller: Caller, entry_id: EntryId
) -> Response:
    """Read the payload again; what still cannot be mapped stays, with its new errors."""

    async def act(sent: bytes) -> Response:
        corrected = _corrected(sent) if sent else None
        entry = await services.quarantine.find(entry_id)
        if entry.state is QuarantineState.REPLAYED:
            raise _done(entry)
        payload = entry.payload if corrected is None else corrected
        try:
            if is_event(entry.channel):
                return await _replay_event(services, background, entry, payload)
            return await _replay_order(services, background, entry, payload)
        except InvalidInput as error:
            exact = told_apart(error, payload)
            raise refused_and_kept(await services.quarantine.failed_again(entry.id, payload, exact), exact) from error

    return await once(request, services, caller, act)


async def _replay_order(services: Services, background: Wakeable, entry: Quarantined, payload: bytes) -> Response:
    layout = services.channels.get(entry.channel)
    if layout is None:
        raise Conflict("channel_gone", f"the channel {entry.channel} is not connected any more")
    readings = layout.read(payload)
    if len(readings) != 1:
        raise InvalidInput.at("", "several", f"holds {len(readings)} orders; hand them in as a new payload")
    reading = readings[0]
    answer = await Intake(services, background).document(document_of(reading), reading.payload, layout.format)
    await services.quarantine.replayed(entry.id, payload, answer.id)
    return accepted(answer, answer.location)


async def _replay_event(services: Services, background: Wakeable, entry: Quarantined, payload: bytes) -> Response:
    source, events = read_quarantined(services, entry.channel, payload)
    orders = [await take(services, background, source, event, payload) for event in events]
    order_id = next((named for named in orders if named), None)
    await services.quarantine.replayed(entry.id, payload, order_id or "")
    where = order_path(order_id) if order_id else quarantine_path(entry.id)
    named = events[0].event_id if events else entry.id
    return accepted(ReceivedEvent(event_id=named, status="received"), where)


def _corrected(sent: bytes) -> bytes:
    """Take the corrected payload out of its envelope, numbers as they were written.

    Raises:
        InvalidInput: there is none.
    """
    try:
        document = parse(sent)
    except InvalidInput as error:
        raise told_apart(error, sent) from error
    payload = document.get("payload") if isinstance(document, dict) and document.keys() == {"payload"} else None
    if not isinstance(payload, dict | list):
        raise InvalidInput.at("/payload", "missing", "must be the only field, and hold the corrected payload")
    return json.dumps(payload, default=_number, ensure_ascii=False, separators=(",", ":")).encode()


def _number(value: object) -> float:
    if isinstance(value, Decimal):
        return float(value)
    raise TypeError(type(value).__name__)


def _done(entry: Quarantined) -> Refusal:
    here = {"quarantine": quarantine_path(entry.id)}
    if not entry.order_id:
        return Refusal(CONFLICT, "this has been taken in already", code="replayed_already", more=here)
    where = order_path(entry.order_id)
    return Refusal(
        CONFLICT,
        f"this has become {entry.order_id} already",
        code="replayed_already",
        headers={"Location": where},
        more={"order": where} | here,
    )
