"""Stock as the API shows it: `activities.records.orders.Inventory` on our own database."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, or_, select

from activities.adapters.store.clock import utc_now
from activities.adapters.store.schema import storable
from activities.adapters.store.stock import nodes
from activities.adapters.store.stock.keeping.spiking import spiking
from activities.adapters.store.stock.offers import offer_rows
from activities.adapters.store.stock.offers.counter_sales import daily_sales
from activities.adapters.store.stock.picture import look
from activities.adapters.store.stock.showing import inventory_lists, queue_pages, touching
from activities.adapters.store.stock.showing.running_out import running_out
from activities.adapters.store.stock.tables import publications, stock_balances, stock_movements, supplies
from activities.adapters.store.stock.transaction import in_transaction
from models.errors import InvalidInput, NotFound
from models.policy.stock.promising.availability import availability
from models.stock.publication import Published

if TYPE_CHECKING:
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.clock import Clock
    from activities.adapters.store.database import Database
    from activities.records.orders import Page
    from activities.records.stock import RunningOut, StockMovement, TouchedOrder
    from models.policy.book import PolicyBook
    from models.stock.availability import Availability, AvailabilityQuestion
    from models.stock.backorders import Backorder
    from models.stock.differences import Difference, DifferenceState
    from models.stock.nodes import Node
    from models.stock.picture import Picture
    from models.stock.publication import PublicationLag
    from models.stock.supply import Supply

_of_sku = bindparam("of_sku", type_=stock_balances.c.sku.type)
_KNOWN = select(
    or_(
        exists().where(stock_balances.c.sku == _of_sku),
        exists().where(supplies.c.sku == _of_sku),
        exists().where(stock_movements.c.sku == _of_sku),
    )
)
_p = publications.c
_OFFERED = (
    select(publications)
    .where(_p.channel == bindparam("to"), _p.sku.in_(bindparam("skus", expanding=True)))
    .order_by(_p.sku)
)


class SqlInventory:
    """Every look at stock. Nothing here writes but `put_node`."""

    def __init__(self, database: Database, policies: PolicyBook, *, now: Clock = utc_now) -> None:
        """Look into this database, whose tables the migrations have made, by the rules in force."""
        self._database = database
        self._policies = policies
        self._now = now

    async def availability(self, question: AvailabilityQuestion) -> Availability:
        """What may be promised, term by term.

        Raises:
            InvalidInput: there is no such node.
            NotFound: nobody knows the article: no balance, supply or movement was ever written for it.
        """
        policies = self._policies.current
        rules = policies.stock
        async with self._database.reading() as connection:
            now = self._now()
            picture = await look(connection, (question.sku,), at=now)
            if question.node is not None and all(node.name != question.node for node in picture.nodes):
                raise InvalidInput.at("/node", "unknown_node", f"there is no node {question.node}")
            if not picture.shelves and not await _is_known(connection, question.sku):
                raise NotFound(f"nobody knows an article {question.sku}")
            spikes = await spiking(connection, rules.availability, (question.sku,), now)
            sales = await daily_sales(connection, rules, (question.sku,), now)
        return availability(
            rules.availability,
            policies.version,
            question,
            picture,
            spiking=(question.sku, question.channel) in spikes,
            daily_sales=sales.get(question.sku, {}),
            sourcing=rules.sourcing,
        )

    async def picture(self, skus: tuple[str, ...]) -> Picture:
        """All that decisions about these articles look at."""
        async with self._database.reading() as connection:
            return await look(connection, (sku for sku in skus if storable(sku)), at=self._now())

    async def movements(self, sku: str, *, node: str | None, cursor: str | None, limit: int) -> Page[StockMovement]:
        """An article's movements, newest first.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        async with self._database.reading() as connection:
            return await inventory_lists.movements(connection, sku, node=node, cursor=cursor, limit=limit)

    async def backorders(self, *, sku: str | None, cursor: str | None, limit: int) -> Page[Backorder]:
        """Who waits, in the order in which they will be served.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        async with self._database.reading() as connection:
            return await queue_pages.backorders(connection, self._now(), sku=sku, cursor=cursor, limit=limit)

    async def supplies(self, *, sku: str | None, late: bool, cursor: str | None, limit: int) -> Page[Supply]:
        """What is outstanding, the soonest first and what has no date last.

        Args:
            sku: of this article only.
            late: only what is expected later than was said first, or was expected by now and has not come.
            cursor: where the page before ended.
            limit: how many at most.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        async with self._database.reading() as connection:
            now = self._now() if late else None
            return await inventory_lists.outstanding(connection, sku=sku, late_at=now, cursor=cursor, limit=limit)

    async def supply(self, supply_id: str) -> tuple[Supply, ...]:
        """A supply's articles, whatever has become of them.

        Raises:
            NotFound: there is none of this id.
        """
        async with self._database.reading() as connection:
            return await inventory_lists.supply_named(connection, supply_id)

    async def touched_by(self, supply_id: str) -> tuple[TouchedOrder, ...]:
        """Whom a supply's date touches: who would wait longer without it, in the order of service.

        Raises:
            NotFound: there is none of this id.
        """
        async with self._database.reading() as connection:
            return await touching.touched_by(connection, self._policies, supply_id, self._now())

    async def differences(self, *, state: DifferenceState | None, cursor: str | None, limit: int) -> Page[Difference]:
        """Where books differ, the latest seen first; from partners' books only what lasts, as the rules of drift say.

        Raises:
            InvalidInput: the cursor is not one of this list.
        """
        lasting = self._policies.current.stock.drift.seen_before_shown
        async with self._database.reading() as connection:
            return await inventory_lists.differences(
                connection, state=state, lasting=lasting, cursor=cursor, limit=limit
            )

    async def nodes(self) -> tuple[Node, ...]:
        """Every node, the preferred first."""
        async with self._database.reading() as connection:
            return await nodes.known_nodes(connection)

    async def put_node(self, node: Node) -> None:
        """Add or change a node.

        Raises:
            Transient: the database is too busy.
        """
        await in_transaction(self._database, partial(nodes.put_node, node=node))
        nodes.forget_nodes()

    async def offered(self, channel: str, skus: tuple[str, ...]) -> tuple[Published, ...]:
        """What the channel may show of these, by SKU; one that was never worked out for it is not among them."""
        asked = {"to": channel, "skus": sorted({sku for sku in skus if storable(sku)})}
        async with self._database.reading() as connection:
            rows = await connection.execute(_OFFERED, asked)
            return tuple(Published(**row) for row in rows.mappings())

    async def running_out(self, *, channel: str | None, within_days: int, limit: int) -> tuple[RunningOut, ...]:
        """What channels will have none of within so many days at today's pace, the soonest first."""
        days = self._policies.current.stock.replenishment.history_days
        async with self._database.reading() as connection:
            return await running_out(
                connection, self._now(), channel=channel, within_days=within_days, history_days=days, limit=limit
            )

    async def lags(self) -> tuple[PublicationLag, ...]:
        """How late each channel hears, by channel."""
        async with self._database.reading() as connection:
            return tuple(await offer_rows.lags(connection))


async def _is_known(connection: AsyncConnection, sku: str) -> bool:
    return bool((await connection.execute(_KNOWN, {"of_sku": sku})).scalar_one())
