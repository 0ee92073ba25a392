"""Requests by their `Idempotency-Key`: each is answered once, and its repeats with the same answer."""

from __future__ import annotations

import hashlib
import json
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, delete, or_, select, update

from activities.adapters.store.clock import Clock, utc_now
from activities.adapters.store.inserting import insert
from activities.adapters.store.tables.access import idempotency_keys
from activities.records.orders import Answer, KeyState

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement

    from activities.adapters.store.database import Database

_LEASE = timedelta(seconds=60)
"""How long a request may take before we believe that it died."""
_KEPT = timedelta(days=7)
_SWEPT_AT_ONCE = 20

_k = idempotency_keys.c
_KNOWN = select(_k.body_digest, _k.status, _k.headers, _k.body).where(_k.id == bindparam("of_id"))
# Skipping what others lock: they are sweeping it, or claiming it anew.
_OLD = select(_k.id).where(_k.expires_at <= bindparam("now")).limit(_SWEPT_AT_ONCE).with_for_update(skip_locked=True)
_SWEEP = delete(idempotency_keys).where(_k.id.in_(select(_OLD.cte("old").c.id)))


class SqlIdempotencyKeys:
    """`activities.records.orders.IdempotencyKeys` on our own database."""

    def __init__(self, database: Database, *, now: Clock = utc_now) -> None:
        """Keep the keys in this database, whose tables the migrations have made."""
        self._database = database
        self._now = now
        claim = insert(database, idempotency_keys)
        new, asked_at = claim.excluded, bindparam("asked_at", type_=_k.expires_at.type)
        died = and_(_k.status.is_(None), _k.leased_until <= asked_at, _k.body_digest == new.body_digest)
        self._claim = claim.on_conflict_do_update(
            index_elements=[_k.id],
            set_={name: new[name] for name in new.keys() if name != "id"},  # noqa: SIM118 - columns, not a dict
            where=or_(_k.expires_at <= asked_at, died),
        ).returning(_k.id)

    async def begin(self, principal: str, route: str, key: str, body_digest: str) -> tuple[KeyState, Answer | None]:
        """Claim a key, or learn what became of it.

        A request that has not answered within a minute counts as dead; one with the same body may take its key over.
        """
        now, request = self._now(), _request_id(principal, route, key)
        claim = {
            "id": request,
            "body_digest": body_digest,
            "leased_until": now + _LEASE,
            "expires_at": now + _KEPT,
            "status": None,
            "headers": None,
            "body": None,
            "asked_at": now,
        }
        async with self._database.writing() as connection:
            if (await connection.execute(self._claim, claim)).first() is not None:
                await connection.execute(_SWEEP, {"now": now})
                return KeyState.FRESH, None
            # It cannot have gone in between: the claim that was refused holds the row.
            known = (await connection.execute(_KNOWN, {"of_id": request})).one()
        if known.body_digest != body_digest:
            return KeyState.OTHER_BODY, None
        if known.status is None:
            return KeyState.RUNNING, None
        return KeyState.ANSWERED, Answer(status=known.status, headers=known.headers, body=known.body)

    async def finish(self, principal: str, route: str, key: str, answer: Answer) -> None:
        """Keep the answer; where there is one already, the first one stays."""
        given = {"status": answer.status, "headers": dict(answer.headers), "body": answer.body}
        async with self._database.writing() as connection:
            await connection.execute(update(idempotency_keys).where(_running(principal, route, key)).values(**given))

    async def forget(self, principal: str, route: str, key: str) -> None:
        """Give the key free: the request failed in a way that may be tried again. An answer is never forgotten."""
        async with self._database.writing() as connection:
            await connection.execute(delete(idempotency_keys).where(_running(principal, route, key)))


def _running(principal: str, route: str, key: str) -> ColumnElement[bool]:
    return and_(_k.id == _request_id(principal, route, key), _k.status.is_(None))


def _request_id(principal: str, route: str, key: str) -> str:
    return hashlib.sha256(json.dumps([principal, route, key]).encode()).hexdigest()
