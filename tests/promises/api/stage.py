"""An API over fakes, spoken to in the process; and small helpers to speak to it."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import httpx
from standardwebhooks.webhooks import Webhook

from activities.adapters.amazon.orders import AmazonOrders
from activities.adapters.canonical.orders import CanonicalOrders
from activities.adapters.magento.orders import MagentoOrders
from activities.adapters.shopify.orders import ShopifyOrders
from activities.adapters.woocommerce.orders import WooCommerceOrders
from api.batches.desk import BatchDesk
from api.orders.changing import RunningChanges
from api.orders.examples import CANONICAL_ORDER
from api.services import Check, Services
from api.stock.publishing import Publications
from api.stock.quick_reads import QuickReads
from tests.promises.api.applications import create_app
from tests.promises.api.fake_batches import FakeBatches
from tests.promises.api.fake_stock import FakeInventory, FakeStock
from tests.promises.api.fakes import (
    KEY,
    FakeApiKeys,
    FakeInbox,
    FakeKeys,
    FakeOrders,
    FakeQuarantine,
    FakeRunning,
)

SECRET = "whsec_" + base64.b64encode(b"a secret of the warehouse").decode()
SHOP_SECRET = "shop-secret"


@dataclass
class Stage:
    """The API and everything behind it."""

    orders: FakeOrders = field(default_factory=FakeOrders)
    quarantine: FakeQuarantine = field(default_factory=FakeQuarantine)
    inbox: FakeInbox = field(default_factory=FakeInbox)
    keys: FakeKeys = field(default_factory=FakeKeys)
    api_keys: FakeApiKeys = field(default_factory=FakeApiKeys)
    running: FakeRunning = field(default_factory=FakeRunning)
    stock: FakeStock = field(default_factory=FakeStock)
    inventory: FakeInventory = field(default_factory=FakeInventory)
    checks: dict[str, Check] = field(default_factory=dict)
    signed: bool = False
    publications: Publications | None = None
    batches: BatchDesk | None = None
    changing: RunningChanges | None = None

    def __post_init__(self) -> None:
        self.services = Services(
            orders=self.orders,
            quarantine=self.quarantine,
            inbox=self.inbox,
            idempotency_keys=self.keys,
            api_keys=self.api_keys,
            running=self.running,
            stock=self.stock,
            inventory=self.inventory,
            quick=QuickReads(self.inventory, self.api_keys),
            channels={
                "shopify": ShopifyOrders(SHOP_SECRET if self.signed else ""),
                "woocommerce": WooCommerceOrders(SHOP_SECRET if self.signed else ""),
                "magento": MagentoOrders(),
                "amazon": AmazonOrders(),
                "b2b": CanonicalOrders("b2b"),
            },
            canonical=CanonicalOrders(),
            signed_channels=frozenset({"shopify", "woocommerce"}) if self.signed else frozenset(),
            callback_secrets={"wms": SECRET, "carrier": SECRET, "erp": ""},
            checks=self.checks,
            publications=self.publications,
            changing=self.changing,
            batches=self.batches or FakeBatches(self.orders).desk(),
        )
        self.app = create_app(self.services)
        self.http = self.client({"Authorization": f"Bearer {KEY}"})
        self.stranger = self.client({})

    def client(self, headers: dict[str, str]) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://api.test", headers=headers)

    async def submit(self, **changes: Any) -> str:
        """Hand an order in, and answer its id."""
        answer = await self.http.post("/v1/orders", json=CANONICAL_ORDER | changes)
        assert answer.status_code == 202, answer.text
        order_id: str = answer.json()["id"]
        return order_id


def problem(answer: httpx.Response, status: int, code: str | None = None) -> dict[str, Any]:
    """Check that an answer is a problem document, and hand it over."""
    assert answer.status_code == status, f"{answer.status_code}: {answer.text[:300]}"
    assert answer.headers["content-type"] == "application/problem+json"
    document: dict[str, Any] = answer.json()
    assert document["type"].startswith("/problems/")
    assert document["status"] == status
    assert document["title"]
    assert document["detail"]
    if code is not None:
        assert document["code"] == code
    return document


def sign(body: bytes, webhook_id: str = "evt-1", *, at: float | None = None, secret: str = SECRET) -> dict[str, str]:
    """Sign as Standard Webhooks has it."""
    seconds = int(at if at is not None else time.time())
    signature = Webhook(secret).sign(webhook_id, datetime.fromtimestamp(seconds, UTC), body.decode())
    return {
        "webhook-id": webhook_id,
        "webhook-timestamp": str(seconds),
        "webhook-signature": signature,
        "content-type": "application/json",
    }


def an_event(order_id: str = "order:b2b:PO-2026-0042", **changes: Any) -> dict[str, Any]:
    """A warehouse's word."""
    return {
        "type": "wms.acknowledged",
        "event_id": "evt-1",
        "order_id": order_id,
        "occurred_at": "2026-11-21T08:00:00Z",
        "release_key": f"{order_id}/release",
    } | changes


def as_json(value: object) -> bytes:
    return json.dumps(value).encode()
