"""Examples the published description shows of reconciling and of the worklists."""

from __future__ import annotations

from typing import Any

_EUR = {"amount": 4000, "currency": "EUR"}
_ORDER = "order:b2b:PO-2026-0042"
_ID = "0f3a9c51d2e84b7760c1a2b3"
_HERE = f"/v1/reconciliation/differences/{_ID}"
DIFFERENCE: dict[str, Any] = {
    "id": _ID,
    "kind": "missing_at_partner",
    "comparison": "money",
    "party": "erp",
    "document": "invoice",
    "order_id": _ORDER,
    "subject": f"{_ORDER}/invoice/P-000042",
    "reference": "INV-000042",
    "ours": _EUR,
    "theirs": None,
    "our_state": None,
    "their_state": None,
    "at_stake": _EUR,
    "reason": "we have invoice INV-000042, and erp has none",
    "remedy": "post_invoice",
    "state": "healed",
    "owner": "finance",
    "assignee": None,
    "outcome": "the ERP was asked for the invoice again: INV-000043",
    "actor": "orderloom",
    "first_seen": "2026-11-21T08:00:00Z",
    "last_seen": "2026-11-21T08:15:00Z",
    "times_seen": 2,
    "settled_at": "2026-11-21T08:15:02Z",
    "age_s": 3600,
    "links": {
        "self": _HERE,
        "assignment": f"{_HERE}/assignment",
        "closure": f"{_HERE}/closure",
        "order": f"/v1/orders/{_ORDER}",
    },
}
DIFFERENCES = {"differences": [DIFFERENCE], "next_cursor": None}
_RUN = {
    "run_id": "reconciliation-2026-11-21T08:15:00Z/0199",
    "began_at": "2026-11-21T08:15:00Z",
    "ended_at": "2026-11-21T08:15:04Z",
    "read": {"erp": 120, "payment": 88, "wms": 61, "carrier": 140},
    "compared": {"money": 60, "goods": 60, "refunds": 60},
    "found": 1,
    "gone": 0,
    "taken": 1,
    "at_stake": {"EUR": 4000},
    "healed": 1,
    "assigned": 0,
    "skipped": [],
}
RUNS = {"runs": [_RUN], "next_cursor": None}
RUN_BEGUN = {"status": "begun", "location": "/v1/reconciliation/runs"}
CHECK_BEGUN = {"status": "going_on", "location": "/v1/inventory/differences"}
RECONCILIATION = {
    "readings": [
        {"party": "erp", "read_to": "2026-11-21T08:15:00Z", "trouble": None},
        {"party": "payment", "read_to": "2026-11-21T08:15:00Z", "trouble": None},
        {"party": "wms", "read_to": "2026-11-21T08:15:00Z", "trouble": None},
        {"party": "carrier", "read_to": "2026-11-21T08:00:00Z", "trouble": "is not available (503)"},
    ],
    "last_run": _RUN,
    "standing": [{"owner": "finance", "kind": "duplicate", "count": 1, "at_stake": _EUR}],
    "links": {
        "differences": "/v1/reconciliation/differences",
        "runs": "/v1/reconciliation/runs",
        "worklists": "/v1/worklists",
    },
}
ASSIGNMENT = {"assignee": "Grace"}
CLOSURE = {"reason": "The ERP's clerk has reversed the second invoice."}
_LIST = "orders_awaiting_erp_posting"
WORKLISTS = {
    "worklists": [
        {
            "name": _LIST,
            "count": 1,
            "oldest": "2026-11-21T08:00:00Z",
            "oldest_age_s": 3600,
            "links": {"entries": f"/v1/worklists/{_LIST}"},
        }
    ]
}
WORKLIST = {
    "name": _LIST,
    "entries": [
        {
            "id": _ORDER,
            "order_id": _ORDER,
            "since": "2026-11-21T08:00:00Z",
            "age_s": 3600,
            "owner": "integration",
            "reason": "the ERP has no order of record yet; waits for erp",
            "value": _EUR,
            "links": {"order": f"/v1/orders/{_ORDER}"},
        }
    ],
    "next_cursor": None,
}
