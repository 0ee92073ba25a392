"""Callbacks from partners: verified, stored once, acknowledged at once, and delivered to the order afterwards.

What is told of stock is written at once instead: it belongs to no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response
from pydantic import ValidationError

from api.http.documentation import answers, body, reference
from api.http.problems import NOT_FOUND, TOO_LARGE, UNAUTHENTICATED, Refusal, told_apart
from api.intake.intake import Intake, accepted, refused_and_kept
from api.intake.signatures import verified
from api.orders import examples
from api.orders.views import ReceivedEvent
from api.services import Background, Provided, Services, Wakeable
from api.stock.events import read_stock_event, written
from models.errors import Conflict, InvalidInput, NotFound
from models.partners.events import PARTNER_EVENT, OrderEvent
from models.strict_json import field_errors, parse
from workflows.queues import Partner

if TYPE_CHECKING:
    from models.partners.events import PartnerEvent
    from models.stock.events import StockEvent

router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])
LARGEST = 64 * 1024
"""Bytes; an event goes to its order as one message, which may not be larger."""
QUARANTINE = "callback_"
"""Callbacks nobody can read are quarantined under this and the partner's name."""
_KEEP_STOCK = (Partner.ERP.value, Partner.WMS.value)
"""Who may tell of stock."""
_TELLS = {Partner.WMS.value: ("wms.", "carrier.")}
"""Whose events a partner tells of, where it is not only its own: a customer collects a parcel at the warehouse."""


@router.post(
    "/{partner}",
    status_code=202,
    response_class=Response,
    summary="Tell us what happened",
    responses=answers(400, 401, 404, 408, 413, 415, 422, 503, s202=(ReceivedEvent, examples.RECEIVED_EVENT)),
    openapi_extra=body({"oneOf": [reference("PartnerEvent"), reference("StockEvent")]}, examples.CALLBACK, signed=True),
)
async def receive(request: Request, services: Provided, background: Background, partner: str) -> Response:
    """Take an event signed as Standard Webhooks has it; `webhook-id` is the event's id."""
    source = _partner(partner)
    sent = await request.body()
    if len(sent) > LARGEST:
        raise Refusal(TOO_LARGE, f"an event may have at most {LARGEST} bytes")
    if not verified(services.callback_secrets.get(source, ""), sent, dict(request.headers)):
        raise Refusal(
            UNAUTHENTICATED,
            "the signature is missing, wrong or too old",
            headers={"WWW-Authenticate": 'Standard-Webhooks realm="orderloom"'},
        )
    services.metrics.callbacks.labels(source).inc()
    return await _store(services, background, source, sent, request.headers["webhook-id"])


async def _store(services: Services, background: Wakeable, source: str, sent: bytes, webhook_id: str) -> Response:
    try:
        event = read_event(source, sent)
    except InvalidInput as error:
        # It is genuine, so it is kept and acknowledged: sending it again would not make it readable.
        await Intake(services, background).keep(QUARANTINE + source, sent, told_apart(error, sent))
        return accepted(ReceivedEvent(event_id=webhook_id, status="quarantined"))
    if event.event_id != webhook_id:
        differs = InvalidInput.at("/event_id", "other_id", "is not the webhook-id it was signed with")
        entry = await Intake(services, background).keep(QUARANTINE + source, sent, differs)
        raise refused_and_kept(entry, differs)
    try:
        await take(services, background, source, event, sent)
    except InvalidInput as error:
        await Intake(services, background).keep(QUARANTINE + source, sent, error)
        return accepted(ReceivedEvent(event_id=webhook_id, status="quarantined"))
    return accepted(ReceivedEvent(event_id=event.event_id, status="received"))


async def take(
    services: Services, background: Wakeable, source: str, event: PartnerEvent | StockEvent, sent: bytes
) -> str | None:
    """Write what happened to stock, or store what happened to an order until it can be handed to it.

    Returns:
        The order it is for; none where it is about stock.

    Raises:
        InvalidInput: what is told of stock cannot be so.
        Unavailable: it could not be written; the partner sends it again.
    """
    if isinstance(event, OrderEvent):
        if await services.inbox.receive(source, event, sent):
            background.wake()
        return event.order_id
    try:
        await written(services.stock, event, source)
    except (Conflict, NotFound) as error:
        code = error.code if isinstance(error, Conflict) else "not_found"
        raise InvalidInput.at("", code, str(error)) from error
    return None


def read_event(source: str, sent: bytes) -> PartnerEvent | StockEvent:
    """Read an event, about an order or about stock, which must be one this partner may tell of.

    Raises:
        InvalidInput: not JSON, not a known event, or another partner's.
    """
    document = parse(sent)
    kind = document.get("type") if isinstance(document, dict) else None
    if isinstance(kind, str) and kind.startswith("stock."):
        if source not in _KEEP_STOCK:
            raise InvalidInput.at("/type", "not_yours", f"is not for {source} to tell")
        return read_stock_event(sent)
    try:
        event = PARTNER_EVENT.validate_json(sent)
    except ValidationError as error:
        raise InvalidInput(field_errors(error)) from error
    if not event.type.startswith(_TELLS.get(source, (f"{source}.",))):
        raise InvalidInput.at("/type", "not_yours", f"is not for {source} to tell")
    return event


def _partner(name: str) -> str:
    try:
        return Partner(name).value
    except ValueError as error:
        known = [partner.value for partner in Partner]
        detail = f"there is no such partner; known are {', '.join(known)}"
        raise Refusal(NOT_FOUND, detail, code="unknown_partner", more={"known": known}) from error
