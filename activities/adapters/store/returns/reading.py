"""Every return we ever opened: opened, listed, shown."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, func, literal, select, update

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.returns import opening
from activities.adapters.store.schema import storable
from activities.adapters.store.stock.transaction import in_transaction
from activities.adapters.store.tables.returns import (
    return_decisions,
    return_holds,
    return_money,
    return_replacements,
    return_timeline,
    returns,
)
from activities.records.orders import Page
from activities.records.returns import OpenedReturn, OrderReturns, ReturnFilter, ReturnView
from models.errors import NotFound
from models.order.snapshot import TimelineEntry, TimelineKind
from models.states.hold import HoldState

if TYPE_CHECKING:
    from sqlalchemy import Row, Table

    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.policy.decision import Decision
    from models.returns.case import ReturnCase
    from models.returns.request import LooseReturnRequest, ReturnRequest

_r = returns.c
_SHOWN = (_r.id, _r.document, _r.received_at, _r.updated_at, _r.snapshot)


class SqlReturns:
    """`activities.records.orders.Returns` on our own database."""

    def __init__(self, database: Database, policies: PolicyBook, *, now: Clock = utc_now) -> None:
        """Keep the returns in this database, whose tables the migrations have made; classes are the policy's."""
        self._database = database
        self._policies = policies
        self._now = now

    async def open(
        self, order_id: str, request: ReturnRequest, *, opened_by: str, request_key: str | None
    ) -> OpenedReturn:
        """Open a return in one transaction that claims its goods; the same request again finds the first one.

        Raises:
            Conflict: nothing of the order has been shipped.
            InvalidInput: a line is not the order's, or more than may still come back.
            NotFound: there is no such order.
            Transient: the database is too busy.
        """
        if not storable(order_id):
            raise NotFound("there is no such order")
        work = partial(
            opening.open_known,
            wanted_of=order_id,
            request=request,
            policy=self._policies.current,
            opened_by=opened_by,
            request_key=request_key,
            now=self._now(),
        )
        return await in_transaction(self._database, work)

    async def open_loose(self, request: LooseReturnRequest, *, opened_by: str, request_key: str | None) -> OpenedReturn:
        """Open a return of goods nobody knows the order of.

        Raises:
            Conflict: the order is known.
            Transient: the database is too busy.
        """
        work = partial(
            opening.open_loose, request=request, opened_by=opened_by, request_key=request_key, now=self._now()
        )
        return await in_transaction(self._database, work)

    async def mark_started(self, return_id: str) -> None:
        """Note that its workflow runs; the first time counts."""
        started = update(returns).where(_r.id == return_id, _r.started_at.is_(None)).values(started_at=self._now())
        async with self._database.writing() as connection:
            await connection.execute(started)

    async def unstarted(self, *, older_than_s: float, limit: int) -> list[ReturnCase]:
        """Returns opened that long ago whose workflow has not been started, oldest first."""
        before = self._now() - timedelta(seconds=older_than_s)
        waiting = select(_r.document).where(_r.started_at.is_(None), _r.received_at <= before)
        async with self._database.reading() as connection:
            return list(await connection.scalars(waiting.order_by(_r.received_at).limit(limit)))

    async def find(self, return_id: str) -> ReturnView:
        """Read one return.

        Raises:
            NotFound: there is none of this id.
        """
        if storable(return_id):
            async with self._database.reading() as connection:
                row = (await connection.execute(select(*_SHOWN).where(_r.id == return_id))).one_or_none()
            if row is not None:
                return _view(row)
        raise _no_return(return_id)

    async def page(self, wanted: ReturnFilter, *, cursor: str | None, limit: int) -> Page[ReturnView]:
        """Read a page, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        page = cursors.one_page(returns, select(*_SHOWN).where(*_conditions(wanted)), cursor=cursor, limit=limit)
        if not storable(wanted.order_id, wanted.channel, wanted.waiting_on):
            return Page(items=[], next_cursor=None)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(returns, rows, limit, _view)

    async def timeline(self, return_id: str) -> list[TimelineEntry]:
        """Everything that happened to a return, in order.

        Raises:
            NotFound: there is no such return.
        """
        return [
            TimelineEntry(position=row.position, at=row.at, kind=TimelineKind(row.kind), text=row.text, actor=row.actor)
            for row in await self._story(return_timeline, return_id)
        ]

    async def decisions(self, return_id: str) -> list[Decision]:
        """Every decision made about a return, in order.

        Raises:
            NotFound: there is no such return.
        """
        return [row.decision for row in await self._story(return_decisions, return_id)]

    async def of_order(self, order_id: str) -> OrderReturns:
        """What came back of an order, and what was given for it.

        It is read beside the order and never written into the order's own row: an order that still runs writes that
        row whole, and two writers would undo each other's words. One that has ended writes it no more, and its row
        stays as its workflow left it.
        """
        if not storable(order_id):
            return OrderReturns()
        money = return_money.c
        sums = select(func.coalesce(func.sum(money.refunded), 0), func.coalesce(func.sum(money.credited), 0))
        replaced = select(return_replacements.c.return_id).where(return_replacements.c.order_id == order_id)
        async with self._database.reading() as connection:
            views = (await connection.execute(select(*_SHOWN).where(_r.order_id == order_id).order_by(_r.number))).all()
            refunded, credited = (await connection.execute(sums.where(money.order_id == order_id))).one()
            replaces = await connection.scalar(replaced)
        return OrderReturns(tuple(map(_view, views)), int(refunded), int(credited), replaces)

    async def of_parcel(self, tracking_number: str) -> str | None:
        """The return that a parcel carries, if it is one's."""
        if not storable(tracking_number):
            return None
        found = select(_r.id).where(_r.tracking_number == tracking_number).limit(1)
        async with self._database.reading() as connection:
            return await connection.scalar(found)

    async def _story(self, table: Table, return_id: str) -> list[Row[*tuple[Any, ...]]]:
        if not storable(return_id):
            raise _no_return(return_id)
        story = select(table).where(table.c.return_id == return_id).order_by(table.c.position)
        async with self._database.reading() as connection:
            rows = list((await connection.execute(story)).all())
            if not rows and not await connection.scalar(select(exists().where(_r.id == return_id))):
                raise _no_return(return_id)
        return rows


def _view(row: Row[*tuple[Any, ...]]) -> ReturnView:
    return ReturnView(case=row.document, received_at=row.received_at, updated_at=row.updated_at, snapshot=row.snapshot)


def _conditions(wanted: ReturnFilter) -> list[ColumnElement[bool]]:
    equals = {
        _r.order_id: wanted.order_id,
        _r.channel: wanted.channel,
        _r.state: wanted.state.value if wanted.state else None,
        _r.waiting_on: wanted.waiting_on,
    }
    conditions: list[ColumnElement[bool]] = [
        column == literal(value) for column, value in equals.items() if value is not None
    ]
    if wanted.hold is not None:
        hold = return_holds.c
        # The state stands in the statement itself: only then do both databases see that the partial index serves.
        is_open = hold.state == literal(HoldState.OPEN.value, literal_execute=True)
        conditions.append(exists().where(hold.return_id == _r.id, hold.kind == wanted.hold.value, is_open))
    return conditions


def _no_return(return_id: str) -> NotFound:
    return NotFound(f"there is no return {return_id}")
