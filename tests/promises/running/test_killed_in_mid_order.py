"""Workers and Temporal killed with -9 while orders go through: none is lost, and no effect takes place twice."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest
import pytest_asyncio

from ops.samples.loading import shipped
from ops.stack.folder import Folder
from ops.stack.record import read_record
from ops.stack.running import Stack, running_stack

pytestmark = pytest.mark.slow
KILLS = ["workers", "temporal", "workers", "api"]
ENDS = {"completed", "cancelled", "rejected"}
PARTNERS = ("erp", "wms", "payment", "carrier", "notification", "channels")


@dataclass
class Aftermath:
    """What the API says of the orders, and what the partners were made to do."""

    orders: list[dict[str, Any]] = field(default_factory=list)
    effects: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    killed: list[int] = field(default_factory=list)

    def done(self, partner: str, operation: str) -> dict[str, list[dict[str, Any]]]:
        """An operation's effects, by order."""
        found: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for effect in self.effects[partner]:
            if effect["operation"] == operation:
                found[effect["order_id"]].append(effect)
        return found


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def aftermath(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Aftermath]:
    folder = Folder(tmp_path_factory.mktemp("killed") / "data")
    async with running_stack(folder, lambda _line: None, any_ports=True) as stack:
        key = folder.api_key.read_text(encoding="utf-8").strip()
        async with httpx.AsyncClient(
            base_url=stack.api_url, headers={"Authorization": f"Bearer {key}"}, trust_env=False, timeout=30
        ) as client:
            for partner in PARTNERS:
                # Asked twice they do it twice, whatever the key: what protects an order is that we look first.
                dials = await client.put(f"{stack.plan.url(partner)}/dials", json={"idempotent": False})
                dials.raise_for_status()
            yield await carry_out(stack, folder, client)


async def carry_out(stack: Stack, folder: Folder, client: httpx.AsyncClient) -> Aftermath:
    aftermath = Aftermath()
    handing_in = asyncio.create_task(hand_in_all(client))
    for name in KILLS:
        await asyncio.sleep(2)
        victim = await running(folder, name, aftermath.killed)
        os.kill(victim, signal.SIGKILL)
        aftermath.killed.append(victim)
    await handing_in
    while True:
        found = await settled(client)
        before = await effects_of(stack, client)
        aftermath.orders = [(await client.get(f"/v1/orders/{one['id']}")).json() for one in found]
        aftermath.effects = await effects_of(stack, client)
        if for_orders(aftermath.effects) == for_orders(before):
            # Nothing was done while the orders were read: what they say and what was done belong together.
            return aftermath


def for_orders(effects: dict[str, list[dict[str, Any]]]) -> list[str]:
    """The keys of what was done for orders; stock comes and is shown all the while."""
    return [effect["key"] for done in effects.values() for effect in done if effect["order_id"]]


async def effects_of(stack: Stack, client: httpx.AsyncClient) -> dict[str, list[dict[str, Any]]]:
    """What each partner was made to do."""
    answers = {partner: await client.get(f"{stack.plan.url(partner)}/journal/effects") for partner in PARTNERS}
    return {partner: answer.json()["effects"] for partner, answer in answers.items()}


async def running(folder: Folder, name: str, killed: list[int]) -> int:
    """The process of that name, once it runs: what was killed just now takes a moment to be there again."""
    async with asyncio.timeout(180):
        while True:
            record = read_record(folder)
            for process in record.processes if record else ():
                if process.name == name and process.pid not in killed:
                    return process.pid
            await asyncio.sleep(0.1)


async def hand_in_all(client: httpx.AsyncClient) -> None:
    for sample in shipped():
        path = "/v1/orders" if sample.format == "canonical" else f"/v1/channels/{sample.format}/orders"
        await hand_in(client, path, sample.body)


async def hand_in(client: httpx.AsyncClient, path: str, payload: bytes) -> None:
    """Hand an order in as a careful client does: until it is answered, since handing it in twice is no harm."""
    for _ in range(600):
        try:
            answer = await client.post(path, content=payload, headers={"Content-Type": "application/json"})
        except httpx.TransportError:
            await asyncio.sleep(0.5)
            continue
        assert answer.status_code in {202, 503}, answer.text
        if answer.status_code == 202:
            return
        await asyncio.sleep(0.5)
    message = f"{path} never took it"
    raise AssertionError(message)


async def settled(client: httpx.AsyncClient) -> list[dict[str, Any]]:
    """Every order, once each has ended or waits for a person."""
    orders: list[dict[str, Any]] = []
    for _ in range(1200):
        try:
            answer = await client.get("/v1/orders", params={"limit": 200})
        except httpx.TransportError:
            await asyncio.sleep(0.5)
            continue
        orders = answer.json()["orders"] if answer.is_success else []
        if orders and all(order["status"] in ENDS or waits_for_a_person(order) for order in orders):
            return orders
        await asyncio.sleep(0.5)
    left = [(order["id"], order["status"], order["waiting_on"]) for order in orders if order["status"] not in ENDS]
    message = f"not settled: {left}"
    raise AssertionError(message)


def waits_for_a_person(order: dict[str, Any]) -> bool:
    return bool(order["holds"]) and all(hold["kind"] != "partner_unavailable" for hold in order["holds"])


def test_every_order_that_was_taken_is_there(aftermath: Aftermath) -> None:
    assert len(aftermath.orders) == len(shipped())
    assert len(set(aftermath.killed)) == len(KILLS)


def test_no_effect_took_place_twice(aftermath: Aftermath) -> None:
    for partner, effects in aftermath.effects.items():
        assert len(effects) > len(KILLS), partner
        keys = Counter((effect["operation"], effect["key"]) for effect in effects)
        asks = Counter((effect["operation"], json.dumps(effect["ask"] | {"key": ""})) for effect in effects)
        assert [key for key, times in keys.items() if times > 1] == [], partner
        assert [ask for ask, times in asks.items() if times > 1] == [], partner


def test_each_completed_order_has_one_order_of_record_and_its_value_invoiced(aftermath: Aftermath) -> None:
    assert sum(order["status"] == "completed" for order in aftermath.orders) > len(aftermath.orders) / 2
    sales, invoices = aftermath.done("erp", "create_order"), aftermath.done("erp", "post_invoice")
    for order in aftermath.orders:
        if order["status"] == "completed" and order["shipments"]:
            assert len(sales[order["id"]]) == 1, order["id"]
            invoiced = sum(invoice["ask"]["total"]["amount"] for invoice in invoices[order["id"]])
            assert invoiced == order["payment"]["invoiced"] == shipped_value(order), order["id"]


def test_captured_money_equals_shipped_value(aftermath: Aftermath) -> None:
    captures = aftermath.done("payment", "capture")
    for order in aftermath.orders:
        payment = order["payment"]
        taken = sum(capture["ask"]["amount"]["amount"] for capture in captures[order["id"]])
        assert taken == payment["captured"] - payment["held_by_channel"], order["id"]
        if order["status"] == "completed" and payment["terms"] == "capture_on_shipment":
            assert payment["captured"] == shipped_value(order), order["id"]


def test_every_parcel_was_released_once_and_told_of_once(aftermath: Aftermath) -> None:
    releases, told = aftermath.done("wms", "release"), aftermath.done("channels", "fulfilment")
    for order in aftermath.orders:
        if order["status"] == "completed" and order["shipments"]:
            assert len(releases[order["id"]]) == 1, order["id"]
            assert len(told[order["id"]]) == 1, order["id"]


def shipped_value(order: dict[str, Any]) -> int:
    """What the customer pays for all that was delivered, worked out anew from the order's lines."""
    lines = sum(line["total"]["amount"] * line["shipped"] // line["quantity"] for line in order["lines"])
    whole = all(line["shipped"] == line["quantity"] for line in order["lines"])
    return order["total"]["amount"] if whole else lines + other_charges(order)


def other_charges(order: dict[str, Any]) -> int:
    return int(order["total"]["amount"] - sum(line["total"]["amount"] for line in order["lines"]))
