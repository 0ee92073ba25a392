"""A real shop process: its orders are found without a webhook, it hears what was sent, and what it changes is heeded."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import httpx
import pytest
import pytest_asyncio
from temporalio.testing import WorkflowEnvironment

from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.sandbox.shop import SandboxShop
from activities.adapters.store.database import Database
from activities.adapters.store.feeds import SqlFeeds
from activities.adapters.store.inbox import SqlInbox
from activities.adapters.store.known_orders import SqlKnownOrders
from activities.adapters.store.order_book import SqlOrderBook
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.quarantine import SqlQuarantine
from activities.records.orders import OrderView
from activities.taking_orders import Rumours
from api.intake.deliveries import Deliveries
from api.intake.intake import Intake
from api.services import Services
from api.temporal import Gateway
from models.errors import NotFound
from models.order.order import Order
from models.order.payment_terms import PaymentTerms
from models.order.snapshot import Headline
from models.partners.erp import ItemAnswer
from models.partners.events import ChangedAtChannel
from models.settings import PartnerSettings
from models.states.fulfilment import ShipmentState
from tests.conftest import Databases
from tests.promises.orders.orders import an_order
from tests.promises.orders.world import ITEMS, POLICIES, World, moved, ports, shipped
from tests.promises.partners.sandbox import SandboxProcess
from workers.assembly import Workers
from workers.polling import Polls

SHOP = "shop"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SandboxProcess]:
    dials = json.dumps({"takes_unknown": False})
    process = SandboxProcess("channels", tmp_path_factory.mktemp("channels"), "--dials", dials)
    process.start()
    process.ready()
    yield process
    process.stop()


class Side:
    """The shop, our workers and our API, each as it is at work; the other partners are in memory."""

    def __init__(self, server: WorkflowEnvironment, database: Database, url: str) -> None:
        self.world = World(client=server.client, ships=False)
        self.client = server.client
        self.database = database
        self.orders, self.inbox = SqlOrders(database), SqlInbox(database)
        self.quarantine = SqlQuarantine(database)
        self.known = SqlKnownOrders(database)
        self.shop = SandboxShop(SHOP, PartnerSettings(url=url))
        self.http = httpx.AsyncClient(base_url=url, trust_env=False)
        made: dict[str, Any] = {
            "orders": self.orders,
            "inbox": self.inbox,
            "quarantine": self.quarantine,
            "running": Gateway(server.client, "orders"),
            "rumours": Rumours(self.known, self.inbox),
            "channels": {SHOP: CanonicalOrders(SHOP)},
        }
        unused = dict.fromkeys(("idempotency_keys", "api_keys", "stock", "inventory", "quick", "canonical", "batches"))
        self.services = Services(**made, **cast("Any", unused), wait_s=0)
        self.deliveries = Deliveries(self.services)

    @asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        book = SqlOrderBook(self.database, POLICIES, connected=frozenset({SHOP}))
        await book.learn(ItemAnswer(items=tuple(ITEMS.values())))
        made = ports(self.world) | {"book": book}
        polls = Polls(
            book=SqlFeeds(self.database),
            stock=made["stock"],
            quarantine=self.quarantine,
            orders=self.orders,
            inbox=self.inbox,
            known=self.known,
            formats=self.services.channels,
            orders_every=timedelta(milliseconds=200),
        )
        workers = Workers(self.client, **made, shops={SHOP: self.shop}, polls=polls)
        (polling,) = workers.polled
        async with workers.running():
            handle = await self.client.start_workflow("PollingWorkflow", polling, id=polling.feed, task_queue="orders")
            yield
            await handle.terminate()
        await self.shop.close()
        await self.http.aclose()

    async def place(self, order: Order, **changes: Any) -> None:
        """Let a customer order, or the shop's staff change what was ordered; nobody calls us."""
        document = json.loads(order.model_dump_json(exclude={"provenance"})) | changes
        (await self.http.put(f"/channels/{SHOP}/orders/{order.external_id}", json=document)).raise_for_status()

    async def at_the_shop(self, order: Order) -> dict[str, Any]:
        answer = await self.http.get(f"/channels/{SHOP}/orders/{order.external_id}")
        found: dict[str, Any] = answer.json()
        return found | {"document": json.loads(found["payload"])}

    async def until(self, order: Order, condition: Callable[[OrderView], bool]) -> OrderView:
        for _ in range(1200):
            await self.deliveries.deliver_due()
            try:
                view = await self.orders.find(order.id)
            except NotFound:
                view = None
            if view is not None and view.snapshot is not None and condition(view):
                return view
            await asyncio.sleep(0.05)
        message = f"it never came true of {order.id}"
        raise AssertionError(message)

    async def until_released(self, order: Order) -> Any:
        await self.until(order, lambda _: any(one.order_id == order.id for one in self.world.released))
        return next(one for one in reversed(self.world.released) if one.order_id == order.id)


def ended(view: OrderView, headline: Headline) -> bool:
    return view.snapshot is not None and view.snapshot.headline is headline


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def side(server: WorkflowEnvironment, databases: Databases, sandbox: SandboxProcess) -> AsyncIterator[Side]:
    database = Database(databases.fresh("sqlite"))
    side = Side(server, database, sandbox.url)
    async with side.at_work():
        yield side
    await database.close()


def an_order_there(**quantities: int) -> Order:
    return an_order(channel=SHOP, terms=PaymentTerms.PREPAID, **quantities)


async def test_an_order_no_webhook_told_of_is_found_carried_out_and_reported_back(side: Side) -> None:
    order = an_order_there(mug=2, lamp=1)
    await side.place(order)
    release = await side.until_released(order)
    await side.world.tell(shipped(release))
    await side.world.tell(moved(release, ShipmentState.DELIVERED))

    await side.until(order, lambda view: ended(view, Headline.COMPLETED))

    (parcel,) = (await side.at_the_shop(order))["parcels"]
    assert parcel["lines"] == {"1": 2, "2": 1}
    assert parcel["tracking_number"] == release.tracking_number


async def test_an_order_that_came_by_webhook_as_well_is_one_order(side: Side) -> None:
    order = an_order_there(mug=1)
    body = order.model_dump_json(exclude={"provenance"}).encode()
    await side.place(order)

    first = await Intake(side.services, side.deliveries).payload(SHOP, body)
    await side.until_released(order)
    second = await Intake(side.services, side.deliveries).payload(SHOP, body)

    assert first.body == second.body
    assert len([one for one in side.world.released if one.order_id == order.id]) == 1


async def test_what_the_shops_staff_cancels_is_cancelled_here_and_does_not_come_back_as_an_echo(side: Side) -> None:
    order = an_order_there(mug=3, lamp=1)
    await side.place(order)
    await side.until_released(order)
    document = (await side.at_the_shop(order))["document"]
    document["lines"][0]["cancelled"] = 1
    document["payment"]["refunded"] = {"amount": 1190, "currency": "EUR"}
    await side.place(order, **document)

    view = await side.until(order, lambda view: bool(view.snapshot and view.snapshot.lines[0].cancelled))
    assert view.snapshot is not None
    assert [change.proposed_by for change in view.snapshot.changes] == [SHOP]
    release = await _next_release(side, order)
    await side.world.tell(shipped(release))
    await side.world.tell(moved(release, ShipmentState.DELIVERED))
    view = await side.until(order, lambda view: ended(view, Headline.COMPLETED))

    assert view.snapshot is not None
    assert (view.snapshot.lines[0].cancelled, view.snapshot.money.refunded.amount) == (1, 1190)
    there = await side.at_the_shop(order)
    assert (there["cancelled"], there["refunds"]) == ({}, [])
    assert there["parcels"][0]["lines"] == {"1": 2, "2": 1}


async def _next_release(side: Side, order: Order) -> Any:
    def again(_view: OrderView) -> bool:
        return len([one for one in side.world.released if one.order_id == order.id]) == 2

    await side.until(order, again)
    return await side.until_released(order)


async def test_an_order_that_is_cancelled_at_the_shop_is_cancelled_here(side: Side) -> None:
    order = await _cancelled_there(side)

    there = await side.at_the_shop(order)
    assert there["cancelled"] == {}
    # It holds the money, and is to give it back: that comes back as our own echo, and stays one.
    assert [refund["amount"] for refund in there["refunds"]] == [order.total.amount]
    await _nothing_more_comes(side, order)


async def test_our_own_word_read_before_we_had_written_it_down_asks_nobody_for_anything(side: Side) -> None:
    order = await _cancelled_there(side)
    await side.client.get_workflow_handle(order.id).result()

    # As a poll hears it that comes between the refund at the shop and the order's own note of it.
    heard = ChangedAtChannel(
        event_id=f"echo-{order.id}",
        order_id=order.id,
        occurred_at=datetime.now(UTC),
        whole=True,
        refunded=order.total,
    )
    assert await side.inbox.receive(SHOP, heard, b"{}")

    await _nothing_more_comes(side, order)


async def test_what_we_cancel_comes_back_from_the_shop_as_our_echo_and_changes_nothing(side: Side) -> None:
    order = an_order_there(mug=2)
    await side.place(order)
    await side.until_released(order)

    await side.client.get_workflow_handle(order.id).signal("cancel", {"reason": "sold out", "actor": "anna"})

    await side.until(order, lambda view: ended(view, Headline.CANCELLED))
    assert (await side.at_the_shop(order))["document"]["lines"][0]["cancelled"] == 2
    await _nothing_more_comes(side, order)


async def _cancelled_there(side: Side) -> Order:
    """An order that was released, then cancelled by the shop's staff, and so has ended here."""
    order = an_order_there(mug=1)
    await side.place(order)
    await side.until_released(order)
    document = (await side.at_the_shop(order))["document"]
    await side.place(order, **document | {"cancelled_at": "2026-11-21T12:00:00Z"})
    await side.until(order, lambda view: ended(view, Headline.CANCELLED))
    return order


async def _nothing_more_comes(side: Side, order: Order) -> None:
    """Several polls later there is no word of it in the inbox, nor in quarantine."""
    position = (await side.at_the_shop(order))["position"]
    book = SqlFeeds(side.database)
    for _ in range(1200):
        if int(await book.cursor(f"orders-{SHOP}") or 0) >= position:
            break
        await asyncio.sleep(0.05)
    await side.deliveries.deliver_due()
    kept = await side.quarantine.page(state=None, channel=f"feed_{SHOP}", cursor=None, limit=10)
    payloads = [(await side.quarantine.find(entry.id)).payload for entry in kept.items]
    assert [payload for payload in payloads if order.id.encode() in payload] == []


async def test_an_order_changed_there_after_it_has_ended_here_is_kept_for_a_person(side: Side) -> None:
    order = an_order_there(mug=1)
    await side.place(order)
    release = await side.until_released(order)
    await side.world.tell(shipped(release))
    await side.world.tell(moved(release, ShipmentState.DELIVERED))
    await side.until(order, lambda view: ended(view, Headline.COMPLETED))
    # What it has written down is not yet the end of it.
    await side.client.get_workflow_handle(order.id).result()

    document = (await side.at_the_shop(order))["document"]
    document["payment"]["refunded"] = {"amount": 300, "currency": "EUR"}
    await side.place(order, **document)

    entry = await _kept(side, f"feed_{SHOP}", order)
    assert entry.errors[0]["code"] == "too_late"


async def test_an_order_that_cannot_be_read_is_in_quarantine_as_if_it_had_been_handed_in(side: Side) -> None:
    order = an_order_there(mug=1)
    await side.place(order, total={"amount": 1, "currency": "EUR"})

    entry = await _kept(side, SHOP, order)
    assert entry.errors[0]["pointer"] == "/total"


async def _kept(side: Side, channel: str, order: Order) -> Any:
    for _ in range(1200):
        await side.deliveries.deliver_due()
        found = await side.quarantine.page(state=None, channel=channel, cursor=None, limit=50)
        for listed in found.items:
            entry = await side.quarantine.find(listed.id)
            if order.external_id.encode() in entry.payload:
                return entry
        await asyncio.sleep(0.05)
    message = "it is not in quarantine"
    raise AssertionError(message)
