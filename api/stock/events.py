"""What happened to stock, told through the API: one event or several, each written once and by itself."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import structlog
from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from api.http.authentication import Caller
from api.http.documentation import answers, body, reference
from api.http.idempotency import once
from api.http.problems import refusal, told_apart
from api.services import Provided
from api.stock import examples
from api.stock.views import EventOutcome, EventOutcomes
from models.errors import Conflict, FieldError, InvalidInput, NotFound, OrderloomError, Unavailable
from models.stock.events import STOCK_EVENT
from models.strict_json import field_errors, parse

if TYPE_CHECKING:
    from activities.ports.stock import StockLedger
    from models.stock.events import StockEvent, StockEventAnswer

router = APIRouter(prefix="/v1/inventory", tags=["inventory"])
log = structlog.get_logger()
_MOST = 500
_RETRY_S = 5.0
_EVENT = reference("StockEvent")
_ONE_OR_SEVERAL = {"oneOf": [_EVENT, {"type": "array", "minItems": 1, "maxItems": _MOST, "items": _EVENT}]}
_WRITTEN = {
    "description": "What the event did; for a list, what became of each, in its order.",
    "content": {
        "application/json": {
            "schema": {"oneOf": [reference("StockEventAnswer"), reference("EventOutcomes")]},
            "examples": {"one": {"value": examples.WRITTEN}, "several": {"value": examples.SEVERAL_WRITTEN}},
        }
    },
}


@router.post(
    "/events",
    response_class=Response,
    summary="Tell what happened to stock",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, 503) | {200: _WRITTEN},
    openapi_extra=body(_ONE_OR_SEVERAL, examples.STOCK_EVENT),
)
async def tell(request: Request, services: Provided, caller: Caller) -> Response:
    """Write what happened, told by you; an event sent again (same `event_id`) changes nothing and is answered again.

    One event that cannot be so is refused. In a list each is written by itself and has its own answer; if the database
    is away, the whole is a 503: send it again, what was written is not written twice.
    """

    async def act(sent: bytes) -> Response:
        told = _parsed(sent)
        if isinstance(told, list):
            said = EventOutcomes(answers=[await _outcome(services.stock, one, at, caller.name) for at, one in told])
            return Response(said.model_dump_json(), media_type="application/json")
        answer = await written(services.stock, read_stock_event(sent), caller.name)
        return Response(answer.model_dump_json(), media_type="application/json")

    return await once(request, services, caller, act)


async def written(ledger: StockLedger, event: StockEvent, source: str) -> StockEventAnswer:
    """Write what happened, whoever tells it.

    Raises:
        Conflict: the id was used for something else.
        InvalidInput: what is told cannot be so.
        NotFound: it is about something nobody knows.
        Unavailable: the database is away.
    """
    try:
        return await ledger.apply(event, source=source)
    except OrderloomError:
        raise
    except Exception as error:
        # Whatever a driver raises when its database is away. Nothing is half written: it is told again, and written.
        # The class only: an exception's text may quote what was sent.
        log.warning("a stock event could not be written", source=source, error=type(error).__name__)
        raise Unavailable("store", "the stock ledger does not answer", retry_after_s=_RETRY_S) from error


def read_stock_event(sent: bytes, prefix: str = "") -> StockEvent:
    """Read one event.

    Args:
        sent: its JSON.
        prefix: where it stands in what was sent, as a JSON pointer.

    Raises:
        InvalidInput: it is none; names each field that does not fit.
    """
    try:
        return STOCK_EVENT.validate_json(sent)
    except ValidationError as error:
        raise InvalidInput(field_errors(error, prefix, document=parse(sent))) from error


def _parsed(sent: bytes) -> list[tuple[int, bytes]] | None:
    """A list's events, each with its place; none where one event was sent.

    Raises:
        Malformed: it is not JSON.
        InvalidInput: a list of none, or of too many.
    """
    try:
        document = parse(sent)
    except InvalidInput as error:
        raise told_apart(error, sent) from error
    if not isinstance(document, list):
        return None
    if not 0 < len(document) <= _MOST:
        raise InvalidInput.at("", "length", f"must be one event, or a list of 1 to {_MOST}")
    # Numbers as JSON has them: what was parsed strictly holds decimals.
    plain: list[Any] = json.loads(sent)
    return [(place, json.dumps(one).encode()) for place, one in enumerate(plain)]


async def _outcome(ledger: StockLedger, sent: bytes, place: int, source: str) -> EventOutcome:
    event_id: str | None = None
    try:
        event = read_stock_event(sent, f"/{place}")
        event_id = event.event_id
        answer = await written(ledger, event, source)
    except (InvalidInput, Conflict, NotFound) as error:
        return EventOutcome(event_id=event_id, outcome="refused", answer=None, errors=_errors(error, place, event_id))
    outcome = "repeated" if answer.repeated else "written"
    return EventOutcome(event_id=event_id, outcome=outcome, answer=answer, errors=[])


def _errors(error: OrderloomError, place: int, event_id: str | None) -> list[FieldError]:
    if not isinstance(error, InvalidInput):
        return [FieldError(pointer=f"/{place}", code=refusal(error).code, message=str(error))]
    # What could not be read has its place in its pointers already; what the ledger refused has not.
    prefix = f"/{place}" if event_id is not None else ""
    return [each.model_copy(update={"pointer": prefix + each.pointer}) for each in error.errors]
