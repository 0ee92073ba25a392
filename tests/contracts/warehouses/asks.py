"""Asks to a warehouse, each under a key of its own; and what a test needs to look behind one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from itertools import count
from typing import TypeVar

from models.errors import Transient
from models.order.document import ServiceLevel
from models.order.parties import Address
from models.partners.asking import Undo
from models.partners.transfers import TransferLine, TransferOrder
from models.partners.warehouse import NodeCount, Release, ReleaseLine

Answer = TypeVar("Answer")

_numbers = count(1)
_WAIT_S = 120.0
ABROAD = Address(
    name="王小明 · שלום · Zoe\u0301 😀",
    company="Ōtani & Söhne",
    lines=("Straße der Pariser Kommune 8", "後ろの建物 2階"),
    postal_code="90-001",
    city="Łódź",
    country="PL",
    phone="+48 42 000 00 00",
)


def order() -> str:
    return f"order:b2b:W{next(_numbers)}"


def release(
    order_id: str,
    *lines: tuple[str, int],
    key: str = "",
    node: str = "berlin",
    lot: str = "",
    label: str | None = "SBX-1",
) -> Release:
    """A release; the first of equal articles is line 1."""
    return Release(
        key=key or f"{order_id}/release/{node}",
        order_id=order_id,
        node=node,
        lines=tuple(
            ReleaseLine(line_id=str(number), sku=sku, quantity=quantity, lot=lot)
            for number, (sku, quantity) in enumerate(lines or (("MUG-BLUE", 2), ("MUG-RED", 1)), start=1)
        ),
        ship_to=ABROAD,
        service_level=ServiceLevel.STANDARD,
        carrier="DPD Ōsaka" if label else None,
        tracking_number=label,
        instructions="Bitte klingeln: Göran 😀\nzweiter Stock",
    )


def transfer(key: str, quantity: int = 2, sku: str = "MUG-BLUE") -> TransferOrder:
    lines = (TransferLine(sku=sku, quantity=quantity),)
    return TransferOrder(key=key, from_node="berlin", to_node="store-mitte", lines=lines, reason="für den Laden")


def undo(asked: Release) -> Undo:
    return Undo(key=asked.key, order_id=asked.order_id, reason="the customer changed his mind")


async def at_last(ask: Callable[[], Awaitable[Answer]]) -> Answer:
    """Ask until it is done, as a worker does: what is transient is tried again."""
    async with asyncio.timeout(_WAIT_S):
        while True:
            try:
                return await ask()
            except Transient:
                await asyncio.sleep(0.1)


def number_of(counts: tuple[NodeCount, ...], sku: str, node: str = "berlin") -> int:
    return sum(one.quantity for one in counts if (one.node, one.sku) == (node, sku))
