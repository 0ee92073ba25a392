"""Ring-fences: stock set aside, and given back, as the rules ask for; an article a transaction."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, false, or_, select

from activities.adapters.store.stock.keeping.spiking import spiking
from activities.adapters.store.stock.movements import BalanceRefused, Document, Movement, move
from activities.adapters.store.stock.picture import look
from activities.adapters.store.stock.tables import ring_fences, stock_balances
from activities.adapters.store.stock.transaction import in_transaction, insert_once
from models.policy.stock.fencing import moves, opened_by
from models.stock.quantities import MovementKind, StockState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.policy.stock.fencing import FenceMove
    from models.policy.stock.rules import AvailabilityRules, FenceRule
    from models.stock.picture import Picture

_b = stock_balances.c
_f = ring_fences.c
_FENCED = select(_f.sku).where(_f.quantity > 0).distinct()
_SET_ASIDE = Document("ring-fences", MovementKind.RESERVATION, reason="set aside by the rules of ring-fencing")
_GIVEN_BACK = Document("ring-fences", MovementKind.RELEASE, reason="given back by the rules of ring-fencing")
_ESCAPE = "\\"
_AT_ONCE = 500
"""Articles that are looked at in one picture."""


async def fence(database: Database, rules: AvailabilityRules, now: datetime) -> tuple[int, frozenset[str]]:
    """Set aside, and give back, what the rules ask for now.

    Returns:
        How many units moved, and the articles of which some were given back.

    Raises:
        Transient: the database is too busy.
    """
    async with database.reading() as connection:
        skus = await _concerned(connection, rules.fences)
        spikes = await spiking(connection, rules, skus, now) if skus else set()
    channels: defaultdict[str, set[str]] = defaultdict(set)
    for sku, channel in spikes:
        channels[sku].add(channel)
    units = 0
    freed: set[str] = set()
    for start in range(0, len(skus), _AT_ONCE):
        some = skus[start : start + _AT_ONCE]
        async with database.reading() as connection:
            picture = await look(connection, some, at=now)
        for sku in some:
            opened = opened_by(rules, sku, channels[sku])
            if not _moves(rules.fences, sku, opened, picture):
                continue
            work = partial(_refence, rules=rules.fences, sku=sku, opened=opened, now=now)
            try:
                moved = await in_transaction(database, work)
            except BalanceRefused:
                # Somebody was quicker than the look; the next sweep looks again.
                continue
            units += sum(abs(one.quantity) for one in moved)
            freed.update(one.sku for one in moved if one.quantity < 0)
    return units, frozenset(freed)


async def _concerned(connection: AsyncConnection, rules: Sequence[FenceRule]) -> list[str]:
    """The articles that a rule asks for, or that are set aside although perhaps no rule asks for it any more."""
    wanted: ColumnElement[bool] = or_(false(), *((_b.sku.like(_like(rule.sku), escape=_ESCAPE)) for rule in rules))
    nodes = {"nodes": sorted({rule.node for rule in rules})}
    at_a_node = _b.node.in_(bindparam("nodes", expanding=True))
    stocked = select(_b.sku).where(at_a_node, _b.on_hand > 0, wanted).distinct()
    found = {*(await connection.execute(stocked, nodes)).scalars(), *(await connection.execute(_FENCED)).scalars()}
    return sorted(found)


def _like(pattern: str) -> str:
    """A shell pattern as SQL's. It may find too much, where only the case of letters differs; the rules decide."""
    for sign in (_ESCAPE, "%", "_"):
        pattern = pattern.replace(sign, _ESCAPE + sign)
    return pattern.replace("*", "%").replace("?", "_")


def _moves(rules: Iterable[FenceRule], sku: str, opened: frozenset[str], picture: Picture) -> tuple[FenceMove, ...]:
    shelves = [shelf for shelf in picture.shelves if shelf.balance.sku == sku]
    fences = [one for one in picture.fences if one.sku == sku]
    days = {node.name: node.day(picture.at) for node in picture.nodes}
    return moves(rules, shelves, fences, opened=opened, days=days)


async def _refence(
    connection: AsyncConnection, rules: Sequence[FenceRule], sku: str, opened: frozenset[str], now: datetime
) -> tuple[FenceMove, ...]:
    picture = await look(connection, [sku], at=now, lock=True)
    found = _moves(rules, sku, opened, picture)
    for one in found:
        row = {"sku": one.sku, "node": one.node, "lot": one.lot, "holder": one.holder, "quantity": 0}
        await insert_once(connection, ring_fences, row)
    # What is given back first may be what somebody else is given.
    await move(connection, _GIVEN_BACK, [_movement(one) for one in found if one.quantity < 0])
    await move(connection, _SET_ASIDE, [_movement(one) for one in found if one.quantity > 0])
    return found


def _movement(one: FenceMove) -> Movement:
    return Movement(one.sku, one.node, StockState.CHANNEL_RESERVED, one.quantity, lot=one.lot, holder=one.holder)
