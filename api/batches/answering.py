"""X12 documents that answer purchase orders: 855 what we accept, 856 what was shipped, 810 what was invoiced.

They are made when asked for, from what stands in our own store; asked for again they are the same until it changes.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response
from fastapi.responses import StreamingResponse

from api.batches import examples
from api.batches.routes import X12_MEDIA, BatchId
from api.http.authentication import Caller
from api.http.documentation import answers
from api.http.problems import NOT_FOUND, Refusal
from api.orders.routes import Named
from api.services import Provided
from models.batch.batch import AnswerKind

router = APIRouter(prefix="/v1", tags=["batches"])
Kind = Annotated[AnswerKind, Path(description="855 what we accept, 856 what was shipped, 810 what was invoiced.")]
_DOCUMENT = {
    "description": "Interchanges, ready to be sent.",
    "content": {X12_MEDIA: {"schema": {"type": "string"}, "example": examples.CONFIRMATION}},
}


@router.get(
    "/batches/{batch_id}/documents/{kind}",
    response_class=Response,
    summary="Get what its sender hears of all its orders",
    responses=answers(401, 404) | {200: _DOCUMENT},
)
async def of_a_batch(services: Provided, _caller: Caller, batch_id: BatchId, kind: Kind) -> Response:
    """Get what there is to say by now of every order of an X12 file; nothing at all where there is nothing yet."""
    await services.batches.kept.find(batch_id)
    return StreamingResponse(services.batches.answers(batch_id, kind), media_type=X12_MEDIA)


@router.get(
    "/orders/{order_id}/documents/{kind}",
    response_class=Response,
    summary="Get what its buyer hears of one",
    responses=answers(401, 404) | {200: _DOCUMENT},
)
async def of_an_order(services: Provided, _caller: Caller, order_id: Named, kind: Kind) -> Response:
    """Get what there is to say by now of an order that came as an X12 850."""
    desk = services.batches
    text = desk.answering.answer(kind, [await desk.kept.ordered(order_id)])
    if not text:
        raise Refusal(NOT_FOUND, f"there is no {kind.value} of this order: too early, or it did not come as an X12 850")
    return Response(text, media_type=X12_MEDIA)
