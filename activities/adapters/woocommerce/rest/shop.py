"""One WooCommerce shop's REST interface: its errors, and how it is let in.

An error is ``{"code": ..., "message": ..., "data": {"status": ...}}``. Some refusals come with status 500, such as a
refund of more than was paid: their code says that WooCommerce understood and did nothing.

Sources: the published documentation of the REST API v3 (woocommerce/woocommerce-rest-api-docs); that a refused refund
has status 500, and that lists may be ordered by `modified`, are to be seen in WooCommerce's own controllers only.
"""

from __future__ import annotations

import base64
import html
import json
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError

from activities.adapters.http import Nonsense, PartnerHttp
from models.errors import InvalidInput, PartnerError, Refused
from models.strict_json import parse

if TYPE_CHECKING:
    from models.settings import PartnerSettings

Answer = TypeVar("Answer")
REFUND_FAILED = "woocommerce_rest_cannot_create_order_refund"
_TELLING = 300
API = "/wc/v3"


class _Http(PartnerHttp):
    """WooCommerce fails with a refusal's code where it looked at a request and did nothing."""

    def failed(self, status: int, content: bytes) -> PartnerError:
        """Read it so, and otherwise as HTTP has it."""
        code, said = problem(content)
        return (
            Refused(self.partner, said or code, code=code) if code == REFUND_FAILED else super().failed(status, content)
        )


class WooShop:
    """Speaks to one shop."""

    def __init__(self, channel: str, settings: PartnerSettings) -> None:
        """Speak to the shop at `settings.url`, let in by `settings.key`."""
        self.name = channel
        pair = base64.b64encode(settings.key.get_secret_value().encode()).decode()
        self._http = _Http(channel, settings, headers={"Authorization": f"Basic {pair}"}, problem=problem)

    async def close(self) -> None:
        """Close every connection."""
        await self._http.close()

    async def ask(
        self, answer: TypeAdapter[Answer], method: str, path: str, body: object = None, **query: object
    ) -> Answer:
        """Exchange documents; `query` becomes the address's.

        Raises:
            LostReply: it may have been done.
            Nonsense: the answer cannot be read.
            PartnerError: as HTTP's statuses mean.
        """
        where = f"{path}?{urlencode(query)}" if query else path
        sent = None if body is None else json.dumps(body, ensure_ascii=False)
        content = await self._http.exchange(method, where, sent)
        try:
            return answer.validate_python(parse(content))
        except InvalidInput as error:
            raise self.nonsense(str(error)) from error
        except ValidationError as error:
            raise self.nonsense(error.errors()[0]["msg"]) from error

    def nonsense(self, said: str) -> Nonsense:
        """An answer that cannot be one to what was asked."""
        return Nonsense(self.name, f"answered what cannot be read: {said}")


def problem(content: bytes) -> tuple[str, str]:
    """Read code and message of an error; empty where it is none of WooCommerce's.

    A code of WordPress itself, such as ``rest_no_route``, says that the address or a parameter of ours is wrong.
    """
    try:
        document: Any = json.loads(content)
    except (ValueError, RecursionError):
        return "", ""
    if not isinstance(document, dict):
        return "", ""
    code, message = document.get("code"), document.get("message")
    if not isinstance(code, str) or code.startswith("rest_"):
        return "", ""
    return code[:100], html.unescape(message)[:_TELLING] if isinstance(message, str) else ""
