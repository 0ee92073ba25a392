"""ShipEngine's shipments and labels as parcels of ours. Our key's digest is the shipment's `external_shipment_id`."""

from __future__ import annotations

import json
from hashlib import sha256
from http import HTTPStatus
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

from pydantic import Field, StringConstraints

from activities.adapters.carriage.hub import HubParcel, HubState
from activities.adapters.carriage.options import HubOptions, ends_of
from activities.adapters.http import Nonsense, PartnerHttp
from activities.adapters.shipengine.payload import (
    LabelPaper,
    Labels,
    NewShipments,
    Shipment,
    Voided,
    problem,
    total,
)
from models.errors import Refused, Uncertain
from models.partners.carriers import Label

if TYPE_CHECKING:
    import httpx

    from models.carriage.rates import Rate
    from models.order.parties import Address
    from models.partners.carriers import Booking
    from models.settings import PartnerSettings

_SUCCEEDED = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT)
NOT_FOUND = "not_found"
"""The code under which we speak of what ShipEngine has not."""
_TAKEN = "identifier_conflict"
_ON_THE_WAY = {"in_transit", "delivered"}
_UNUSABLE = {"error"}
_DIGITS = 40
"""Of the key's digest: ShipEngine's ids of ours have 50 characters at most."""


class ShipEngineOptions(HubOptions):
    """`options` of the setting."""

    carriers: Annotated[tuple[str, ...], Field(min_length=1)]
    """ShipEngine's ids of the carrier accounts that are asked for offers: ``se-123456``."""
    first_service: Annotated[str, StringConstraints(min_length=1)]
    """What a shipment names before offers were asked for: ShipEngine wants to be told one; any that the first of the
    carriers sells."""
    phone: Annotated[str, StringConstraints(min_length=1)]
    """Given where an address has none: ShipEngine wants one."""


class ShipEngineHub:
    """`Hub` over ShipEngine's REST interface."""

    partner = "carrier"

    def __init__(self, settings: PartnerSettings, options: ShipEngineOptions) -> None:
        """Speak to ShipEngine where the settings say it is; `key` is an API key of its."""
        self.http = ShipEngineHttp(settings)
        self._options = options

    async def find(self, key: str) -> list[HubParcel]:
        """List what there is under a key: at most one shipment, which may have several labels."""
        path = f"/v1/shipments/external_shipment_id/{external_id(key)}"
        try:
            found = self.http.understood(Shipment, await self.http.exchange("GET", path))
        except Refused as refusal:
            if refusal.code == NOT_FOUND:
                return []
            raise
        page = await self.http.exchange("GET", f"/v1/labels?shipment_id={found.shipment_id}")
        labels = [one for one in self.http.understood(Labels, page).labels if one.status not in _UNUSABLE]
        if not labels:
            return [self._without_label(found)]
        return [self._with_label(found, one) for one in sorted(labels, key=lambda one: one.created_at)]

    async def draft(self, booking: Booking) -> HubParcel:
        """Note a parcel, and ask carriers for their offers."""
        start, end = ends_of(booking, self._options.nodes)
        grams = max(booking.weight_grams, self._options.least_grams)
        shipment = {
            "external_shipment_id": external_id(booking.key),
            "external_order_id": booking.order_id,
            "carrier_id": self._options.carriers[0],
            "service_code": self._options.first_service,
            "ship_from": self._address(start),
            "ship_to": self._address(end),
            "packages": [{"weight": {"value": grams, "unit": "gram"}}],
        }
        try:
            content = await self.http.exchange("POST", "/v1/shipments", json.dumps({"shipments": [shipment]}))
        except Refused as refusal:
            if refusal.code == _TAKEN:
                raise Uncertain(self.partner, "has just been told of it by somebody else", code=_TAKEN) from refusal
            raise
        made = self.http.understood(NewShipments, content)
        if made.has_errors or len(made.shipments) != 1:
            raise Nonsense(self.partner, "noted another number of parcels than one")
        return await self.rated(self._without_label(made.shipments[0]))

    async def rated(self, parcel: HubParcel) -> HubParcel:
        """Ask carriers what they would take."""
        asked = {"shipment_id": parcel.reference, "rate_options": {"carrier_ids": list(self._options.carriers)}}
        content = await self.http.exchange("POST", "/v1/rates", json.dumps(asked))
        return self._without_label(self.http.understood(Shipment, content))

    async def buy(self, parcel: HubParcel, rate: Rate) -> HubParcel:
        """Buy the label that an offer is for."""
        asked = {"label_format": "pdf", "label_download_type": "url"}
        content = await self.http.exchange("POST", f"/v1/labels/rates/{rate.id}", json.dumps(asked))
        paper = self.http.understood(LabelPaper, content)
        if paper.status in _UNUSABLE:
            raise Refused(self.partner, "the carrier could not make the label", code="label_failed")
        return HubParcel(parcel.reference, parcel.order_id, HubState.BOUGHT, self._label(paper))

    async def cancel(self, parcel: HubParcel) -> None:
        """Give a label back, or forget a shipment that has none."""
        if parcel.label is None:
            await self.http.exchange("PUT", f"/v1/shipments/{parcel.reference}/cancel")
            return
        content = await self.http.exchange("PUT", f"/v1/labels/{parcel.label.reference}/void")
        answer = self.http.understood(Voided, content)
        if not answer.approved:
            raise Refused(self.partner, answer.message or "the label was not taken back", code="not_voided")

    async def close(self) -> None:
        """Close every connection."""
        await self.http.close()

    def _without_label(self, shipment: Shipment) -> HubParcel:
        offers = shipment.rate_response
        try:
            rates = tuple(offer.rate() for offer in offers.rates)
        except ValueError as error:
            raise Nonsense(self.partner, f"answered what cannot be: {error}") from error
        return HubParcel(
            reference=shipment.shipment_id,
            order_id=shipment.external_order_id or "",
            state=HubState.VOID if shipment.shipment_status == "cancelled" else HubState.DRAFT,
            rates=rates,
            remarks="; ".join(error.message for error in offers.errors),
        )

    def _with_label(self, shipment: Shipment, paper: LabelPaper) -> HubParcel:
        gone = HubState.GONE if paper.tracking_status in _ON_THE_WAY else HubState.BOUGHT
        state = HubState.VOID if paper.voided else gone
        return HubParcel(shipment.shipment_id, shipment.external_order_id or "", state, self._label(paper))

    def _label(self, paper: LabelPaper) -> Label:
        try:
            cost = total(paper.shipment_cost, paper.insurance_cost)
        except ValueError as error:
            raise Nonsense(self.partner, f"answered what cannot be: {error}") from error
        return Label(
            reference=paper.label_id,
            carrier=paper.carrier_code,
            service=paper.service_code,
            tracking_number=paper.tracking_number,
            cost=cost,
            label_url=paper.label_download.pdf or paper.label_download.href,
        )

    def _address(self, address: Address) -> dict[str, Any]:
        if not address.lines or not address.city or not address.postal_code:
            raise Refused(self.partner, "wants a street, a town and a postal code", code="address_incomplete")
        extra = {f"address_line{place}": line for place, line in enumerate(address.lines[1:3], start=2)}
        region = (address.region or "").removeprefix(f"{address.country}-")
        return {
            "name": address.name or address.company or address.city,
            "phone": address.phone or self._options.phone,
            **({"company_name": address.company} if address.company else {}),
            "address_line1": address.lines[0],
            **extra,
            "city_locality": address.city,
            # It wants one also where a country's addresses have none; the town is what carriers print there.
            "state_province": region or address.city,
            "postal_code": address.postal_code,
            "country_code": address.country,
            "address_residential_indicator": "no" if address.company else "unknown",
        }


class ShipEngineHttp(PartnerHttp):
    """ShipEngine's interface: what is not there has a status of its own, but no code among those it publishes."""

    def __init__(self, settings: PartnerSettings) -> None:
        """Speak to ShipEngine where the settings say it is."""
        headers = {"API-Key": settings.key.get_secret_value()}
        super().__init__("carrier", settings, headers=headers, problem=problem, succeeded=_SUCCEEDED)

    def _refuse(self, response: httpx.Response, content: bytes) -> NoReturn:
        code, words = problem(content)
        if response.status_code == HTTPStatus.NOT_FOUND and code:
            raise Refused(self.partner, words, code=NOT_FOUND)
        super()._refuse(response, content)


def external_id(key: str) -> str:
    """Spell a key so that it fits into a path and 50 characters."""
    return f"ol-{sha256(key.encode()).hexdigest()[:_DIGITS]}"
