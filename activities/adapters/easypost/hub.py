"""EasyPost's shipments as parcels of ours. Our key's digest is the `reference`, which EasyPost takes for an id."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn

from activities.adapters.carriage.hub import HubParcel, HubState
from activities.adapters.carriage.options import ends_of
from activities.adapters.easypost.payload import EasyRates, EasyShipment, problem
from activities.adapters.http import Nonsense, PartnerHttp
from models.errors import Refused, Uncertain
from models.partners.carriers import Label

if TYPE_CHECKING:
    import httpx

    from activities.adapters.carriage.options import HubOptions
    from models.carriage.rates import Rate
    from models.order.parties import Address
    from models.partners.carriers import Booking
    from models.settings import PartnerSettings

_ORDER_ID = "print_custom_1"
"""The option that holds the order's id; it is printed on the label too."""
_NOT_FOUND, _BOUGHT_BEFORE = "not_found", "SHIPMENT.POSTAGE.EXISTS"
_GIVEN_BACK = {"submitted", "refunded"}
_STILL_HERE = {"unknown", "pre_transit", "cancelled"}
_GRAMS_AN_OUNCE = 28.349523125
_DIGITS = 40


class EasyPostHub:
    """`Hub` over EasyPost's REST interface."""

    partner = "carrier"

    def __init__(self, settings: PartnerSettings, options: HubOptions) -> None:
        """Speak to EasyPost where the settings say it is; `key` is an API key of its."""
        self.http = EasyPostHttp(settings)
        self._options = options

    async def find(self, key: str) -> list[HubParcel]:
        """Find what there is under a key: at most one shipment."""
        try:
            content = await self.http.exchange("GET", f"/v2/shipments/{reference_of(key)}")
        except Refused as refusal:
            if refusal.code == _NOT_FOUND:
                return []
            raise
        return [self.parcel(self.http.understood(EasyShipment, content))]

    async def draft(self, booking: Booking) -> HubParcel:
        """Note a parcel; EasyPost asks carriers for their offers at once."""
        start, end = ends_of(booking, self._options.nodes)
        grams = max(booking.weight_grams, self._options.least_grams)
        shipment = {
            "reference": reference_of(booking.key),
            "from_address": _address(start),
            "to_address": _address(end),
            "parcel": {"weight": round(grams / _GRAMS_AN_OUNCE, 1)},
            "options": {_ORDER_ID: booking.order_id},
        }
        return await self._asked("/v2/shipments", {"shipment": shipment})

    async def rated(self, parcel: HubParcel) -> HubParcel:
        """Ask carriers what they would take."""
        content = await self.http.exchange("POST", f"/v2/shipments/{parcel.reference}/rerate", "{}")
        offered = self.http.understood(EasyRates, content)
        return replace(parcel, rates=tuple(rate.ours() for rate in offered.rates))

    async def buy(self, parcel: HubParcel, rate: Rate) -> HubParcel:
        """Buy the label of a draft."""
        try:
            return await self._asked(f"/v2/shipments/{parcel.reference}/buy", {"rate": {"id": rate.id}})
        except Refused as refusal:
            if refusal.code == _BOUGHT_BEFORE:
                raise Uncertain(self.partner, str(refusal), code=refusal.code) from refusal
            raise

    async def cancel(self, parcel: HubParcel) -> None:
        """Give a label back. A draft costs nothing and cannot be taken away."""
        if parcel.label is not None:
            await self._asked(f"/v2/shipments/{parcel.reference}/refund", {})

    async def close(self) -> None:
        """Close every connection."""
        await self.http.close()

    async def _asked(self, path: str, body: dict[str, Any]) -> HubParcel:
        content = await self.http.exchange("POST", path, json.dumps(body))
        return self.parcel(self.http.understood(EasyShipment, content))

    def parcel(self, shipment: EasyShipment) -> HubParcel:
        """Read a shipment."""
        try:
            label = _label(shipment)
            rates = tuple(rate.ours() for rate in shipment.rates)
        except ValueError as error:
            raise Nonsense(self.partner, f"answered what cannot be: {error}") from error
        return HubParcel(
            reference=shipment.id,
            order_id=str(shipment.options.get(_ORDER_ID, "")),
            state=_state(shipment),
            label=label,
            rates=rates,
            remarks="; ".join(f"{one.carrier}: {one.message}" for one in shipment.messages),
        )


class EasyPostHttp(PartnerHttp):
    """EasyPost's interface; what is not there has a status of its own, and codes of many kinds."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to EasyPost where the settings say it is."""
        # Basic authentication (RFC 7617): the key is the user, and there is no password.
        shown = base64.b64encode(f"{settings.key.get_secret_value()}:".encode()).decode()
        super().__init__("carrier", settings, headers={"Authorization": f"Basic {shown}"}, problem=problem)

    def _refuse(self, response: httpx.Response, content: bytes) -> NoReturn:
        code, words = problem(content)
        if response.status_code == HTTPStatus.NOT_FOUND and code:
            raise Refused(self.partner, words, code=_NOT_FOUND)
        super()._refuse(response, content)


def reference_of(key: str) -> str:
    """Spell a key so that it can stand in a path in place of an id."""
    return f"ol-{sha256(key.encode()).hexdigest()[:_DIGITS]}"


def _state(shipment: EasyShipment) -> HubState:
    if shipment.tracking_code is None:
        return HubState.DRAFT
    if shipment.refund_status in _GIVEN_BACK:
        return HubState.VOID
    here = shipment.tracker is None or shipment.tracker.status in _STILL_HERE
    return HubState.BOUGHT if here else HubState.GONE


def _label(shipment: EasyShipment) -> Label | None:
    rate, number, paper = shipment.selected_rate, shipment.tracking_code, shipment.postage_label
    if rate is None or number is None:
        return None
    return Label(
        reference=shipment.id,
        carrier=rate.carrier,
        service=rate.service,
        tracking_number=number,
        cost=rate.ours().cost,
        label_url=(paper.label_pdf_url or paper.label_url) if paper else None,
    )


def _address(address: Address) -> dict[str, Any]:
    street = list(address.lines)
    return {
        "name": address.name,
        "company": address.company,
        "street1": street[0] if street else None,
        "street2": ", ".join(street[1:]) or None,
        "city": address.city,
        "state": (address.region or "").removeprefix(f"{address.country}-") or None,
        "zip": address.postal_code,
        "country": address.country,
        "phone": address.phone,
    }
