"""Channels: orders in each channel's own format."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import RootModel

from api.http.authentication import channel_caller
from api.http.documentation import answers, body
from api.http.idempotency import once
from api.http.problems import NOT_FOUND, Refusal
from api.intake.intake import Intake
from api.orders import examples
from api.orders.views import AcceptedOrder, AcceptedOrders
from api.services import Background, Provided, Services

router = APIRouter(prefix="/v1/channels", tags=["channels"])
ALIASES = {"adobe_commerce": "magento", "adobe-commerce": "magento", "magento2": "magento", "woo": "woocommerce"}


class AcceptedPayload(RootModel[AcceptedOrder | AcceptedOrders]):
    """The answer to one order, or to several at once."""


@router.post(
    "/{channel}/orders",
    status_code=202,
    response_class=Response,
    summary="Hand in orders in a channel's own format",
    responses=answers(400, 401, 404, 408, 409, 413, 415, 422, s202=(AcceptedPayload, examples.ACCEPTED_ORDER)),
    openapi_extra=body({"type": ["object", "array"]}, examples.WOOCOMMERCE_ORDER),
)
async def submit(request: Request, services: Provided, background: Background, channel: str) -> Response:
    """Take in what Shopify, WooCommerce, Adobe Commerce or Amazon sends.

    A payload that cannot be mapped is kept in quarantine, to be corrected and replayed. It is refused with 422, but for
    what a platform has signed: its webhook is answered with 202, and with where the payload is kept.
    """
    known = _known(services, channel)
    caller = await channel_caller(request, services, known)
    intake = Intake(services, background)

    async def act(sent: bytes) -> Response:
        return await intake.payload(known, sent, webhook=known in services.signed_channels)

    return await once(request, services, caller, act)


def _known(services: Services, name: str) -> str:
    channel = ALIASES.get(name, name)
    if channel not in services.channels:
        known = sorted({*services.channels, *ALIASES})
        detail = f"there is no such channel; known are {', '.join(known)}"
        raise Refusal(NOT_FOUND, detail, code="unknown_channel", more={"known": known})
    return channel
