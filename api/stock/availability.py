"""What channels may show: the cached read path, which never asks for an order's connection."""

from __future__ import annotations

import hashlib
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from activities.records.orders import Principal
from api.http.authentication import known
from api.http.documentation import answers
from api.services import Provided
from api.stock import examples
from api.stock.inventory import Articles
from api.stock.views import Offered, OfferView
from models.base import ChannelName

router = APIRouter(prefix="/v1/availability", tags=["inventory"])
_FRESH = "max-age=2"


class OfferedQuery(BaseModel):
    """Which channel, which articles."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    channel: ChannelName
    sku: Articles
    """May stand several times."""


async def _reader(request: Request, services: Provided) -> Principal:
    return await known(request, services.quick)


@router.get(
    "",
    summary="What a channel may show",
    responses=answers(401, 422, s200=(Offered, examples.OFFERED))
    | {304: {"description": "Nothing has changed since the answer whose ETag stands in If-None-Match."}},
    response_model=Offered,
)
async def offered(
    request: Request,
    services: Provided,
    _reader: Annotated[Principal, Depends(_reader)],
    wanted: Annotated[OfferedQuery, Query()],
) -> Response:
    """Numbers as they were worked out last, a second old at most beyond that: for pages that many look at."""
    skus = tuple(dict.fromkeys(wanted.sku))
    found = await services.quick.offered(wanted.channel, skus)
    told = {one.sku for one in found}
    answer = Offered(
        channel=wanted.channel,
        offers=[OfferView.of(one) for one in found],
        unknown=[sku for sku in skus if sku not in told],
    )
    content = answer.model_dump_json().encode()
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": _FRESH}
    if _matches(request.headers.get("if-none-match", ""), tag):
        return Response(status_code=304, headers=headers)
    return Response(content, headers=headers, media_type="application/json")


def _matches(condition: str, tag: str) -> bool:
    """Whether an `If-None-Match` names the tag (RFC 9110, 13.1.2: the weak comparison)."""
    named = [one.strip().removeprefix("W/") for one in condition.split(",")]
    return tag in named or named == ["*"]
