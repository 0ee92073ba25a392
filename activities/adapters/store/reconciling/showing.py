"""What reconciling has found, as the API shows it, and what people do about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.reconciling.comparing import rewrite
from activities.adapters.store.reconciling.healing import standing
from activities.adapters.store.reconciling.reading import OURSELVES
from activities.adapters.store.schema import storable
from activities.adapters.store.tables.reconciling import differences, readings, runs
from activities.records.reconciling import DifferenceFilter, Overview, OwnerCount
from models.errors import NotFound
from models.reconciling.differences import DifferenceKind, DifferenceState
from models.reconciling.documents import Party
from models.reconciling.runs import PartyReading
from models.reconciling.standing import assigned, closed

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Select

    from activities.adapters.store.database import Database
    from activities.records.orders import Page
    from models.reconciling.differences import Difference
    from models.reconciling.runs import RunReport

_d, _n, _r = differences.c, runs.c, readings.c
_STANDING = (DifferenceState.OPEN.value, DifferenceState.ASSIGNED.value)


class SqlDifferences:
    """`activities.records.reconciling.Differences` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Show what is in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now

    async def overview(self) -> Overview:
        """How it stands as a whole."""
        last = select(_n.report).order_by(_n.began_at.desc(), _n.id.desc()).limit(1)
        async with self._database.reading() as connection:
            read = (await connection.execute(select(_r.party, _r.read_to, _r.trouble))).all()
            report: RunReport | None = await connection.scalar(last)
            counted = (await connection.execute(_by_owner())).all()
        known = {row.party: row for row in read if row.party != OURSELVES}
        return Overview(
            readings=[
                PartyReading(party=party, read_to=known[party].read_to, trouble=known[party].trouble)
                if party in known
                else PartyReading(party=party, read_to=None)
                for party in Party
            ],
            last_run=report,
            standing=[
                OwnerCount(row.owner, DifferenceKind(row.kind), row.currency, row.number, int(row.at_stake or 0))
                for row in counted
            ],
        )

    async def page(self, wanted: DifferenceFilter, *, cursor: str | None, limit: int) -> Page[Difference]:
        """List differences, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        chosen = select(_d.first_seen_at.label("received_at"), _d.id, _d.difference).where(
            *(
                differences.c[name] == value
                for name, value in vars(wanted).items()
                if value is not None and storable(value)
            )
        )
        if not storable(wanted.owner, wanted.order_id):
            chosen = chosen.where(_d.id.is_(None))
        return await self._list("differences", chosen, cursor, limit, lambda row: row.difference)

    async def find(self, difference_id: str) -> Difference:
        """Read one.

        Raises:
            NotFound: there is none of this id.
        """
        if not storable(difference_id):
            raise NotFound("there is no such difference")
        async with self._database.reading() as connection:
            return await standing(connection, difference_id)

    async def assign(self, difference_id: str, *, assignee: str, actor: str) -> Difference:
        """Give it to somebody.

        Raises:
            NotFound: there is none of this id.
            Conflict: it is settled.
        """
        return await self._settle(difference_id, lambda before: assigned(before, assignee, actor))

    async def close(self, difference_id: str, *, reason: str, actor: str) -> Difference:
        """Close it with a reason; raises as `assign`."""
        return await self._settle(difference_id, lambda before: closed(before, reason, actor, self._now()))

    async def runs(self, *, cursor: str | None, limit: int) -> Page[RunReport]:
        """List runs, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        chosen = select(_n.began_at.label("received_at"), _n.id, _n.report)
        return await self._list("runs", chosen, cursor, limit, lambda row: row.report)

    async def _settle(self, difference_id: str, change: Callable[[Difference], Difference]) -> Difference:
        if not storable(difference_id):
            raise NotFound("there is no such difference")
        async with self._database.writing() as connection:
            after = change(await standing(connection, difference_id))
            await rewrite(connection, after)
        return after

    async def _list(
        self, name: str, chosen: Select[Any], cursor: str | None, limit: int, view: Callable[[Any], Any]
    ) -> Page[Any]:
        listed = chosen.subquery(name)
        page = cursors.one_page(listed, select(listed), cursor=cursor, limit=limit)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(listed, rows, limit, view)


def _by_owner() -> Select[Any]:
    columns = (_d.owner, _d.kind, _d.currency)
    counts = (func.count().label("number"), func.sum(_d.at_stake).label("at_stake"))
    return select(*columns, *counts).where(_d.state.in_(_STANDING)).group_by(*columns).order_by(*columns)
