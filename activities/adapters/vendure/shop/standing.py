"""What the shop knows of one order: its goods, its money, and what was written on it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict
from pydantic.alias_generators import to_camel

from activities.adapters.storefront.references import is_marked
from activities.adapters.vendure.payload import AUTHORISED, FAILED, SETTLED
from activities.adapters.vendure.shop.speaking import Answer
from models.errors import Refused

if TYPE_CHECKING:
    from models.money import Money

CANCELLED = "Cancelled"
_CANCELLATION = "ORDER_CANCELLATION"
_NOTE = "ORDER_NOTE"


class _Known(Answer):
    model_config = ConfigDict(alias_generator=to_camel)


class KnownLine(_Known):
    """How many of a line are neither cancelled nor given up."""

    id: str
    quantity: int


class KnownRefund(_Known):
    """Money that went back, or is to."""

    id: str
    total: int
    state: str
    reason: str | None = None


class KnownPayment(_Known):
    """A payment, and what went back of it."""

    id: str
    method: str
    amount: int
    state: str
    refunds: tuple[KnownRefund, ...] = ()

    @property
    def refundable(self) -> int:
        """What may still go back."""
        if self.state != SETTLED:
            return 0
        return self.amount - sum(refund.total for refund in self.refunds if refund.state != FAILED)


class FulfilledLine(_Known):
    order_line_id: str
    quantity: int


class KnownFulfilment(_Known):
    """A parcel."""

    id: str
    state: str
    tracking_code: str | None = None
    lines: tuple[FulfilledLine, ...] = ()


class Entry(_Known):
    """Something in the order's history."""

    id: str
    type: str
    data: dict[str, Any]


class _History(_Known):
    items: tuple[Entry, ...]


class Standing(_Known):
    """All of it; amounts in the smallest part the shop keeps."""

    id: str
    code: str
    state: str
    currency_code: str
    total_with_tax: int
    lines: tuple[KnownLine, ...]
    payments: tuple[KnownPayment, ...]
    fulfillments: tuple[KnownFulfilment, ...]
    history: _History

    @property
    def cancelled(self) -> bool:
        """Whether the whole order was."""
        return self.state == CANCELLED

    @property
    def authorised(self) -> list[KnownPayment]:
        """Payments that nobody has taken yet."""
        return [payment for payment in self.payments if payment.state == AUTHORISED]

    def fulfilment(self, tracking_number: str) -> KnownFulfilment | None:
        """Find a parcel by its number; one that was taken back is none."""
        known = (each for each in self.fulfillments if each.tracking_code == tracking_number)
        return next((each for each in known if each.state != CANCELLED), None)

    def open_quantity(self, line_id: str) -> int:
        """How many of a line are still to be sent, as far as the shop knows."""
        ordered = sum(line.quantity for line in self.lines if line.id == line_id)
        sent = sum(
            line.quantity
            for fulfilment in self.fulfillments
            if fulfilment.state != CANCELLED
            for line in fulfilment.lines
            if line.order_line_id == line_id
        )
        return max(ordered - sent, 0)

    def cancellation(self, key: str) -> str | None:
        """Find what was cancelled under a key; answers the entry's id."""
        return self._entry(_CANCELLATION, "reason", key)

    def note(self, key: str) -> str | None:
        """Find what was noted under a key; answers the entry's id."""
        return self._entry(_NOTE, "note", key)

    def refunds(self, key: str) -> list[KnownRefund]:
        """What went back under a key; more than one where several payments bear it."""
        everything = (refund for payment in self.payments for refund in payment.refunds)
        return [refund for refund in everything if refund.state != FAILED and is_marked(refund.reason, key)]

    def _entry(self, kind: str, field: str, key: str) -> str | None:
        entries = (each for each in self.history.items if each.type == kind)
        return next((each.id for each in entries if is_marked(str(each.data.get(field)), key)), None)


class _Found(_Known):
    items: tuple[Standing, ...]


class _ServerConfig(_Known):
    money_strategy_precision: int = 2


class _GlobalSettings(_Known):
    server_config: _ServerConfig


class Looked(_Known):
    """The answer to `questions.STANDING`."""

    orders: _Found
    global_settings: _GlobalSettings

    @property
    def precision(self) -> int:
        """How many decimals the shop keeps of every currency."""
        return self.global_settings.server_config.money_strategy_precision


def in_parts(partner: str, amount: Money, precision: int) -> int:
    """Write an amount in the smallest part the shop keeps.

    Raises:
        Refused: the shop keeps no parts that small.
    """
    parts: Decimal = amount.major.scaleb(precision)
    if parts != parts.to_integral_value():
        raise Refused(partner, f"cannot write {amount}: it keeps {precision} decimals", code="precision")
    return int(parts)
