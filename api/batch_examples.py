"""Examples of files of orders, for the published description."""

CSV = (
    "order_id,placed_at,customer_id,country,city,sku,quantity,unit_price,currency\n"
    "PO-7001,2026-11-21,C-1001,DE,Berlin,MUG-BLUE,12,9.90,EUR\n"
    "PO-7001,2026-11-21,C-1001,DE,Berlin,LAMP-OAK,2,79.00,EUR\n"
)
_HERE = "/v1/batches/3f0b6c2a91d84e57a0c4b1f2"
BATCH = {
    "id": "3f0b6c2a91d84e57a0c4b1f2",
    "name": "orders-of-november.csv",
    "format": "csv",
    "state": "reading",
    "reason": None,
    "rows": {"read": 41000, "accepted": 40968, "known": 20, "recorded": 0, "refused": 12},
    "orders": {"accepted": 20484, "known": 10, "refused": 6},
    "bytes": {"done": 4100000, "size": 10000000},
    "rows_per_second": 1893.4,
    "received_at": "2026-11-21T08:00:00Z",
    "started_at": "2026-11-21T08:00:01Z",
    "updated_at": "2026-11-21T08:00:23Z",
    "links": {
        "self": _HERE,
        "rows": f"{_HERE}/rows",
        "refused": f"{_HERE}/refused",
        "answers": f"{_HERE}/answers",
        "cancellation": f"{_HERE}/cancellation",
    },
}
BATCHES = {"batches": [BATCH], "next_cursor": None}
ROWS = {
    "rows": [
        {
            "row": 17,
            "outcome": "refused",
            "order_id": None,
            "location": None,
            "field": "quantity",
            "reason": "must be a whole number such as 12",
        }
    ],
    "next_cursor": "17",
}
ANSWERS = {"answers": [{"kind": "997", "text": "ISA*00*          *00*          *ZZ*ORDERLOOM      *..."}]}
