"""One life, from its seed: an order, and whatever comes of it, on the stage without a server."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from temporalio.exceptions import ApplicationError

from activities.carriers import CarrierActivities
from activities.erp import ErpActivities
from activities.notices import NoticeActivities
from activities.order_book import OrderBookActivities
from activities.payments import PaymentActivities
from activities.returns import ReturnActivities
from activities.stock import StockActivities
from activities.warehouse import WarehouseActivities
from models.errors import OrderloomError
from models.messages import OrderStart
from ops.proof.lives.laws.judging import judge, judge_stock
from ops.proof.lives.staging.clock import VirtualLoop
from ops.proof.lives.staging.stage import Gone, Stage
from ops.proof.lives.world.books import LifeBook, LifeReturnBook
from ops.proof.lives.world.fates import Fates
from ops.proof.lives.world.floor import Floor
from ops.proof.lives.world.ledger import Ledger
from ops.proof.lives.world.memory import Host, World
from ops.proof.lives.world.partners import partners
from ops.proof.lives.world.people import People
from ops.proof.lives.world.returning import Returning
from ops.proof.lives.world.rules import policies
from ops.proof.lives.world.shop import random_order
from ops.proof.lives.world.stockroom import NODES, Stockroom
from workflows.order import OrderWorkflow
from workflows.returning.workflow import ReturnWorkflow

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import datetime

    from pydantic import BaseModel

    from models.order.order import Order

_DAY_S = 86_400.0
LONGEST_S = 200 * _DAY_S
"""Within so much time everything has to have ended."""
_KINDS = {"OrderWorkflow": OrderWorkflow, "ReturnWorkflow": ReturnWorkflow}


class StageHost(Host):
    """Life on our own stage."""

    def __init__(self) -> None:
        """Begin with an empty stage."""
        self.loop = VirtualLoop()  # type: ignore[abstract]  # of a loop it needs only what runs coroutines
        self.stage: Stage | None = None

    @property
    def now(self) -> datetime:
        return self.loop.now

    def later(self, seconds: float, deed: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.loop.call_later(seconds, lambda: self.loop.create_task(deed()))

    async def pause(self, seconds: float) -> None:
        if seconds:
            future = self.loop.create_future()
            self.loop.call_later(seconds, future.set_result, None)
            await future

    async def start(self, workflow: str, start: BaseModel, workflow_id: str) -> None:
        self._stage.start(_KINDS[workflow], start, workflow_id)

    async def signal(self, workflow_id: str, name: str, payload: BaseModel | dict[str, Any] | bytes) -> bool:
        try:
            self._stage.signal(workflow_id, name, payload)
        except Gone:
            return False
        return True

    async def update(self, workflow_id: str, name: str, payload: BaseModel) -> bool:
        try:
            await self._stage.update(workflow_id, name, payload)
        except (Gone, ApplicationError, OrderloomError):
            return False
        return True

    async def cancel(self, workflow_id: str, reason: str) -> bool:
        try:
            self._stage.cancel(workflow_id, reason)
        except Gone:
            return False
        return True

    @property
    def _stage(self) -> Stage:
        if self.stage is None:
            raise AssertionError("nobody has built the stage yet")
        return self.stage


def world_of(seed: int, host: Host) -> tuple[World, dict[str, Any]]:
    """Make up a world, and the ports by which it is reached."""
    rules = policies()
    chance = random.Random(f"{seed}/world")  # noqa: S311 - a life is made up
    ledger = Ledger(rules, NODES, lambda: host.now)
    world = World(seed, host, Fates(seed, host.now), ledger, chance, host.now)
    ledger.changed = lambda: judge_stock(world)
    floor = Floor(world)
    Stockroom(world, floor)
    people = People(world)

    def hand_in(order: Order) -> None:
        world.orders[order.id] = order

        async def submit() -> None:
            await host.start("OrderWorkflow", OrderStart(order=order), order.id)
            people.disturb(order)

        host.later(1, submit)

    returns = LifeReturnBook(world, rules, hand_in)
    Returning(world, floor, returns, rules)
    hand_in(random_order(chance, f"L{seed}", host.now))
    return world, {**partners(world, floor), "stock": ledger, "book": LifeBook(world, rules), "returns": returns}


def live(seed: int) -> World:
    """Live one life on the stage, until everything in it has ended."""
    host = StageHost()
    world, ports = world_of(seed, host)
    verbs = (
        ErpActivities(ports["erp"]),
        WarehouseActivities(ports["warehouse"]),
        PaymentActivities(ports["payments"]),
        CarrierActivities(ports["carriers"]),
        NoticeActivities(ports["notices"]),
        StockActivities(ports["stock"]),
        OrderBookActivities(ports["book"]),
        ReturnActivities(ports["returns"], ports["stock"]),
    )
    host.stage = Stage(host.loop, verbs, seed)
    host.loop.run(until=LONGEST_S)
    for played in host.stage.played.values():
        if not played.ended:
            world.broken.append(f"I15: {played.workflow_id} never ended")
        elif played.task is not None and (error := played.task.exception()) is not None:
            world.broken.append(f"the story of {played.workflow_id} failed: {error!r}")
    world.broken += host.loop.failures
    world.broken = judge(world)
    return world
