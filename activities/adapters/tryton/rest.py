"""Tryton's REST interface: records are found, made, changed, and have actions done on them.

what happened                                      becomes
503 that speaks of a lock, five times              LockConflict: nothing was done; another client had the row
404                                                Missing: no such record, or the address is wrong
400 with a sentence: a rule, or a warning          Refused, with a code read from the sentence
all else                                           as `activities.adapters.http` has it

Each request is one transaction. A lock that another client holds is waited for here, briefly: with two clients one
order in twelve meets one, and a whole attempt of an activity is too dear for that.
"""

from __future__ import annotations

import asyncio
import random
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError

from activities.adapters.http import Nonsense, PartnerHttp
from activities.adapters.tryton.phrases import WRONG_STATE, refusal
from activities.adapters.tryton.wire import Read, decoded, encoded, fields_of, in_header
from models.errors import Refused, Transient, Unavailable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import httpx

    from activities.adapters.tryton.wire import Domain, Values
    from models.settings import PartnerSettings

Record = TypeVar("Record", bound=Read)
_TRIES = 5
_PAUSE_S = 0.1
"""The first pause, in seconds; each next is twice as long, and each is shortened by chance."""
_LOCKED = (b"lock", b"serialize", b"concurrent update")
_SKIP_WARNINGS = {"_skip_warnings": True}


class Missing(Unavailable):
    """There is no such record, or no such database: 404 says no more."""


class LockConflict(Transient):
    """Another client had a row that was needed, each time it was asked for; nothing was done."""


@dataclass(frozen=True)
class Span:
    """Which of the records that fit are read."""

    limit: int | None = None
    """How many at most; None: all."""
    offset: int = 0
    """How many are passed over."""
    order: Sequence[tuple[str, str]] = (("id", "ASC"),)
    """Fields and ``ASC`` or ``DESC``."""

    def query(self) -> list[tuple[str, str]]:
        """Write it as parts of an address."""
        parts = [("o", in_header(list(self.order)))]
        parts += [("s", str(self.limit))] if self.limit is not None else []
        return parts + ([("p", str(self.offset))] if self.offset else [])


class Rest:
    """One database of a Tryton, by the key of one of its users."""

    def __init__(self, partner: str, settings: PartnerSettings, context: Mapping[str, Any]) -> None:
        """Speak to the database at `settings.url`, ``https://host/database/rest``, with `settings.key`.

        Args:
            partner: who it is, for people.
            settings: where it is.
            context: what every request is asked under, such as the company.
        """
        self.partner = partner
        self._context = dict(context)
        key = settings.key.get_secret_value()
        self._http = _TrytonHttp(
            partner,
            settings,
            headers={"Authorization": f"Bearer {key}", "Accept-Language": "en"},
            problem=refusal,
            succeeded=(HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.NO_CONTENT),
        )

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def find(
        self,
        name: str,
        record: type[Record],
        where: Domain,
        span: Span | None = None,
        **context: Any,  # noqa: ANN401
    ) -> list[Record]:
        """Find records of a model, oldest first unless ordered otherwise.

        Args:
            name: the model's name, ``sale.sale``.
            record: what is read of each.
            where: which.
            span: which of these, and in what order; None: all, oldest first.
            context: what it is asked under beside the usual.
        """
        query: list[tuple[str, str]] = [("f", field) for field in fields_of(record)]
        query += [("d", in_header(where)), *(span or Span()).query()]
        content = await self._ask("GET", f"/model/{name}?{urlencode(query)}", None, context)
        rows = self._decoded(content)
        if not isinstance(rows, list):
            raise Nonsense(self.partner, "answered no list where one was asked for")
        return [self._read(record, row) for row in rows]

    async def first(self, name: str, record: type[Record], where: Domain, **context: Any) -> Record | None:  # noqa: ANN401
        """Find the oldest record of a model that fits; None: there is none."""
        found = await self.find(name, record, where, Span(limit=1), **context)
        return found[0] if found else None

    async def get(self, name: str, record: type[Record], number: int, **context: Any) -> Record | None:  # noqa: ANN401
        """Read a record by its id; None: there is none."""
        return await self.first(name, record, [["id", "=", number]], **context)

    async def create(self, name: str, record: type[Record], values: Values) -> Record:
        """Make a record, with those nested in it, all or none; answers it as it is then."""
        return await self._change("POST", f"/model/{name}", record, values)

    async def write(self, name: str, record: type[Record], number: int, values: Values) -> Record:
        """Change a record; answers it as it is then."""
        return await self._change("PUT", f"/model/{name}/{number}", record, values)

    async def delete(self, name: str, number: int) -> None:
        """Delete a record; one that somebody else has deleted is well.

        Raises:
            Refused: Tryton keeps it.
        """
        with suppress(Missing):
            await self._ask("DELETE", f"/model/{name}/{number}", None, {})

    async def act(
        self, name: str, number: int, action: str, data: Values | None = None, *, warned: bool = False
    ) -> None:
        """Do an action on a record, as its button would.

        What Tryton answers may be older than what the action did, so it is not passed on: read the record again.

        Args:
            name: the model's name.
            number: the record's id.
            action: the action's name.
            data: its arguments, where it has some.
            warned: whether Tryton's warnings count; otherwise they are passed over, as a person would who knows them.
        """
        context = {} if warned else _SKIP_WARNINGS
        await self._ask("POST", f"/model/{name}/{number}/{action}?f=id", encoded(data or {}), context)

    async def step(self, name: str, number: int, action: str, *, warned: bool = False) -> None:
        """Have an action done, unless it is no longer to be done: somebody else may have done it just now.

        The caller reads the record again, and sees where it is.
        """
        try:
            await self.act(name, number, action, warned=warned)
        except Refused as refusal:
            if refusal.code != WRONG_STATE:
                raise

    async def _change(self, method: str, path: str, record: type[Record], values: Values) -> Record:
        query = urlencode([("f", field) for field in fields_of(record)])
        content = await self._ask(method, f"{path}?{query}", encoded(values), _SKIP_WARNINGS)
        return self._read(record, self._decoded(content))

    async def _ask(self, method: str, path: str, body: str | None, context: Mapping[str, Any]) -> bytes:
        headers = {"X-Tryton-Context": in_header({**self._context, **context}), "Content-Type": "application/json"}
        for attempt in range(_TRIES - 1):
            try:
                return await self._http.exchange(method, path, body, headers)
            except LockConflict:
                await asyncio.sleep(_PAUSE_S * 2**attempt * random.uniform(0.5, 1))  # noqa: S311 - not a secret
        return await self._http.exchange(method, path, body, headers)

    def _read(self, record: type[Record], row: Any) -> Record:  # noqa: ANN401 - that is what is found out
        try:
            return record.model_validate(row)
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"])
            raise Nonsense(self.partner, f"answered what cannot be read: {where}: {first['msg']}") from error

    def _decoded(self, content: bytes) -> Any:  # noqa: ANN401
        try:
            return decoded(content)
        except (ValueError, KeyError, TypeError, ArithmeticError) as error:
            raise Nonsense(self.partner, f"answered what is not its JSON: {str(error)[:100]}") from error


class _TrytonHttp(PartnerHttp):
    """HTTP as Tryton means it: a lock it could not get is 503."""

    def _refuse(self, response: httpx.Response, content: bytes) -> NoReturn:
        told = content.lower()
        if response.status_code == HTTPStatus.SERVICE_UNAVAILABLE and any(word in told for word in _LOCKED):
            raise LockConflict(self.partner, "could not lock what it needed: somebody else is writing there")
        if response.status_code == HTTPStatus.NOT_FOUND:
            raise Missing(self.partner, "does not have what is asked for (404): check its address")
        super()._refuse(response, content)
