from __future__ import annotations

from temporalio.client import Client

from models.order.snapshot import Headline
from models.states.payment import PaymentState
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, start


async def test_a_card_order_is_authorised_shipped_captured_invoiced_and_completed(client: Client, world: World) -> None:
    order = an_order(mug=2)

    handle = await start(client, order)

    assert await handle.result() == Headline.COMPLETED
    assert world.money == {"authorised": order.total.amount, "captured": order.total.amount, "invoiced": order.total.amount}
    assert world.last.money.state is PaymentState.CAPTURED
    assert world.stock["MUG"] == 98
