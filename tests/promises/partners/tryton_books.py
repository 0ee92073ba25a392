"""A Tryton's books without a server, for tests of how they are read: what was written when, and what is in sight."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from activities.adapters.tryton.reading_on import Mark, Written

if TYPE_CHECKING:
    from activities.adapters.tryton.rest import Span
    from activities.adapters.tryton.wire import Domain, Read

_NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)


class StandIn:
    """Answers as Tryton answers: by moment and number, so many at once, and what is in sight by now."""

    partner = "tryton"

    def __init__(self) -> None:
        self.now = 0
        """In seconds. A page takes none; between two pages time passes."""
        self._kept: dict[str, list[tuple[int, dict[str, Any]]]] = {}

    def write(self, model: str, begun: int, lasting: int, **values: Any) -> None:
        """Write a record in a transaction that begins at a moment and takes so long."""
        kept, at = self._kept.setdefault(model, []), _NOON + timedelta(seconds=begun)
        kept.append((begun + lasting, {"id": len(kept) + 1, "create_date": at, "write_date": at, **values}))

    async def find(self, name: str, record: type[Read], where: Domain, span: Span | None = None) -> list[Read]:
        seen = [record.model_validate(values) for ended, values in self._kept.get(name, []) if ended <= self.now]
        if span is None:
            # Asked for by number: each test gives what belongs together the same.
            return [one for one in seen if one.id in _numbers(where)]
        (_, _, ((_, _, at), (_, _, number))) = where[0]
        beyond = [one for one in cast("list[Written]", seen) if one.mark > Mark(at, number)]
        return list(sorted(beyond, key=lambda one: one.mark, reverse=span.order[0][1] == "DESC")[: span.limit])


def _numbers(where: Domain) -> set[int]:
    """``[["id", "in", [1, 2]]]``, or references: ``[["resource", "in", ["stock.shipment.out,1"]]]``."""
    [(_, _, named)] = where
    return {int(str(one).rpartition(",")[2]) for one in named}
