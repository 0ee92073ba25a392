"""What EasyPost answers, as far as we read it (API v2; checked against its own recorded exchanges)."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel
from models.carriage.rates import Rate
from models.money import Money


class EasyRate(ChannelModel):
    """A carrier's offer; the amount is written as text."""

    id: str
    carrier: str
    service: str
    rate: Decimal
    currency: str
    delivery_days: int | None = None

    def ours(self) -> Rate:
        """Say it in our words."""
        cost = Money.rounded(self.rate, self.currency)
        return Rate(id=self.id, carrier=self.carrier, service=self.service, cost=cost, days=self.delivery_days)


class EasyMessage(ChannelModel):
    """What a carrier says who offers nothing."""

    carrier: str | None = None
    message: Any = None
    """Text, or a structure of the carrier's own."""


class PostageLabel(ChannelModel):
    """The label to be printed."""

    label_url: str | None = None
    label_pdf_url: str | None = None


class TrackingDetail(ChannelModel):
    """What happened to a parcel once."""

    status: str
    status_detail: str | None = None
    message: str | None = None
    at: datetime = Field(alias="datetime")


class Tracker(ChannelModel):
    """Where a parcel is."""

    tracking_code: str
    status: str
    status_detail: str | None = None
    shipment_id: str | None = None
    est_delivery_date: datetime | None = None
    tracking_details: tuple[TrackingDetail, ...] = ()


class EasyShipment(ChannelModel):
    """A parcel."""

    id: str
    reference: str | None = None
    tracking_code: str | None = None
    refund_status: str | None = None
    created_at: datetime
    options: dict[str, Any] = Field(default_factory=dict)
    rates: tuple[EasyRate, ...] = ()
    selected_rate: EasyRate | None = None
    postage_label: PostageLabel | None = None
    tracker: Tracker | None = None
    messages: tuple[EasyMessage, ...] = ()


class EasyRates(ChannelModel):
    """Offers alone."""

    rates: tuple[EasyRate, ...]


class EasyShipments(ChannelModel):
    """A page of parcels, the newest first."""

    shipments: tuple[EasyShipment, ...]
    has_more: bool = False


class Event(ChannelModel):
    """A webhook."""

    description: str
    result: dict[str, Any]


class _Error(ChannelModel):
    code: str = ""
    message: Any = ""
    """Text; lists of it where several things are wrong."""


class _Errors(ChannelModel):
    error: _Error


def problem(content: bytes) -> tuple[str, str]:
    """Read code and words of a refusal; empty where it is none of EasyPost's."""
    try:
        error = _Errors.model_validate(json.loads(content)).error
    except (ValueError, RecursionError):
        return "", ""
    return (error.code or "refused")[:100], str(error.message)[:300]
