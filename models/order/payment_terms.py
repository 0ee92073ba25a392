"""How an order is paid: the terms agreed, and what the channel says has happened already."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from models.base import StrictModel, Text
from models.money import Money


class PaymentTerms(StrEnum):
    """Who takes the money, and when."""

    PREPAID = "prepaid"
    """The channel has taken, or will take, the money: a marketplace, or a shop that captures at checkout."""
    CAPTURE_ON_SHIPMENT = "capture_on_shipment"
    """We authorise at acceptance and capture what each shipment is worth."""
    ACCOUNT = "account"
    """The customer buys on account: credit is checked, and an invoice is due after `net_days`."""
    CASH_ON_DELIVERY = "cash_on_delivery"
    """The carrier takes the money at the door; we neither authorise nor capture."""


class TenderKind(StrEnum):
    """With what a part of the order is paid."""

    CARD = "card"
    WALLET = "wallet"
    GIFT_CARD = "gift_card"
    STORE_CREDIT = "store_credit"
    BANK_TRANSFER = "bank_transfer"
    CASH = "cash"
    MARKETPLACE = "marketplace"
    ACCOUNT = "account"
    OTHER = "other"


class Tender(StrictModel):
    """One way of paying a part of the order."""

    kind: TenderKind
    amount: Money
    captured: bool = False
    """Whether the channel holds this money already, as it does for a gift card it has redeemed."""
    token: Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9_.:=/+-]+$")] | None = None
    """The payment provider's token or transaction, never a card number."""
    name: Text | None = None
    """As the channel names it: ``visa``, ``bogus``, ``Check / Money order``."""


class Payment(StrictModel):
    """How the order is paid."""

    terms: PaymentTerms
    tenders: Annotated[tuple[Tender, ...], Field(max_length=20)] = ()
    """Together the order's total; empty where the channel does not say."""
    refunded: Money | None = None
    """What the channel gave back before the order reached us."""
    net_days: Annotated[int, Field(ge=0, le=365)] | None = None
    """Days until an account invoice is due."""
    purchase_order: Text | None = None
    """The buyer's own reference, printed on the invoice."""
