"""Taking orders in: kept for good in one transaction, then started; the same order again gets the same answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import structlog
from fastapi.responses import JSONResponse
from prometheus_client import Counter

from api.problems import Problem, as_problem
from api.views import Submitted, order_location
from models.order.order import Order, Provenance, digest
from models.order.snapshot import Headline

if TYPE_CHECKING:
    from fastapi import Response

    from activities.records import Quarantined, Reading
    from api.services import Services
    from models.errors import InvalidInput
    from models.messages import Receipt
    from models.order.document import OrderDocument

ACCEPTED = Counter("orderloom_orders_accepted", "Orders taken in for the first time", ["channel"])
QUARANTINED = Counter("orderloom_payloads_quarantined", "Payloads that could not become an order", ["channel"])

log = structlog.get_logger()


async def submit(using: Services, document: OrderDocument, payload: bytes, format_: str, *, strict: bool) -> Submitted:
    """Take one order in.

    Args:
        using: the process's services.
        document: the order.
        payload: the bytes it came as.
        format_: what they were read as.
        strict: whether another content under a known id is an error. A channel sends its order again whenever
            something about it changes; a client of ours that does so has made a mistake.

    Raises:
        Problem: 409, the order is known with other content.
    """
    order = Order.accepted(document, Provenance(format=format_, payload_digest=digest(payload)))
    submission = await using.orders.submit(order, payload)
    if strict and not submission.same_content:
        raise Problem(
            409,
            "order_exists",
            f"{order.id} was accepted before with other content",
            headers={"Location": order_location(order.id)},
            order_id=order.id,
        )
    receipt: Receipt | None
    if submission.started:
        receipt = await using.gateway.first_answer(order.id)
    else:
        start = await using.gateway.start_order(submission.order)
        if start.started:
            await using.orders.mark_started(order.id)
        receipt = start.receipt
    if submission.is_new:
        ACCEPTED.labels(order.channel).inc()
        log.info("order accepted", order_id=order.id, channel=order.channel)
    return Submitted(
        id=order.id,
        channel=order.channel,
        external_id=order.external_id,
        status=receipt.headline if receipt else Headline.RECEIVED,
        holds=list(receipt.open_holds) if receipt else [],
        location=order_location(order.id),
    )


async def take_readings(using: Services, channel: str, format_: str, readings: list[Reading]) -> Response:
    """Take in what was found in a channel's payload; what could not be read goes to quarantine, the rest goes on."""
    if len(readings) == 1 and readings[0].error is not None:
        raise await quarantined(using, channel, readings[0].payload, readings[0].error)
    answers: list[dict[str, Any]] = []
    for reading in readings:
        if reading.document is not None:
            submitted = await submit(using, reading.document, reading.payload, format_, strict=False)
            answers.append(submitted.model_dump(mode="json"))
        elif reading.error is not None:
            entry = await _keep(using, channel, reading.payload, reading.error)
            answers.append({"quarantine_id": entry.id, "errors": entry.errors})
    if len(readings) == 1:
        return accepted(answers[0])
    return JSONResponse({"orders": answers}, 202)


def accepted(answer: dict[str, Any]) -> Response:
    """Answer 202, and where the order is."""
    return JSONResponse(answer, 202, headers={"Location": answer["location"]})


async def quarantined(using: Services, channel: str, payload: bytes, error: InvalidInput) -> Problem:
    """Keep a payload that cannot be mapped, and say so."""
    entry = await _keep(using, channel, payload, error)
    plain = as_problem(error)
    return Problem(
        plain.status,
        "quarantined",
        plain.detail,
        errors=error.errors,
        headers={"Location": f"/v1/quarantine/{entry.id}"},
        quarantine_id=entry.id,
    )


async def _keep(using: Services, channel: str, payload: bytes, error: InvalidInput) -> Quarantined:
    entry = await using.quarantine.keep(channel, payload, error)
    QUARANTINED.labels(channel).inc()
    log.warning("payload quarantined", channel=channel, quarantine_id=entry.id, code=error.errors[0].code)
    return entry
