"""Telling an order what became of its stock: into its inbox, in the transaction that made it so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock.transaction import insert_once
from activities.adapters.store.tables.intake import WAITING, inbox

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.partners.events import PartnerEvent

LEDGER = "ledger"
"""The source that our own stock ledger is, among the partners in the inbox."""


async def tell_order(connection: AsyncConnection, event: PartnerEvent) -> None:
    """Put an event into the inbox, once an event id; the order has it soon after the transaction is committed."""
    now = utc_now()
    row = {
        "source": LEDGER,
        "event_id": event.event_id,
        "event": event,
        "body": event.model_dump_json().encode(),
        "state": WAITING,
        "attempts": 0,
        "received_at": now,
        "next_attempt_at": now,
        "leased_until": now,
    }
    await insert_once(connection, inbox, row)
