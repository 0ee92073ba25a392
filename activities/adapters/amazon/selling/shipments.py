"""A parcel told to Amazon: `confirmShipment`, under a package number made from our key.

The number makes it safe to tell twice: Amazon changes the package of that number instead of adding one. It is looked
for first all the same, so that what was told is not told again as a change.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING
from urllib.parse import quote

from activities.adapters.amazon.selling.calling import Call, Selling
from activities.adapters.amazon.selling.orders import order_of
from activities.adapters.amazon.selling.spans import written
from activities.adapters.storefront.once import once
from models.partners.asking import Done

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.options import AmazonOptions
    from models.partners.channels import ChannelFulfilment

_CARRIERS = {
    "dhl": "DHL",
    "ups": "UPS",
    "usps": "USPS",
    "fedex": "FedEx",
    "dpd": "DPD",
    "gls": "GLS",
    "royal mail": "Royal Mail",
    "la poste": "La Poste",
    "poste italiane": "Poste Italiane",
}
"""Amazon's codes of carriers by our names; any other is `Other`, with its name."""


async def confirm(selling: Selling, options: AmazonOptions, told: ChannelFulfilment) -> Done:
    """Tell of a parcel, once; `reference` is its package number.

    Raises:
        Refused: Amazon does not take it; its own words.
        PartnerError: it may be asked again.
    """
    number = package_number(told.key)

    marketplace = options.marketplaces[0]

    async def find() -> Done | None:
        nonlocal marketplace
        order = await order_of(selling, told.external_id)
        marketplace = order.order.sales_channel.marketplace_id or marketplace
        has = any(package.package_reference_id == number for package in order.packages)
        return Done(reference=number) if has else None

    async def make() -> Done:
        path = f"/orders/v0/orders/{quote(told.external_id, safe='')}/shipmentConfirmation"
        body = {"marketplaceId": marketplace, "packageDetail": _package(options, told, number)}
        await selling.call(Call("confirmShipment", "POST", path, body=body))
        return Done(reference=number)

    return await once(find, make)


def package_number(key: str) -> str:
    """A package number: positive, the same for the same key, and hardly ever another's within one order."""
    return str(int.from_bytes(hashlib.sha256(key.encode()).digest()[:5]) % 999_999_999 + 1)


def _package(options: AmazonOptions, told: ChannelFulfilment, number: str) -> dict[str, object]:
    package: dict[str, object] = {
        "packageReferenceId": number,
        "carrierCode": _CARRIERS.get(told.carrier.casefold(), "Other"),
        "carrierName": told.carrier,
        "trackingNumber": told.tracking_number,
        "shipDate": written(told.shipped_at),
        "orderItems": [{"orderItemId": line.line_id, "quantity": line.quantity} for line in told.lines],
    }
    source = options.supply_sources.get(told.node)
    return package if source is None else {**package, "shipFromSupplySourceId": source}
