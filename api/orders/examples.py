"""Examples the published description shows; each is a real request or answer, and a test reads them as such."""

from __future__ import annotations

from typing import Any

EURO_40 = {"amount": 4000, "currency": "EUR"}
CANONICAL_ORDER: dict[str, Any] = {
    "channel": "b2b",
    "external_id": "PO-2026-0042",
    "placed_at": "2026-11-20T09:30:00Z",
    "currency": "EUR",
    "customer": {"id": "C-1001", "kind": "company"},
    "shipping_address": {"lines": ["Hauptstr. 1"], "city": "Berlin", "postal_code": "10115", "country": "DE"},
    "lines": [{"id": "1", "sku": "MUG", "name": "Mug", "quantity": 4, "subtotal": EURO_40, "total": EURO_40}],
    "payment": {"terms": "account", "net_days": 30, "purchase_order": "4711"},
    "total": EURO_40,
}
WOOCOMMERCE_ORDER: dict[str, Any] = {
    "id": 727,
    "order_key": "wc_order_58d2d042d1d",
    "status": "processing",
    "currency": "EUR",
    "date_created_gmt": "2026-11-20T09:30:00",
    "total": "40.00",
    "payment_method": "stripe",
    "line_items": [{"id": 315, "name": "Mug", "sku": "MUG", "quantity": 4, "subtotal": "40.00", "total": "40.00"}],
}
_HERE = "/v1/orders/order:b2b:PO-2026-0042"
ACCEPTED_ORDER = {
    "id": "order:b2b:PO-2026-0042",
    "channel": "b2b",
    "external_id": "PO-2026-0042",
    "status": "received",
    "location": _HERE,
}
HOLD_DECISION = {"decision": "approve", "reason": "The customer confirmed the order by telephone."}
CANCELLATION = {"reason": "The customer changed her mind."}
ORDER_ANSWER = {"id": ACCEPTED_ORDER["id"], "status": "accepted", "message": "hold fraud-1 approved", "location": _HERE}
POSTINGS: dict[str, Any] = {
    "order_id": "order:b2b:PO-2026-0042",
    "entries": [
        {
            "at": "2026-11-21T08:00:00Z",
            "kind": "invoiced",
            "entity": "house",
            "reference": "INV-000042",
            "return_id": None,
            "postings": [
                {"position": 0, "account": "receivable", "amount": EURO_40, "own": None, "tax": None},
                {
                    "position": 1,
                    "account": "unbilled",
                    "amount": {"amount": -4000, "currency": "EUR"},
                    "own": None,
                    "tax": None,
                },
            ],
        }
    ],
    "balances": [{"account": "receivable", "amount": EURO_40}],
    "rate": None,
}
CORRECTED = {"payload": WOOCOMMERCE_ORDER}
CALLBACK = {
    "type": "carrier.tracking",
    "event_id": "evt-9001",
    "order_id": "order:b2b:PO-2026-0042",
    "occurred_at": "2026-11-21T08:00:00Z",
    "tracking_number": "00340434161094042557",
    "state": "delivered",
}
RECEIVED_EVENT = {"event_id": "evt-9001", "status": "received"}
KEPT_EVENT = {"event_id": "evt-9001", "status": "quarantined"}
ERRORS = [{"pointer": "/lines/0/total", "code": "inconsistent", "message": "is 39.00 EUR, but its parts come to 40.00"}]
KEPT_ORDERS = {
    "orders": [
        {
            "status": "quarantined",
            "quarantine_id": "q-5f1c0d6f7a2b4e8d9c3a1b2e",
            "location": "/v1/quarantine/q-5f1c0d6f7a2b4e8d9c3a1b2e",
            "errors": ERRORS,
        }
    ]
}
PUBLICATION_LAGS = {
    "channels": [
        {"channel": "shopify", "offers": 500, "waiting": 3, "median_s": 2.4, "p95_s": 4.1, "worst_s": 9.8},
    ]
}
FEEDS = {
    "feeds": [
        {"name": "feed-erp", "read_at": "2026-11-21T09:00:00Z", "problem": None},
        {
            "name": "orders-vendure",
            "read_at": "2026-11-21T08:40:00Z",
            "problem": "orders-vendure cannot be read since 2026-11-21 08:41 UTC: vendure is not available (503)",
        },
    ]
}
HEALTH = {
    "status": "degraded",
    "checks": {
        "database": {"status": "ok", "detail": "answers"},
        "temporal": {"status": "ok", "detail": "default"},
        "erp": {"status": "down", "detail": "ConnectError"},
    },
}
