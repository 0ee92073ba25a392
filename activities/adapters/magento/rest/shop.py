"""One Adobe Commerce shop's REST interface: its searches, its refusals, and how it is let in.

Source: the published Admin REST specification 2.4.9 (AdobeDocs/commerce-webapi, `src/openapi`). An integration's access
token is shown as bearer (`oauth/consumer/enable_integration_as_bearer` is to be on in the shop).
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import urlencode

from pydantic import Field, TypeAdapter, ValidationError

from activities.adapters.channel_payload import ChannelModel, fields
from activities.adapters.http import Nonsense, PartnerHttp
from models.errors import InvalidInput
from models.strict_json import parse

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from models.settings import PartnerSettings

_SLUG = re.compile(r"[^a-z0-9]+")
_PLACEHOLDER = re.compile(r"%(\w+)")
_MANY = 100
"""Rows a page of what belongs to one order: mostly there are few, and one page is all."""
Row = TypeVar("Row", bound=ChannelModel)
Document = TypeVar("Document")


class Found(ChannelModel):
    """A page of a search, its rows as they came."""

    items: Annotated[list[dict[str, Any]], Field(max_length=1000)]
    total_count: int


@dataclass(frozen=True)
class Filter:
    """What is looked for; several must all hold."""

    field: str
    value: str
    condition: str = "eq"


class AdobeShop:
    """Speaks to one shop."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the shop at `settings.url`, let in by `settings.key`."""
        token = settings.key.get_secret_value()
        self.name = channel
        self._http = PartnerHttp(channel, settings, headers={"Authorization": f"Bearer {token}"}, problem=problem)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def ask(self, answer: type[Document], method: str, path: str, body: object = None) -> Document:
        """Exchange documents.

        Raises:
            LostReply: it may have been done.
            Nonsense: the answer cannot be read.
            PartnerError: as HTTP's statuses mean.
        """
        sent = None if body is None else json.dumps(body, ensure_ascii=False)
        content = await self._http.exchange(method, path, sent)
        try:
            return TypeAdapter(answer).validate_python(parse(content))
        except (InvalidInput, ValidationError) as error:
            raise Nonsense(self.name, f"answered what cannot be read: {_first(error)}") from error

    async def all_of(self, row: type[Row], path: str, filters: Sequence[Filter]) -> list[Row]:
        """Search to the last page; by id, so that what is added meanwhile comes last."""
        found: list[Row] = []
        while True:
            page = len(found) // _MANY + 1
            answer = await self.ask(Found, "GET", search(path, filters, ("entity_id",), _MANY, page))
            found += self.rows(row, answer)
            if len(answer.items) < _MANY:
                return found

    def rows(self, row: type[Row], found: Found) -> list[Row]:
        """Read what was found.

        Raises:
            Nonsense: one of them cannot be read.
        """
        try:
            return [fields(row, item) for item in found.items]
        except InvalidInput as error:
            raise Nonsense(self.name, f"found what cannot be read: {error}") from error


def search(path: str, filters: Iterable[Filter], order: Sequence[str], size: int, page: int = 1) -> str:
    """Write a search: the filters joined by "and", ascending by these fields."""
    query: dict[str, object] = {}
    for index, one in enumerate(filters):
        at = f"searchCriteria[filterGroups][{index}][filters][0]"
        query |= {f"{at}[field]": one.field, f"{at}[value]": one.value, f"{at}[conditionType]": one.condition}
    for index, field in enumerate(order):
        query |= {
            f"searchCriteria[sortOrders][{index}][field]": field,
            f"searchCriteria[sortOrders][{index}][direction]": "ASC",
        }
    query |= {"searchCriteria[pageSize]": size, "searchCriteria[currentPage]": page}
    return f"{path}?{urlencode(query)}"


def problem(content: bytes) -> tuple[str, str]:
    """Read an error document: ``{"message": "... %1 ...", "parameters": [...]}``.

    Adobe gives no codes: the sentence without what was put into it serves as one.
    """
    try:
        document = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    message = document.get("message") if isinstance(document, dict) else None
    if not isinstance(message, str) or not message.strip():
        return "", ""
    code = _SLUG.sub("_", _PLACEHOLDER.sub("", message).lower()).strip("_")[:60]
    return code or "refused", _filled(message, document.get("parameters"))[:300]


def _filled(message: str, parameters: object) -> str:
    if isinstance(parameters, list):
        values = {str(number): value for number, value in enumerate(parameters, start=1)}
    else:
        values = parameters if isinstance(parameters, dict) else {}
    return _PLACEHOLDER.sub(lambda found: str(values.get(found[1], found[0])), message)


def _first(error: InvalidInput | ValidationError) -> str:
    return error.errors()[0]["msg"] if isinstance(error, ValidationError) else str(error)
