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
        "acknowledgements": f"{_HERE}/acknowledgements",
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
_ISA = "ISA*00*          *00*          *ZZ*BUYERCO        *ZZ*ORDERLOOM      *261121*0800*U*00401*000000042*0*P*>~\n"
_ANSWER = "ISA*00*          *00*          *ZZ*ORDERLOOM      *ZZ*BUYERCO        *261121*0801*U*00401*000000042*0*P*>~\n"
X12 = (
    f"{_ISA}GS*PO*BUYERCO*ORDERLOOM*20261121*0800*42*X*004010~\nST*850*0001~\nBEG*00*SA*4500001**20261121~\n"
    "PO1*1*12*EA*9.90**VN*MUG-BLUE~\nCTT*1~\nSE*5*0001~\nGE*1*42~\nIEA*1*000000042~\n"
)
CONFIRMATION = (
    f"{_ANSWER}GS*PR*ORDERLOOM*BUYERCO*20261121*0801*42*X*004010~\nST*855*0001~\nBAK*00*AD*4500001*20261121~\n"
    "PO1*1*12*EA*9.9**VN*MUG-BLUE~\nACK*IA*12*EA~\nCTT*1~\nSE*6*0001~\nGE*1*42~\nIEA*1*000000042~\n"
)
_ACKNOWLEDGEMENT = (
    f"{_ANSWER}GS*FA*ORDERLOOM*BUYERCO*20261121*0801*42*X*004010~\nST*997*0001~\nAK1*PO*42~\nAK9*A*1*1*1~\n"
    "SE*4*0001~\nGE*1*42~\nIEA*1*000000042~\n"
)
ACKNOWLEDGEMENTS = {"acknowledgements": [{"number": 1, "text": _ACKNOWLEDGEMENT}], "next_cursor": None}
