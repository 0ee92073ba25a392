"""Backorders: a place in the queue, taken once a key, and served at once where stock has come in the meantime."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import insert

from activities.adapters.store.stock.digest import digest
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.offers.offer_rows import reconsider_wanted
from activities.adapters.store.stock.queue.expecting import reforecast
from activities.adapters.store.stock.queue.filling import fill_for
from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.reservations.reserving import merged
from activities.adapters.store.stock.tables import reservation_needs, reservations
from activities.adapters.store.stock.transaction import in_transaction, insert_once
from models.errors import Conflict
from models.policy.promises.sending import likely_senders, senders
from models.stock.backorders import BackorderAnswer
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.stock.backorders import BackorderRequest
    from models.stock.demand import Need

_ADD_NEEDS = insert(reservation_needs)


async def backorder(
    database: Database, policies: PolicyBook, request: BackorderRequest, now: datetime
) -> BackorderAnswer:
    """Take a place in the queue; the same key again tells where it stands.

    Whoever is before it in the queue is served before it. The order hears by the answer what became of it now, and by
    an event what becomes of it later.

    Raises:
        Conflict: the key stands for other needs or another order, or was released before it was taken.
        InvalidInput: a line wants more of an article than one line may.
        NotFound: there is no such version of the policies.
        Transient: the database is too busy.
    """
    needs = merged(request.needs)
    version = policies.get(request.policy_version).version
    enter = partial(_enter, request=request, needs=needs, version=version, now=now)
    if await in_transaction(database, enter):
        skus = {need.sku for need in needs}
        await fill_for(database, policies, skus, now, answered={request.key})
        await reforecast(database, policies, skus, now, answered={request.key})
    async with database.reading() as connection:
        return await _answer(connection, policies, request, needs, now)


async def _enter(
    connection: AsyncConnection, request: BackorderRequest, needs: Sequence[Need], version: str, now: datetime
) -> bool:
    row = {
        "key": request.key,
        "order_id": request.order_id,
        "state": ReservationState.PENDING,
        "digest": _digest(request, needs),
        "demand": request.demand,
        "policy_version": version,
        "opened_at": now,
        "expires_at": request.deadline,
    }
    if not await insert_once(connection, reservations, row):
        return False
    wanted = [{"line_id": need.line_id, "sku": need.sku, "quantity": need.quantity} for need in needs]
    await connection.execute(_ADD_NEEDS, [{"reservation_key": request.key, **one} for one in wanted])
    await reconsider_wanted(connection, request.key, now)
    return True


async def _answer(
    connection: AsyncConnection, policies: PolicyBook, request: BackorderRequest, needs: Sequence[Need], now: datetime
) -> BackorderAnswer:
    found = await claims.load(connection, request.key, lock=False)
    if found is None or found.digest is None:
        raise Conflict("reservation_released", f"the backorder {request.key} was released before it was taken")
    if found.digest != _digest(request, needs):
        raise Conflict("key_reused", f"the key {request.key} was used for something else")
    waits = found.claim.state is ReservationState.PENDING
    allocations = claims.promised(found.claim)
    nodes = await known_nodes(connection, {one.node for one in allocations})
    rules = policies.get(request.policy_version).stock.sourcing
    return BackorderAnswer(
        state=found.claim.state,
        allocations=allocations,
        expected_at=found.expected_at if waits else None,
        senders=likely_senders(rules, request.demand, nodes, now)
        if waits
        else senders(request.demand, nodes, allocations, now),
    )


def _digest(request: BackorderRequest, needs: Sequence[Need]) -> str:
    return digest(f"backorder of {request.order_id}", needs)
