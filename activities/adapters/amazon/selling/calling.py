"""Calls to the Selling Partner API: within the quota, with a token, their refusals in our words.

Source: the published models (amzn/selling-partner-api-models); errors are ``{"errors": [{code, message, details}]}``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextvars import ContextVar
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from pydantic import ValidationError

from activities.adapters.amazon.selling.quotas import Quotas, rate_of
from activities.adapters.amazon.selling.restricted import TOKENS_PATH, RestrictedToken, RestrictedTokens
from activities.adapters.amazon.selling.tokens import Tokens
from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import Nonsense, PartnerHttp
from models.errors import InvalidInput, Unavailable
from models.strict_json import parse

if TYPE_CHECKING:
    from activities.adapters.amazon.selling.options import AmazonOptions
    from models.settings import PartnerSettings

Answer = TypeVar("Answer", bound=ChannelModel)
_LONGEST_PAUSE_S = 3600.0
_SUCCEEDED = (HTTPStatus.OK, HTTPStatus.CREATED, HTTPStatus.ACCEPTED, HTTPStatus.NO_CONTENT)


@dataclass(frozen=True)
class Call:
    """One call of an operation."""

    operation: str
    """Its published name, by which its quota is kept."""
    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    body: object = None
    restricted: tuple[str, ...] = ()
    """Personal data the answer is to hold, where that takes a token of its own: ``shippingAddress``."""


_OPERATION: ContextVar[str] = ContextVar("operation")
"""Which operation is being called: an answer's headers speak of that one's quota."""


class _Http(PartnerHttp):
    def __init__(self, channel: str, settings: PartnerSettings, quotas: Quotas) -> None:
        super().__init__(channel, settings, problem=problem, succeeded=_SUCCEEDED)
        self._quotas = quotas

    def heard(self, headers: Mapping[str, str]) -> None:
        rate = rate_of(headers)
        if rate is not None:
            self._quotas.heard(_OPERATION.get(), rate)

    def asked_pause(self, headers: Mapping[str, str]) -> float | None:
        pause_s = self._quotas.overdrawn(_OPERATION.get())
        said = super().asked_pause(headers)
        return min(pause_s, _LONGEST_PAUSE_S) if said is None else said


class Selling:
    """One account at Amazon."""

    def __init__(self, channel: str, settings: PartnerSettings, options: AmazonOptions) -> None:
        """Speak to the region's endpoint; nothing is connected yet."""
        self.name = channel
        self._quotas = Quotas(channel, options.quotas)
        self._http = _Http(channel, settings, self._quotas)
        # Documents lie where a signed address says, and are nobody's to see: no token goes there.
        self._files = PartnerHttp(channel, settings)
        self._tokens = Tokens(channel, settings, options)
        self._restricted = RestrictedTokens()

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()
        await self._files.close()
        await self._tokens.close()

    async def call(self, call: Call) -> bytes:
        """Call an operation; answers what it said.

        Raises:
            LostReply: it may have been done.
            PartnerError: as HTTP's statuses mean.
        """
        token = await self._token(call)
        await self._quotas.take(call.operation)
        _OPERATION.set(call.operation)
        target = f"{call.path}?{urlencode(call.query)}" if call.query else call.path
        sent = None if call.body is None else json.dumps(call.body, ensure_ascii=False)
        try:
            return await self._http.exchange(call.method, target, sent, {"x-amz-access-token": token})
        except Unavailable:
            # A token may be taken back before its time; a new one costs little.
            self._tokens.forget()
            self._restricted.forget()
            raise

    async def _token(self, call: Call) -> str:
        if not call.restricted:
            return await self._tokens.current()
        known = self._restricted.known(call.path)
        if known is not None:
            return known
        resource = {"method": call.method, "path": call.path, "dataElements": list(call.restricted)}
        body = {"restrictedResources": [resource]}
        asked = Call("createRestrictedDataToken", "POST", TOKENS_PATH, body=body)
        return self._restricted.keep(call.path, await self.ask(RestrictedToken, asked))

    async def ask(self, answer: type[Answer], call: Call) -> Answer:
        """Call an operation and read its answer.

        Raises:
            Nonsense: it cannot be read.
            PartnerError: as `call` does.
        """
        return self.understood(answer, await self.call(call))

    def understood(self, answer: type[Answer], content: bytes) -> Answer:
        """Read an answer.

        Raises:
            Nonsense: it cannot be read.
        """
        try:
            return answer.model_validate(parse(content))
        except (InvalidInput, ValidationError) as error:
            raise Nonsense(self.name, "answered what cannot be read") from error

    async def upload(self, url: str, document: str, content_type: str) -> None:
        """Put a document where Amazon said.

        Raises:
            PartnerError: it is not there; nothing else has happened.
        """
        await self._files.exchange("PUT", url, document, {"Content-Type": content_type})

    async def download(self, url: str) -> bytes:
        """Get a document from where Amazon said."""
        return await self._files.exchange("GET", url)


def problem(content: bytes) -> tuple[str, str]:
    """Read the first error's code and words."""
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    errors = document.get("errors") if isinstance(document, dict) else None
    first = errors[0] if isinstance(errors, list) and errors else None
    if not isinstance(first, dict) or not isinstance(first.get("code"), str):
        return "", ""
    words = (first.get("message"), first.get("details"))
    return first["code"][:100], ": ".join(str(each) for each in words if each)[:300]
