"""What a carrier's words for where a parcel is mean in ours: one table a carrier or hub, with nothing left to guess."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.states.fulfilment import ShipmentState

if TYPE_CHECKING:
    from collections.abc import Mapping

_S = ShipmentState

KARRIO: Mapping[str, ShipmentState | None] = {
    "pending": _S.LABEL_CREATED,
    "picked_up": _S.DISPATCHED,
    "in_transit": _S.IN_TRANSIT,
    "out_for_delivery": _S.OUT_FOR_DELIVERY,
    "ready_for_pickup": _S.OUT_FOR_DELIVERY,
    "delivery_delayed": _S.EXCEPTION,
    "on_hold": _S.EXCEPTION,
    "delivery_failed": _S.FAILED_ATTEMPT,
    "delivered": _S.DELIVERED,
    "return_to_sender": _S.RETURNED_TO_SENDER,
    "cancelled": _S.CANCELLED,
    "unknown": None,
}
"""A tracker's ``status`` (Karrio 2026.1, ``TrackerStatus``)."""

KARRIO_SHIPMENT: Mapping[str, ShipmentState | None] = {
    "draft": None,
    "created": _S.LABEL_CREATED,
    "shipped": _S.DISPATCHED,
    "in_transit": _S.IN_TRANSIT,
    "out_for_delivery": _S.OUT_FOR_DELIVERY,
    "delivery_failed": _S.FAILED_ATTEMPT,
    "needs_attention": _S.EXCEPTION,
    "delivered": _S.DELIVERED,
    "cancelled": _S.CANCELLED,
}
"""A shipment's ``status``, which follows its tracker's (Karrio 2026.1, ``ShipmentStatus``)."""

KARRIO_LOST = "carrier_parcel_lost"
"""The reason of an event that says a parcel is lost; there is no status for it (``TrackingIncidentReason``)."""

EASYPOST: Mapping[str, ShipmentState | None] = {
    "unknown": None,
    "pre_transit": _S.LABEL_CREATED,
    "in_transit": _S.IN_TRANSIT,
    "out_for_delivery": _S.OUT_FOR_DELIVERY,
    "available_for_pickup": _S.OUT_FOR_DELIVERY,
    "delivered": _S.DELIVERED,
    "return_to_sender": _S.RETURNED_TO_SENDER,
    "failure": _S.EXCEPTION,
    "error": _S.EXCEPTION,
    "cancelled": _S.CANCELLED,
}
"""A tracker's ``status`` (EasyPost API v2, Tracker object)."""

EASYPOST_DETAIL: Mapping[str, ShipmentState] = {
    "arrived_at_pickup_location": _S.OUT_FOR_DELIVERY,
    "awaiting_customer_pickup": _S.OUT_FOR_DELIVERY,
    "contact_carrier": _S.EXCEPTION,
    "damaged": _S.EXCEPTION,
    "delayed": _S.EXCEPTION,
    "delivery_exception": _S.FAILED_ATTEMPT,
    "hold": _S.EXCEPTION,
    "lost": _S.LOST,
    "missorted": _S.EXCEPTION,
    "picked_up": _S.DISPATCHED,
    "received_at_origin_facility": _S.DISPATCHED,
    "refused": _S.EXCEPTION,
    "undeliverable": _S.EXCEPTION,
    "weather_delay": _S.EXCEPTION,
}
"""A tracker's ``status_detail``, where it says more than the status of a parcel that is neither here nor gone."""

_OPEN_ENDED = {"in_transit", "out_for_delivery", "available_for_pickup", "failure", "error", "unknown"}

SHIPENGINE: Mapping[str, ShipmentState | None] = {
    "UN": None,
    "NY": _S.LABEL_CREATED,
    "AC": _S.DISPATCHED,
    "IT": _S.IN_TRANSIT,
    "AT": _S.FAILED_ATTEMPT,
    "EX": _S.EXCEPTION,
    "SP": _S.OUT_FOR_DELIVERY,
    "DE": _S.DELIVERED,
}
"""A tracking answer's ``status_code`` (ShipEngine API v1, ``status_code``).

``SP`` is delivered to a collection point: the customer does not have it yet.
"""


def easypost_state(status: str, detail: str | None) -> ShipmentState | None:
    """Say where a parcel is; None: that is not known, or the word is new.

    The detail counts only where the status leaves open how it will end, so that a delivery stays one.
    """
    if detail is not None and detail in EASYPOST_DETAIL and status in _OPEN_ENDED:
        return EASYPOST_DETAIL[detail]
    return EASYPOST.get(status)


def karrio_state(status: str, reason: str | None) -> ShipmentState | None:
    """Say where a parcel is; None: that is not known, or the word is new."""
    return ShipmentState.LOST if reason == KARRIO_LOST else KARRIO.get(status)
