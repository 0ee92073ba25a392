"""What WooCommerce's order statuses mean to us.

- ``processing`` and ``on-hold`` are orders to carry out.
- ``completed`` and ``refunded`` have nothing left to deliver, and ``cancelled`` was called off: they are taken in as
  that, for the record.
- A cart that nobody has paid (``pending``), a payment that failed and a draft are not orders yet. Taking a pending
  order in would have us charge what the shop's gateway is about to charge; WooCommerce sends it again when it is paid.
  Nearly every order begins so: it is noted, and nobody need look at it.
- What lies in the shop's trash (``trash``) somebody threw away there: a person has to say what that means here.
- A status of a plugin's own may mean "shipped" as well as "to be picked": a person has to say. Which of them are orders
  to carry out stands in the shop's option `statuses`.
"""

from __future__ import annotations

from enum import StrEnum

from models.errors import InvalidInput, Noted

_NOT_YET = {
    "pending": "the order is not paid yet; WooCommerce sends it again when it is",
    "failed": "its payment failed, so there is no order to carry out",
    "draft": "this is a draft, not an order that was placed",
    "auto-draft": "this is a draft, not an order that was placed",
    "checkout-draft": "this is an unfinished checkout, not an order that was placed",
}
_TRASH = "trash"


class OrderStatus(StrEnum):
    """The statuses of orders that were placed."""

    PROCESSING = "processing"
    ON_HOLD = "on-hold"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


FINISHED = frozenset({OrderStatus.COMPLETED, OrderStatus.REFUNDED})


def plain(spelt: str) -> str:
    """A status as the REST API spells it; the database has ``wc-`` before it."""
    return spelt.strip().lower().removeprefix("wc-")


def order_status(spelt: str, at: str, external_id: str, placed: frozenset[str] = frozenset()) -> OrderStatus:
    """Read an order's status; those in `placed` are a plugin's own, and mean that the order is to be carried out.

    Raises:
        Noted: there is no order to carry out yet.
        InvalidInput: there is none any more, or nobody can tell from the status.
    """
    status = plain(spelt)
    if status in _NOT_YET:
        raise Noted.not_placed(at, _NOT_YET[status], external_id)
    if status == _TRASH:
        raise InvalidInput.at(at, "thrown_away", "the order lies in the shop's trash")
    try:
        return OrderStatus(status)
    except ValueError:
        if status in placed:
            return OrderStatus.PROCESSING
        known = ", ".join((*OrderStatus, *sorted(placed)))
        saying = f"is no status of WooCommerce itself; use one of {known}"
        raise InvalidInput.at(at, "status", saying) from None
