"""Partners' documents as they were read, how far that is, and which orders are to be compared because of them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, literal, or_, select, update

from activities.adapters.store.inserting import insert, insert_or_update
from activities.adapters.store.tables.orders import orders
from activities.adapters.store.tables.reconciling import differences, documents, due, readings
from activities.adapters.store.tables.returns import return_money, returns
from models.reconciling.comparing.classification import COMPARED
from models.reconciling.differences import Comparison, DifferenceState
from models.reconciling.documents import DocumentKind

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.database import Database
    from models.policy.reconciling import ReconcilingRules
    from models.reconciling.documents import PartnerDocument

OURSELVES = "orderloom"
"""The party of `readings` that is our own orders and returns."""
_SLOW_COMMIT = timedelta(minutes=1)
"""What changed here may be seen so much later than its own time says."""
_VERIFIED_FOR = timedelta(days=1)
"""So long what was healed is compared again, to see that it helped."""
_MEMO = "/memo"
"""What the key of a credit memo ends with, after that of the money it is for."""
_r, _d, _o = readings.c, differences.c, orders.c


async def read_from(connection: AsyncConnection, party: str, rules: ReconcilingRules, now: datetime) -> datetime:
    """From when on to read a party's documents."""
    read_to: datetime | None = await connection.scalar(select(_r.read_to).where(_r.party == party))
    if read_to is None:
        return now - timedelta(days=rules.look_back_days)
    overlap = _SLOW_COMMIT if party == OURSELVES else timedelta(minutes=rules.overlap_minutes)
    return read_to - overlap


async def read_until(database: Database, connection: AsyncConnection, party: str, moment: datetime) -> None:
    """Note how far they are read; never back again, whoever comes late."""
    statement = insert(database, readings).values(party=party, read_to=moment, trouble=None, tried_at=moment)
    new = statement.excluded
    later = or_(_r.read_to.is_(None), _r.read_to < new.read_to)
    told = {"read_to": new.read_to, "trouble": None, "tried_at": new.tried_at}
    await connection.execute(statement.on_conflict_do_update(index_elements=["party"], set_=told, where=later))


async def not_read(database: Database, connection: AsyncConnection, party: str, reason: str, now: datetime) -> None:
    """Note why they could not be read."""
    statement = insert(database, readings).values(party=party, read_to=None, trouble=reason[:500], tried_at=now)
    told = {"trouble": statement.excluded.trouble, "tried_at": now}
    await connection.execute(statement.on_conflict_do_update(index_elements=["party"], set_=told))


async def keep(
    database: Database, connection: AsyncConnection, found: Iterable[PartnerDocument], now: datetime
) -> None:
    """Keep documents; only an order whose document is new or has changed is compared because of it."""
    for document in found:
        this = (
            documents.c.party == document.party.value,
            documents.c.kind == document.kind.value,
            documents.c.reference == document.reference,
        )
        known: PartnerDocument | None = await connection.scalar(select(documents.c.document).where(*this))
        kept = document
        if known is not None:
            # What was told with it is not lost when it is listed again without it, nor what is newer overwritten.
            kept = document.model_copy(update={"event": document.event or known.event})
            if kept == known or document.at < known.at:
                continue
        row = {
            "party": document.party.value,
            "kind": document.kind.value,
            "reference": document.reference,
            "order_id": document.order_id,
            "changed_at": document.at,
            "document": kept,
            "first_read_at": now,
        }
        statement = insert_or_update(database, documents)
        await connection.execute(statement, row)
        await _posted(connection, document, now)
        await _enlist_for(database, connection, document)


async def _posted(connection: AsyncConnection, document: PartnerDocument, now: datetime) -> None:
    """Note that what was given for returned goods has come into the ERP's books."""
    if document.kind is DocumentKind.CREDIT_MEMO and document.first_key.endswith(_MEMO):
        money = return_money.c
        gift = (money.key == document.first_key.removesuffix(_MEMO), money.posted_at.is_(None))
        await connection.execute(update(return_money).where(*gift).values(posted_at=now))


async def _enlist_for(database: Database, connection: AsyncConnection, document: PartnerDocument) -> None:
    wanted = [comparison for comparison in Comparison if document.kind in COMPARED[comparison]]
    statement = insert(database, due)
    newer = statement.on_conflict_do_update(
        index_elements=["comparison", "order_id"],
        set_={"changed_at": statement.excluded.changed_at},
        where=due.c.changed_at < statement.excluded.changed_at,
    )
    rows = [
        {"comparison": comparison.value, "order_id": document.order_id, "changed_at": document.at}
        for comparison in wanted
    ]
    await connection.execute(newer, rows)


async def enlist_changed(database: Database, connection: AsyncConnection, since: datetime, until: datetime) -> int:
    """Have compared what changed here in a time: orders in all ways, those with returns in that of refunds."""
    changed = (_o.version > 0, _o.updated_at > since, _o.updated_at <= until)
    of_orders = [
        select(literal(comparison.value).label("comparison"), _o.id.label("order_id"), _o.updated_at).where(*changed)
        for comparison in Comparison
    ]
    total = 0
    for statement in (*of_orders, _returned(since, until)):
        total += await _insert_newer(database, connection, statement)
    return total


def _returned(since: datetime, until: datetime) -> Select[tuple[str, str, datetime]]:
    back = returns.c
    window = (back.version > 0, back.updated_at > since, back.updated_at <= until)
    comparison = literal(Comparison.REFUNDS.value).label("comparison")
    # Of several returns of one order the last change counts.
    return select(comparison, back.order_id, func.max(back.updated_at)).where(*window).group_by(back.order_id)


async def _insert_newer(
    database: Database, connection: AsyncConnection, statement: Select[tuple[str, str, datetime]]
) -> int:
    inserting = insert(database, due).from_select(["comparison", "order_id", "changed_at"], statement)
    newer = inserting.on_conflict_do_update(
        index_elements=["comparison", "order_id"],
        set_={"changed_at": inserting.excluded.changed_at},
        where=due.c.changed_at < inserting.excluded.changed_at,
    )
    return (await connection.execute(newer)).rowcount


async def enlist_standing(
    database: Database, connection: AsyncConnection, until: datetime, settled_before: datetime
) -> int:
    """Have compared again what differed, and what was healed lately: it may have gone away, or come back."""
    standing = _d.state.in_([DifferenceState.OPEN.value, DifferenceState.ASSIGNED.value])
    healed = and_(_d.state == DifferenceState.HEALED.value, _d.settled_at > until - _VERIFIED_FOR)
    # They have had their time when they were found: they are due at once.
    at_once = literal(settled_before, type_=due.c.changed_at.type)
    chosen = select(_d.comparison, _d.order_id, at_once).where(or_(standing, healed)).distinct()
    inserting = insert(database, due).from_select(["comparison", "order_id", "changed_at"], chosen)
    return (await connection.execute(inserting.on_conflict_do_nothing())).rowcount
