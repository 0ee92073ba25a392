"""Replenishment on our own database: `activities.ports.stock.Replenishing`, and what the API shows of it."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, func, select

from activities.adapters.store.clock import utc_now
from activities.adapters.store.stock.buying import asking
from activities.adapters.store.stock.buying.demand import histories
from activities.adapters.store.stock.buying.promotions import promotions_from, put_promotion
from activities.adapters.store.stock.nodes import known_nodes
from activities.adapters.store.stock.picture import look, supply
from activities.adapters.store.stock.tables import stock_balances, supplies
from activities.adapters.store.stock.transaction import in_transaction
from models.errors import Conflict, InvalidInput, NotFound
from models.policy.stock.replenishing.position import Positions
from models.policy.stock.replenishing.projecting import play
from models.policy.stock.replenishing.promoting import uncovered
from models.policy.stock.replenishing.replenishing import named_by, proposals
from models.policy.stock.replenishing.suppliers import standings
from models.policy.stock.rules import first_for
from models.stock.events import StockLine, SupplyAnnounced
from models.stock.replenishment import RefusedProposal
from models.stock.supply import SupplyKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.clock import Clock
    from activities.adapters.store.database import Database
    from activities.adapters.store.stock.buying.asking import Ask
    from activities.ports.stock import StockLedger
    from models.partners.transfers import RequisitionAnswer, TransferOrder
    from models.policy.book import PolicyBook
    from models.policy.stock.rules import ReplenishmentRules
    from models.stock.picture import Picture
    from models.stock.replenishment import (
        DemandHistory,
        Promotion,
        Proposal,
        Scenario,
        ScenarioAnswer,
        SupplierStanding,
        Uncovered,
    )

SOURCE = "replenishment"
"""Who tells the ledger of what we have ordered."""
_AT_ONCE = 500
"""Articles looked at in one go."""
_LAST = datetime.max.replace(tzinfo=UTC)
_b, _s = stock_balances.c, supplies.c
_SKUS = select(_b.sku).distinct()
_CYCLES = (
    select(_s.sku, _s.node, func.count(_s.id.distinct()).label("cycles"))
    .where(_s.sku.in_(bindparam("skus", expanding=True)))
    .group_by(_s.sku, _s.node)
)
_A_YEAR = timedelta(days=365)
_PURCHASES = select(supplies).where(
    _s.kind == SupplyKind.PURCHASE.value,
    _s.source.is_not(None),
    _s.ordered_at >= bindparam("since", type_=_s.ordered_at.type),
)
_IS_KNOWN = select(_s.id).where(
    _s.id == bindparam("of_id"), _s.sku == bindparam("of_sku"), _s.node == bindparam("at_node")
)


class SqlReplenishing:
    """What is to be bought or moved, by the rules in force."""

    def __init__(self, database: Database, policies: PolicyBook, ledger: StockLedger, now: Clock = utc_now) -> None:
        """Look at the stock in this database, and note in this ledger what was ordered."""
        self._database = database
        self._policies = policies
        self._ledger = ledger
        self._now = now

    @property
    def policy_version(self) -> str:
        """Of the rules in force."""
        return self._policies.current.version

    async def proposals(self) -> tuple[Proposal, ...]:
        """What is asked for and not settled, as it was asked; then what the rules ask for now, by article and node."""
        async with self._database.reading() as connection:
            asked = await asking.all_asked(connection)
        return (*(one.proposal for one in asked if one.is_open), *await self._wanted(asked))

    async def refused(self) -> tuple[RefusedProposal, ...]:
        """What partners have refused and is asked for anew after a while, the longest asked first."""
        async with self._database.reading() as connection:
            asked = await asking.all_asked(connection)
        return tuple(
            RefusedProposal(proposal=one.proposal, refused_at=one.refused_at, why=one.refusal or "")
            for one in asked
            if one.refused_at is not None
        )

    async def to_ask(self, most: int) -> tuple[Proposal, ...]:
        """Write down what is to be asked for next, before anybody is asked: what is not settled, then the most urgent.

        Raises:
            Transient: the database is too busy.
        """
        async with self._database.reading() as connection:
            asked = await asking.all_asked(connection)
        again = [one.proposal for one in asked if one.is_open]
        fresh = sorted(await self._wanted(asked), key=lambda one: (one.needed_by or _LAST, one.key))
        now = self._now()
        work = partial(asking.write_down, wanted=fresh[: max(most - len(again), 0)], now=now)
        written = await in_transaction(self._database, work)
        return (*again, *written, *fresh[len(written) :])

    async def turned_down(self, proposal: Proposal, why: str) -> None:
        """Note that a partner has refused it: it is asked for anew after a while, as it is wanted then.

        Raises:
            Transient: the database is too busy.
        """
        work = partial(asking.note_refusal, key=proposal.key, why=why, now=self._now())
        await in_transaction(self._database, work)

    async def ordered(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        """Note the purchase order: the supply is expected from now on; once a proposal.

        What the ERP has told of it already stands: it knows better.

        Raises:
            Transient: the database is too busy.
        """
        if not await self._is_known(answer.reference, proposal):
            await self._expect(proposal, answer)
        await in_transaction(self._database, partial(asking.settle, key=proposal.key))

    async def _is_known(self, supply_id: str, proposal: Proposal) -> bool:
        wanted = {"of_id": supply_id, "of_sku": proposal.sku, "at_node": proposal.node}
        async with self._database.reading() as connection:
            return (await connection.execute(_IS_KNOWN, wanted)).first() is not None

    async def _expect(self, proposal: Proposal, answer: RequisitionAnswer) -> None:
        event = SupplyAnnounced(
            event_id=f"ordered:{sha256(proposal.key.encode()).hexdigest()}",
            occurred_at=self._now(),
            supply_id=answer.reference,
            node=proposal.node,
            lines=(StockLine(sku=proposal.sku, quantity=proposal.quantity),),
            expected_at=answer.expected_at or proposal.expected_at,
            supplier=answer.supplier or proposal.supplier,
        )
        # Somebody else has noted it in this very moment: then it is noted.
        with suppress(Conflict):
            await self._ledger.apply(event, source=SOURCE)

    async def play(self, scenario: Scenario) -> ScenarioAnswer:
        """Run a scenario over the stock as it is.

        Raises:
            NotFound: nobody knows the node.
        """
        rules = self._policies.current.stock
        async with self._database.reading() as connection:
            if scenario.node not in {node.name for node in await known_nodes(connection, [scenario.node])}:
                raise NotFound(f"there is no node {scenario.node}")
            picture, demand = await self._look(connection, rules.replenishment, [scenario.sku])
        return play(rules, picture, demand, picture.at, scenario)

    async def suppliers(self) -> tuple[SupplierStanding, ...]:
        """How each supplier delivers, by the purchase orders of the last year; the one who is late most often first."""
        now = self._now()
        async with self._database.reading() as connection:
            rows = await connection.execute(_PURCHASES, {"since": now - _A_YEAR})
            return standings(map(supply, rows), now)

    async def check_transfer(self, order: TransferOrder) -> None:
        """See that a transfer can be asked for: what orders were promised is not to be sent elsewhere.

        Raises:
            Conflict: the node has less to spare.
            InvalidInput: a node nobody knows, or the same twice.
        """
        async with self._database.reading() as connection:
            picture = await look(connection, {line.sku for line in order.lines}, at=self._now())
        known = {node.name for node in picture.nodes}
        for pointer, node in (("/from_node", order.from_node), ("/to_node", order.to_node)):
            if node not in known:
                raise InvalidInput.at(pointer, "unknown_node", f"there is no node {node}")
        if order.from_node == order.to_node:
            raise InvalidInput.at("/to_node", "same_node", "is where the goods are already")
        spare = Positions(picture).spare
        for line in order.lines:
            spare[line.sku, order.from_node] -= line.quantity
            if spare[line.sku, order.from_node] < 0:
                raise Conflict("not_available", f"{order.from_node} cannot spare {line.quantity} of {line.sku}")

    async def put_promotion(self, promotion: Promotion) -> None:
        """Watch a campaign's stock, or change the campaign.

        Raises:
            InvalidInput: it ends before it starts.
        """
        if promotion.ends < promotion.starts:
            raise InvalidInput.at("/ends", "before_start", f"is before {promotion.starts}, when it starts")
        await in_transaction(self._database, partial(put_promotion, promotion=promotion))

    async def promotions(self) -> tuple[tuple[Promotion, Uncovered | None], ...]:
        """List the campaigns that have not ended, the first to end first, with what the stock does not cover."""
        rules = self._policies.current.stock.replenishment
        async with self._database.reading() as connection:
            running = await promotions_from(connection, self._now().astimezone(UTC).date())
            picture, demand = await self._look(connection, rules, {promotion.sku for promotion in running})
        short = {one.promotion.id: one for one in uncovered(rules, picture, demand, picture.at, running)}
        return tuple((promotion, short.get(promotion.id)) for promotion in running)

    async def _skus(self, rules: ReplenishmentRules) -> list[str]:
        """Every article that has been seen and that a rule may fit, and those that a rule names."""
        async with self._database.reading() as connection:
            seen = (await connection.execute(_SKUS)).scalars().all()
        fits = {sku for sku in seen if first_for(rules.rules, sku) is not None}
        return sorted(fits | {sku for rule in rules.rules for sku in named_by(rule, fits)})

    async def _wanted(self, asked: Sequence[Ask]) -> tuple[Proposal, ...]:
        """What the rules ask for now that is not asked for already, nor was refused lately."""
        rules, now = self._policies.current.stock.replenishment, self._now()
        still = [one.proposal for one in asked if one.is_open]
        resting = {one.spot for one in asked if one.rests(now)}
        found: list[Proposal] = []
        if rules.rules:
            skus = await self._skus(rules)
            for first in range(0, len(skus), _AT_ONCE):
                found += await self._propose(rules, skus[first : first + _AT_ONCE], still)
        return tuple(one for one in found if (one.sku, one.node) not in resting)

    async def _propose(
        self, rules: ReplenishmentRules, skus: Iterable[str], asked: Iterable[Proposal]
    ) -> tuple[Proposal, ...]:
        async with self._database.reading() as connection:
            picture, demand = await self._look(connection, rules, skus)
            rows = await connection.execute(_CYCLES, {"skus": sorted(skus)})
            cycles = {(row.sku, row.node): row.cycles for row in rows}
        return proposals(rules, picture, demand, picture.at, cycles=cycles, asked=asked)

    async def _look(
        self, connection: AsyncConnection, rules: ReplenishmentRules, skus: Iterable[str]
    ) -> tuple[Picture, dict[tuple[str, str], DemandHistory]]:
        skus, now = sorted(set(skus)), self._now()
        picture = await look(connection, skus, at=now)
        return picture, await histories(connection, skus, now, rules.history_days)
