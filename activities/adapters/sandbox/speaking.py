"""How every sandbox partner is spoken to: questions, effects that are looked up when in doubt, and undoing."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from temporalio import activity

from activities.adapters.http import LostReply, Nonsense, PartnerHttp
from activities.adapters.sandbox.wire import (
    KEY_HEADER,
    NO_SUCH_EFFECT,
    Receipt,
    effect_path,
    key_header,
    order_of,
)
from models.base import StrictModel
from models.errors import Refused, Transient, Unavailable, Uncertain

if TYPE_CHECKING:
    from activities.adapters.sandbox.wire import Effect
    from models.money import Money
    from models.settings import PartnerSettings

Answer = TypeVar("Answer", bound=StrictModel)
_DOUBTS_MAX = 10_000


class Speaking:
    """One sandbox partner, spoken to over HTTP."""

    def __init__(self, partner: str, settings: PartnerSettings) -> None:
        """Speak to the partner where the settings say it is."""
        self._http = PartnerHttp(partner, settings)
        self._doubtful: set[str] = set()

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def question(
        self, method: str, path: str, answer: type[Answer], enquiry: StrictModel | None = None
    ) -> Answer:
        """Ask what changes nothing; whatever goes wrong short of a refusal, asking again is safe."""
        body = None if enquiry is None else enquiry.model_dump_json()
        return self._http.understood(answer, await self._http.exchange(method, path, body))

    async def effect(
        self, path: str, ask: Effect, receipt: type[Receipt[Answer]], amount: Money | None = None
    ) -> Answer:
        """Have something done, once.

        After a lost reply, or an answer that makes no sense, the effect is looked up by its key. So it is before it is
        asked for again, by a later attempt or after it was left in doubt here: that spares even a partner that
        ignores keys a second effect.

        Args:
            path: where it is asked for.
            ask: what is asked.
            receipt: how the answer looks.
            amount: the money the receipt must name.

        Raises:
            Transient: it was not done, or could not be looked up: asking again under the same key is safe.
            Uncertain: neither the answer nor the look-up made sense.
        """
        if ask.key in self._doubtful or _attempted_before():
            found = await self._look_up(ask, receipt, amount)
            if found is not None:
                return found
        try:
            return await self._post(path, ask, receipt, amount)
        except (LostReply, Nonsense) as doubt:
            self._doubt(ask.key)
            return await self._settled(doubt, ask, receipt, amount)

    async def undo(self, path: str, ask: Effect, receipt: type[Receipt[Answer]]) -> Answer:
        """Take an effect back. Asked again the partner answers the same, so that nothing needs to be looked up."""
        return await self._post(path, ask, receipt, None)

    async def _post(self, path: str, ask: Effect, receipt: type[Receipt[Answer]], amount: Money | None) -> Answer:
        headers = {KEY_HEADER: key_header(ask.key)}
        content = await self._http.exchange("POST", path, ask.model_dump_json(), headers)
        answer = self._answer(content, ask, receipt, amount)
        self._doubtful.discard(ask.key)
        return answer

    async def _settled(
        self, doubt: Transient, ask: Effect, receipt: type[Receipt[Answer]], amount: Money | None
    ) -> Answer:
        try:
            found = await self._look_up(ask, receipt, amount)
        except Transient as error:
            said = f"{doubt}; and it could not be looked up: {error}"
            raise Transient(doubt.partner, said, in_doubt=True) from error
        except Unavailable as error:
            said, pause = f"{doubt}; then it {error}", error.retry_after_s
            raise Unavailable(doubt.partner, said, retry_after_s=pause, in_doubt=True) from error
        except Uncertain as error:
            raise Uncertain(doubt.partner, f"{doubt}; {error}", code=error.code) from error
        if found is None:
            raise Transient(doubt.partner, f"{doubt}; it was not done", in_doubt=True) from doubt
        return found

    async def _look_up(self, ask: Effect, receipt: type[Receipt[Answer]], amount: Money | None) -> Answer | None:
        """Find what was done under a key; None: nothing was, as far as the partner knows now."""
        try:
            content = await self._http.exchange("GET", effect_path(ask.key))
            found = self._answer(content, ask, receipt, amount)
        except Refused as refusal:
            if refusal.code == NO_SUCH_EFFECT:
                return None
            raise Uncertain(refusal.partner, f"a look-up was refused: {refusal}", code=refusal.code) from refusal
        except Nonsense as error:
            raise Uncertain(error.partner, f"a look-up did not settle it: {error}") from error
        self._doubtful.discard(ask.key)
        return found

    def _answer(self, content: bytes, ask: Effect, receipt: type[Receipt[Answer]], amount: Money | None) -> Answer:
        given = self._http.understood(receipt, content)
        if (given.key, given.order_id, given.amount) != (ask.key, order_of(ask), amount):
            raise Nonsense(self._http.partner, "answered for another order, key or amount than was asked")
        return given.answer

    def _doubt(self, key: str) -> None:
        if len(self._doubtful) >= _DOUBTS_MAX:
            self._doubtful.pop()
        self._doubtful.add(key)


def _attempted_before() -> bool:
    return activity.in_activity() and activity.info().attempt > 1
