"""Wishing changes of an order, and reading what became of them."""

from __future__ import annotations

from typing import Any

from temporalio.client import WorkflowHandle

from models.changes.progress import ChangeProgress, Party
from models.changes.request import ChangeReceipt
from models.order.snapshot import LineProgress
from models.partners.warehouse import Release
from models.states.fulfilment import ShipmentState
from tests.promises.orders.world import World, moved, shipped

ADDRESS = {"name": "Ada", "lines": ["Am Markt 5"], "city": "Leipzig", "postal_code": "04109", "country": "DE"}
Handle = WorkflowHandle[Any, Any]


async def wish(handle: Handle, kind: str, **fields: Any) -> ChangeReceipt:
    """Send the update; answers as soon as the order has taken the wish."""
    request = {"kind": kind, "reason": "the customer rang", **fields}
    receipt: ChangeReceipt = await handle.execute_update(
        "change", {"request": request, "actor": "anna"}, result_type=ChangeReceipt
    )
    return receipt


async def settled(world: World, change: str = "change-1") -> ChangeProgress:
    """What became of a change, once it has ended."""
    await world.until(lambda: _find(world, change) is not None and _find(world, change).settled_at is not None)
    found = _find(world, change)
    assert found is not None
    return found


def _find(world: World, change: str) -> Any:
    return next((one for one in world.last.changes if one.id == change), None)


def said(progress: ChangeProgress) -> dict[str, str]:
    """What each party said."""
    return {answer.party.value: answer.state.value for answer in progress.answers}


def reason_of(progress: ChangeProgress, party: Party) -> str | None:
    return next(answer.reason for answer in progress.answers if answer.party is party)


def line(world: World, line_id: str = "1") -> LineProgress:
    return next(one for one in world.last.lines if one.line_id == line_id)


async def send(world: World, release: Release, shipment: str = "P1") -> None:
    """Have the warehouse send a release, and the carrier deliver it."""
    await world.tell(shipped(release, shipment=shipment))
    await world.tell(moved(release, ShipmentState.DELIVERED))
