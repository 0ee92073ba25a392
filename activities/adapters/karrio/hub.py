"""Karrio's shipments as parcels of ours. Karrio keeps our key as `reference` and whole among the metadata."""

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from activities.adapters.carriage.hub import HubParcel, HubState
from activities.adapters.carriage.options import ends_of
from activities.adapters.http import Nonsense, PartnerHttp
from activities.adapters.karrio.payload import KarrioShipment, KarrioShipments, problem
from models.carriage.rates import Rate
from models.money import Money
from models.partners.carriers import Label

if TYPE_CHECKING:
    from activities.adapters.carriage.options import HubOptions
    from activities.adapters.karrio.payload import KarrioRate
    from models.order.parties import Address
    from models.partners.carriers import Booking
    from models.settings import PartnerSettings

_REFERENCE_MAX = 100
_DIGEST = 32
_SUCCEEDED = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED)
"""202: it was cancelled before."""
_STATES = {"draft": HubState.DRAFT, "created": HubState.BOUGHT, "cancelled": HubState.VOID}
"""Every other status is of a parcel that is on its way, or at its end."""
_NAME, _LINE, _TOWN = 100, 100, 50
"""How long a name, a line of the street and a town may be."""


class KarrioHub:
    """`Hub` over Karrio's REST interface."""

    partner = "carrier"

    def __init__(self, settings: PartnerSettings, options: HubOptions) -> None:
        """Speak to Karrio where the settings say it is; `key` is a token of its."""
        self.http = open_http(settings)
        self._url = settings.url.rstrip("/")
        self._options = options

    async def find(self, key: str) -> list[HubParcel]:
        """List what there is under a key. Karrio looks for references that hold it; only the same one counts."""
        path = f"/v1/shipments?limit=100&reference={quote(reference_of(key), safe='')}"
        page = self.http.understood(KarrioShipments, await self.http.exchange("GET", path))
        ours = [one for one in page.results if one.metadata.get("key") == key]
        return [self._parcel(one) for one in sorted(ours, key=lambda one: one.created_at)]

    async def draft(self, booking: Booking) -> HubParcel:
        """Note a parcel; Karrio asks carriers for their offers at once."""
        start, end = ends_of(booking, self._options.nodes)
        grams = max(booking.weight_grams, self._options.least_grams)
        body = {
            "shipper": _address(start),
            "recipient": _address(end),
            "parcels": [{"weight": grams / 1000, "weight_unit": "KG"}],
            "reference": reference_of(booking.key),
            "label_type": "PDF",
            "metadata": {"key": booking.key, "order_id": booking.order_id},
        }
        return await self._asked("/v1/shipments", body)

    async def rated(self, parcel: HubParcel) -> HubParcel:
        """Ask carriers what they would take."""
        return await self._asked(f"/v1/shipments/{parcel.reference}/rates", {})

    async def buy(self, parcel: HubParcel, rate: Rate) -> HubParcel:
        """Buy the label of a draft; of one that was bought before Karrio says 409."""
        return await self._asked(f"/v1/shipments/{parcel.reference}/purchase", {"selected_rate_id": rate.id})

    async def cancel(self, parcel: HubParcel) -> None:
        """Give a label back, or forget a draft."""
        await self._asked(f"/v1/shipments/{parcel.reference}/cancel", {})

    async def close(self) -> None:
        """Close every connection."""
        await self.http.close()

    async def _asked(self, path: str, body: dict[str, Any]) -> HubParcel:
        content = await self.http.exchange("POST", path, json.dumps(body))
        return self._parcel(self.http.understood(KarrioShipment, content))

    def _parcel(self, shipment: KarrioShipment) -> HubParcel:
        try:
            label = self._label(shipment)
            rates = tuple(_rate(rate) for rate in shipment.rates)
        except ValueError as error:
            raise Nonsense(self.partner, f"answered what cannot be: {error}") from error
        return HubParcel(
            reference=shipment.id,
            order_id=str(shipment.metadata.get("order_id", "")),
            state=_STATES.get(shipment.status, HubState.GONE),
            label=label,
            rates=rates,
            remarks="; ".join(f"{one.carrier_name}: {one.message}" for one in shipment.messages),
        )

    def _label(self, shipment: KarrioShipment) -> Label | None:
        rate, number = shipment.selected_rate, shipment.tracking_number
        if rate is None or not number:
            return None
        return Label(
            reference=shipment.id,
            carrier=rate.carrier_name,
            service=rate.service,
            tracking_number=number,
            cost=_rate(rate).cost,
            label_url=f"{self._url}{shipment.label_url}" if shipment.label_url else None,
        )


def open_http(settings: PartnerSettings) -> PartnerHttp:
    """Make the connection that everything which speaks to Karrio has."""
    return PartnerHttp(
        "carrier",
        settings,
        headers={"Authorization": f"Token {settings.key.get_secret_value()}"},
        problem=problem,
        succeeded=_SUCCEEDED,
    )


def reference_of(key: str) -> str:
    """Spell a key so that it fits where references go; a long one ends in its digest."""
    if len(key) <= _REFERENCE_MAX:
        return key
    return f"{key[: _REFERENCE_MAX - _DIGEST - 1]}~{sha256(key.encode()).hexdigest()[:_DIGEST]}"


def _rate(rate: KarrioRate) -> Rate:
    return Rate(
        id=rate.id,
        carrier=rate.carrier_name,
        service=rate.service,
        cost=Money.rounded(rate.total_charge, rate.currency),
        days=rate.transit_days,
    )


def _address(address: Address) -> dict[str, Any]:
    street = list(address.lines)
    return {
        "person_name": (address.name or address.company or "")[:_NAME] or None,
        "company_name": (address.company or "")[:_NAME] or None,
        "address_line1": street[0][:_LINE] if street else None,
        "address_line2": ", ".join(street[1:])[:_LINE] or None,
        "city": (address.city or "")[:_TOWN] or None,
        "state_code": (address.region or "").removeprefix(f"{address.country}-")[:_TOWN] or None,
        "postal_code": address.postal_code,
        "country_code": address.country,
        "phone_number": address.phone,
    }
