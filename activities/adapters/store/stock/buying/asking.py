"""What has been asked for and is not settled, row by row: written down before anybody is asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, exists, select, update

from activities.adapters.store.stock.buying.tables import replenishment_asks
from activities.adapters.store.stock.tables import supplies
from activities.adapters.store.stock.transaction import insert_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from models.policy.stock.replenishing.position import Spot
    from models.stock.replenishment import Proposal

ASKED_AGAIN_AFTER = timedelta(hours=6)
"""What was refused may have been put right by then: it is asked for anew, as it is wanted then."""
_a = replenishment_asks.c
_is_it = (_a.sku == bindparam("of_sku")) & (_a.node == bindparam("at_node"))
# A transfer's id is its key: one that is known as a supply has left.
_HAS_LEFT = exists().where(supplies.c.id == _a.key)
_ALL = select(_a.proposal, _a.refused_at, _a.refusal).where(~_HAS_LEFT).order_by(_a.asked_at, _a.sku, _a.node)
_DROP_SENT = delete(replenishment_asks).where(_HAS_LEFT)
_ONE = select(_a.proposal).where(_is_it)
_ANEW = (
    update(replenishment_asks)
    .where(_is_it, _a.refused_at.is_not(None))
    .values(key=bindparam("new_key"), asked_at=bindparam("now"), refused_at=None, refusal=None)
    .values(proposal=bindparam("new", type_=_a.proposal.type))
)
_SETTLE = delete(replenishment_asks).where(_a.key == bindparam("of_key"))
_REFUSE = (
    update(replenishment_asks)
    .where(_a.key == bindparam("of_key"))
    .values(refused_at=bindparam("now"), refusal=bindparam("why"))
)


@dataclass(frozen=True)
class Ask:
    """What an article at a node has been asked for."""

    proposal: Proposal
    """As it was asked."""
    refused_at: datetime | None
    refusal: str | None

    @property
    def spot(self) -> Spot:
        """Article and node."""
        return self.proposal.sku, self.proposal.node

    @property
    def is_open(self) -> bool:
        """Whether nobody has answered, or the goods have not left."""
        return self.refused_at is None

    def rests(self, now: datetime) -> bool:
        """Whether it was refused so lately that nothing is asked for again."""
        return self.refused_at is not None and now < self.refused_at + ASKED_AGAIN_AFTER


async def all_asked(connection: AsyncConnection) -> list[Ask]:
    """Everything that is not settled, the longest asked first."""
    return [Ask(*row) for row in await connection.execute(_ALL)]


async def write_down(connection: AsyncConnection, wanted: Iterable[Proposal], now: datetime) -> tuple[Proposal, ...]:
    """Write down what is asked for next; where somebody else has written meanwhile, his stands.

    Returns:
        What is to be asked, each as it stands.
    """
    await connection.execute(_DROP_SENT)
    # In one order, so that two who write at once never wait for each other in a circle.
    ordered = sorted(wanted, key=lambda one: (one.sku, one.node))
    return tuple([await _write_down(connection, one, now) for one in ordered])


async def settle(connection: AsyncConnection, key: str) -> None:
    """Strike out what was asked under a key: it was answered."""
    await connection.execute(_SETTLE, {"of_key": key})


async def note_refusal(connection: AsyncConnection, key: str, why: str, now: datetime) -> None:
    """Note that it was refused."""
    await connection.execute(_REFUSE, {"of_key": key, "why": why, "now": now})


async def _write_down(connection: AsyncConnection, wanted: Proposal, now: datetime) -> Proposal:
    row = {"sku": wanted.sku, "node": wanted.node, "key": wanted.key, "proposal": wanted, "asked_at": now}
    if await insert_once(connection, replenishment_asks, row):
        return wanted
    place = {"of_sku": wanted.sku, "at_node": wanted.node}
    # A refusal stays the answer under its key, though its cause be gone: what is asked anew has a key of its own.
    anew = wanted.model_copy(update={"key": f"{wanted.key}~{now.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"})
    change = {"new_key": anew.key, "new": anew, "now": now}
    if (await connection.execute(_ANEW, place | change)).rowcount:
        return anew
    stands: Proposal = (await connection.execute(_ONE, place)).scalar_one()
    return stands
