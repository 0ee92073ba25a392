"""Our record of orders as their workflows write it: judgements, state and story."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Boolean, bindparam, case, exists, func, null, select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert_missing, insert_or_update
from activities.adapters.store.order_rows import order_row
from activities.adapters.store.posting_rows import posting_rows
from activities.adapters.store.returns.book import FORMAT as REPLACEMENT
from activities.adapters.store.tables.catalogue import items
from activities.adapters.store.tables.money import order_postings
from activities.adapters.store.tables.orders import order_decisions, order_holds, order_timeline, orders
from models.errors import NotFound
from models.policy.assess import assess
from models.reconciling.posting import unposted

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.catalogue import Item
    from models.order.assessment import Assessment, AssessmentRequest
    from models.order.order import Order
    from models.order.snapshot import OrderSnapshot
    from models.partners.erp import ItemAnswer
    from models.policy.book import PolicyBook

_o = orders.c
_MOVE_ON = (
    update(orders)
    .where(_o.id == bindparam("order_id"), _o.version < bindparam("newer"))
    .values(
        version=bindparam("newer"),
        lifecycle=bindparam("now_lifecycle"),
        headline=bindparam("now_headline"),
        waiting_on=bindparam("now_waiting_on"),
        promise=bindparam("now_promise"),
        snapshot=bindparam("now_snapshot"),
        unposted=bindparam("now_unposted"),
        unposted_since=case(
            (bindparam("now_awaits_posting", type_=Boolean), func.coalesce(_o.unposted_since, bindparam("at"))),
            else_=null(),
        ),
        updated_at=bindparam("at"),
        # An order that writes is running, whether or not the API lived to note it.
        started_at=func.coalesce(_o.started_at, bindparam("at", type_=_o.started_at.type)),
    )
)
_CHANGE = (
    update(orders)
    .where(_o.id == bindparam("order_id"))
    .values(document=bindparam("now_document"), total=bindparam("now_total"))
)
"""The document says what the order is now; what was sent stays beside it as it came."""
_IS_THERE = select(exists().where(_o.id == bindparam("order_id")))
_ITEMS = select(items.c.sku, items.c.item).where(items.c.sku.in_(bindparam("skus", expanding=True)))


class SqlOrderBook:
    """`activities.ports.partners.OrderBook` on our own database."""

    def __init__(
        self,
        database: Database,
        policies: PolicyBook,
        *,
        now: Clock = utc_now,
        connected: frozenset[str] = frozenset(),
    ) -> None:
        """Judge by these policies; write to this database, whose tables the migrations have made.

        The `connected` channels are told themselves what becomes of their orders.
        """
        self._database = database
        self._connected = connected
        self._policies = policies
        self._now = now
        self._adopt = insert_missing(database, orders)
        self._learn = insert_or_update(database, items)
        self._hold = insert_or_update(database, order_holds)
        self._tell = insert_missing(database, order_timeline)
        self._decide = insert_missing(database, order_decisions)
        self._post = insert_missing(database, order_postings)

    async def assess(self, request: AssessmentRequest) -> Assessment:
        """Judge an order by master data and policy.

        Raises:
            NotFound: there is no such policy version.
        """
        order = request.order
        policy = self._policies.get(request.policy_version)
        async with self._database.reading() as connection:
            known = await _known_items(connection, {line.sku for line in order.lines})
            parts = {part.sku for item in known.values() for part in item.components}
            known |= await _known_items(connection, parts - known.keys())
            is_there = await connection.scalar(_IS_THERE, {"order_id": order.id})
        if not is_there:
            await self._take_in(order)
        assessment = assess(order, policy, known, in_force=self._policies.current)
        # What is sent in place of what came back is an order of ours that its channel has never heard of.
        told = order.channel in self._connected and order.provenance.format != REPLACEMENT
        return assessment.model_copy(update={"channel_connected": told})

    async def learn(self, answer: ItemAnswer) -> None:
        """Keep what the ERP knows of articles, for later judgements."""
        now = self._now()
        latest = {item.sku: item for item in answer.items}
        # In one order, so that two who learn the same articles wait for each other and not in a circle.
        rows = [{"sku": sku, "item": latest[sku], "learned_at": now} for sku in sorted(latest)]
        if rows:
            async with self._database.writing() as connection:
                await connection.execute(self._learn, rows)

    async def record(self, snapshot: OrderSnapshot) -> None:
        """Write the order's state and what is new in its story.

        A snapshot that comes late changes no state; what it tells of the story is kept if it is missing.

        Raises:
            NotFound: there is no such order.
        """
        order_id = snapshot.order_id
        async with self._database.writing() as connection:
            moved_on = (await connection.execute(_MOVE_ON, _state(snapshot))).rowcount == 1
            if not moved_on and not await connection.scalar(_IS_THERE, {"order_id": order_id}):
                raise NotFound(f"there is no order {order_id}")
            if moved_on and snapshot.changed is not None:
                await connection.execute(_CHANGE, _document(snapshot.order_id, snapshot.changed))
            if moved_on and snapshot.holds:
                await connection.execute(self._hold, _holds(snapshot))
            if snapshot.entries:
                await connection.execute(self._tell, _entries(snapshot))
            if snapshot.decisions:
                await connection.execute(self._decide, _decisions(snapshot))
            if snapshot.postings:
                await connection.execute(self._post, posting_rows(snapshot.postings, order_id=order_id))

    async def _take_in(self, order: Order) -> None:
        # Somebody started it past the API, from the Web UI or CLI: it is an order like any other from here on.
        row = order_row(order, order.model_dump_json().encode(), self._now())
        async with self._database.writing() as connection:
            await connection.execute(self._adopt, row)


async def _known_items(connection: AsyncConnection, skus: Iterable[str]) -> dict[str, Item]:
    wanted = sorted(skus)
    if not wanted:
        return {}
    rows = await connection.execute(_ITEMS, {"skus": wanted})
    return {row.sku: row.item for row in rows}


def _state(snapshot: OrderSnapshot) -> dict[str, object]:
    waits = unposted(snapshot)
    return {
        "now_awaits_posting": waits is not None,
        "now_unposted": waits.amount.amount if waits and waits.amount else None,
        "order_id": snapshot.order_id,
        "newer": snapshot.version,
        "now_lifecycle": snapshot.lifecycle.value,
        "now_headline": snapshot.headline.value,
        "now_waiting_on": snapshot.waiting_on,
        "now_promise": snapshot.promise.state.value if snapshot.promise else None,
        # The story has its own tables, and would be told again in every snapshot.
        "now_snapshot": snapshot.model_copy(update={"changed": None, "entries": (), "decisions": (), "postings": ()}),
        "at": snapshot.at,
    }


def _document(order_id: str, changed: Order) -> dict[str, object]:
    return {"order_id": order_id, "now_document": changed, "now_total": changed.total.amount}


def _holds(snapshot: OrderSnapshot) -> list[dict[str, object]]:
    return [
        {
            "order_id": snapshot.order_id,
            "hold_id": hold.id,
            "kind": hold.kind.value,
            "owner": hold.owner,
            "state": hold.state.value,
            "opened_at": hold.opened_at,
            "decided_at": hold.decided_at,
        }
        for hold in snapshot.holds
    ]


def _entries(snapshot: OrderSnapshot) -> list[dict[str, object]]:
    return [
        {
            "order_id": snapshot.order_id,
            "position": entry.position,
            "at": entry.at,
            "kind": entry.kind.value,
            "text": entry.text,
            "actor": entry.actor,
        }
        for entry in snapshot.entries
    ]


def _decisions(snapshot: OrderSnapshot) -> list[dict[str, object]]:
    return [
        {
            "order_id": snapshot.order_id,
            "position": position,
            "kind": decision.kind.value,
            "policy_version": decision.policy_version,
            "decision": decision,
        }
        for position, decision in enumerate(snapshot.decisions, start=snapshot.decisions_from)
    ]
