"""Callbacks from partners: verified, stored once, acknowledged at once, and delivered to the order afterwards.

A partner whose kind has webhooks of its own is read in its own format, by its own signature; every other one calls us
as Standard Webhooks has it.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from activities.callbacks import signer_of
from activities.records.orders import QuarantineState
from api.http.documentation import answers, body, reference
from api.http.problems import NOT_FOUND, TOO_LARGE, UNAUTHENTICATED, Refusal, told_apart
from api.intake.events import read_event, take
from api.intake.intake import Intake, accepted, kept
from api.intake.signatures import verified
from api.orders import examples
from api.orders.views import ReceivedEvent
from api.services import Background, Provided, Services, Wakeable
from models.errors import InvalidInput
from models.partners.sources import CALLBACK_QUARANTINE, checked
from workflows.queues import Partner

if TYPE_CHECKING:
    from activities.ports.channels import CallbackReader, Callbacks

router = APIRouter(prefix="/v1/callbacks", tags=["callbacks"])
LARGEST = 64 * 1024
"""Bytes; an event goes to its order as one message, which may not be larger.

A partner's own webhook may be as large as any body: only what it says in our words goes on.
"""
_NAME = 32
"""Hexadecimal digits of a webhook's digest by which it is acknowledged where it has no id in our words."""


@router.post(
    "/{partner}",
    status_code=202,
    response_class=Response,
    summary="Tell us what happened",
    responses=answers(
        *(400, 401, 404, 408, 413, 415, 503),
        s200=(ReceivedEvent, examples.KEPT_EVENT),
        s202=(ReceivedEvent, examples.RECEIVED_EVENT),
    ),
    openapi_extra=body({"oneOf": [reference("PartnerEvent"), reference("StockEvent")]}, examples.CALLBACK, signed=True),
)
async def receive(request: Request, services: Provided, background: Background, partner: str) -> Response:
    """Take an event signed as Standard Webhooks has it; `webhook-id` is the event's id.

    A partner that is connected by an adapter with webhooks of its own signs and says it in its own way. What is genuine
    and cannot be read is kept in quarantine, and what is of a type that is not known here is noted: both are answered
    with 200, for sending it again would change nothing.
    """
    source = _partner(partner)
    sent = await request.body()
    own = services.callback_formats.get(source)
    if own is not None:
        return await _receive_own(services, background, source, own, request)
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
        if event.event_id != webhook_id:
            raise InvalidInput.at("/event_id", "other_id", "is not the webhook-id it was signed with")
        await take(services, background, source, event, sent)
    except InvalidInput as error:
        return await _kept(Intake(services, background), source, sent, told_apart(error, sent), webhook_id)
    return accepted(ReceivedEvent(event_id=event.event_id, status="received"))


async def _kept(intake: Intake, source: str, sent: bytes, wrong: InvalidInput, name: str) -> Response:
    """Keep what is genuine and cannot be taken, and acknowledge it: sending it again would not make it readable."""
    entry = await intake.keep(CALLBACK_QUARANTINE + source, sent, wrong)
    status = "noted" if entry.state is QuarantineState.NOTED else "quarantined"
    return kept(ReceivedEvent(event_id=name, status=status))


async def _receive_own(
    services: Services, background: Wakeable, source: str, own: Callbacks, request: Request
) -> Response:
    """Take a webhook in the partner's own words: whatever it says is taken, also where a part of it cannot be so."""
    sent = await request.body()
    signer = await signer_of(own, sent, dict(request.headers))
    if signer is None:
        raise Refusal(
            UNAUTHENTICATED,
            "the signature is missing, wrong or too old",
            headers={"WWW-Authenticate": 'Signature realm="orderloom"'},
        )
    services.metrics.callbacks.labels(source).inc()
    name = sha256(sent).hexdigest()[:_NAME]
    wrong = await _take_all(services, background, source, signer, sent)
    if wrong is None:
        return accepted(ReceivedEvent(event_id=name, status="received"))
    return await _kept(Intake(services, background), source, sent, wrong, name)


async def _take_all(
    services: Services, background: Wakeable, source: str, signer: CallbackReader, sent: bytes
) -> InvalidInput | None:
    """Take everything a webhook says; answers the first thing that was wrong with it."""
    wrong: InvalidInput | None = None
    try:
        events = checked(source, signer.read(sent))
    except InvalidInput as error:
        return told_apart(error, sent)
    for event in events:
        try:
            await take(services, background, source, event, sent)
        except InvalidInput as error:
            wrong = wrong or error
    return wrong


def _partner(name: str) -> str:
    try:
        return Partner(name).value
    except ValueError as error:
        known = [partner.value for partner in Partner]
        detail = f"there is no such partner; known are {', '.join(known)}"
        raise Refusal(NOT_FOUND, detail, code="unknown_partner", more={"known": known}) from error
