"""What may be wished of an accepted order, and how the wish is sent to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, TypeAdapter

from models.base import Identifier, Note, Quantity, StrictModel, Text
from models.ids import OrderId
from models.order.document import ServiceLevel
from models.order.parties import Address
from models.states.changing import ChangeState


class ChangeKind(StrEnum):
    """What is to be changed."""

    QUANTITY = "quantity"
    CANCEL_QUANTITY = "cancel_quantity"
    CANCEL_LINE = "cancel_line"
    SHIPPING_ADDRESS = "shipping_address"
    SHIPPING_SERVICE = "shipping_service"
    CANCEL_ORDER = "cancel_order"


class _Wish(StrictModel):
    reason: Note


class ChangeQuantity(_Wish):
    """Have so many of a line, more or fewer than now: all of the difference, or nothing is changed."""

    kind: Literal[ChangeKind.QUANTITY] = ChangeKind.QUANTITY
    line_id: Identifier
    quantity: Quantity
    """How many are wanted, those that have left already among them."""


class CancelQuantity(_Wish):
    """Leave out so many of a line, or as many of them as have not left yet."""

    kind: Literal[ChangeKind.CANCEL_QUANTITY] = ChangeKind.CANCEL_QUANTITY
    line_id: Identifier
    quantity: Quantity
    """How many are not wanted any more."""


class CancelLine(_Wish):
    """Leave out a line, or what of it has not left yet."""

    kind: Literal[ChangeKind.CANCEL_LINE] = ChangeKind.CANCEL_LINE
    line_id: Identifier


class ChangeAddress(_Wish):
    """Send what has not left yet to another address."""

    kind: Literal[ChangeKind.SHIPPING_ADDRESS] = ChangeKind.SHIPPING_ADDRESS
    address: Address


class ChangeService(_Wish):
    """Send what has not left yet faster, or slower; what the customer pays for shipping stays as it is."""

    kind: Literal[ChangeKind.SHIPPING_SERVICE] = ChangeKind.SHIPPING_SERVICE
    service_level: ServiceLevel


class CancelOrder(_Wish):
    """Cancel all that has not left yet."""

    kind: Literal[ChangeKind.CANCEL_ORDER] = ChangeKind.CANCEL_ORDER


LineChange = ChangeQuantity | CancelQuantity | CancelLine
"""Those that touch one line."""
ChangeRequest = Annotated[
    ChangeQuantity | CancelQuantity | CancelLine | ChangeAddress | ChangeService | CancelOrder,
    Field(discriminator="kind"),
]
"""Any of them, told apart by `kind`."""

CHANGE_REQUEST: TypeAdapter[ChangeRequest] = TypeAdapter(ChangeRequest)
ChangeId = Annotated[str, StringConstraints(pattern=r"^change-[1-9][0-9]{0,5}$")]
"""A change's id, unique in its order: ``change-1``."""


class ChangeProposal(StrictModel):
    """The update ``change``, and the signal of that name: what is wished, and by whom."""

    request: ChangeRequest
    actor: Text


class ChangeWithdrawal(StrictModel):
    """The update ``withdraw_change``, and the signal of that name."""

    change: ChangeId
    reason: Note
    actor: Text


class ChangeReceipt(StrictModel):
    """The order's answer: which change it is, and where it stands."""

    order_id: OrderId
    change: ChangeId
    state: ChangeState
    text: Text
