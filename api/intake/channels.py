"""Channels: orders in each channel's own format."""

from __future__ import annotations

import re

from fastapi import APIRouter, Request, Response
from pydantic import RootModel

from api.http.authentication import channel_caller
from api.http.body import is_form
from api.http.documentation import answers, body
from api.http.idempotency import once
from api.http.problems import MEDIA, NOT_FOUND, Refusal
from api.intake.intake import Intake, kept
from api.orders import examples
from api.orders.views import AcceptedOrder, AcceptedOrders
from api.services import Background, Provided, Services

router = APIRouter(prefix="/v1/channels", tags=["channels"])
ALIASES = {"adobe_commerce": "magento", "adobe-commerce": "magento", "magento2": "magento", "woo": "woocommerce"}
PATHS = re.compile(r"/v1/channels/[^/]+/orders")
_TRIAL = re.compile(rb"webhook_id=[0-9]{1,20}")
"""What WooCommerce sends when a webhook is made, as a form that nobody signs (``WC_Webhook::deliver_ping``): it shows
its owner an error for any answer but 200."""


class AcceptedPayload(RootModel[AcceptedOrder | AcceptedOrders]):
    """The answer to one order, or to several at once."""


@router.post(
    "/{channel}/orders",
    status_code=202,
    response_class=Response,
    summary="Hand in orders in a channel's own format",
    responses=answers(
        *(400, 401, 404, 408, 409, 413, 415, 422),
        s200=(AcceptedOrders, examples.KEPT_ORDERS),
        s202=(AcceptedPayload, examples.ACCEPTED_ORDER),
    ),
    openapi_extra=body({"type": ["object", "array"]}, examples.WOOCOMMERCE_ORDER),
)
async def submit(request: Request, services: Provided, background: Background, channel: str) -> Response:
    """Take in what Shopify, WooCommerce, Adobe Commerce or Amazon sends.

    A payload that cannot be mapped is kept in quarantine, to be corrected and replayed. It is refused with 422, but for
    what a platform has signed: its webhook is answered with 200, and with where the payload is kept. What is no order
    yet, such as a basket that is not paid, is answered with 200 too: send it again when it is placed.
    """
    known = _known(services, channel)
    if is_form(request.headers):
        return _tried(await request.body())
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


def _tried(sent: bytes) -> Response:
    if not _TRIAL.fullmatch(sent):
        raise Refusal(MEDIA, "the Content-Type must be application/json in UTF-8", code="content_type")
    return kept(AcceptedOrders(orders=[]))
