"""Entries and their postings: each fact about money, with two sides that sum to zero."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import Field

from models.base import StrictModel, Text
from models.ledger.accounts import LedgerAccount
from models.money import Money
from models.order.document import Moment


class EntryKind(StrEnum):
    """What happened to the money."""

    HELD = "held"
    """The channel says that it has the money, or a part of it."""
    AUTHORISED = "authorised"
    RELEASED = "released"
    """What was left of an authorisation was let go, or ran out."""
    SHIPPED = "shipped"
    """Goods left us: the revenue is earned."""
    INVOICED = "invoiced"
    CAPTURED = "captured"
    REDEEMED = "redeemed"
    """A gift card or store credit was spent."""
    COLLECTED = "collected"
    """The carrier took the money at the door."""
    CREDITED = "credited"
    """A credit memo: the customer owes us less."""
    REFUNDED = "refunded"
    STORE_CREDIT = "store_credit"
    """Given as credit with us in place of money."""
    WRITTEN_OFF = "written_off"


class Leg(NamedTuple):
    """One side of an entry before it is written."""

    account: LedgerAccount
    amount: Money
    """Positive for a debit, negative for a credit."""
    tax: str | None = None
    """The tax code, on the tax account."""


Number = Annotated[int, Field(ge=0, le=10_000_000)]


class Posting(StrictModel):
    """One side of an entry, as written: never changed, never taken away."""

    position: Number
    """0, 1, 2...; unique in the order, or in the return."""
    entry: Number
    """Postings of the same number are one entry and sum to zero."""
    at: Moment
    """The posting date."""
    kind: EntryKind
    account: LedgerAccount
    amount: Money
    """In the order's currency; positive for a debit, negative for a credit."""
    tax: Text | None = None
    """The tax code, on the tax account."""
    entity: Text
    """The selling company in whose books it stands."""
    reference: Text | None = None
    """The paper behind it: a shipment, an invoice, the provider's number."""


def debit(account: LedgerAccount, amount: Money, tax: str | None = None) -> Leg:
    """Put an amount on the left."""
    return Leg(account, amount, tax)


def credit(account: LedgerAccount, amount: Money, tax: str | None = None) -> Leg:
    """Put an amount on the right."""
    return Leg(account, Money.zero(amount.currency) - amount, tax)
