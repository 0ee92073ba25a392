"""What ShipEngine answers, as far as we read it (its OpenAPI description 1.1, npm package shipengine-openapi 1.4.0)."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Annotated

from pydantic import Field, StringConstraints

from activities.adapters.channel_payload import ChannelModel
from models.carriage.rates import Rate
from models.money import Money


class Amount(ChannelModel):
    """``monetary_value``; the currency in lower case."""

    currency: Annotated[str, StringConstraints(to_upper=True)]
    amount: Decimal


class Offer(ChannelModel):
    """``rate``."""

    rate_id: str
    carrier_code: str
    service_code: str
    delivery_days: int | None = None
    shipping_amount: Amount
    insurance_amount: Amount | None = None
    confirmation_amount: Amount | None = None
    other_amount: Amount | None = None
    tax_amount: Amount | None = None

    def rate(self) -> Rate:
        """Say it in our words; what it costs is the sum of all it is made of."""
        parts = (self.insurance_amount, self.confirmation_amount, self.other_amount, self.tax_amount)
        return Rate(
            id=self.rate_id,
            carrier=self.carrier_code,
            service=self.service_code,
            cost=total(self.shipping_amount, *parts),
            days=self.delivery_days,
        )


class SaidError(ChannelModel):
    """``error``."""

    error_code: str = ""
    message: str = ""


class Offers(ChannelModel):
    """``rates_information``."""

    rates: tuple[Offer, ...] = ()
    errors: tuple[SaidError, ...] = ()


class Shipment(ChannelModel):
    """``shipment``."""

    shipment_id: str
    external_order_id: str | None = None
    shipment_status: str
    created_at: datetime
    rate_response: Offers = Field(default_factory=Offers)


class Download(ChannelModel):
    """``label_download``."""

    pdf: str | None = None
    href: str | None = None


class LabelPaper(ChannelModel):
    """``label``."""

    label_id: str
    status: str
    shipment_id: str
    carrier_code: str
    service_code: str
    tracking_number: str
    tracking_status: str | None = None
    voided: bool = False
    shipment_cost: Amount
    insurance_cost: Amount | None = None
    label_download: Download = Field(default_factory=Download)
    created_at: datetime


class Labels(ChannelModel):
    """A page of labels."""

    labels: tuple[LabelPaper, ...]
    page: int = 1
    pages: int = 1


class NewShipments(ChannelModel):
    """What became of shipments that were noted."""

    has_errors: bool
    shipments: tuple[Shipment, ...]


class Voided(ChannelModel):
    """Whether a label was taken back."""

    approved: bool
    message: str = ""


class TrackEvent(ChannelModel):
    """``track_event``."""

    occurred_at: datetime
    description: str | None = None


class Tracking(ChannelModel):
    """``tracking_information``."""

    tracking_number: str
    status_code: str
    status_description: str | None = None
    exception_description: str | None = None
    estimated_delivery_date: datetime | None = None
    actual_delivery_date: datetime | None = None
    events: tuple[TrackEvent, ...] = ()


class _Errors(ChannelModel):
    errors: tuple[SaidError, ...] = ()


def total(first: Amount, *others: Amount | None) -> Money:
    """Add up what something costs.

    Raises:
        ValueError: parts of it are in different currencies.
    """
    parts = [Money.rounded(part.amount, part.currency) for part in (first, *others) if part is not None]
    # A part of nothing may name any currency.
    return Money.sum_of([part for part in parts if part], parts[0].currency)


def problem(content: bytes) -> tuple[str, str]:
    """Read code and words of a refusal; empty where it is none of ShipEngine's."""
    try:
        errors = _Errors.model_validate(json.loads(content)).errors
    except (ValueError, RecursionError):
        return "", ""
    words = "; ".join(one.message for one in errors if one.message)
    return (errors[0].error_code or "refused" if errors else "")[:100], words[:300]
