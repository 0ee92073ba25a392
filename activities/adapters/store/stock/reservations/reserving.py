"""Reserving: what policy sources for an order, all of it or the part that may go ahead.

The first try locks nothing while it looks: it is sourced on what is seen, and the guards of the writes find out whether
that still holds. Whoever loses that race looks again with the balances locked, which settles it: there is no third try.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING

from pydantic import ValidationError

from activities.adapters.store.stock.digest import digest
from activities.adapters.store.stock.movements import BalanceRefused, Document, Spot
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.picture import glance, look
from activities.adapters.store.stock.reservations import claims
from activities.adapters.store.stock.tables import reservations
from activities.adapters.store.stock.transaction import in_transaction, insert_once
from models.errors import Conflict, InvalidInput
from models.policy.promises.sending import likely_senders, senders
from models.policy.stock.sourcing.remedies import articles
from models.policy.stock.sourcing.sourcing import source
from models.stock import life
from models.stock.demand import Need
from models.stock.life import Claim, ClaimLine, Place
from models.stock.quantities import MovementKind
from models.stock.reservation import Remedy, RemedyKind, ReservationAnswer, ReservationState

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.reservations.claims import KeptClaim
    from models.policy.book import PolicyBook
    from models.policy.policy_set import PolicySet
    from models.policy.stock.sourcing.plan import Planned, Sourced
    from models.promises.sender import Sender
    from models.stock.picture import Picture
    from models.stock.reservation import Allocation, ReservationRequest


@dataclass(frozen=True)
class _Wish:
    """A request with its needs merged, its rules and its moment."""

    request: ReservationRequest
    needs: tuple[Need, ...]
    policies: PolicySet
    at: datetime

    def skus(self, needs: Sequence[Need]) -> frozenset[str]:
        """The articles sourcing looks at: those needed, and what may go instead of them."""
        return articles(self.policies.stock.shortage, needs)

    @property
    def digest(self) -> str:
        return digest(self.request.order_id, self.needs)

    @property
    def expires_at(self) -> datetime:
        soft = timedelta(hours=self.policies.stock.sourcing.soft_hours)
        return self.request.expires_at or self.at + soft

    def source(self, needs: Sequence[Need], picture: Picture) -> Sourced:
        return source(self.policies.stock, self.policies.version, needs, self.request.demand, picture)

    def senders(self, picture: Picture, allocations: Sequence[Allocation], *, all_of_it: bool) -> tuple[Sender, ...]:
        """Who sends it; who may, where some of it has to come in first."""
        demand = self.request.demand
        known = senders(demand, picture.nodes, allocations, self.at)
        if all_of_it:
            return known
        may = likely_senders(self.policies.stock.sourcing, demand, picture.nodes, self.at)
        return known + tuple(one for one in may if one not in known)


class _Empty(Exception):
    """Nothing can be granted: what the transaction has written so far must go."""

    def __init__(self, answer: ReservationAnswer) -> None:
        super().__init__()
        self.answer = answer


async def reserve(
    database: Database, policies: PolicyBook, request: ReservationRequest, now: datetime
) -> ReservationAnswer:
    """Source and reserve; a key that was granted before gets its first allocations.

    Raises:
        Conflict: the key stands for other needs or another order, or was released before it was granted.
        InvalidInput: a line wants more of an article than one line may.
        NotFound: there is no such version of the policies.
    """
    wish = _Wish(request, merged(request.needs), policies.get(request.policy_version), now)
    async with database.reading() as connection:
        seen = await glance(connection, wish.skus(wish.needs), key=request.key, at=now)
        if seen.is_known:
            return await _first_answer(connection, wish)
    sourced = wish.source(wish.needs, seen.picture)
    if not sourced.planned:
        return _answer(wish, sourced, seen.picture)
    with suppress(BalanceRefused):
        return await in_transaction(database, partial(_write, wish=wish, picture=seen.picture, sourced=sourced))
    try:
        return await in_transaction(database, partial(_write, wish=wish))
    except _Empty as nothing:
        return nothing.answer


async def write_grant(
    connection: AsyncConnection,
    kept: KeptClaim,
    planned: Sequence[Planned],
    *,
    expires_at: datetime | None,
    at: datetime,
) -> KeptClaim:
    """Hold what was planned under a reservation whose row is there and locked, new or waiting; writes its lines.

    Raises:
        BalanceRefused: a balance or a ring-fence cannot give it any more; nothing may be committed.
    """
    lines = (_claimed(one) for one in planned)
    floors: dict[Spot, int] = {
        (one.allocation.sku, one.allocation.node, one.allocation.lot): one.floor for one in planned
    }
    document = Document(kept.key, MovementKind.RESERVATION, kept.order_id)
    return await claims.write(connection, kept, life.grant(lines, expires_at), document, at=at, floors=floors)


def merged(needs: Iterable[Need]) -> tuple[Need, ...]:
    """Add up what a line asks of the same article twice, and bring the needs into an order of their own.

    Raises:
        InvalidInput: added up, a line wants more of an article than one line may.
    """
    wanted: Counter[tuple[str, str]] = Counter()
    for need in needs:
        wanted[need.line_id, need.sku] += need.quantity
    try:
        return _needs(wanted)
    except ValidationError as error:
        raise InvalidInput.at("/needs", "too_many", "a line wants more of an article than one line may") from error


def missing(needs: Iterable[Need], allocations: Iterable[Allocation]) -> tuple[Need, ...]:
    """Say what of the needs the allocations do not give."""
    wanted: Counter[tuple[str, str]] = Counter()
    for need in needs:
        wanted[need.line_id, need.sku] += need.quantity
    for one in allocations:
        wanted[one.line_id, one.sku] -= one.quantity
    return _needs(+wanted)


async def _write(
    connection: AsyncConnection, wish: _Wish, picture: Picture | None = None, sourced: Sourced | None = None
) -> ReservationAnswer:
    """Write what was sourced; where nothing was, source now with the balances locked."""
    request = wish.request
    if not await insert_once(connection, reservations, _reservation(wish)):
        return await _first_answer(connection, wish)
    if picture is None or sourced is None:
        picture = await look(connection, wish.skus(wish.needs), at=wish.at, lock=True)
        sourced = wish.source(wish.needs, picture)
        if not sourced.planned:
            raise _Empty(_answer(wish, sourced, picture))
    opened = claims.KeptClaim(request.key, request.order_id, Claim(ReservationState.HELD, (), wish.expires_at))
    await write_grant(connection, opened, sourced.planned, expires_at=wish.expires_at, at=wish.at)
    return _answer(wish, sourced, picture)


async def _first_answer(connection: AsyncConnection, wish: _Wish) -> ReservationAnswer:
    """Give the allocations that were granted first, and say what is to be done today about what was missing."""
    key = wish.request.key
    first = await claims.load(connection, key, lock=False)
    if first is None or first.digest is None:
        raise Conflict("reservation_released", f"the reservation {key} was released before it was granted")
    if first.digest != wish.digest:
        raise Conflict("key_reused", f"the reservation {key} was granted for something else")
    allocations = claims.promised(first.claim)
    rest = missing(wish.needs, allocations)
    if not rest:
        nodes = await known_nodes(connection, {one.node for one in allocations})
        return ReservationAnswer(
            granted=True,
            allocations=allocations,
            expires_at=first.claim.expires_at,
            senders=senders(wish.request.demand, nodes, allocations, wish.at),
        )
    picture = await look(connection, wish.skus(rest), at=wish.at)
    sourced = wish.source(rest, picture)
    return ReservationAnswer(
        granted=False,
        allocations=allocations,
        shortages=sourced.shortages,
        remedies=(*sourced.remedies, *_arrived(sourced, wish.at)),
        expires_at=first.claim.expires_at,
        senders=wish.senders(picture, allocations, all_of_it=False),
    )


def _arrived(sourced: Sourced, at: datetime) -> list[Remedy]:
    """Have what came in since the first answer reserved under a key of its own: a backorder, filled at once."""
    by_line: dict[str, Counter[tuple[str, str]]] = {}
    for one in sourced.planned:
        part = one.allocation
        by_line.setdefault(part.line_id, Counter())[part.line_id, part.sku] += part.quantity
    reason = "it has come in since the reservation was made"
    return [
        Remedy(line_id=line, kind=RemedyKind.BACKORDER, needs=_needs(wanted), reason=reason, expected_at=at)
        for line, wanted in sorted(by_line.items())
    ]


def _answer(wish: _Wish, sourced: Sourced, picture: Picture) -> ReservationAnswer:
    allocations = claims.in_order(one.allocation for one in sourced.planned)
    granted = not missing(wish.needs, allocations)
    return ReservationAnswer(
        granted=granted,
        allocations=allocations,
        shortages=sourced.shortages,
        remedies=sourced.remedies,
        together=sourced.together,
        expires_at=wish.expires_at if allocations else None,
        senders=wish.senders(picture, allocations, all_of_it=granted),
        decision=sourced.decision,
    )


def _reservation(wish: _Wish) -> dict[str, object]:
    return {
        "key": wish.request.key,
        "order_id": wish.request.order_id,
        "state": ReservationState.HELD,
        "digest": wish.digest,
        "demand": wish.request.demand,
        "policy_version": wish.policies.version,
        "opened_at": wish.at,
        "expires_at": wish.expires_at,
    }


def _claimed(planned: Planned) -> ClaimLine:
    one = planned.allocation
    return ClaimLine(
        place=Place(one.line_id, one.sku, one.node, one.lot),
        quantity=one.quantity,
        fenced=planned.fenced,
        holder=planned.holder,
    )


def _needs(wanted: Counter[tuple[str, str]]) -> tuple[Need, ...]:
    return tuple(Need(line_id=line, sku=sku, quantity=quantity) for (line, sku), quantity in sorted(wanted.items()))
