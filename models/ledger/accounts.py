"""The chart of accounts: every place an order's money can be."""

from enum import StrEnum


class LedgerAccount(StrEnum):
    """One account. A debit is a positive amount, a credit a negative one."""

    RECEIVABLE = "receivable"
    """What the customer owes us; below zero where he has paid ahead and we owe him goods or money."""
    UNBILLED = "unbilled"
    """Shipped, and on no invoice yet; what stays here was never billed."""
    PROVIDER = "provider"
    """Taken by our payment provider, which owes it to us."""
    CHANNEL = "channel"
    """Taken by the channel, which owes it to us."""
    CARRIER = "carrier"
    """Taken by the carrier at the customer's door, who owes it to us."""
    BANK = "bank"
    """Paid out by finance."""
    GIFT_CARDS = "gift_cards"
    """What we owe the holders of gift cards; redeeming one is a debit."""
    STORE_CREDIT = "store_credit"
    """What we owe customers as credit with us; giving it is a credit, spending it a debit."""
    TAX = "tax"
    """Tax we owe an authority, by tax code."""
    REVENUE = "revenue"
    """Goods sold, without tax, before discounts."""
    DISCOUNTS = "discounts"
    """Given away in promotions: takes revenue back."""
    FREIGHT = "freight"
    """What customers pay for shipping, without tax."""
    CHARGES = "charges"
    """What customers pay beside goods and shipping, without tax."""
    RETURNS = "returns"
    """Credited for goods that came back, were lost or not kept, without tax: takes revenue back."""
    FEES = "fees"
    """Kept back from refunds for restocking and the way back."""
    WRITE_OFFS = "write_offs"
    """Owed by customers and given up."""
    AUTHORISED = "authorised"
    """Memorandum: set aside at the provider and not yet taken. Stands for no money of ours."""
    AUTHORISATIONS = "authorisations"
    """Memorandum: the other side of `authorised`."""


MEMORANDUM = frozenset({LedgerAccount.AUTHORISED, LedgerAccount.AUTHORISATIONS})
"""Accounts that stand for a promise and not for money."""
MONEY_IN = frozenset(
    {
        LedgerAccount.PROVIDER,
        LedgerAccount.CHANNEL,
        LedgerAccount.CARRIER,
        LedgerAccount.BANK,
        LedgerAccount.GIFT_CARDS,
        LedgerAccount.STORE_CREDIT,
    }
)
"""Where a customer's payment goes to and comes back from."""
