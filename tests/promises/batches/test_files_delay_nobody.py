"""However long a file is, it stands behind everybody else's orders."""

from __future__ import annotations

import json

from api.examples import CANONICAL_ORDER
from models.order.document import OrderDocument, ServiceLevel
from models.order.order import Order, Provenance
from models.strict_json import read
from workflows.starting import OF_A_BATCH, start_of


def priority(format_: str, level: ServiceLevel = ServiceLevel.STANDARD) -> int:
    document = read(OrderDocument, json.dumps(CANONICAL_ORDER).encode())
    document = document.model_copy(
        update={"fulfilment": document.fulfilment.model_copy(update={"service_level": level})}
    )
    order = Order.accepted(document, Provenance(format=format_, payload_digest="0" * 64))
    key = start_of(order, "orders")["priority"].priority_key
    assert isinstance(key, int)
    return key


def test_orders_of_a_file_come_after_all_others() -> None:
    ordinary, expedited = priority("shopify/orders"), priority("shopify/orders", ServiceLevel.EXPEDITED)
    of_a_file = priority("batch/csv")
    assert expedited < ordinary < of_a_file == OF_A_BATCH.priority_key


def test_an_expedited_order_of_a_file_is_still_one_of_a_file() -> None:
    assert priority("batch/x12", ServiceLevel.EXPEDITED) == priority("batch/csv")
