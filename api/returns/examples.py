"""Examples of returns for the published description; a test validates each against its schema."""

from typing import Any

_ID = "return:b2b:PO-2026-0042:1"

RETURN_REQUEST: dict[str, Any] = {
    "lines": [{"line_id": "1", "quantity": 1, "reason": "damaged", "condition": "damaged"}],
    "resolution": "refund",
    "requested_by": "customer",
}
ACCEPTED_RETURN: dict[str, Any] = {
    "id": _ID,
    "order_id": "order:b2b:PO-2026-0042",
    "number": 1,
    "status": "requested",
    "location": f"/v1/returns/{_ID}",
}
LOOSE_RETURN: dict[str, Any] = {
    "channel": "b2b",
    "reference": "PARCEL-778",
    "currency": "EUR",
    "node": "berlin",
    "lines": [{"sku": "MUG-BLUE", "quantity": 2, "reason": "other", "condition": "opened"}],
}
ACCEPTED_LOOSE: dict[str, Any] = {
    "id": "return:b2b:PARCEL-778:1",
    "order_id": "order:b2b:PARCEL-778",
    "number": 1,
    "status": "requested",
    "location": "/v1/returns/return:b2b:PARCEL-778:1",
}
RECEIPT: dict[str, Any] = {
    "receipt_id": "GR-1001",
    "node": "berlin",
    "lines": [{"sku": "MUG-BLUE", "quantity": 1}],
}
INSPECTION: dict[str, Any] = {
    "inspection_id": "QC-77",
    "lines": [{"line_id": "1", "grade": "damaged", "quantity": 1}],
}
RETURN_DECISION: dict[str, Any] = {"hold": "refund-1", "decision": "approve", "reason": "a good customer"}
WITHDRAWAL: dict[str, Any] = {"reason": "the customer keeps it"}
RETURN_ANSWER: dict[str, Any] = {
    "id": _ID,
    "status": "authorised",
    "message": "1 received at berlin",
    "expected": 0,
    "open_holds": [],
    "location": f"/v1/returns/{_ID}",
}
