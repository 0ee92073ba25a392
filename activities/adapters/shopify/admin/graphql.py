"""Shopify's Admin GraphQL API: one address, and answers that say in their own way what HTTP says by its status.

what Shopify says (mostly with status 200)          becomes        since
errors: THROTTLED                                   Unavailable    nothing was done; the bucket says how long
errors: ACCESS_DENIED, SHOP_INACTIVE; 402, 423      Unavailable    our access, or the shop's plan, is to be put right
errors: INTERNAL_SERVER_ERROR, TIMEOUT              LostReply      it may have been done
errors: IDEMPOTENCY_CONCURRENT_REQUEST              Transient      the same is being done now
other errors                                        Uncertain      it does not understand us: a person has to look
userErrors                                          Refused        a business answer

Sources: shopify.dev, "Rate limits" (cost-based buckets, `extensions.cost.throttleStatus`), "Response status and error
codes"; the schema that Shopify publishes for version 2026-07. The list of error codes is not in the schema.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any, NoReturn, TypeVar

from pydantic import Field, ValidationError

from activities.adapters.channel_payload import ChannelModel
from activities.adapters.http import LostReply, Nonsense, PartnerHttp
from activities.adapters.storefront.shapes import Items
from models.errors import InvalidInput, Refused, Transient, Unavailable, Uncertain
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.settings import PartnerSettings

Answer = TypeVar("Answer", bound=ChannelModel)
_TOKEN = "X-Shopify-Access-Token"  # noqa: S105 - a header's name
_NOT_LET_IN = {"ACCESS_DENIED", "SHOP_INACTIVE", "PAYMENT_REQUIRED", "LOCKED"}
_LOST = {"INTERNAL_SERVER_ERROR", "TIMEOUT"}
_BUSY = "IDEMPOTENCY_CONCURRENT_REQUEST"
_LONGEST_WAIT_S = 3600.0
_TELLING = 300


class UserError(ChannelModel):
    """A business refusal, in the answer to a mutation."""

    message: str
    code: str | None = None
    field: Annotated[tuple[str, ...], Items] = ()


class _Extensions(ChannelModel):
    code: str = ""


class _Error(ChannelModel):
    message: str = ""
    extensions: _Extensions = _Extensions()


class _Throttle(ChannelModel):
    currently_available: float = Field(0.0, alias="currentlyAvailable")
    restore_rate: float = Field(0.0, alias="restoreRate")


class _Cost(ChannelModel):
    requested: float = Field(0.0, alias="requestedQueryCost")
    throttle: _Throttle = Field(_Throttle(), alias="throttleStatus")


class _Reckoning(ChannelModel):
    cost: _Cost = _Cost()


class _Reply(ChannelModel):
    data: dict[str, Any] | None = None
    errors: tuple[_Error, ...] = ()
    extensions: _Reckoning = _Reckoning()


class _Http(PartnerHttp):
    """What HTTP itself says, in Shopify's dialect of it."""

    kept_out = frozenset({401, 402, 403, 404, 405, 423, 430})
    """Beside the usual: a frozen shop, a locked one, and one that takes us for an attacker."""

    def asked_pause(self, headers: Mapping[str, str]) -> float | None:
        """Shopify writes seconds with a decimal point: ``2.0``."""
        try:
            seconds = float(headers.get("Retry-After", ""))
        except ValueError:
            return super().asked_pause(headers)
        return min(seconds, _LONGEST_WAIT_S) if math.isfinite(seconds) and seconds >= 0 else None


class ShopifyGraphql:
    """Speaks to one shop."""

    def __init__(self, channel: str, settings: PartnerSettings, version: str) -> None:
        """Speak to the shop at `settings.url`, let in by `settings.key`."""
        self.name = channel
        self._path = f"/admin/api/{version}/graphql.json"
        self._http = _Http(channel, settings, headers={_TOKEN: settings.key.get_secret_value()}, problem=_problem)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def ask(self, document: str, answer: type[Answer], **variables: object) -> Answer:
        """Run a query or a mutation; the answer's `data` is read.

        Raises:
            LostReply: it may have been done.
            Nonsense: the answer cannot be read.
            PartnerError: as the table above has it.
        """
        body = json.dumps({"query": document, "variables": variables}, ensure_ascii=False)
        content = await self._http.exchange("POST", self._path, body)
        reply = self._read(_Reply, _parsed(self.name, content))
        if reply.errors:
            self._refuse(reply)
        return self._read(answer, reply.data)

    def accepted(self, errors: Sequence[UserError]) -> None:
        """Check that a mutation was not refused.

        Raises:
            Transient: the same is being done at this moment.
            Refused: it was; the code is Shopify's, or else names the field that is wrong.
        """
        if not errors:
            return
        first = errors[0]
        if first.code == _BUSY:
            raise Transient(self.name, first.message[:_TELLING], code=_BUSY)
        said = "; ".join(error.message for error in errors)[:_TELLING]
        raise Refused(self.name, said, code=first.code or ".".join(first.field)[:100] or "refused")

    def nonsense(self, said: str) -> Nonsense:
        """An answer that cannot be one to what was asked."""
        return Nonsense(self.name, f"answered what cannot be read: {said}")

    def _read(self, model: type[Answer], value: object) -> Answer:
        try:
            return model.model_validate(value)
        except ValidationError as error:
            raise self.nonsense(error.errors()[0]["msg"]) from error

    def _refuse(self, reply: _Reply) -> NoReturn:
        error = reply.errors[0]
        said, code = error.message[:_TELLING], error.extensions.code
        if code == "THROTTLED":
            cost = reply.extensions.cost
            missing, rate = cost.requested - cost.throttle.currently_available, cost.throttle.restore_rate
            wait_s = min(max(missing / rate, 0.0), _LONGEST_WAIT_S) if rate else None
            raise Unavailable(self.name, f"asks us to slow down: {said}", retry_after_s=wait_s)
        if code in _NOT_LET_IN:
            raise Unavailable(self.name, f"does not take our requests: {said}")
        if code in _LOST:
            raise LostReply(self.name, f"failed: {said}")
        if code == _BUSY:
            raise Transient(self.name, said, code=code)
        raise Uncertain(self.name, f"does not understand us: {said}", code=code)


def _parsed(channel: str, content: bytes) -> object:
    try:
        document: object = parse(content)
    except InvalidInput as error:
        raise Nonsense(channel, f"answered what cannot be read: {error}") from error
    return document


def _problem(content: bytes) -> tuple[str, str]:
    """Read the error of a request that came no further than Shopify's door: ``{"errors": "..."}``."""
    try:
        errors = json.loads(content).get("errors")
    except (ValueError, RecursionError, AttributeError):
        return "", ""
    return "", errors[:_TELLING] if isinstance(errors, str) else ""
