"""Publications and the changes they follow from, as rows: claimed, worked out, told, and how late they were."""

from __future__ import annotations

import hashlib
import math
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, bindparam, case, delete, func, insert, null, select, update
from sqlalchemy.dialects import postgresql, sqlite

from activities.adapters.store.stock.tables import publications, reservation_needs, stock_balances, stock_changes
from models.stock.publication import Offer, PublicationLag

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.stock.publication import OfferBatch

_c, _p = stock_changes.c, publications.c
_LAGS_OVER = 500
"""How many of the offers a channel took last its lag is measured over."""

_OLDEST = (
    select(_c.id)
    .order_by(_c.id)
    .limit(bindparam("most", type_=BigInteger))
    # Another process has what is locked; a change is never waited for.
    .with_for_update(skip_locked=True)
)
_ANY = select(_c.id).limit(1)
_CLAIM = delete(stock_changes).where(_c.id.in_(_OLDEST)).returning(_c.sku, _c.at)
_CHANGE = insert(stock_changes)
_now = bindparam("now", type_=_c.at.type)
_STOCKED = select(stock_balances.c.sku, _now).distinct()
_NEXT_STOCKED = (
    select(stock_balances.c.sku)
    .where(stock_balances.c.sku > bindparam("after"))
    .distinct()
    .order_by(stock_balances.c.sku)
    .limit(bindparam("most", type_=BigInteger))
)
_CHANGE_AT = _CHANGE.from_select(["sku", "at"], _STOCKED.where(stock_balances.c.node == bindparam("at_node")))
_CHANGE_WANTED = _CHANGE.from_select(
    ["sku", "at"],
    select(reservation_needs.c.sku, _now).where(reservation_needs.c.reservation_key == bindparam("of_key")).distinct(),
)
_WAITING = select(_p.sku).where(_p.channel == bindparam("to"), _p.published_at.is_(None)).limit(1)
_NEXT = (
    select(_p.sku, _p.quantity, _p.version, _p.changed_at)
    .where(_p.channel == bindparam("to"), _p.published_at.is_(None))
    .order_by(_p.changed_at, _p.sku)
    .limit(bindparam("most", type_=BigInteger))
)
_TOLD = (
    update(publications)
    .where(_p.channel == bindparam("to"), _p.sku == bindparam("of_sku"))
    .where(_p.version == bindparam("told"), _p.published_at.is_(None))
    .values(published_at=bindparam("now"))
)
_COUNTS = (
    select(_p.channel, func.count(case((_p.published_at.is_(None), 1))).label("waiting"))
    .group_by(_p.channel)
    .order_by(_p.channel)
)
_LATEST = (
    select(_p.changed_at, _p.published_at)
    .where(_p.channel == bindparam("of_channel"), _p.published_at.is_not(None))
    .order_by(_p.published_at.desc())
    .limit(_LAGS_OVER)
)


async def any_changes(connection: AsyncConnection) -> bool:
    """Whether there is anything to work out: a look that keeps no writer waiting."""
    return (await connection.execute(_ANY)).first() is not None


async def claim_changes(connection: AsyncConnection, most: int) -> tuple[int, dict[str, datetime]]:
    """Take the oldest changes off the list, for as long as the transaction lasts, or for good once it is committed.

    Returns:
        How many changes there were, and each article's earliest.
    """
    rows = (await connection.execute(_CLAIM, {"most": most})).all()
    earliest: dict[str, datetime] = {}
    for row in rows:
        earliest[row.sku] = min(row.at, earliest.get(row.sku, row.at))
    return len(rows), dict(sorted(earliest.items()))


async def lock_articles(connection: AsyncConnection, skus: Iterable[str]) -> None:
    """Have these articles' numbers to ourselves until the transaction ends.

    Whoever worked out an article before us has written what he found, and our picture, taken now, is newer than his.
    On SQLite whoever writes is alone anyway.
    """
    if connection.dialect.name == "sqlite":
        return
    names = sorted(_lock_name(sku) for sku in skus)
    wanted = func.unnest(bindparam("names", names, type_=postgresql.ARRAY(BigInteger))).column_valued("name")
    await connection.execute(select(func.pg_advisory_xact_lock(wanted)))


def _lock_name(sku: str) -> int:
    return int.from_bytes(hashlib.blake2b(f"publication {sku}".encode(), digest_size=8).digest(), signed=True)


async def offer(connection: AsyncConnection, numbers: Sequence[tuple[str, str, int, datetime]]) -> None:
    """Keep what channels are to be told, each a SKU, a channel, the number, and when stock changed.

    A number the channel has, or is being told, already changes nothing. One that was never told is replaced by the
    newer one and counted as late from the change it stood for.
    """
    if not numbers:
        return
    rows = [
        {"channel": channel, "sku": sku, "quantity": quantity, "version": 1, "changed_at": at}
        for sku, channel, quantity, at in sorted(numbers)
    ]
    kind = sqlite.insert if connection.dialect.name == "sqlite" else postgresql.insert
    statement = kind(publications)
    said = statement.excluded
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=[_p.channel, _p.sku],
            set_={
                "quantity": said.quantity,
                "version": _p.version + 1,
                "changed_at": case((_p.published_at.is_(None), _p.changed_at), else_=said.changed_at),
                "published_at": null(),
            },
            where=_p.quantity != said.quantity,
        ),
        rows,
    )


async def reconsider(connection: AsyncConnection, skus: Iterable[str], now: datetime) -> None:
    """Have these articles worked out again, as if their stock had changed now."""
    if changes := [{"sku": sku, "at": now} for sku in sorted(skus)]:
        await connection.execute(_CHANGE, changes)


async def reconsider_next(connection: AsyncConnection, after: str, most: int, now: datetime) -> str | None:
    """The same for the next so many of all articles; answers after which to go on, or none after the last."""
    skus = (await connection.execute(_NEXT_STOCKED, {"after": after, "most": most})).scalars().all()
    await reconsider(connection, skus, now)
    return skus[-1] if len(skus) == most else None


async def reconsider_at(connection: AsyncConnection, node: str, now: datetime) -> None:
    """The same for what lies at a node, or is expected there."""
    await connection.execute(_CHANGE_AT, {"now": now, "at_node": node})


async def reconsider_wanted(connection: AsyncConnection, key: str, now: datetime) -> None:
    """The same for what a backorder waits for: it is kept for it as long as it waits, and no longer."""
    await connection.execute(_CHANGE_WANTED, {"now": now, "of_key": key})


async def waiting_channels(connection: AsyncConnection, channels: Iterable[str]) -> tuple[str, ...]:
    """Which of these channels have something to hear; each is looked up in the index, however long the table is."""
    return tuple([one for one in channels if (await connection.execute(_WAITING, {"to": one})).first() is not None])


async def next_offers(connection: AsyncConnection, channel: str, most: int) -> tuple[Offer, ...]:
    """What a channel has to hear, the longest waiting first."""
    rows = await connection.execute(_NEXT, {"to": channel, "most": most})
    return tuple(
        Offer(sku=row.sku, quantity=row.quantity, version=row.version, changed_at=row.changed_at) for row in rows
    )


async def note_told(connection: AsyncConnection, batch: OfferBatch, now: datetime) -> None:
    """Note that a channel has what it was told; what has changed since goes on waiting."""
    # In the order in which changes are worked out, so that neither waits for the other in a circle.
    offers = sorted(batch.offers, key=lambda one: one.sku)
    told = [{"to": batch.channel, "of_sku": one.sku, "told": one.version, "now": now} for one in offers]
    await connection.execute(_TOLD, told)


async def lags(connection: AsyncConnection) -> list[PublicationLag]:
    """How late each channel hears, over the last offers it took, by channel."""
    found = []
    for channel, waiting in (await connection.execute(_COUNTS)).all():
        rows = (await connection.execute(_LATEST, {"of_channel": channel})).all()
        late = sorted(max(0.0, (row.published_at - row.changed_at).total_seconds()) for row in rows)
        found.append(
            PublicationLag(
                channel=channel,
                offers=len(late),
                waiting=waiting,
                median_s=_at(late, 0.5),
                p95_s=_at(late, 0.95),
                worst_s=_at(late, 1.0),
            )
        )
    return found


def _at(ordered: Sequence[float], part: float) -> float:
    """The smallest of some ordered numbers that is not below so large a part of them (nearest rank)."""
    return ordered[max(0, math.ceil(part * len(ordered)) - 1)] if ordered else 0.0
