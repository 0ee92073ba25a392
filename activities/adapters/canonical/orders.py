"""Our own format: one canonical order document, as B2B portals, tills and partners with no format of theirs send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from activities.records.orders import Reading
from models.errors import InvalidInput
from models.order.document import OrderDocument
from models.strict_json import parse, read

if TYPE_CHECKING:
    from collections.abc import Mapping

_TELLING = {"external_id", "lines", "channel", "placed_at"}


class CanonicalOrders:
    """Reads one order document. Nothing in it is guessed, cleaned or dropped."""

    format = "orderloom/1"

    def __init__(self, channel: str | None = None) -> None:
        """Read for one channel, so that nobody hands in another's orders; None reads for any."""
        self._channel = channel

    def read(self, body: bytes) -> list[Reading]:
        """Read a document; a field that does not fit is the reading's error.

        Raises:
            InvalidInput: not JSON, not one object, or an object with nothing of an order in it.
        """
        value = parse(body)
        if not isinstance(value, dict):
            what = "a list: send one order at a time" if isinstance(value, list) else "no object"
            raise InvalidInput.at("", "not_an_order", f"this is {what}")
        if not _TELLING & value.keys():
            raise InvalidInput.at("", "not_an_order", "this has none of the fields of an order document")
        try:
            document = read(OrderDocument, body)
            self._own(document)
        except InvalidInput as error:
            return [Reading(payload=body, error=error)]
        return [Reading(payload=body, document=document)]

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:  # noqa: ARG002 - there is no signature
        """Nothing is signed: the caller's API key is what vouches for it."""
        return True

    def _own(self, document: OrderDocument) -> None:
        if self._channel is not None and document.channel != self._channel:
            message = f"is {document.channel}, but the order was handed in for the channel {self._channel}"
            raise InvalidInput.at("/channel", "other_channel", message)
