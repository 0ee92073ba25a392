"""A stand-in for EasyPost: what its recorded exchanges show, as far as our adapter asks."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

from models.money import Money
from tests.contracts.carriage.books import BookedParcel
from tests.contracts.serving import Asked, Reply

KEY = "EZTEST"
_PRICES = (("GroundAdvantage", "6.07", 3), ("Priority", "7.90", 2), ("Express", "33.10", 1))
_GRAMS_AN_OUNCE = 28.349523125
OPTIONS = {
    "currency": "USD",
    "nodes": {"berlin": {"company": "Orderloom", "lines": ["1 Main Street"], "city": "Springfield", "country": "US"}},
    "services": [
        {"service": "GroundAdvantage", "levels": ["standard"]},
        {"service": "Express", "levels": ["expedited"], "carrier": "USPS"},
    ],
}


class EasyPost:
    """Keeps shipments, which can be asked for by reference too."""

    def __init__(self) -> None:
        self.shipments: list[dict[str, Any]] = []
        self._numbers = count(1)

    def answer(self, asked: Asked) -> Reply:
        split = urlsplit(asked.target)
        shown = base64.b64encode(f"{KEY}:".encode()).decode()
        if asked.headers.get("authorization") != f"Basic {shown}":
            return _error(HTTPStatus.UNAUTHORIZED, "APIKEY.INACTIVE")
        match asked.method, split.path.removeprefix("/v2/").split("/"):
            case "POST", ["shipments"]:
                return self._note(json.loads(asked.body)["shipment"])
            case "GET", ["shipments"]:
                return self._page(parse_qs(split.query))
            case "GET", ["shipments", which]:
                found = self._find(which)
                return _json(found) if found else _error(HTTPStatus.NOT_FOUND, "SHIPMENT.NOT_FOUND")
            case "POST", ["shipments", which, what]:
                return self._change(self._find(which) or {}, what, json.loads(asked.body))
        return _error(HTTPStatus.NOT_FOUND, "NOT_FOUND")

    def _find(self, which: str) -> dict[str, Any] | None:
        return next((one for one in self.shipments if which in {one["id"], one["reference"]}), None)

    def _note(self, shipment: dict[str, Any]) -> Reply:
        made = {
            **shipment,
            "id": f"shp_{next(self._numbers):032}",
            "object": "Shipment",
            "created_at": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "tracking_code": None,
            "refund_status": None,
            "selected_rate": None,
            "postage_label": None,
            "tracker": None,
            "messages": [],
        }
        made["rates"] = self._rates()
        self.shipments.append(made)
        return _json(made, HTTPStatus.CREATED)

    def _rates(self) -> list[dict[str, Any]]:
        return [
            {
                "id": f"rate_{next(self._numbers):032}",
                "carrier": "USPS",
                "service": service,
                "rate": price,
                "currency": "USD",
                "delivery_days": days,
            }
            for service, price, days in _PRICES
        ]

    def _change(self, shipment: dict[str, Any], what: str, body: dict[str, Any]) -> Reply:
        if what == "rerate":
            shipment["rates"] = self._rates()
            return _json({"rates": shipment["rates"]})
        if what == "refund":
            shipment["refund_status"] = "submitted"
            return _json(shipment)
        if shipment["tracking_code"]:
            return _error(HTTPStatus.UNPROCESSABLE_ENTITY, "SHIPMENT.POSTAGE.EXISTS")
        code = f"94001{next(self._numbers):017}"
        shipment["selected_rate"] = next(one for one in shipment["rates"] if one["id"] == body["rate"]["id"])
        shipment["tracking_code"] = code
        shipment["postage_label"] = {"label_url": f"http://easypost/{code}.png", "label_pdf_url": None}
        tracker = {"tracking_code": code, "status": "unknown", "status_detail": "unknown", "tracking_details": []}
        shipment["tracker"] = tracker
        return _json(shipment)

    def _page(self, query: dict[str, list[str]]) -> Reply:
        newest_first = [one for one in reversed(self.shipments) if one["tracking_code"]]
        ids = [one["id"] for one in newest_first]
        begin = ids.index(query["before_id"][0]) + 1 if "before_id" in query else 0
        size = int(query["page_size"][0])
        page = newest_first[begin : begin + size]
        return _json({"shipments": page, "has_more": begin + size < len(newest_first)})

    def moves(self, tracking_code: str, status: str, detail: str, at: str) -> None:
        """Have the carrier say what happened."""
        [shipment] = [one for one in self.shipments if one["tracking_code"] == tracking_code]
        happened = {"status": status, "status_detail": detail, "datetime": at, "message": detail}
        shipment["tracker"] |= {"status": status, "status_detail": detail}
        shipment["tracker"]["tracking_details"].append(happened)

    def booked(self, reference: str) -> list[BookedParcel]:
        """List what was bought under a reference."""
        mine = [one for one in self.shipments if one["reference"] == reference and one["tracking_code"]]
        return [_parcel(one) for one in mine]


def _parcel(shipment: dict[str, Any]) -> BookedParcel:
    names = [shipment[end]["name"] or shipment[end]["company"] for end in ("from_address", "to_address")]
    return BookedParcel(
        tracking_number=shipment["tracking_code"],
        void=shipment["refund_status"] == "submitted",
        cost=Money.of_major(shipment["selected_rate"]["rate"], "USD"),
        from_name=names[0],
        to_name=names[1],
        to_town=shipment["to_address"]["city"],
        # EasyPost weighs in tenths of an ounce.
        grams=round(shipment["parcel"]["weight"] * _GRAMS_AN_OUNCE / 10) * 10,
        reference=shipment["id"],
    )


def _json(document: dict[str, Any], status: HTTPStatus = HTTPStatus.OK) -> Reply:
    return Reply(status, json.dumps(document, ensure_ascii=False).encode())


def _error(status: HTTPStatus, code: str) -> Reply:
    said = {"error": {"code": code, "message": code.lower().replace(".", " "), "errors": []}}
    return Reply(status, json.dumps(said).encode())
