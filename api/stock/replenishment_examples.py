"""Examples of replenishment for the published description."""

_PROMOTION = {
    "id": "spring-mugs",
    "sku": "MUG-BLUE",
    "channel": "shopify",
    "starts": "2027-03-01",
    "ends": "2027-03-14",
    "expected": 600,
}
_MISSING = {
    "promotion": _PROMOTION,
    "covered": 420,
    "missing": 180,
    "because": "560 will be there, 140 of it for the usual demand until 2027-03-14",
}
_DAY = {"day": "2026-11-22", "demand": 14.0, "arriving": 0, "on_hand": 26.0}
_PROJECTION = {
    "sku": "MUG-BLUE",
    "node": "berlin",
    "daily_demand": 7.0,
    "days": [_DAY | {"demand": 7.0, "on_hand": 33.0}],
    "runs_out_on": None,
}

PROPOSALS = {
    "policy_version": "2026-11-01",
    "proposals": [
        {
            "key": "replenish/berlin/MUG-BLUE/3",
            "sku": "MUG-BLUE",
            "node": "berlin",
            "quantity": 144,
            "supplier": "Nordic Trading",
            "from_node": None,
            "needed_by": "2026-11-27T09:00:00Z",
            "expected_at": "2026-11-28T09:00:00Z",
            "because": "40 left with what is coming, at or below 50",
        }
    ],
    "refused": [
        {
            "proposal": {
                "key": "replenish/berlin/LAMP-NEW/0",
                "sku": "LAMP-NEW",
                "node": "berlin",
                "quantity": 20,
                "supplier": None,
                "from_node": None,
                "needed_by": None,
                "expected_at": "2026-11-28T09:00:00Z",
                "because": "0 left with what is coming, at or below 5",
            },
            "refused_at": "2026-11-21T09:00:00Z",
            "why": "cannot be bought: LAMP-NEW",
        }
    ],
}
SCENARIO = {"sku": "MUG-BLUE", "node": "berlin", "days": 30, "demand_factor": 2.0, "supply_delay_days": 5}
PLAYED = {
    "scenario": SCENARIO | {"reorder_point": None, "order_up_to": None},
    "as_it_is": _PROJECTION,
    "as_it_would_be": _PROJECTION | {"daily_demand": 14.0, "days": [_DAY], "runs_out_on": "2026-11-24"},
    "orders": [{"day": "2026-11-22", "quantity": 144, "arrives_on": "2026-12-04"}],
}
PROMOTION = _PROMOTION
PROMOTION_STANDING = {"promotion": _PROMOTION, "uncovered": _MISSING}
PROMOTIONS = {"promotions": [PROMOTION_STANDING]}
SUPPLIERS = {
    "suppliers": [
        {
            "supplier": "Nordic Trading",
            "orders": 24,
            "outstanding": 3,
            "late": 5,
            "lead_days": 7.0,
            "slip_days": 1.4,
        }
    ]
}
TRANSFER = {
    "from_node": "berlin",
    "to_node": "store-mitte",
    "lines": [{"sku": "MUG-BLUE", "quantity": 6}],
    "reason": "the shop window is empty",
}
TRANSFER_ACCEPTED = {"id": "transfer:8e03978e40d543ddbc936894a57f9324", "message": "the warehouse is asked to send it"}
