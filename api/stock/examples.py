"""Examples of stock that the published description shows."""

from __future__ import annotations

from typing import Any

_NOW = "2026-11-21T09:00:00Z"
AVAILABILITY: dict[str, Any] = {
    "sku": "MUG",
    "asked": {"sku": "MUG", "channel": "shopify", "customer_class": None, "node": None, "at": None},
    "atp": 35,
    "ats": 33,
    "nodes": [
        {
            "node": "north",
            "atp": 35,
            "terms": [
                {"name": "on_hand", "quantity": 40, "because": "on the shelves of north"},
                {"name": "allocated", "quantity": -2, "because": "allocated to orders"},
                {"name": "safety", "quantity": -3, "because": "rule: of * a warehouse keeps 3 as safety stock"},
            ],
        }
    ],
    "terms": [
        {"name": "buffer", "quantity": -2, "because": "rule: shopify keeps 2 units for orders we have not heard of yet"}
    ],
    "policy_version": "2026-11-01",
    "as_of": _NOW,
}
SHORT = {
    "channel": "shopify",
    "articles": [
        {"sku": "MUG", "known": True, "atp": 35, "ats": 33, "location": "/v1/inventory/MUG"},
        {"sku": "CUP", "known": False, "atp": 0, "ats": 0, "location": "/v1/inventory/CUP"},
    ],
}
MOVEMENTS = {
    "movements": [
        {
            "id": 4711,
            "kind": "receipt",
            "state": "on_hand",
            "sku": "MUG",
            "node": "north",
            "lot": "",
            "quantity": 40,
            "document": "DN-77",
            "actor": "wms",
            "order_id": None,
            "reason": None,
            "occurred_at": _NOW,
            "at": _NOW,
        }
    ],
    "next_cursor": None,
}
STOCK_EVENT: dict[str, Any] = {
    "type": "stock.received",
    "event_id": "GR-1001",
    "occurred_at": _NOW,
    "document": "DN-77",
    "node": "north",
    "lines": [{"sku": "MUG", "quantity": 40}],
    "supply_id": "PO-17",
}
WRITTEN = {
    "event_id": "GR-1001",
    "repeated": False,
    "displaced": [],
    "unexplained": [],
    "corrected": 0,
    "unheard_of": None,
}
SEVERAL_WRITTEN = {
    "answers": [
        {"event_id": "GR-1001", "outcome": "written", "answer": WRITTEN, "errors": []},
        {
            "event_id": None,
            "outcome": "refused",
            "answer": None,
            "errors": [
                {"pointer": "/1/lines/0/quantity", "code": "greater_than_equal", "message": "must be 1 or more"}
            ],
        },
    ]
}
BACKORDERS = {
    "backorders": [
        {
            "key": "order:b2b:PO-2026-0042/reservation/backorder-1",
            "order_id": "order:b2b:PO-2026-0042",
            "needs": [{"line_id": "1", "sku": "MUG", "quantity": 4}],
            "channel": "b2b",
            "customer_class": "dealer",
            "priority": 10,
            "since": _NOW,
            "expected_at": "2026-11-30T12:00:00Z",
            "deadline": "2026-12-20T09:00:00Z",
        }
    ],
    "next_cursor": None,
}
_SUPPLY = {
    "id": "PO-17",
    "kind": "purchase",
    "sku": "MUG",
    "node": "north",
    "lot": "",
    "quantity": 40,
    "received": 0,
    "outstanding": 40,
    "state": "ordered",
    "source": "Potteries Ltd",
    "ordered_at": "2026-11-01T08:00:00Z",
    "expected_at": "2026-11-30T12:00:00Z",
    "first_expected_at": "2026-11-25T12:00:00Z",
    "location": "/v1/inventory/supplies/PO-17",
}
SUPPLIES = {"supplies": [_SUPPLY], "next_cursor": None}
SUPPLY = {
    "id": "PO-17",
    "articles": [_SUPPLY],
    "touched": [
        {
            "order_id": "order:b2b:PO-2026-0042",
            "backorder_key": "order:b2b:PO-2026-0042/reservation/backorder-1",
            "expected_before": "2026-11-25T12:00:00Z",
            "expected_now": "2026-11-30T12:00:00Z",
            "substitutes": ["MUG-BLUE"],
            "location": "/v1/orders/order:b2b:PO-2026-0042",
        }
    ],
}
DIFFERENCES = {
    "differences": [
        {
            "id": "warehouse/MUG/north//on_hand",
            "kind": "warehouse",
            "sku": "MUG",
            "node": "north",
            "lot": "",
            "what": "on_hand",
            "ours": 40,
            "theirs": 39,
            "orders": ["order:b2b:PO-2026-0042"],
            "first_seen": _NOW,
            "last_seen": _NOW,
            "times_seen": 2,
            "state": "open",
        }
    ],
    "next_cursor": None,
}
NODE = {"name": "shop-1", "kind": "store", "priority": 200, "title": "Shop in the High Street", "collects": True}
OFFERED = {
    "channel": "shopify",
    "offers": [{"sku": "MUG", "quantity": 33, "version": 12, "changed_at": _NOW}],
    "unknown": ["CUP"],
}
RISKS = {
    "within_days": 7,
    "risks": [
        {
            "channel": "shopify",
            "sku": "MUG-BLUE",
            "quantity": 12,
            "daily": 4.0,
            "days_left": 3.0,
            "expected_at": "2026-12-01T10:00:00Z",
            "location": "/v1/inventory/MUG-BLUE",
        }
    ],
}
