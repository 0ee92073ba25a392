"""The gateway to Temporal, on a real server with the real order workflow: what it starts, asks and tells."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from temporalio.client import Client, WorkflowExecutionStatus
from temporalio.testing import WorkflowEnvironment

from api.temporal import Gateway
from models.errors import Conflict, InvalidInput, NotFound, Unavailable
from models.messages import Cancellation, HoldDecision, OrderStart, Verdict
from models.order.document import ChannelRisk, ServiceLevel
from models.order.order import Order
from models.order.snapshot import Headline
from models.partners.events import ParcelShipped, PickedLine, ReleaseAcknowledged
from tests.promises.api.fakes import NOW
from tests.promises.orders.conftest import local_server
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import World, ports
from workers.assembly import Workers
from workflows.attributes import CHANNEL, CUSTOMER_ID, ORDER_VALUE
from workflows.plugin import OrderloomPlugin

RISKY = {"channel_risk": ChannelRisk.HIGH}
WISH = Cancellation(reason="changed her mind", actor="ada")


def approval(hold: str = "fraud-1") -> HoldDecision:
    return HoldDecision(hold=hold, verdict=Verdict.APPROVE, reason="was called", actor="ada")


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def server() -> AsyncIterator[WorkflowEnvironment]:
    async with await local_server() as env:
        yield env


@pytest.fixture
def gateway(server: WorkflowEnvironment) -> Gateway:
    return Gateway(server.client, "orders")


@pytest.fixture
def unstaffed(server: WorkflowEnvironment) -> Gateway:
    return Gateway(server.client, "a queue that nobody works at")


@pytest_asyncio.fixture
async def world(server: WorkflowEnvironment) -> AsyncIterator[World]:
    world = World(client=server.client)
    async with Workers(server.client, **ports(world)).running():
        yield world


@pytest_asyncio.fixture
async def nowhere() -> Gateway:
    client = await Client.connect("127.0.0.1:9", plugins=[OrderloomPlugin(traced=False)], lazy=True)
    return Gateway(client, "orders")


async def started(gateway: Gateway, order: Order) -> Order:
    assert (await gateway.start_order(order, wait_s=60)).confirmed
    return order


# --- starting ---------------------------------------------------------------------------------------------------------


async def test_an_order_is_started_and_gives_its_first_answer(gateway: Gateway, world: World) -> None:
    order = an_order(changes=RISKY)
    first = await gateway.start_order(order, wait_s=60)
    assert first.confirmed
    assert first.receipt is not None
    assert (first.receipt.headline, first.receipt.open_holds) == (Headline.ON_HOLD, ("fraud-1",))
    await gateway.decide("d-1", order.id, approval())
    assert await gateway.start_order(order, wait_s=60) == first
    await world.end(world.client.get_workflow_handle(order.id))
    assert await gateway.start_order(order, wait_s=60) == first


async def test_an_order_asked_for_ten_times_at_once_is_started_once(
    unstaffed: Gateway, server: WorkflowEnvironment
) -> None:
    order = an_order()
    answers = await asyncio.gather(*(unstaffed.start_order(order, wait_s=0) for _ in range(10)))
    assert all(answer.confirmed for answer in answers)
    handle = server.client.get_workflow_handle(order.id)
    first_run = (await handle.describe()).run_id
    await unstaffed.start_order(order, wait_s=0)
    assert (await handle.describe()).run_id == first_run


async def test_a_closed_orders_id_is_never_used_again(
    gateway: Gateway, world: World, server: WorkflowEnvironment
) -> None:
    order = await started(gateway, an_order())
    handle = server.client.get_workflow_handle(order.id)
    await world.end(handle)
    first_run = (await handle.describe()).run_id
    assert (await gateway.start_order(order, wait_s=0)).confirmed
    assert (await handle.describe()).run_id == first_run


async def test_what_the_web_ui_and_the_search_show_is_there_from_the_start(
    unstaffed: Gateway, server: WorkflowEnvironment
) -> None:
    order = an_order(service=ServiceLevel.EXPEDITED, mug=2, lamp=1)
    await unstaffed.start_order(order, wait_s=0)
    shown = await server.client.get_workflow_handle(order.id).describe()
    assert shown.status is WorkflowExecutionStatus.RUNNING
    attributes = shown.typed_search_attributes
    assert attributes[CHANNEL] == "shopify"
    assert attributes[CUSTOMER_ID] == "C-1"
    assert attributes[ORDER_VALUE] == float(order.total.major)
    assert await shown.static_summary() == f"shopify {order.external_id} · 2 lines · {order.total}"
    details = await shown.static_details() or ""
    assert "- 2 x `MUG`" in details
    assert not any(word in details for word in ("Ada", "ada@example.com", "Hauptstr"))
    priority = shown.raw_description.workflow_execution_info.priority
    assert (priority.priority_key, priority.fairness_key) == (1, "shopify")


async def test_a_guest_is_a_guest(unstaffed: Gateway, server: WorkflowEnvironment) -> None:
    order = an_order(customer_id=None)
    await unstaffed.start_order(order, wait_s=0)
    shown = await server.client.get_workflow_handle(order.id).describe()
    assert shown.typed_search_attributes[CUSTOMER_ID] == "guest"


async def test_with_no_worker_up_the_order_is_started_all_the_same(
    unstaffed: Gateway, server: WorkflowEnvironment
) -> None:
    order = an_order()
    assert not (await unstaffed.start_order(order, wait_s=2)).confirmed
    shown = await server.client.get_workflow_handle(order.id).describe()
    assert shown.status is WorkflowExecutionStatus.RUNNING
    assert (await unstaffed.start_order(order, wait_s=0)).confirmed


@pytest.mark.parametrize("wait_s", [0, 0.5])
async def test_with_temporal_away_a_start_is_unconfirmed_and_no_error(nowhere: Gateway, wait_s: float) -> None:
    assert not (await nowhere.start_order(an_order(), wait_s=wait_s)).confirmed


# --- asking -----------------------------------------------------------------------------------------------------------


async def test_a_hold_is_decided_once(gateway: Gateway, world: World) -> None:
    assert world.client is not None
    world.ships = False
    order = await started(gateway, an_order(changes=RISKY))
    answer = await gateway.decide("d-1", order.id, approval())
    assert answer.text == "hold fraud-1 approved"
    assert await gateway.decide("d-1", order.id, approval()) == answer
    with pytest.raises(Conflict, match="approved already"):
        await gateway.decide("d-2", order.id, approval())
    with pytest.raises(Conflict, match="no open hold credit-9"):
        await gateway.decide("d-3", order.id, approval("credit-9"))
    await gateway.cancel("c-1", order.id, WISH)
    await world.end(world.client.get_workflow_handle(order.id))


async def test_an_order_that_has_ended_refuses_everything(gateway: Gateway, world: World) -> None:
    assert world.client is not None
    order = await started(gateway, an_order())
    await world.end(world.client.get_workflow_handle(order.id))
    event = an_acknowledgement(order)
    for ask in (
        gateway.decide("d-1", order.id, approval()),
        gateway.cancel("c-1", order.id, WISH),
        gateway.deliver(event),
    ):
        with pytest.raises(Conflict) as refused:
            await ask
        assert refused.value.code == "order_ended"


async def test_a_cancellation_is_answered_and_a_repeat_gets_the_same_answer(gateway: Gateway, world: World) -> None:
    world.ships = False
    order = await started(gateway, an_order())
    answer = await gateway.cancel("c-1", order.id, WISH)
    assert answer is not None
    assert answer.text == "being cancelled"
    assert await gateway.cancel("c-1", order.id, WISH) == answer
    assert world.client is not None
    await world.end(world.client.get_workflow_handle(order.id))


@pytest.mark.parametrize("order_id", ["order:b2b:nobody", "order:shopify:1.2.3"])
async def test_an_order_that_does_not_run_is_not_found(gateway: Gateway, order_id: str) -> None:
    for ask in (gateway.decide("d-1", order_id, approval()), gateway.cancel("c-1", order_id, WISH)):
        with pytest.raises(NotFound):
            await ask


async def test_with_temporal_away_asking_says_so(nowhere: Gateway) -> None:
    order = an_order()
    for ask in (
        nowhere.decide("d-1", order.id, approval()),
        nowhere.cancel("c-1", order.id, WISH),
        nowhere.deliver(an_acknowledgement(order)),
    ):
        with pytest.raises(Unavailable) as refused:
            await ask
        assert refused.value.retry_after_s == 2
    with pytest.raises(RuntimeError, match="Connection refused"):
        await nowhere.reachable()


async def test_temporal_is_reachable_where_it_is(gateway: Gateway) -> None:
    assert await gateway.reachable() == "default"


# --- telling ----------------------------------------------------------------------------------------------------------


def an_acknowledgement(order: Order) -> ReleaseAcknowledged:
    return ReleaseAcknowledged(event_id="evt-1", order_id=order.id, occurred_at=NOW, release_key="r-1")


async def test_an_event_arrives_as_one_payload(unstaffed: Gateway, server: WorkflowEnvironment) -> None:
    order = an_order()
    await unstaffed.start_order(order, wait_s=0)
    await unstaffed.deliver(an_acknowledgement(order))
    history = await server.client.get_workflow_handle(order.id).fetch_history()
    (signal,) = (
        event.workflow_execution_signaled_event_attributes
        for event in history.events
        if event.HasField("workflow_execution_signaled_event_attributes")
    )
    assert signal.signal_name == "partner_event"
    assert len(signal.input.payloads) == 1


async def test_a_message_over_64_kibibytes_never_reaches_an_order(unstaffed: Gateway) -> None:
    lines = tuple(PickedLine(line_id=str(number), sku="S" * 90, quantity=1) for number in range(1000))
    event = ParcelShipped(
        event_id="evt-1",
        order_id="order:b2b:1",
        occurred_at=NOW,
        release_key="r-1",
        shipment_id="P1",
        node="north",
        carrier="dhl",
        tracking_number="00340",
        lines=lines,
    )
    with pytest.raises(InvalidInput, match="65536"):
        await unstaffed.deliver(event)


async def test_a_bad_start_of_the_same_name_is_no_obstacle_that_hangs(
    gateway: Gateway, world: World, server: WorkflowEnvironment
) -> None:
    assert world.snapshots == []
    other, order = an_order(), an_order()
    await server.client.start_workflow("OrderWorkflow", OrderStart(order=other), id=order.id, task_queue="orders")
    assert (await gateway.start_order(order, wait_s=60)).receipt is None
