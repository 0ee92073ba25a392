"""What happens to stock, written to the ledger: once an event, in one transaction, in whatever order it is told.

An event claims its document's key first. Then it locks, always in this order: the reservations that may lose goods,
what was said of the supply it is about, the supply, the lots, and the balances. Which reservations lose goods shows
only once the balances are locked: where some do, the event is begun anew with these locked first.
"""

from __future__ import annotations

import asyncio
import random
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, select, update

from activities.adapters.store.stock.digest import digest
from activities.adapters.store.stock.events import (
    announcing,
    arriving,
    counting,
    judging_lots,
    leaving,
    picking,
    transferring,
)
from activities.adapters.store.stock.events.goods_only import goods_only
from activities.adapters.store.stock.events.own_units import in_own_units
from activities.adapters.store.stock.events.posting import Overtaken, Posting
from activities.adapters.store.stock.movements import BalanceRefused
from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.tables import stock_documents
from activities.adapters.store.stock.transaction import in_transaction, insert_once
from models.errors import Conflict, Transient
from models.stock import events

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Mapping
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.events.own_units import Line
    from models.stock.events import StockEvent, StockEventAnswer

    Handler = Callable[[Posting, Any, tuple[Line, ...]], Awaitable[None]]

_ATTEMPTS = 20
_PAUSE_S = 0.02
_d = stock_documents.c
_WRITTEN = select(_d.digest, _d.answer).where(_d.key == bindparam("of_key"))
_ANSWERED = update(stock_documents).where(_d.key == bindparam("of_key")).values(answer=bindparam("said"))
_HANDLERS: Mapping[type[object], Handler] = {
    events.GoodsReceived: arriving.received,
    events.GoodsReturned: arriving.returned,
    events.GoodsCleared: arriving.cleared,
    events.GoodsAdjusted: arriving.adjusted,
    events.SupplyAnnounced: announcing.announced,
    events.SupplyDelayed: announcing.delayed,
    events.SupplyCancelled: announcing.cancelled,
    events.GoodsSold: leaving.sold,
    events.GoodsShipped: leaving.shipped,
    events.GoodsScrapped: leaving.scrapped,
    events.GoodsSetAside: leaving.set_aside,
    events.TransferDispatched: transferring.dispatched,
    events.TransferReceived: transferring.received,
    events.GoodsPicked: picking.picked,
    events.GoodsCounted: counting.counted,
    events.LotJudged: judging_lots.judged,
}


async def apply(database: Database, event: StockEvent, source: str, now: datetime) -> StockEventAnswer:
    """Write what happened, once a source and event id; a repeat gets the first answer.

    Goods that are gone are never refused: they are taken from what is available, then from ring-fences, then from what
    orders were promised, who are told of it. What even that cannot explain goes to the difference list.

    Args:
        database: ours.
        event: what happened.
        source: who tells it.
        now: when it is told.

    Raises:
        Conflict: the id was used for something else.
        InvalidInput: an unknown unit, or what cannot be so.
        Transient: the database is too busy.
    """
    needed: frozenset[str] = frozenset()
    for _ in range(_ATTEMPTS):
        try:
            work = partial(_write, event=event, source=source, now=now, needed=needed)
            return await in_transaction(database, work)
        except Overtaken as error:
            needed |= error.needed
        except BalanceRefused:
            # Something moved between the look and the leap after all.
            await asyncio.sleep(_PAUSE_S * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
    raise Transient("store", "the stock that the event is about does not come to rest", code="busy")


async def _write(
    connection: AsyncConnection, event: StockEvent, source: str, now: datetime, needed: Collection[str]
) -> StockEventAnswer:
    key, said = f"{source}/{event.event_id}", digest(event.type, [event])
    if not await insert_once(connection, stock_documents, {"key": key, "digest": said, "at": now}):
        return await _first_answer(connection, key, said)
    lines = await goods_only(connection, event, await in_own_units(connection, getattr(event, "lines", ())))
    # A clock that is ahead, or in another zone than it says, must not make us deaf to what happens until then.
    event = event.model_copy(update={"occurred_at": min(event.occurred_at, now)})
    locked = {one: kept for one in sorted(needed) if (kept := await claims.load(connection, one)) is not None}
    posting = Posting(connection, event, source, now, locked)
    await _HANDLERS[type(event)](posting, event, lines)
    answer = await posting.finish()
    await connection.execute(_ANSWERED, {"of_key": key, "said": answer})
    return answer


async def _first_answer(connection: AsyncConnection, key: str, said: str) -> StockEventAnswer:
    row = (await connection.execute(_WRITTEN, {"of_key": key})).one()
    if row.digest != said or row.answer is None:
        raise Conflict("key_reused", f"the event {key} was told before, and otherwise")
    answer: StockEventAnswer = row.answer
    return answer.model_copy(update={"repeated": True})
