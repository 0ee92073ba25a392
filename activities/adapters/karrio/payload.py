"""What Karrio answers, as far as we read it (Karrio 2026.1, its published OpenAPI description)."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic import Field

from activities.adapters.channel_payload import ChannelModel


class KarrioRate(ChannelModel):
    """A carrier's offer."""

    id: str
    carrier_name: str
    service: str
    total_charge: Decimal
    currency: str
    transit_days: int | None = None


class KarrioMessage(ChannelModel):
    """What a carrier says who offers nothing, or what is wrong."""

    carrier_name: str | None = None
    code: str | None = None
    message: str | None = None


class KarrioShipment(ChannelModel):
    """A parcel."""

    id: str
    status: str
    reference: str | None = None
    tracking_number: str | None = None
    rates: tuple[KarrioRate, ...] = ()
    selected_rate: KarrioRate | None = None
    label_url: str | None = None
    metadata: dict[str, Any] = Field(default_factory=dict)
    messages: tuple[KarrioMessage, ...] = ()
    created_at: datetime


class KarrioShipments(ChannelModel):
    """A page of parcels, the newest first."""

    next: str | None = None
    results: tuple[KarrioShipment, ...]


class KarrioErrors(ChannelModel):
    """What is wrong with a request."""

    errors: tuple[KarrioMessage, ...] = ()
    messages: tuple[KarrioMessage, ...] = ()


def problem(content: bytes) -> tuple[str, str]:
    """Read code and words of a refusal; empty where it is none of Karrio's."""
    try:
        said = KarrioErrors.model_validate(json.loads(content))
    except (ValueError, RecursionError):
        return "", ""
    everything = said.errors + said.messages
    words = "; ".join(one.message for one in everything if one.message)
    return (everything[0].code or "refused" if everything else "")[:100], words[:300]
