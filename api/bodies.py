"""Request bodies: read strictly by ourselves, and described for OpenAPI with an example each."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from models.base import Note, StrictModel
from models.messages import Verdict

_MONEY = {"amount": 4760, "currency": "EUR"}
ORDER_EXAMPLE: dict[str, Any] = {
    "channel": "b2b",
    "external_id": "PO-2026-0815",
    "placed_at": "2026-11-20T09:30:00Z",
    "currency": "EUR",
    "customer": {"id": "ACME-100", "kind": "company", "name": "Acme GmbH", "email": "orders@acme.example.com"},
    "shipping_address": {
        "company": "Acme GmbH",
        "lines": ["Hafenstr. 7"],
        "city": "Hamburg",
        "postal_code": "20457",
        "country": "DE",
    },
    "lines": [
        {
            "id": "1",
            "sku": "MUG-BLUE",
            "name": "Mug, blue",
            "quantity": 4,
            "subtotal": {"amount": 4000, "currency": "EUR"},
            "taxes": [{"name": "VAT", "rate": "0.19", "amount": {"amount": 760, "currency": "EUR"}}],
            "total": _MONEY,
        }
    ],
    "payment": {"terms": "account", "net_days": 30, "purchase_order": "4500012345"},
    "total": _MONEY,
}


class DecisionBody(StrictModel):
    """An operator's answer to a hold."""

    decision: Verdict
    reason: Note
    """Why; it stays on the order for ever."""


class CancellationBody(StrictModel):
    """A wish to cancel an order."""

    reason: Note


class ReplayBody(StrictModel):
    """A corrected payload; without one the first is tried again."""

    payload: Annotated[Any, Field(description="The channel's payload, corrected")] = None


def body_of(model: type[BaseModel], example: dict[str, Any], *, required: bool = True) -> dict[str, Any]:
    """Describe a body that the route reads itself."""
    schema = {"$ref": f"#/components/schemas/{model.__name__}"}
    content = {"application/json": {"schema": schema, "example": example}}
    return {"requestBody": {"required": required, "content": content}}


ANY_JSON: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {"type": ["object", "array"]},
                "example": {"id": 450789469, "name": "#1001", "currency": "EUR", "line_items": []},
            }
        },
    }
}
"""A channel's own document."""
