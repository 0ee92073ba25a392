"""Our record of returns as their workflows write it: judgements, claims, state and story."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, func, select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert_missing, insert_or_update
from activities.adapters.store.orders import SqlOrders
from activities.adapters.store.posting_rows import posting_rows
from activities.adapters.store.returns import claims
from activities.adapters.store.stock.transaction import in_transaction
from activities.adapters.store.tables.money import return_postings
from activities.adapters.store.tables.returns import (
    return_decisions,
    return_holds,
    return_replacements,
    return_timeline,
    returns,
)
from models.errors import Conflict, NotFound
from models.order.order import Order, Provenance, digest
from models.returns.authorising import authorise
from models.returns.money import ClaimAnswer, HandedIn
from models.returns.replacing import replacement_order

if TYPE_CHECKING:
    from activities.adapters.store.database import Database
    from models.policy.book import PolicyBook
    from models.returns.assessment import ReturnAssessment, ReturnAssessmentRequest
    from models.returns.money import ClaimChange, RefundClaim, RefundGrant, RefundOutcome, Replacement
    from models.returns.snapshot import ReturnSnapshot

FORMAT = "orderloom/return"
"""The provenance of an order that sends something in place of what came back."""
_r = returns.c
_MOVE_ON = (
    update(returns)
    .where(_r.id == bindparam("return_id"), _r.version < bindparam("newer"))
    .values(
        version=bindparam("newer"),
        state=bindparam("now_state"),
        waiting_on=bindparam("now_waiting_on"),
        tracking_number=bindparam("now_tracking_number"),
        snapshot=bindparam("now_snapshot"),
        updated_at=bindparam("at"),
        # A return that writes is running, whether or not the API lived to note it.
        started_at=func.coalesce(_r.started_at, bindparam("at", type_=_r.started_at.type)),
    )
)
_IS_THERE = select(exists().where(_r.id == bindparam("return_id")))
_IS_REPLACEMENT = select(exists().where(return_replacements.c.order_id == bindparam("order_id")))


class SqlReturnBook:
    """`activities.ports.partners.ReturnBook` on our own database."""

    def __init__(
        self,
        database: Database,
        policies: PolicyBook,
        *,
        now: Clock = utc_now,
        connected: frozenset[str] = frozenset(),
    ) -> None:
        """Judge by these policies; write to this database, whose tables the migrations have made.

        The `connected` channels are told themselves what is given back.
        """
        self._database = database
        self._connected = connected
        self._policies = policies
        self._now = now
        self._orders = SqlOrders(database, now=now)
        self._hold = insert_or_update(database, return_holds)
        self._tell = insert_missing(database, return_timeline)
        self._decide = insert_missing(database, return_decisions)
        self._post = insert_missing(database, return_postings)
        self._replace = insert_missing(database, return_replacements)

    async def assess(self, request: ReturnAssessmentRequest) -> ReturnAssessment:
        """Judge a return by policy.

        Raises:
            NotFound: there is no such policy version.
        """
        assessment = authorise(request.case, self._policies.get(request.policy_version))
        sold = request.case.sold
        told = request.case.known and sold.channel in self._connected and not await self._is_replacement(sold.order_id)
        return assessment.model_copy(update={"channel_connected": told})

    async def _is_replacement(self, order_id: str) -> bool:
        """Whether the channel has never heard of the order: we sent it in place of what came back."""
        async with self._database.reading() as connection:
            return bool(await connection.scalar(_IS_REPLACEMENT, {"order_id": order_id}))

    async def claim(self, claim: RefundClaim) -> RefundGrant:
        """Set aside what is given for goods, never more than the order was paid and is left; once a key.

        Raises:
            NotFound: there is no such return.
            Transient: the database is too busy.
        """
        return await in_transaction(self._database, partial(claims.claim_money, claim=claim, now=self._now()))

    async def settle(self, outcome: RefundOutcome) -> None:
        """Note what was given of a grant; the rest of it is free again.

        Raises:
            NotFound: there is no such grant.
            Transient: the database is too busy.
        """
        await in_transaction(self._database, partial(claims.settle, outcome=outcome, now=self._now()))

    async def change_claim(self, change: ClaimChange) -> ClaimAnswer:
        """Set how many units a return has a claim to; never more than were shipped, over all returns.

        Raises:
            NotFound: there is no such order.
            Transient: the database is too busy.
        """
        try:
            await in_transaction(self._database, partial(claims.change_claim, change=change))
        except claims.NoMore:
            return ClaimAnswer(granted=False)
        return ClaimAnswer(granted=True)

    async def hand_in(self, replacement: Replacement) -> HandedIn:
        """Hand in an order in place of what came back; once a return and part. The API's sweep starts it.

        Raises:
            Conflict: another order has its name.
            NotFound: there is no such order to replace something of.
        """
        original = (await self._orders.find(replacement.order_id)).order
        document = replacement_order(original, replacement, self._now())
        payload = document.model_dump_json().encode()
        order = Order.accepted(document, Provenance(format=FORMAT, payload_digest=digest(payload)))
        submission = await self._orders.submit(order, payload)
        if not submission.is_new and submission.order.provenance.format != FORMAT:
            raise Conflict("name_taken", f"{order.id} is an order of the channel's own")
        async with self._database.writing() as connection:
            row = {"order_id": order.id, "return_id": replacement.return_id}
            await connection.execute(self._replace, row)
        return HandedIn(order_id=order.id)

    async def record(self, snapshot: ReturnSnapshot) -> None:
        """Write the return's state and what is new in its story.

        A snapshot that comes late changes no state; what it tells of the story is kept if it is missing.

        Raises:
            NotFound: there is no such return.
        """
        async with self._database.writing() as connection:
            moved_on = (await connection.execute(_MOVE_ON, _state(snapshot))).rowcount == 1
            if not moved_on and not await connection.scalar(_IS_THERE, {"return_id": snapshot.return_id}):
                raise NotFound(f"there is no return {snapshot.return_id}")
            if moved_on and snapshot.holds:
                await connection.execute(self._hold, _holds(snapshot))
            if snapshot.entries:
                await connection.execute(self._tell, _entries(snapshot))
            if snapshot.decisions:
                await connection.execute(self._decide, _decisions(snapshot))
            if snapshot.postings:
                await connection.execute(self._post, posting_rows(snapshot.postings, return_id=snapshot.return_id))


def _state(snapshot: ReturnSnapshot) -> dict[str, object]:
    return {
        "return_id": snapshot.return_id,
        "newer": snapshot.version,
        "now_state": snapshot.state.value,
        "now_waiting_on": snapshot.waiting_on,
        "now_tracking_number": snapshot.tracking_number,
        # The story has its own tables, and would be told again in every snapshot.
        "now_snapshot": snapshot.model_copy(update={"entries": (), "decisions": (), "postings": ()}),
        "at": snapshot.at,
    }


def _holds(snapshot: ReturnSnapshot) -> list[dict[str, object]]:
    return [
        {
            "return_id": snapshot.return_id,
            "hold_id": hold.id,
            "kind": hold.kind.value,
            "owner": hold.owner,
            "state": hold.state.value,
            "opened_at": hold.opened_at,
            "decided_at": hold.decided_at,
        }
        for hold in snapshot.holds
    ]


def _entries(snapshot: ReturnSnapshot) -> list[dict[str, object]]:
    return [
        {
            "return_id": snapshot.return_id,
            "position": entry.position,
            "at": entry.at,
            "kind": entry.kind.value,
            "text": entry.text,
            "actor": entry.actor,
        }
        for entry in snapshot.entries
    ]


def _decisions(snapshot: ReturnSnapshot) -> list[dict[str, object]]:
    return [
        {
            "return_id": snapshot.return_id,
            "position": position,
            "kind": decision.kind.value,
            "policy_version": decision.policy_version,
            "decision": decision,
        }
        for position, decision in enumerate(snapshot.decisions, start=snapshot.decisions_from)
    ]
