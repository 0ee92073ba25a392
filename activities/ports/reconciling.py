"""What reconciling asks of partners and of our own store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime

    from models.reconciling.differences import Comparison
    from models.reconciling.documents import DocumentPage, DocumentQuery, PartnerDocument, Party
    from models.reconciling.runs import Compared, HealingTask, RunReport, Taken


class Documents(Protocol):
    """A partner that lists what it has written down about our orders."""

    async def documents(self, query: DocumentQuery) -> DocumentPage:
        """List what changed since a moment, a page at a time; raises only `models.errors.PartnerError`."""


class Reconciling(Protocol):
    """Our side of it. Every call may be repeated, and does a part that is done in a short time."""

    async def begin(self, run_id: str) -> datetime:
        """Note a run; answers when it began, the same each time."""

    async def read_from(self, party: Party) -> datetime:
        """From when on a partner's documents are to be read: where the last reading ended, less the overlap."""

    async def keep(self, documents: tuple[PartnerDocument, ...]) -> None:
        """Keep documents as they stand now, and have their orders compared when they have settled."""

    async def read_until(self, run_id: str, party: Party, count: int) -> None:
        """Note that all documents until the run began are here, and how many that were."""

    async def not_read(self, party: Party, reason: str) -> None:
        """Note why a partner's documents could not be read; the next reading begins where this one would have."""

    async def enlist(self, run_id: str) -> int:
        """Have orders compared that changed here, and those that differ already; answers how many comparisons."""

    async def compare(self, run_id: str, comparison: Comparison, *, limit: int) -> Compared:
        """Compare some of the orders that have settled, and write down what differs or does no longer."""

    async def to_heal(self, run_id: str, *, limit: int) -> Taken:
        """Take open differences within this run's limits to be healed; what is beyond goes to a person."""

    async def tell_order(self, task: HealingTask) -> str:
        """Put the event that was lost into our inbox; answers in words what was done.

        Raises:
            models.errors.Conflict: the order was told before, or the event is not known any more.
        """

    async def healed(self, run_id: str, difference_id: str, outcome: str) -> None:
        """Note what was done."""

    async def not_healed(self, run_id: str, difference_id: str, reason: str) -> None:
        """Leave it to a person, with the reason."""

    async def end(self, run_id: str, skipped: tuple[str, ...]) -> RunReport:
        """Note that a run has ended; answers what it came to."""
