"""A supplier is known by what he promised when he was ordered from, and by what he says now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from models.stock.events import StockLine, SupplyAnnounced, SupplyDelayed
from models.stock.replenishment import SupplierStanding
from tests.promises.replenishment import test_demand_and_supply

if TYPE_CHECKING:
    from tests.promises.replenishment.test_demand_and_supply import Shop

shop = test_demand_and_supply.shop


async def order(shop: Shop, number: str, supplier: str | None, days: int, *skus: str) -> None:
    lines = tuple(StockLine(sku=sku, quantity=5) for sku in skus)
    said: dict[str, Any] = {"supply_id": number, "node": "berlin", "lines": lines, "supplier": supplier}
    said |= {"event_id": number, "occurred_at": shop.now, "expected_at": shop.now + timedelta(days=days)}
    await shop.ledger.apply(SupplyAnnounced(**said), source="erp")


async def put_off(shop: Shop, number: str, until: datetime) -> None:
    event = SupplyDelayed(event_id=f"{number}/late", occurred_at=shop.now, supply_id=number, expected_at=until)
    await shop.ledger.apply(event, source="erp")


async def test_lead_time_and_delays_are_added_up_by_supplier_the_latest_first(shop: Shop) -> None:
    began = shop.now
    await order(shop, "PO-1", "Prompt & Co", 4, "MUG")
    await order(shop, "PO-2", "Slow Boats", 10, "MUG", "LAMP")
    await order(shop, "PO-3", "Slow Boats", 20, "CUP")
    await order(shop, "PO-4", None, 3, "CUP")
    await shop.receive(5, supply="PO-1")
    await put_off(shop, "PO-2", began + timedelta(days=16))

    assert await shop.replenishing.suppliers() == (
        SupplierStanding(supplier="Slow Boats", orders=2, outstanding=2, late=1, lead_days=13.3, slip_days=4.0),
        SupplierStanding(supplier="Prompt & Co", orders=1, outstanding=0, late=0, lead_days=4.0, slip_days=0.0),
    )

    shop.now = began + timedelta(days=21)
    assert [one.late for one in await shop.replenishing.suppliers()] == [2, 0], "what was to be here by now is late"
    shop.now = began + timedelta(days=366)
    assert await shop.replenishing.suppliers() == ()
