"""Reading orders of the API 2026-01-01: one, or those that were changed in a span of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from activities.adapters.amazon import v2026
from activities.adapters.amazon.selling.calling import Call, Selling
from activities.adapters.amazon.v2026_payload import V2026Order
from activities.adapters.channel_payload import ChannelModel, fields
from models.errors import InvalidInput, Uncertain

if TYPE_CHECKING:
    from models.order.document import OrderDocument

ROOT = "/orders/2026-01-01/orders"
DATA = "BUYER,RECIPIENT,PROCEEDS,PROMOTION,CANCELLATION,FULFILLMENT,PACKAGES,TAX,PAYMENT"
"""What an order is asked for: all that is read of it. Addresses come without a token of their own in this version."""


class Package(ChannelModel):
    """A parcel Amazon was told of."""

    model_config = ConfigDict(alias_generator=to_camel)

    package_reference_id: str
    tracking_number: str | None = None


@dataclass(frozen=True)
class AmazonOrder:
    """An order as Amazon has it now."""

    payload: dict[str, Any]
    order: V2026Order
    packages: tuple[Package, ...]

    def document(self, partner: str) -> OrderDocument:
        """As our reading has it.

        Raises:
            Uncertain: it cannot be read.
        """
        try:
            return v2026.document(self.payload, "")
        except (InvalidInput, ValueError) as error:
            message = f"has the order in a way that cannot be read: {error}"
            raise Uncertain(partner, message, code="unreadable") from error


class _Answer(ChannelModel):
    order: dict[str, Any]


async def order_of(selling: Selling, order_id: str) -> AmazonOrder:
    """Read one.

    Raises:
        Refused: there is none.
        Uncertain: it cannot be read.
        PartnerError: Amazon did not answer.
    """
    path = f"{ROOT}/{quote(order_id, safe='')}"
    payload = (await selling.ask(_Answer, Call("getOrder", "GET", path, {"includedData": DATA}))).order
    try:
        order = fields(V2026Order, payload)
        packages = tuple(fields(Package, each) for each in payload.get("packages") or ())
    except InvalidInput as error:
        message = f"has the order in a way that cannot be read: {error}"
        raise Uncertain(selling.name, message, code="unreadable") from error
    return AmazonOrder(payload, order, packages)
