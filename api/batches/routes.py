"""Files of orders: handed in whole, taken in row by row, the bad rows given back with reasons."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, ConfigDict, StringConstraints
from starlette.requests import ClientDisconnect

from activities.records.batches import FileTooLarge
from api.batches import examples
from api.batches.views import (
    AcknowledgementPage,
    AcknowledgementView,
    BatchPage,
    BatchView,
    RowPage,
    RowView,
    batch_path,
)
from api.http.authentication import Caller
from api.http.documentation import REPEATING, answers
from api.http.idempotency import once
from api.http.problems import MALFORMED, MEDIA, TOO_LARGE, TOO_SLOW, Refusal
from api.orders.examples import CANONICAL_ORDER
from api.orders.routes import Cursor, Limit, link_to_next
from api.services import Provided
from models.base import ChannelName, Text
from models.batch.batch import SIZE_MAX, BatchFormat, BatchSource, FileEncoding, RowOutcome
from models.money import Currency

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

router = APIRouter(prefix="/v1/batches", tags=["batches"])
PATH = router.prefix
_PIECE_WITHIN_S = 30.0
_DECIMAL = 10
X12_MEDIA = "application/edi-x12"
BatchId = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{24}$"), Path(description="The batch's id.")]
RowCursor = Annotated[str, StringConstraints(pattern=r"^[0-9]{1,9}$")]
_MEDIA_TYPES = {
    BatchFormat.CSV: "text/csv; charset=utf-8",
    BatchFormat.RETAIL_SALES: "text/csv; charset=utf-8",
    BatchFormat.JSON_LINES: "application/x-ndjson",
    BatchFormat.X12: X12_MEDIA,
}
_REFUSED = {
    "description": "The rows, in the format they were sent in.",
    "content": {media.partition(";")[0]: {"schema": {"type": "string"}} for media in _MEDIA_TYPES.values()},
}
_FILE: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": examples.CSV},
            "application/x-ndjson": {"schema": {"type": "string"}, "example": json.dumps(CANONICAL_ORDER)},
            X12_MEDIA: {"schema": {"type": "string"}, "example": examples.X12},
        },
    }
}


class FileQuery(BaseModel):
    """What the file is, and how it is to be read."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    format: BatchFormat
    name: Text = "orders"
    """What the sender calls the file."""
    encoding: FileEncoding = FileEncoding.UTF_8
    channel: ChannelName | None = None
    """The channel of orders that do not name one: ``b2b`` where it is not said, ``retail`` for sales."""
    currency: Currency = "GBP"
    """The currency of prices in a file that does not say."""
    learn: bool = False
    """Whether articles that master data lacks are taken from the file's own descriptions."""

    def source(self) -> BatchSource:
        """The same in our words."""
        channel = self.channel or ("retail" if self.format is BatchFormat.RETAIL_SALES else "b2b")
        return BatchSource(**self.model_dump(exclude={"channel"}), channel=channel)


class BatchQuery(BaseModel):
    """How many batches at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    limit: Limit = 50
    cursor: Cursor | None = None
    """`next_cursor` of the page before."""


class RowQuery(BaseModel):
    """Which rows, and how many at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    state: RowOutcome | None = None
    """What became of them."""
    limit: Limit = 50
    cursor: RowCursor | None = None
    """`next_cursor` of the page before."""


class AcknowledgementQuery(BaseModel):
    """How many acknowledgements at once."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    limit: Limit = 50
    cursor: RowCursor | None = None
    """`next_cursor` of the page before."""


@router.post(
    "",
    status_code=202,
    response_class=Response,
    summary="Hand in a file of orders",
    responses=answers(400, 401, 408, 413, 415, 422, s202=(BatchView, examples.BATCH)),
    openapi_extra=_FILE,
)
async def hand_in(
    request: Request, services: Provided, _caller: Caller, wanted: Annotated[FileQuery, Query()]
) -> Response:
    """Take a file of up to 256 MiB in as it comes; the same file again, read in the same way, is the same batch."""
    desk = services.batches
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if request.headers.get("content-encoding", "identity") != "identity" or kind == "multipart/form-data":
        raise Refusal(MEDIA, "send the file itself as the body: neither compressed nor as a form", code="not_a_file")
    length = request.headers.get("content-length", "")
    expected = int(length, _DECIMAL) if length.isascii() and length.isdigit() else None
    if expected is not None and expected > SIZE_MAX:
        raise _too_large()
    try:
        batch = await desk.uploads.take(wanted.source(), _pieces(request), expected=expected)
    except FileTooLarge as error:
        raise _too_large() from error
    except TimeoutError as error:
        raise Refusal(TOO_SLOW, "no more of the file came for 30 seconds") from error
    except ClientDisconnect as error:
        raise Refusal(MALFORMED, "the file was cut off: send it again") from error
    await desk.begin(batch)
    headers = {"Location": batch_path(batch.id)}
    return Response(BatchView.of(batch).model_dump_json(), 202, headers=headers, media_type="application/json")


@router.get("", summary="List files of orders", responses=answers(401, 422, s200=(BatchPage, examples.BATCHES)))
async def page(
    request: Request, response: Response, services: Provided, _caller: Caller, wanted: Annotated[BatchQuery, Query()]
) -> BatchPage:
    """List batches, newest first."""
    found = await services.batches.kept.page(cursor=wanted.cursor, limit=wanted.limit)
    link_to_next(request, response, wanted, found.next_cursor)
    return BatchPage(batches=[BatchView.of(batch) for batch in found.items], next_cursor=found.next_cursor)


@router.get("/{batch_id}", summary="Show how far one is", responses=answers(401, 404, s200=(BatchView, examples.BATCH)))
async def show(services: Provided, _caller: Caller, batch_id: BatchId) -> BatchView:
    """Show how much of a file is read, and what became of it."""
    return BatchView.of(await services.batches.kept.find(batch_id))


@router.get(
    "/{batch_id}/rows",
    summary="Show what became of its rows",
    responses=answers(401, 404, 422, s200=(RowPage, examples.ROWS)),
)
async def rows(
    request: Request,
    response: Response,
    services: Provided,
    _caller: Caller,
    batch_id: BatchId,
    wanted: Annotated[RowQuery, Query()],
) -> RowPage:
    """Show rows in the file's order: which order each became, or why it is refused."""
    kept = services.batches.kept
    await kept.find(batch_id)
    after = int(wanted.cursor or "0", _DECIMAL)
    found = await kept.rows(batch_id, outcome=wanted.state, after=after, limit=wanted.limit + 1)
    shown = found[: wanted.limit]
    next_cursor = str(shown[-1].number) if len(found) > wanted.limit else None
    link_to_next(request, response, wanted, next_cursor)
    return RowPage(rows=[RowView.of(row) for row in shown], next_cursor=next_cursor)


@router.get(
    "/{batch_id}/refused",
    response_class=Response,
    summary="Get the refused rows back",
    responses=answers(401, 404) | {200: _REFUSED},
)
async def refused(services: Provided, _caller: Caller, batch_id: BatchId) -> Response:
    """Get the refused rows as a file of the same format with a reason each, to be corrected and handed in again."""
    desk = services.batches
    batch = await desk.kept.find(batch_id)
    beginning = await desk.kept.beginning(batch_id)
    file = desk.refused.write(batch, beginning, desk.rows(batch_id, RowOutcome.REFUSED))
    name = f"refused-{batch.id}.{batch.source.format.extension}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "X-Content-Type-Options": "nosniff"}
    return StreamingResponse(file, media_type=_MEDIA_TYPES[batch.source.format], headers=headers)


@router.get(
    "/{batch_id}/acknowledgements",
    summary="Get what its sender hears of what could be read",
    responses=answers(401, 404, 422, s200=(AcknowledgementPage, examples.ACKNOWLEDGEMENTS)),
)
async def acknowledgements(
    request: Request,
    response: Response,
    services: Provided,
    _caller: Caller,
    batch_id: BatchId,
    wanted: Annotated[AcknowledgementQuery, Query()],
) -> AcknowledgementPage:
    """Get the functional acknowledgements (997), one for each group of an X12 file; other files have none."""
    kept = services.batches.kept
    await kept.find(batch_id)
    after = int(wanted.cursor or "0", _DECIMAL)
    found = await kept.acknowledgements(batch_id, after=after, limit=wanted.limit + 1)
    shown = [AcknowledgementView(number=one.number, text=one.text) for one in found[: wanted.limit]]
    next_cursor = str(shown[-1].number) if len(found) > wanted.limit else None
    link_to_next(request, response, wanted, next_cursor)
    return AcknowledgementPage(acknowledgements=shown, next_cursor=next_cursor)


@router.post(
    "/{batch_id}/cancellation",
    response_class=Response,
    summary="Stop reading one",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, s200=(BatchView, examples.BATCH)),
    openapi_extra={"parameters": [REPEATING]},
)
async def cancel(request: Request, services: Provided, caller: Caller, batch_id: BatchId) -> Response:
    """Read no further; orders taken in before stay, and are cancelled one by one where that is meant."""

    async def act(_body: bytes) -> Response:
        batch = await services.batches.kept.cancel(batch_id)
        return Response(BatchView.of(batch).model_dump_json(), media_type="application/json")

    return await once(request, services, caller, act)


def _too_large() -> Refusal:
    return Refusal(
        TOO_LARGE, f"a file may have at most {SIZE_MAX} bytes: send it in parts", headers={"Connection": "close"}
    )


async def _pieces(request: Request) -> AsyncIterator[bytes]:
    """The body as it comes; raises `TimeoutError` where it stops coming."""
    stream = request.stream()
    while True:
        async with asyncio.timeout(_PIECE_WITHIN_S):
            piece = await anext(stream, None)
        if piece is None:
            return
        yield piece
