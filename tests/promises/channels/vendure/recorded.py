"""Orders that a real Vendure 3.7 shop of ours answered, each as the adapter asks for it; all people are invented."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from activities.adapters.vendure.orders import VendureOrders
from models.order.document import OrderDocument

PAYLOADS = Path(__file__).with_name("payloads")
NAMES = sorted(file.stem for file in PAYLOADS.glob("*.json"))


def recorded(name: str) -> dict[str, Any]:
    """The answer to the question for one order."""
    return json.loads((PAYLOADS / f"{name}.json").read_text(encoding="utf-8"))


def read(payload: object, channel: str = "vendure") -> OrderDocument:
    """Read one order, which must be readable."""
    (reading,) = VendureOrders(channel).read(json.dumps(payload).encode())
    assert reading.document is not None, reading.error
    return reading.document


def wrong(payload: object) -> tuple[str, str]:
    """Pointer and code of the first thing wrong with one order."""
    (reading,) = VendureOrders().read(json.dumps(payload).encode())
    assert reading.error is not None
    first = reading.error.errors[0]
    return first.pointer, first.code
