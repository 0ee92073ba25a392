"""How a Vendure shop is spoken to: GraphQL over HTTP, whose errors come as data, mapped to our closed set.

what the shop answers                                becomes       what it means for an effect
an `ErrorResult` in the data                         Refused       a business answer, with Vendure's code
FORBIDDEN, UNAUTHORIZED, CHANNEL_NOT_FOUND           Unavailable   our key or its role is wrong: orders wait, visibly
a question the shop's schema does not have           Unavailable   a field is missing there, or it is too old a shop
ENTITY_NOT_FOUND, USER_INPUT_ERROR, BAD_USER_INPUT,
ILLEGAL_OPERATION                                    Refused       it did nothing
any other error                                      LostReply     it may have been done: look it up
an answer of another form                            Nonsense      it may have been done: look it up

What HTTP itself says is mapped in `activities.adapters.http`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from activities.adapters.http import LostReply, Nonsense, PartnerHttp
from activities.adapters.storefront.options import read_options
from activities.adapters.vendure.shop.options import KEY_IS, VendureOptions
from models.errors import InvalidInput, Refused, Unavailable
from models.strict_json import parse

if TYPE_CHECKING:
    from models.settings import PartnerSettings

_NOT_LET_IN = {"FORBIDDEN", "UNAUTHORIZED", "CHANNEL_NOT_FOUND"}
_UNKNOWN_TO_IT = {"GRAPHQL_VALIDATION_FAILED", "GRAPHQL_PARSE_FAILED"}
_DID_NOTHING = {"ENTITY_NOT_FOUND", "USER_INPUT_ERROR", "BAD_USER_INPUT", "ILLEGAL_OPERATION"}
_TELLING = 300


class Answer(BaseModel):
    """The part of an answer that we read."""

    model_config = ConfigDict(frozen=True, extra="ignore", coerce_numbers_to_str=True, allow_inf_nan=False)


Data = TypeVar("Data", bound=Answer)


class Made(Answer):
    """What a mutation made or changed."""

    id: str


class _Done(Answer):
    done: Made


class Speaking:
    """One Vendure shop's Admin API."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the shop where the settings say it is.

        Raises:
            ValueError: an option is wrong, or there is no key; names the setting.
        """
        self.options = read_options(VendureOptions, channel, settings, KEY_IS)
        headers = {"vendure-api-key": settings.key.get_secret_value()}
        if self.options.channel_token is not None:
            headers["vendure-token"] = self.options.channel_token
        self.partner = f"the shop {channel}"
        self._http = PartnerHttp(self.partner, settings, headers=headers, problem=_problem)

    async def read(self, model: type[Data], question: str, **variables: object) -> Data:
        """Ask what changes nothing.

        Raises:
            PartnerError: as the table above has it; asking again is safe.
        """
        return self._understood(model, await self.data(question, **variables))

    async def do(self, mutation: str, **variables: object) -> str:
        """Have something done whose answer is called ``done``; answers the id of what it made or changed.

        Raises:
            Refused: the shop does not do it; its code and words.
            LostReply: it may have been done.
            Nonsense: it may have been done.
            Unavailable: it was not done.
        """
        return self._understood(_Done, await self.data(mutation, **variables)).done.id

    async def data(self, document: str, **variables: object) -> dict[str, Any]:
        """Send a document; answers its data.

        Raises:
            PartnerError: as the table above has it.
        """
        body = json.dumps({"query": document, "variables": variables}, ensure_ascii=False)
        try:
            content = await self._http.exchange("POST", f"/{self.options.admin_path}", body)
        except Refused as error:
            raise self._kind(error.code, str(error)) from error
        try:
            answer = parse(content)
        except InvalidInput as error:
            raise Nonsense(self.partner, f"answered what cannot be read: {error}") from error
        errors = answer.get("errors") if isinstance(answer, dict) else None
        if errors:
            raise self._kind(*_problem(content))
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict):
            raise Nonsense(self.partner, "answered neither data nor errors")
        self._refused(data.get("done"))
        return data

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    def _understood(self, model: type[Data], data: dict[str, Any]) -> Data:
        try:
            return model.model_validate(data)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(map(str, first["loc"]))
            raise Nonsense(self.partner, f"answered what cannot be read: {place}: {first['msg']}") from error

    def _refused(self, done: object) -> None:
        if isinstance(done, dict) and isinstance(done.get("errorCode"), str):
            code, said = done["errorCode"], done.get("message")
            raise Refused(self.partner, str(said or code)[:_TELLING], code=code)

    def _kind(self, code: str, said: str) -> Refused | Unavailable | LostReply:
        if code in _NOT_LET_IN:
            return Unavailable(self.partner, f"does not let us in ({code}): check its key and the key's role")
        if code in _UNKNOWN_TO_IT:
            return Unavailable(self.partner, f"does not know what is asked of it: {said}")
        if code in _DID_NOTHING:
            return Refused(self.partner, said or code, code=code)
        return LostReply(self.partner, f"failed: {said or code or 'without a reason'}")


def _problem(content: bytes) -> tuple[str, str]:
    """Read code and words of the first GraphQL error; empty where there is none."""
    try:
        first: Any = json.loads(content)["errors"][0]
        code, said = first.get("extensions", {}).get("code"), first.get("message")
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return "", ""
    return (code if isinstance(code, str) else ""), (said if isinstance(said, str) else "")[:_TELLING]
