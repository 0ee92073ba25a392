"""What every hub of carriers is to be told beside its address and key."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from models.base import Identifier
from models.carriage.rates import ServiceRule
from models.errors import Refused
from models.money import Currency
from models.order.parties import Address

if TYPE_CHECKING:
    from models.partners.carriers import Booking
    from models.settings import PartnerSettings


class HubOptions(BaseModel):
    """`options` of the setting, as a JSON document."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    nodes: Annotated[dict[Identifier, Address], Field(min_length=1)]
    """Where each node's parcels are fetched, and brought back to."""
    currency: Currency
    """What carriers are paid in; offers in another one are not taken."""
    services: tuple[ServiceRule, ...] = ()
    """Which services may be bought, for which promise and up to which price; none: any, the cheapest first."""
    least_grams: Annotated[int, Field(ge=1)] = 100
    """What a parcel weighs at least: an order's articles may all be without a weight."""


Options = TypeVar("Options", bound=BaseModel)


def read_options(model: type[Options], settings: PartnerSettings) -> Options:
    """Read a carrier adapter's options.

    Raises:
        ValueError: one is missing or wrong; names the setting.
    """
    try:
        return model.model_validate_json(json.dumps(settings.options))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(step) for step in first["loc"])
        message = f"ORDERLOOM_CARRIER__OPTIONS: {place}: {first['msg']}"
        raise ValueError(message) from error


def ends_of(booking: Booking, nodes: dict[str, Address]) -> tuple[Address, Address]:
    """Say from where to where a parcel goes.

    Raises:
        Refused: nobody has said where the node is, or the address names neither street nor town.
    """
    node = nodes.get(booking.node)
    if node is None:
        message = f"nobody has said where {booking.node} is: ORDERLOOM_CARRIER__OPTIONS: nodes"
        raise Refused("carrier", message, code="unknown_node")
    if not booking.ship_to.lines and not booking.ship_to.city:
        raise Refused("carrier", "a parcel needs a street or a town to go to", code="address_incomplete")
    return (booking.ship_to, node) if booking.way_back else (node, booking.ship_to)
