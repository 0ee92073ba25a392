"""Examples of changes for the published description; a test validates each against its schema."""

from typing import Any

_ORDER = "order:b2b:PO-2026-0042"

CHANGE: dict[str, Any] = {
    "kind": "cancel_quantity",
    "line_id": "1",
    "quantity": 1,
    "reason": "the customer rang: one is enough",
}
CHANGE_ADDRESS: dict[str, Any] = {
    "kind": "shipping_address",
    "address": {
        "name": "Ada Example",
        "lines": ["Am Markt 5"],
        "city": "Leipzig",
        "postal_code": "04109",
        "country": "DE",
    },
    "reason": "the customer moves",
}
CHANGE_ANSWER: dict[str, Any] = {
    "id": "change-1",
    "order_id": _ORDER,
    "status": "proposed",
    "message": "proposed: every party it touches is asked",
    "location": f"/v1/orders/{_ORDER}/changes/change-1",
}
CHANGE_WITHDRAWN: dict[str, Any] = CHANGE_ANSWER | {"status": "withdrawn", "message": "withdrawn"}
