"""One page of a model's records after another, by when they were last written."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from activities.adapters.tryton.reading_on import Mark, Standing, Written, beginning
from activities.adapters.tryton.rest import Span

if TYPE_CHECKING:
    from datetime import datetime

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Domain

_OLDEST = (("write_date", "ASC"), ("id", "ASC"))
_NEWEST = (("write_date", "DESC"), ("id", "DESC"))


Record = TypeVar("Record", bound=Written)


class Pages:
    """Reads on from where the reading stands."""

    def __init__(self, rest: Rest, size: int, overlap_s: float, begins: datetime | None) -> None:
        """Read here, so many at once, and again what is no older than the overlap; nothing before the beginning."""
        self._rest = rest
        self._size = size
        self._overlap = timedelta(seconds=overlap_s)
        self._begins = begins

    def back(self, mark: Mark) -> Mark:
        """Where the next reading begins after one that has come to its end."""
        return mark.before(self._overlap, beginning(self._begins))

    async def next(
        self, standing: Standing, model: int, name: str, record: type[Record], where: Domain
    ) -> tuple[list[Record], Standing]:
        """Read the next page of a model; answers its records too, and where the reading stands then.

        Args:
            standing: where it stands.
            model: the model's place in it.
            name: the model's name.
            record: what is read of each.
            where: which of its records are meant.
        """
        domain = [standing.marks[model].after(), *where]
        found = await self._rest.find(name, record, domain, Span(limit=self._size, order=_OLDEST))
        latest = None
        if len(found) >= self._size and standing.at_start(model):
            # It takes several pages: what was the latest has to be known before the first of them is read.
            newest = await self._rest.find(name, Written, domain, Span(limit=1, order=_NEWEST))
            latest = newest[0].mark if newest else None
            found = await self._rest.find(name, record, domain, Span(limit=self._size, order=_OLDEST))
        if len(found) >= self._size:
            return found, standing.within(model, found[-1].mark, latest)
        last = found[-1].mark if found else standing.marks[model]
        return found, standing.at_end(model, last, self.back)
