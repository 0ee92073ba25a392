"""Holds: why an order waits for somebody, who that is, and what approving or rejecting means."""

from enum import StrEnum

from models.base import StrictModel, Text
from models.order.document import Moment
from models.states.machine import Machine


class HoldKind(StrEnum):
    """Why the order waits."""

    PAYMENT = "payment"
    FRAUD = "fraud"
    CREDIT = "credit"
    ADDRESS = "address"
    INVENTORY = "inventory"
    COMPLIANCE = "compliance"
    APPROVAL = "approval"
    CUSTOMER_REQUEST = "customer_request"
    UNKNOWN_DELIVERY_DATE = "unknown_delivery_date"
    PARTNER_UNAVAILABLE = "partner_unavailable"
    DATA_QUALITY = "data_quality"
    RETURN = "return"
    """Whether goods may come back, or what to do about those that came."""
    REFUND = "refund"
    DISPUTE = "dispute"
    """The customer has told his bank that he does not owe a payment."""
    STATUS_UPDATE = "status_update"
    """The channel does not take what we tell it of the order."""
    OTHER = "other"


class HoldState(StrEnum):
    """Whether it still holds."""

    OPEN = "open"
    APPROVED = "approved"
    REJECTED = "rejected"
    RELEASED = "released"
    """Its cause went away by itself, or the order was cancelled."""


HOLD = Machine(
    "hold",
    HoldState.OPEN,
    {
        HoldState.OPEN: frozenset({HoldState.APPROVED, HoldState.REJECTED, HoldState.RELEASED}),
        HoldState.APPROVED: frozenset(),
        HoldState.REJECTED: frozenset(),
        HoldState.RELEASED: frozenset(),
    },
)


class Queue(StrictModel):
    """Who looks after a kind of hold, and what their answers do."""

    owner: str
    approve: str
    reject: str


_CANCEL = "cancel the order and undo what was done"

QUEUES: dict[HoldKind, Queue] = {
    HoldKind.PAYMENT: Queue(owner="finance", approve="try the payment again", reject=_CANCEL),
    HoldKind.FRAUD: Queue(owner="risk", approve="accept the risk", reject=_CANCEL),
    HoldKind.CREDIT: Queue(owner="finance", approve="let the order pass over the limit", reject=_CANCEL),
    HoldKind.ADDRESS: Queue(owner="service", approve="ship to the address as it is", reject=_CANCEL),
    HoldKind.INVENTORY: Queue(owner="warehouse", approve="try to reserve the stock again", reject=_CANCEL),
    HoldKind.COMPLIANCE: Queue(owner="compliance", approve="confirm that it may be sold and sent", reject=_CANCEL),
    HoldKind.APPROVAL: Queue(owner="sales", approve="approve the order's value", reject=_CANCEL),
    HoldKind.CUSTOMER_REQUEST: Queue(owner="service", approve="carry on", reject=_CANCEL),
    HoldKind.UNKNOWN_DELIVERY_DATE: Queue(owner="warehouse", approve="wait on", reject=_CANCEL),
    HoldKind.PARTNER_UNAVAILABLE: Queue(owner="integration", approve="try again now", reject=_CANCEL),
    HoldKind.DATA_QUALITY: Queue(owner="integration", approve="check again", reject=_CANCEL),
    HoldKind.RETURN: Queue(owner="service", approve="go on as the hold proposes", reject="decline what it asks for"),
    HoldKind.REFUND: Queue(owner="finance", approve="give what the hold names", reject="give nothing"),
    HoldKind.DISPUTE: Queue(
        owner="finance", approve="go on: finance deals with the bank", reject="send nothing more of it, and go on"
    ),
    HoldKind.STATUS_UPDATE: Queue(
        owner="integration", approve="tell the channel again", reject="leave it untold: it is put right by hand"
    ),
    HoldKind.OTHER: Queue(owner="service", approve="try again", reject=_CANCEL),
}


class Hold(StrictModel):
    """One reason why an order waits; an order may have several at once."""

    id: Text
    """Unique in the order, and short enough to type: ``fraud-1``."""
    kind: HoldKind
    owner: Text
    reason: Text
    release_rule: Text
    """What ends it: ``an answer from risk``, ``the ERP answers again``."""
    waiting_on: Text | None = None
    """The partner it waits for, if it is one."""
    opened_at: Moment
    opened_by: Text
    state: HoldState = HoldState.OPEN
    decided_at: Moment | None = None
    decided_by: Text | None = None
    decision_reason: Text | None = None
