"""How something is made in Tryton once under a key, although Tryton would make it as often as it is asked.

No document of Tryton's has to have a reference of its own: the same order sent twice is there twice. So it is looked
for by its key, which is its reference, before it is made; and, as two may look at the same moment, whoever has made it
claims the key for it before anything comes of it. Of two that made it one has the key, and the other withdraws his.

A claim is a product category: it has a code, of which the database keeps each once, and a name, which says what has
the key. It is taken away when what was claimed is finished, since whoever looks then finds that; a claim that a crash
left behind leads the next attempt to what was begun.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from activities.adapters.tryton.phrases import USED_ALREADY
from activities.adapters.tryton.wire import Read
from models.errors import Refused, Transient

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from activities.adapters.tryton.rest import Rest
    from activities.adapters.tryton.wire import Values

_CLAIM = "product.category"
_BEGUN = frozenset({"draft"})
"""The states of documents from which nothing has come."""


class _Claim(Read):
    name: str


class _Document(Read):
    state: str


class Keeping:
    """Makes documents once."""

    def __init__(self, rest: Rest) -> None:
        """Make them in this database."""
        self._rest = rest

    async def make(
        self, model: str, key: str, values: Callable[[], Awaitable[Values]], reference: str = "reference"
    ) -> int:
        """Find the document made under a key, or make it; answers its id. Once it is finished, `release` the key.

        Args:
            model: what it is; its first state is ``draft``.
            key: the key, which is its reference too.
            values: answers its fields, where it has to be made.
            reference: the name of the field that holds its reference.

        Raises:
            Transient: another is making and withdrawing it just now.
        """
        there = await self._rest.find(model, _Document, [[reference, "=", key]])
        finished = next((one for one in there if one.state not in _BEGUN), None)
        if finished is not None:
            return finished.id
        made = there[0].id if there else await self._made(model, {**await values(), reference: key})
        holder = await self.claim(key, f"{model},{made}")
        winner = int(holder.rpartition(",")[2])
        if winner != made:
            await self.withdraw(model, made)
            if await self._rest.get(model, Read, winner) is None:
                await self.release(key)
                raise Transient(self._rest.partner, f"what was begun under {key} is gone again")
            return winner
        # Somebody may have finished his, and let the key go, while this one was made.
        where = [[reference, "=", key], ["id", "!=", made], ["state", "not in", sorted(_BEGUN)]]
        rival = await self._rest.first(model, Read, where)
        if rival is None:
            return made
        await self.withdraw(model, made)
        await self.release(key)
        return rival.id

    async def _made(self, model: str, values: Values) -> int:
        return (await self._rest.create(model, Read, values)).id

    async def claim(self, key: str, holder: str) -> str:
        """Claim a key for somebody; answers who has it, which may be another.

        Raises:
            Transient: neither has it: it was let go just now.
        """
        try:
            await self._rest.create(_CLAIM, Read, {"code": key, "name": holder})
        except Refused as refusal:
            if refusal.code != USED_ALREADY:
                raise
            held = await self._rest.first(_CLAIM, _Claim, [["code", "=", key]])
            if held is None:
                raise Transient(self._rest.partner, f"{key} is being finished by somebody else") from None
            return held.name
        return holder

    async def release(self, key: str) -> None:
        """Let a key go; one that nobody has is well."""
        held = await self._rest.first(_CLAIM, Read, [["code", "=", key]])
        if held is not None:
            await self._gone(_CLAIM, held.id)

    async def withdraw(self, model: str, number: int) -> None:
        """Delete a document from which nothing has come; one that is gone already is well."""
        if await self._rest.get(model, Read, number) is not None:
            await self._gone(model, number)

    async def _gone(self, model: str, number: int) -> None:
        with suppress(Refused):
            await self._rest.delete(model, number)
