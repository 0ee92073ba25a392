"""Whether a change can be wished of an order as it is: pure, so that the API and the order itself say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from models.changes.request import (
    CancelLine,
    CancelOrder,
    CancelQuantity,
    ChangeAddress,
    ChangeQuantity,
    ChangeService,
)
from models.errors import Conflict, InvalidInput
from models.order.document import Delivery
from models.order.payment_terms import PaymentTerms

if TYPE_CHECKING:
    from collections.abc import Iterable

    from models.changes.request import ChangeRequest, LineChange
    from models.order.order import Order
    from models.order.snapshot import LineProgress


def check(order: Order, lines: Iterable[LineProgress], request: ChangeRequest) -> None:
    """Refuse what makes no sense.

    Args:
        order: as it is now.
        lines: how many of each line are where.
        request: what is wished.

    Raises:
        Conflict: it contradicts how far the order is, or how it is paid.
        InvalidInput: a field names what is not there, or changes nothing.
    """
    progress = {line.line_id: line for line in lines}
    if not any(wanted(line) > line.shipped for line in progress.values()):
        raise Conflict("all_shipped", "all of it has left: the customer can return it")
    match request:
        case ChangeQuantity() | CancelQuantity() | CancelLine():
            _check_line(order, progress, request)
        case ChangeAddress(address=address):
            _check_shipped_by_us(order)
            if address == order.shipping_address:
                raise InvalidInput.at("/address", "unchanged", "is where the order goes already")
            if not (address.lines and address.city):
                raise InvalidInput.at("/address", "incomplete", "must say at least a street and a town")
        case ChangeService(service_level=level):
            _check_shipped_by_us(order)
            if level is order.fulfilment.service_level:
                raise InvalidInput.at("/service_level", "unchanged", f"is {level.value} already")
        case CancelOrder():
            pass


def wanted(line: LineProgress) -> int:
    """How many of a line are to be delivered in all, those that have left among them."""
    return max(line.ordered - line.cancelled, 0)


def difference(line: LineProgress, request: LineChange) -> int:
    """How many units more are wanted; negative: fewer."""
    match request:
        case ChangeQuantity(quantity=quantity):
            return quantity - wanted(line)
        case CancelQuantity(quantity=quantity):
            return -quantity
        case CancelLine():
            return line.shipped - wanted(line)


def _check_line(order: Order, progress: dict[str, LineProgress], request: LineChange) -> None:
    line = progress.get(request.line_id)
    if line is None:
        raise InvalidInput.at("/line_id", "unknown_line", f"the order has no line {request.line_id}")
    left = wanted(line) - line.shipped
    if isinstance(request, ChangeQuantity):
        _check_quantity(order, line, request)
    elif not left:
        raise Conflict("nothing_left", f"nothing of line {line.line_id} is left to cancel")
    elif isinstance(request, CancelQuantity) and request.quantity > left:
        raise InvalidInput.at("/quantity", "too_large", f"is more than the {left} that have not left")
    if not sum(wanted(each) for each in progress.values()) + difference(line, request):
        raise Conflict("nothing_left", "nothing would be left of the order: cancel it as a whole")


def _check_quantity(order: Order, line: LineProgress, request: ChangeQuantity) -> None:
    if request.quantity == wanted(line):
        raise InvalidInput.at("/quantity", "unchanged", f"is {request.quantity} already")
    if request.quantity < line.shipped:
        raise InvalidInput.at("/quantity", "shipped", f"is less than the {line.shipped} that have left")
    price = next(each.total for each in order.lines if each.id == line.line_id)
    if request.quantity > wanted(line) and price and order.payment.terms is PaymentTerms.PREPAID:
        raise Conflict("prepaid", "the channel has taken the money: what is wanted more has to be ordered there")


def _check_shipped_by_us(order: Order) -> None:
    if order.fulfilment.delivery is not Delivery.SHIP or order.shipping_address is None:
        raise Conflict("not_shipped", "nothing of it is shipped to an address")
