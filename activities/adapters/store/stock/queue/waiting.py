"""The queue of backorders as it is kept: who waits, for what, under which rules."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, or_, select

from activities.adapters.store.stock.picture import look
from activities.adapters.store.stock.tables import reservation_needs, reservations
from models.errors import NotFound
from models.policy.stock.queueing import order_of_service
from models.stock.backorders import Backorder
from models.stock.demand import Need
from models.stock.reservation import ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Row, Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.policy.book import PolicyBook
    from models.policy.policy_set import PolicySet
    from models.stock.picture import Picture

_r = reservations.c
_n = reservation_needs.c
# The state stands in the statement itself, so that the partial index serves. One whose deadline has passed is in the
# queue no longer, even if nobody has said so yet.
_pending = (
    _r.state == bindparam("waiting", ReservationState.PENDING.value, literal_execute=True),
    or_(_r.expires_at.is_(None), _r.expires_at > bindparam("at", type_=_r.expires_at.type)),
)
_wanted = _n.sku.in_(bindparam("skus", expanding=True))
_NEEDS_OF_THE_PENDING = reservation_needs.join(reservations, _r.key == _n.reservation_key)


@dataclass(frozen=True)
class Queue:
    """Backorders in the order of service, and the version of the rules each came under."""

    backorders: tuple[Backorder, ...]
    versions: dict[str, str | None]
    """By key."""

    @property
    def skus(self) -> tuple[str, ...]:
        """What they want, each article once."""
        return tuple(sorted({need.sku for one in self.backorders for need in one.needs}))

    def policies(self, book: PolicyBook) -> dict[str, PolicySet]:
        """By key, the rules each came under; where a version is there no more, today's serve: nobody waits in vain."""
        return {key: _rules(book, version) for key, version in self.versions.items()}


def _of_those_wanting(condition: Any) -> Select[Any]:  # noqa: ANN401 - a condition, of whatever columns
    keys = select(_n.reservation_key).select_from(_NEEDS_OF_THE_PENDING).where(*_pending, condition)
    return (
        select(reservations, _n.line_id, _n.sku, _n.quantity)
        .select_from(_NEEDS_OF_THE_PENDING)
        .where(*_pending, _r.key.in_(keys))
    )


_SKUS = select(_n.sku).select_from(_NEEDS_OF_THE_PENDING).where(*_pending).distinct()
_NEEDS = select(_n.line_id, _n.sku, _n.quantity).where(_n.reservation_key == bindparam("of_key"))
_ANY = _SKUS.where(_wanted).limit(1)
_WANTING = _of_those_wanting(_wanted)


async def anyone_waits(connection: AsyncConnection, skus: Iterable[str], at: datetime) -> bool:
    """Whether any backorder wants any of these articles."""
    return (await connection.execute(_ANY, {"skus": sorted(set(skus)), "at": at})).first() is not None


async def waited_for(connection: AsyncConnection, at: datetime) -> tuple[str, ...]:
    """Every article that a backorder wants."""
    return tuple(sorted((await connection.execute(_SKUS, {"at": at})).scalars()))


async def queue_for(connection: AsyncConnection, skus: Iterable[str], at: datetime) -> Queue:
    """Whoever wants any of these articles, and whoever wants what those want besides, in the order of service."""
    targets = await _read(connection, skus, at)
    return await _read(connection, targets.skus, at) if set(targets.skus) - set(skus) else targets


async def look_for(connection: AsyncConnection, queue: Queue, *, at: datetime) -> Picture:
    """Read the picture to serve a queue from: what the queue itself wants is no reason to keep it from those in it."""
    picture = await look(connection, queue.skus, at=at)
    return picture.model_copy(update={"waiting": {}})


async def needs_of(connection: AsyncConnection, key: str) -> tuple[Need, ...]:
    """What a backorder wants by now, by line and article."""
    return _needs((await connection.execute(_NEEDS, {"of_key": key})).all())


def event_id(what: str, key: str, *more: str) -> str:
    """Name an event about a backorder: its key alone may be longer than an event's id."""
    said = "\n".join((what, key, *more))
    return f"ledger/{what}/{hashlib.sha256(said.encode()).hexdigest()[:40]}"


async def _read(connection: AsyncConnection, skus: Iterable[str], at: datetime) -> Queue:
    rows = (await connection.execute(_WANTING, {"skus": sorted(set(skus)), "at": at})).all()
    by_key: defaultdict[str, list[Row[Any]]] = defaultdict(list)
    for row in rows:
        by_key[row.key].append(row)
    return Queue(
        backorders=order_of_service(_backorder(found) for found in by_key.values()),
        versions={key: found[0].policy_version for key, found in by_key.items()},
    )


def _backorder(rows: Sequence[Row[Any]]) -> Backorder:
    row = rows[0]
    return Backorder(
        key=row.key,
        order_id=row.order_id,
        needs=_needs(rows),
        demand=row.demand,
        state=ReservationState(row.state),
        since=row.opened_at,
        expected_at=row.expected_at,
        deadline=row.expires_at,
    )


def _needs(rows: Sequence[Row[*tuple[Any, ...]]]) -> tuple[Need, ...]:
    needs = (Need(line_id=row.line_id, sku=row.sku, quantity=row.quantity) for row in rows)
    return tuple(sorted(needs, key=lambda need: (need.line_id, need.sku)))


def _rules(book: PolicyBook, version: str | None) -> PolicySet:
    try:
        return book.get(version)
    except NotFound:
        return book.current
