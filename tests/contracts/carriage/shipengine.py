"""A stand-in for ShipEngine, as its published description has it; Prism holds its answers against that too."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

from models.money import Money
from tests.contracts.carriage.books import BookedParcel
from tests.contracts.serving import Asked, Reply

KEY = "TEST_key"
_PRICES = {("ups", "ups_ground", 5): 8.5, ("ups", "ups_next_day_air", 1): 31.25, ("usps", "usps_priority", 3): 9.1}
OPTIONS = {
    "currency": "USD",
    "carriers": ["se-100", "se-200"],
    "first_service": "ups_ground",
    "phone": "+1 217 555 0100",
    "nodes": {
        "berlin": {
            "company": "Orderloom Springfield",
            "lines": ["1 Main Street"],
            "city": "Springfield",
            "region": "US-IL",
            "postal_code": "62701",
            "country": "US",
        }
    },
    "services": [
        {"service": "ups_ground", "levels": ["standard"]},
        {"service": "usps_priority", "levels": ["standard"], "at_most": {"amount": 1500, "currency": "USD"}},
        {"service": "ups_next_day_air", "levels": ["expedited"], "within_days": 2},
    ],
}
_STATUS = {"NY": "unknown", "IT": "in_transit", "DE": "delivered"}


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _usd(amount: float) -> dict[str, Any]:
    return {"currency": "usd", "amount": amount}


class ShipEngine:
    """Keeps shipments and labels."""

    def __init__(self) -> None:
        self.url = ""
        self.shipments: dict[str, dict[str, Any]] = {}
        self.labels: dict[str, dict[str, Any]] = {}
        self.tracking: dict[str, dict[str, Any]] = {}
        """By label, what the carrier says."""
        self._offers: dict[str, tuple[str, dict[str, Any]]] = {}
        self._numbers = count(1000)

    def answer(self, asked: Asked) -> Reply:  # noqa: C901, PLR0911 - one answer a request
        split = urlsplit(asked.target)
        if asked.headers.get("api-key") != KEY:
            return _error(HTTPStatus.UNAUTHORIZED, "unauthorized", "security")
        match asked.method, split.path.removeprefix("/v1/").split("/"):
            case "POST", ["shipments"]:
                return self._note(json.loads(asked.body))
            case "GET", ["shipments", "external_shipment_id", external]:
                found = [one for one in self.shipments.values() if one["external_shipment_id"] == external]
                return _json(found[0]) if found else _missing()
            case "GET", ["shipments", number] if number in self.shipments:
                return _json(self.shipments[number])
            case "POST", ["rates"]:
                return self._rates(json.loads(asked.body)["shipment_id"])
            case "POST", ["labels", "rates", rate]:
                return self._buy(rate)
            case "GET", ["labels"]:
                return self._labels(parse_qs(split.query))
            case "GET", ["labels", label, "track"]:
                return _json(self.tracking[label])
            case "PUT", ["labels", label, "void"]:
                return self._void(label)
            case "PUT", ["shipments", shipment, "cancel"]:
                self.shipments[shipment]["shipment_status"] = "cancelled"
                return Reply(HTTPStatus.NO_CONTENT)
        return _missing()

    def _note(self, body: dict[str, Any]) -> Reply:
        [shipment] = body["shipments"]
        if any(one["external_shipment_id"] == shipment["external_shipment_id"] for one in self.shipments.values()):
            return _error(HTTPStatus.BAD_REQUEST, "identifier_conflict", "business_rules")
        number, now = f"se-{next(self._numbers)}", _now()
        made = {
            **shipment,
            "packages": [{"package_code": "package", **one} for one in shipment["packages"]],
            "shipment_id": number,
            "shipment_status": "pending",
            "ship_date": now,
            "created_at": now,
            "modified_at": now,
            "warehouse_id": None,
            "return_to": shipment["ship_from"],
            "confirmation": "none",
            "customs": None,
            "advanced_options": {},
            "insurance_provider": "none",
            "tags": [],
            "total_weight": shipment["packages"][0]["weight"],
        }
        self.shipments[number] = made
        return _json({"has_errors": False, "shipments": [made | {"errors": []}]})

    def _rates(self, number: str) -> Reply:
        offers = [self._offer(number, *offered, price) for offered, price in _PRICES.items()]
        response = {
            "rates": offers,
            "invalid_rates": [],
            "rate_request_id": f"se-{next(self._numbers)}",
            "shipment_id": number,
            "status": "completed",
            "errors": [],
        }
        return _json(self.shipments[number] | {"rate_response": response})

    def _offer(self, number: str, carrier: str, service: str, days: int, price: float) -> dict[str, Any]:
        offer = {
            "rate_id": f"se-{next(self._numbers)}",
            "rate_type": "shipment",
            "carrier_id": "se-100",
            "shipping_amount": _usd(price),
            "insurance_amount": _usd(0),
            "confirmation_amount": _usd(0),
            "other_amount": _usd(0.25),
            "zone": None,
            "package_type": "package",
            "delivery_days": days,
            "guaranteed_service": False,
            "negotiated_rate": False,
            "service_type": service,
            "service_code": service,
            "trackable": True,
            "carrier_code": carrier,
            "carrier_nickname": carrier,
            "carrier_friendly_name": carrier,
            "validation_status": "valid",
            "warning_messages": [],
            "error_messages": [],
        }
        self._offers[offer["rate_id"]] = (number, offer)
        return offer

    def _buy(self, rate: str) -> Reply:
        number, offer = self._offers[rate]
        shipment = self.shipments[number]
        if shipment["shipment_status"] != "pending":
            return _error(HTTPStatus.BAD_REQUEST, "invalid_status", "business_rules")
        shipment["shipment_status"] = "label_purchased"
        label = f"se-{next(self._numbers)}"
        tracking = f"1Z{label.removeprefix('se-')}0392060079"
        self.labels[label] = {
            "label_id": label,
            "status": "completed",
            "shipment_id": number,
            "ship_date": shipment["ship_date"],
            "created_at": _now(),
            "shipment_cost": _usd(offer["shipping_amount"]["amount"] + offer["other_amount"]["amount"]),
            "insurance_cost": _usd(0),
            "tracking_number": tracking,
            "is_return_label": False,
            "is_international": False,
            "carrier_id": offer["carrier_id"],
            "service_code": offer["service_code"],
            "package_code": "package",
            "voided": False,
            "voided_at": None,
            "label_format": "pdf",
            "label_layout": "4x6",
            "trackable": True,
            "carrier_code": offer["carrier_code"],
            "tracking_status": "unknown",
            "label_download": {"pdf": f"http://api.shipengine.com/v1/downloads/10/{label}.pdf"},
        }
        return _json(self.labels[label])

    def _labels(self, query: dict[str, list[str]]) -> Reply:
        wanted = query.get("shipment_id", [""])[0]
        found = [one for one in self.labels.values() if wanted in {"", one["shipment_id"]}]
        size, page = int(query.get("page_size", ["25"])[0]), int(query.get("page", ["1"])[0])
        pages = -(-len(found) // size)
        listed = {"labels": found[(page - 1) * size : page * size], "total": len(found), "page": page, "pages": pages}
        link = {"href": "http://api.shipengine.com/v1/labels?page=1"}
        return _json(listed | {"links": {"first": link, "last": link, "prev": {}, "next": {}}})

    def _void(self, label: str) -> Reply:
        self.labels[label] |= {"voided": True, "status": "voided", "voided_at": _now()}
        return _json({"approved": True, "message": "This label has been voided."})

    def moves(self, tracking_number: str, code: str, said: str = "", at: str = "2026-11-21T10:00:00Z") -> None:
        """Have the carrier say where a parcel is."""
        [label] = [one for one in self.labels.values() if one["tracking_number"] == tracking_number]
        label["tracking_status"] = _STATUS.get(code, "in_transit")
        place = {"city_locality": "Austin", "state_province": "TX", "postal_code": "78756"}
        self.tracking[label["label_id"]] = {
            "tracking_number": tracking_number,
            "status_code": code,
            "status_description": said,
            "carrier_status_code": code,
            "estimated_delivery_date": "2026-11-23T17:00:00Z",
            "events": [{"occurred_at": at, "description": said, **place}],
        }

    def booked(self, external: str) -> list[BookedParcel]:
        """List what was bought for a shipment of this name."""
        mine = {number for number, one in self.shipments.items() if one["external_shipment_id"] == external}
        return [self._parcel(one) for one in self.labels.values() if one["shipment_id"] in mine]

    def _parcel(self, label: dict[str, Any]) -> BookedParcel:
        shipment = self.shipments[label["shipment_id"]]
        weight = shipment["packages"][0]["weight"]
        assert weight["unit"] == "gram"
        return BookedParcel(
            tracking_number=label["tracking_number"],
            void=label["voided"],
            cost=Money.of_major(str(label["shipment_cost"]["amount"]), "USD"),
            from_name=shipment["ship_from"]["name"],
            to_name=shipment["ship_to"]["name"],
            to_town=shipment["ship_to"]["city_locality"],
            grams=weight["value"],
            reference=label["label_id"],
        )


def _json(document: dict[str, Any]) -> Reply:
    return Reply(HTTPStatus.OK, json.dumps(document, ensure_ascii=False).encode())


def _missing() -> Reply:
    return _error(HTTPStatus.NOT_FOUND, "invalid_identifier", "validation")


def _error(status: HTTPStatus, code: str, kind: str) -> Reply:
    error = {"error_source": "shipengine", "error_type": kind, "error_code": code, "message": code.replace("_", " ")}
    return Reply(status, json.dumps({"request_id": str(uuid4()), "errors": [error]}).encode())
