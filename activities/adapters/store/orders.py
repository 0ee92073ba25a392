"""Every order we ever took in."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, exists, literal, select, update

from activities.adapters.store import cursor as cursors
from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert_missing
from activities.adapters.store.order_rows import order_row, order_view
from activities.adapters.store.posting_rows import posting_of
from activities.adapters.store.schema import storable
from activities.adapters.store.tables.money import order_postings, return_postings
from activities.adapters.store.tables.orders import order_decisions, order_holds, order_timeline, orders
from activities.adapters.store.tables.returns import returns
from activities.records.orders import OrderFilter, OrderPostings, OrderView, Page, Submission
from models.errors import NotFound
from models.order.snapshot import TimelineEntry, TimelineKind
from models.states.hold import HoldState

if TYPE_CHECKING:
    from sqlalchemy import Row, Table

    from activities.adapters.store.database import Database
    from models.ledger.postings import Posting
    from models.order.order import Order
    from models.policy.decision import Decision

_o = orders.c
_SHOWN = (_o.id, _o.document, _o.received_at, _o.updated_at, _o.snapshot)
_KNOWN = (_o.document, _o.content_digest, _o.received_at, _o.started_at)


class SqlOrders:
    """`activities.records.orders.Orders` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Keep the orders in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        self._insert = insert_missing(database, orders).returning(_o.id)

    async def submit(self, order: Order, payload: bytes) -> Submission:
        """Keep an order for good, or find it: however many hand it in at once, it is new to one of them."""
        received_at = self._now()
        row = order_row(order, payload, received_at)
        async with self._database.writing() as connection:
            if (await connection.execute(self._insert, row)).first() is not None:
                return Submission(order=order, received_at=received_at, started=False, is_new=True)
            known = (await connection.execute(select(*_KNOWN).where(_o.id == order.id))).one()
        return Submission(
            order=known.document,
            received_at=known.received_at,
            started=known.started_at is not None,
            is_new=False,
            same_content=known.content_digest == row["content_digest"],
        )

    async def mark_started(self, order_id: str) -> None:
        """Note that its workflow runs; the first time counts."""
        started = update(orders).where(_o.id == order_id, _o.started_at.is_(None)).values(started_at=self._now())
        async with self._database.writing() as connection:
            await connection.execute(started)

    async def unstarted(self, *, older_than_s: float, limit: int) -> list[Order]:
        """Orders received that long ago whose workflow has not been started, oldest first."""
        before = self._now() - timedelta(seconds=older_than_s)
        waiting = select(_o.document).where(_o.started_at.is_(None), _o.received_at <= before)
        async with self._database.reading() as connection:
            return list(await connection.scalars(waiting.order_by(_o.received_at).limit(limit)))

    async def find(self, order_id: str) -> OrderView:
        """Read one order.

        Raises:
            NotFound: there is none of this id.
        """
        if storable(order_id):
            async with self._database.reading() as connection:
                row = (await connection.execute(select(*_SHOWN).where(_o.id == order_id))).one_or_none()
            if row is not None:
                return order_view(row)
        raise _no_order(order_id)

    async def page(self, wanted: OrderFilter, *, cursor: str | None, limit: int) -> Page[OrderView]:
        """Read a page, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        page = cursors.one_page(orders, select(*_SHOWN).where(*_conditions(wanted)), cursor=cursor, limit=limit)
        if not storable(wanted.channel, wanted.waiting_on, wanted.customer_id, wanted.external_id):
            return Page(items=[], next_cursor=None)
        async with self._database.reading() as connection:
            rows = (await connection.execute(page)).all()
        return cursors.as_page(orders, rows, limit, order_view)

    async def timeline(self, order_id: str) -> list[TimelineEntry]:
        """Everything that happened to an order, in order.

        Raises:
            NotFound: there is no such order.
        """
        return [
            TimelineEntry(position=row.position, at=row.at, kind=TimelineKind(row.kind), text=row.text, actor=row.actor)
            for row in await self._story(order_timeline, order_id)
        ]

    async def decisions(self, order_id: str) -> list[Decision]:
        """Every decision made about an order, in order.

        Raises:
            NotFound: there is no such order.
        """
        return [row.decision for row in await self._story(order_decisions, order_id)]

    async def postings(self, order_id: str) -> OrderPostings:
        """The journal of an order and of its returns, each in order.

        Raises:
            NotFound: there is no such order.
        """
        own = [posting_of(row) for row in await self._story(order_postings, order_id)]
        _p, _r = return_postings.c, returns.c
        theirs = (
            select(return_postings)
            .join(returns, _r.id == _p.return_id)
            .where(_r.order_id == order_id)
            .order_by(_r.number, _p.position)
        )
        back: dict[str, list[Posting]] = {}
        async with self._database.reading() as connection:
            for row in await connection.execute(theirs):
                back.setdefault(row.return_id, []).append(posting_of(row))
        return OrderPostings(order=own, returns=back)

    async def _story(self, table: Table, order_id: str) -> list[Row[*tuple[Any, ...]]]:
        if not storable(order_id):
            raise _no_order(order_id)
        story = select(table).where(table.c.order_id == order_id).order_by(table.c.position)
        async with self._database.reading() as connection:
            rows = list((await connection.execute(story)).all())
            if not rows and not await connection.scalar(select(exists().where(_o.id == order_id))):
                raise _no_order(order_id)
        return rows


def _conditions(wanted: OrderFilter) -> list[ColumnElement[bool]]:
    """What an order must be like; a field that may be anything says nothing."""
    equals = {
        _o.channel: wanted.channel,
        _o.headline: wanted.headline,
        _o.waiting_on: wanted.waiting_on,
        _o.promise: wanted.promise,
        _o.customer_id: wanted.customer_id,
        _o.external_id: wanted.external_id,
    }
    conditions: list[ColumnElement[bool]] = [
        column == literal(value) for column, value in equals.items() if value is not None
    ]
    if wanted.hold is not None:
        hold = order_holds.c
        # The state stands in the statement itself: only then do both databases see that the partial index serves.
        is_open = hold.state == literal(HoldState.OPEN.value, literal_execute=True)
        conditions.append(exists().where(hold.order_id == _o.id, hold.kind == wanted.hold, is_open))
    return conditions


def _no_order(order_id: str) -> NotFound:
    return NotFound(f"there is no order {order_id}")
