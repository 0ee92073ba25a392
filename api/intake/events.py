"""What partners tell: read in their words or ours, written once; what concerns an order reaches it afterwards.

What is told of stock is written at once instead: it belongs to no order.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from api.stock.events import read_stock_event, written
from models.carriage.parcels import UNKNOWN_ORDER
from models.errors import Conflict, InvalidInput, Noted, NotFound
from models.partners.events import PARTNER_EVENT, OrderEvent, ParcelMoved
from models.partners.sources import CALLBACK_QUARANTINE, FEED_QUARANTINE, check_source, checked
from models.strict_json import field_errors, parse

if TYPE_CHECKING:
    from api.services import Services, Wakeable
    from models.partners.events import PartnerEvent
    from models.stock.events import StockEvent

_STOCK = "stock."
_OF_NO_KNOWN_TYPE = "union_tag_invalid"
"""Pydantic's code where `type` names none of the types there are."""


def is_event(quarantined_as: str) -> bool:
    """Whether what was quarantined under this name is an event, not an order."""
    return quarantined_as.startswith((CALLBACK_QUARANTINE, FEED_QUARANTINE))


def read_quarantined(
    services: Services, quarantined_as: str, sent: bytes
) -> tuple[str, tuple[PartnerEvent | StockEvent, ...]]:
    """Read again what was quarantined under this name, a partner's webhook in its own format; answers who told what.

    Raises:
        InvalidInput: it still cannot be read, or tells what is another partner's to tell.
    """
    if quarantined_as.startswith(FEED_QUARANTINE):
        source = quarantined_as.removeprefix(FEED_QUARANTINE)
        return source, (read_event(source, sent),)
    source = quarantined_as.removeprefix(CALLBACK_QUARANTINE)
    own = services.callback_formats.get(source)
    return source, (read_event(source, sent),) if own is None else checked(source, own.read(sent))


def read_event(source: str, sent: bytes) -> PartnerEvent | StockEvent:
    """Read one event in our words, about an order or about stock, which must be one this partner may tell of.

    Raises:
        Noted: an event of a type that is not known here: it may be newer than we are.
        InvalidInput: not JSON, no event, or another partner's.
    """
    document = parse(sent)
    kind = document.get("type") if isinstance(document, dict) else None
    try:
        if isinstance(kind, str) and kind.startswith(_STOCK):
            check_source(source, kind)
            return read_stock_event(sent)
        event = _partner_event(sent, document)
    except InvalidInput as error:
        if isinstance(kind, str) and error.errors[0].code == _OF_NO_KNOWN_TYPE:
            raise Noted(error.errors) from error
        raise
    check_source(source, event.type)
    return event


def _partner_event(sent: bytes, document: object) -> PartnerEvent:
    try:
        return PARTNER_EVENT.validate_json(sent)
    except ValidationError as error:
        raise InvalidInput(field_errors(error, document=document)) from error


async def take(
    services: Services, background: Wakeable, source: str, event: PartnerEvent | StockEvent, sent: bytes
) -> str | None:
    """Write what happened to stock, or store what happened to an order until it can be handed to it.

    Returns:
        The order it is for; none where it is about stock, or about a parcel that we did not book.

    Raises:
        InvalidInput: what is told of stock cannot be so.
        Unavailable: it could not be written; the partner sends it again.
    """
    if isinstance(event, ParcelMoved) and event.order_id == UNKNOWN_ORDER:
        order_id = await services.parcels.order_of(event.tracking_number) if services.parcels else None
        if order_id is None:
            # The carrier's account may have parcels that are none of ours.
            return None
        event = event.model_copy(update={"order_id": order_id})
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
