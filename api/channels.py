"""Orders in the channels' own words."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.authentication import Using, channel_principal
from api.bodies import ANY_JSON
from api.idempotency import once
from api.problems import Problem
from api.responses import PROBLEMS
from api.services import channel_name
from api.submitting import quarantined, take_readings
from api.views import Submitted
from models.errors import InvalidInput

router = APIRouter(prefix="/v1/channels", tags=["orders"])


@router.post("/{channel}/orders", status_code=202, response_model=Submitted, responses=PROBLEMS, openapi_extra=ANY_JSON)
async def submit_channel_order(channel: str, request: Request, using: Using) -> Response:
    """Submit an order as the channel sends it: its webhook's body, or its API's answer.

    Channels: ``shopify``, ``magento`` (Adobe Commerce), ``amazon`` (SP-API), ``woocommerce``. A payload with several
    orders is taken order by order. What cannot be mapped is kept in quarantine, from where it can be replayed.
    """
    name = channel_name(channel)
    reader = using.channels.get(name)
    if reader is None:
        known = ", ".join(sorted(using.channels))
        raise Problem(404, "unknown_channel", f"there is no channel {channel[:40]}; there are {known}")
    caller = await channel_principal(request, using, name, reader)
    body = await request.body()

    async def handle() -> Response:
        try:
            readings = reader.read(body)
        except InvalidInput as error:
            raise await quarantined(using, name, body, error) from error
        return await take_readings(using, name, reader.format, readings)

    return await once(request, using, caller, handle)
