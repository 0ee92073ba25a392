"""A poll that meets an order nobody has placed yet bothers nobody with it, and takes it when it is placed."""

from __future__ import annotations

import json
from typing import Any

from activities.adapters.woocommerce.orders import WooCommerceOrders
from activities.records.orders import QuarantineState
from activities.taking_orders import PolledOrders
from api.orders.examples import WOOCOMMERCE_ORDER
from models.order.order import Order
from tests.promises.api.fakes import FakeOrders, FakeQuarantine

LAYOUT = WooCommerceOrders()


class Starting:
    async def start(self, order: Order) -> bool:
        del order
        return True


def said(**changes: Any) -> bytes:
    return json.dumps(WOOCOMMERCE_ORDER | changes).encode()


async def test_it_is_noted_and_taken_when_it_is_paid() -> None:
    orders, quarantine = FakeOrders(), FakeQuarantine()
    unheard: Any = None
    taking = PolledOrders(orders, quarantine, unheard, Starting())

    await taking.take("woocommerce", LAYOUT, said(status="pending"))
    assert [entry.state for entry in quarantine.entries.values()] == [QuarantineState.NOTED]
    assert orders.kept == {}

    await taking.take("woocommerce", LAYOUT, said(status="processing"))
    assert list(orders.kept) == ["order:woocommerce:727"]
    assert await quarantine.open_by_channel() == {}


async def test_an_order_in_our_hands_whose_payment_is_said_to_have_failed_is_for_a_person() -> None:
    orders, quarantine = FakeOrders(), FakeQuarantine()
    unheard: Any = None
    taking = PolledOrders(orders, quarantine, unheard, Starting())
    await taking.take("woocommerce", LAYOUT, said())

    await taking.take("woocommerce", LAYOUT, said(status="failed"))

    assert await quarantine.open_by_channel() == {"woocommerce": 1}
