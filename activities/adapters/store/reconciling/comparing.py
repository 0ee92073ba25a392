"""Comparing orders that have settled, some at a time, and writing down what differs or does no longer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from activities.adapters.store.reconciling.difference_rows import difference_row
from activities.adapters.store.reconciling.our_books import read_books
from activities.adapters.store.tables.reconciling import differences, due
from models.reconciling.comparing.classification import COMPARE
from models.reconciling.differences import DifferenceState
from models.reconciling.runs import Compared
from models.reconciling.standing import first_seen, gone, seen_again

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncConnection

    from activities.adapters.store.reconciling.our_books import OwnBooks
    from models.policy.reconciling import ReconcilingRules
    from models.reconciling.differences import Comparison, Difference, Finding

_u, _d = due.c, differences.c


@dataclass(frozen=True)
class Moment:
    """When a run compares, and by which rules."""

    began_at: datetime
    now: datetime
    rules: ReconcilingRules

    @property
    def settled_before(self) -> datetime:
        """What changed before that has had its time."""
        return self.began_at - timedelta(minutes=self.rules.grace_minutes)


async def compare(connection: AsyncConnection, comparison: Comparison, moment: Moment, limit: int) -> Compared:
    """Compare the next orders; answers how many were due, and what came of them.

    What has changed since partners' documents were read is left to a later run: they could not have it.
    """
    chosen = (
        select(_u.order_id)
        .where(_u.comparison == comparison.value, _u.changed_at <= moment.settled_before)
        .order_by(_u.changed_at, _u.order_id)
        .limit(limit)
    )
    order_ids = list((await connection.scalars(chosen)).all())
    books = await read_books(connection, order_ids, comparison)
    fresh = left = 0
    for order_id in order_ids:
        this = (_u.comparison == comparison.value, _u.order_id == order_id)
        own = books[order_id]
        if own.changed_at is not None and own.changed_at > moment.settled_before:
            await connection.execute(update(due).where(*this).values(changed_at=own.changed_at))
            continue
        findings = _findings(own, comparison, moment.rules)
        fresh_here, left_here = await _write(connection, comparison, order_id, findings, moment)
        fresh, left = fresh + fresh_here, left + left_here
        await connection.execute(delete(due).where(*this))
    return Compared(orders=len(order_ids), found=fresh, gone=left)


def _findings(own: OwnBooks, comparison: Comparison, rules: ReconcilingRules) -> Sequence[Finding]:
    if own.unwritten:
        # Its workflow has written nothing yet: nobody can have asked a partner for anything on its behalf.
        return ()
    found = COMPARE[comparison](own.books(), own.documents)
    return [finding for finding in found if not rules.left_out(finding)]


async def _write(
    connection: AsyncConnection, comparison: Comparison, order_id: str, findings: Sequence[Finding], moment: Moment
) -> tuple[int, int]:
    """Write down an order's findings; answers how many are new or back, and how many went away."""
    known_rows = select(_d.difference).where(_d.order_id == order_id, _d.comparison == comparison.value)
    known: dict[str, Difference] = {found.id: found for found in (await connection.scalars(known_rows)).all()}
    fresh = left = 0
    for finding in {finding.id: finding for finding in findings}.values():
        before = known.pop(finding.id, None)
        if before is None:
            made = first_seen(finding, moment.rules.owner_of(finding), moment.now)
            await connection.execute(insert(differences), difference_row(made))
            fresh += 1
            continue
        after = seen_again(before, finding, moment.now, moment.settled_before)
        fresh += after.state is DifferenceState.OPEN and before.state is not DifferenceState.OPEN
        await rewrite(connection, after)
    for before in known.values():
        if before.state in {DifferenceState.OPEN, DifferenceState.ASSIGNED}:
            await rewrite(connection, gone(before, moment.now))
            left += 1
    return fresh, left


async def rewrite(connection: AsyncConnection, difference: Difference) -> None:
    """Write a difference as it is now."""
    await connection.execute(update(differences).where(_d.id == difference.id).values(difference_row(difference)))
